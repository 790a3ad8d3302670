//! Users and notifications in memory, for tests of what works with them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use tokio::{sync::mpsc, time::Instant};

use super::*;
use crate::{accounts::UserPatch, actor::Role, events::Reach, time::Clock};

/// Hands on what is told, and when. Every event reaches as many sockets.
pub(crate) struct Wire {
    ear: mpsc::UnboundedSender<(Instant, Published)>,
    pub(crate) sockets: AtomicUsize,
}

impl Wire {
    pub(crate) fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<(Instant, Published)>) {
        let (ear, heard) = mpsc::unbounded_channel();
        (Arc::new(Self { ear, sockets: AtomicUsize::new(2) }), heard)
    }
}

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        let sockets = self.sockets.load(Ordering::Relaxed);
        event.receipt.answer(Reach { sockets, devices: sockets.min(1) });
        // The test may have heard enough.
        let _ = self.ear.send((Instant::now(), event));
    }
}

/// Moves with the timers of the test.
pub(crate) struct Wound(pub(crate) Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

/// Knows users, their notifications and what they want to be told of. Asked for anything else, it fails.
pub(crate) struct Registry {
    bus: Arc<dyn Bus>,
    users: Mutex<HashMap<UserId, User>>,
    notifications: Mutex<Vec<Notification>>,
    pub(crate) preferences: Mutex<HashMap<UserId, Preferences>>,
    /// Sessions that were written.
    pub(crate) sessions: Mutex<Vec<Session>>,
    pub(crate) failing: AtomicBool,
}

impl Registry {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Arc<Self> {
        Arc::new(Self {
            bus,
            users: Mutex::default(),
            notifications: Mutex::default(),
            preferences: Mutex::default(),
            sessions: Mutex::default(),
            failing: AtomicBool::new(false),
        })
    }

    fn works(&self) -> StoreResult<()> {
        if self.failing.load(Ordering::Relaxed) { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    /// The app told of a user.
    pub(crate) fn told(&self, id: &UserId, patch: &UserPatch) {
        self.change(id, Timestamp::default(), |user| take_in(user, patch));
    }

    fn change(&self, id: &UserId, at: Timestamp, change: impl FnOnce(&mut User)) -> User {
        let mut users = self.users.lock().unwrap();
        let user = users.entry(id.clone()).or_insert_with(|| User {
            id: id.clone(),
            email: String::new(),
            first_name: None,
            last_name: None,
            name: None,
            profile_image: None,
            bio: None,
            role: Role::User,
            told_role: None,
            active: true,
            designations: Vec::new(),
            created_at: at,
            updated_at: at,
        });
        change(user);
        user.clone()
    }
}

fn take_in(user: &mut User, patch: &UserPatch) {
    user.email = patch.email.clone().unwrap_or_else(|| user.email.clone());
    user.name = patch.name.clone().or(user.name.take());
    user.role = patch.role.unwrap_or(user.role);
    user.told_role = patch.role.or(user.told_role);
    user.active = patch.active.unwrap_or(user.active);
}

fn unheard_of<T>() -> StoreResult<T> {
    Err(StoreError::failed(std::io::Error::other("not in this registry")))
}

#[async_trait]
impl Store for Registry {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>> {
        self.works()?;
        Ok(self.users.lock().unwrap().get(id).cloned())
    }

    async fn users(&self, ids: &[UserId]) -> StoreResult<Vec<User>> {
        self.works()?;
        let users = self.users.lock().unwrap();
        Ok(ids.iter().filter_map(|id| users.get(id).cloned()).collect())
    }

    async fn active_users(&self, _: Option<&UserId>, _: u32) -> StoreResult<Vec<User>> {
        unheard_of()
    }

    async fn upsert_user(
        &self,
        id: &UserId,
        patch: &UserPatch,
        at: Timestamp,
        news: Option<Published>,
    ) -> StoreResult<User> {
        self.works()?;
        let user = self.change(id, at, |user| take_in(user, patch));
        if let Some(news) = news {
            self.bus.publish(news).await;
        }
        Ok(user)
    }

    async fn learn_user(&self, said: TokenUser<'_>, at: Timestamp) -> StoreResult<()> {
        self.works()?;
        let TokenUser { id, email, role, profile } = said;
        self.change(id, at, |user| {
            user.role = role;
            if !email.is_empty() {
                email.clone_into(&mut user.email);
            }
            user.name = user.name.take().or_else(|| profile.name.clone());
        });
        Ok(())
    }

    async fn insert_message(&self, _: NewMessage) -> StoreResult<Stored> {
        unheard_of()
    }

    async fn message(&self, _: &MessageId) -> StoreResult<Option<Message>> {
        unheard_of()
    }

    async fn conversation(&self, _: &UserId, _: &UserId, _: &Page) -> StoreResult<Vec<Message>> {
        unheard_of()
    }

    async fn chat_history(&self, _: &ChatId, _: &Page) -> StoreResult<Vec<Message>> {
        unheard_of()
    }

    async fn mark_read(
        &self,
        _: &MessageId,
        _: &UserId,
        _: Reading,
        _: Timestamp,
    ) -> StoreResult<Read> {
        unheard_of()
    }

    async fn mark_many_read(
        &self,
        _: &UserId,
        _: &Unread,
        _: Reading,
        _: Timestamp,
    ) -> StoreResult<ReadMany> {
        unheard_of()
    }

    async fn delete_message(
        &self,
        _: &MessageId,
        _: &UserId,
        _: Timestamp,
    ) -> StoreResult<Deleted> {
        unheard_of()
    }

    async fn conversation_slice(
        &self,
        _: &UserId,
        _: &UserId,
        _: Slice,
    ) -> StoreResult<Sliced<Message>> {
        unheard_of()
    }

    async fn conversations(&self, _: &UserId, _: Slice) -> StoreResult<Sliced<Conversation>> {
        unheard_of()
    }

    async fn mark_delivered(&self, _: &[MessageId], _: Timestamp) -> StoreResult<Delivered> {
        unheard_of()
    }

    async fn partners(&self, _: &UserId, _: u32) -> StoreResult<Vec<Partner>> {
        unheard_of()
    }

    async fn image(&self, _: &ImageId) -> StoreResult<Option<StoredImage>> {
        unheard_of()
    }

    async fn insert_notification(&self, new: Notification) -> StoreResult<Notified> {
        self.works()?;
        let unread = {
            let mut kept = self.notifications.lock().unwrap();
            kept.push(new.clone());
            kept.iter().filter(|one| one.user == new.user).count() as u64
        };
        let notified = Notified { notification: Arc::new(new), unread };
        for told in notified.tells() {
            self.bus.publish(told).await;
        }
        Ok(notified)
    }

    async fn notifications(
        &self,
        user: &UserId,
        limit: u32,
        _: Option<&NotificationId>,
        _: bool,
    ) -> StoreResult<Vec<Notification>> {
        self.works()?;
        let kept = self.notifications.lock().unwrap();
        let own = kept.iter().rev().filter(|one| one.user == *user);
        Ok(own.take(limit as usize).cloned().collect())
    }

    async fn notification(
        &self,
        _: &UserId,
        _: &NotificationId,
    ) -> StoreResult<Option<Notification>> {
        unheard_of()
    }

    async fn notification_slice(
        &self,
        _: &UserId,
        _: &NotificationFilter,
        _: Slice,
    ) -> StoreResult<Sliced<Notification>> {
        unheard_of()
    }

    async fn unread_notifications(&self, _: &UserId) -> StoreResult<u64> {
        unheard_of()
    }

    async fn read_notifications(
        &self,
        _: &UserId,
        _: Option<&DeviceId>,
        _: Option<&NotificationId>,
        _: Timestamp,
    ) -> StoreResult<NotificationsRead> {
        unheard_of()
    }

    async fn delete_notifications(
        &self,
        _: &UserId,
        _: Option<&DeviceId>,
        _: Option<&NotificationId>,
        _: Timestamp,
    ) -> StoreResult<NotificationsDeleted> {
        unheard_of()
    }

    async fn preferences(&self, user: &UserId) -> StoreResult<Preferences> {
        self.works()?;
        Ok(self.preferences.lock().unwrap().get(user).cloned().unwrap_or_default())
    }

    async fn save_preferences(&self, _: &UserId, _: &Preferences) -> StoreResult<Preferences> {
        unheard_of()
    }

    async fn save_session(&self, session: &Session) -> StoreResult<()> {
        self.works()?;
        self.sessions.lock().unwrap().push(session.clone());
        Ok(())
    }

    async fn sessions(&self, _: &UserId, _: &SessionFilter) -> StoreResult<Vec<Session>> {
        unheard_of()
    }

    async fn end_sessions(
        &self,
        _: &UserId,
        _: Option<&DeviceId>,
        _: &str,
        _: Timestamp,
    ) -> StoreResult<Vec<Session>> {
        self.works()?;
        Ok(Vec::new())
    }

    async fn grant_chat(&self, _: &ChatId, _: &[UserId], _: Timestamp) -> StoreResult<()> {
        unheard_of()
    }

    async fn revoke_chat(&self, _: &ChatId, _: &[UserId]) -> StoreResult<u64> {
        unheard_of()
    }

    async fn is_chat_member(&self, _: &ChatId, _: &UserId) -> StoreResult<bool> {
        unheard_of()
    }

    async fn chat_members(&self, _: &ChatId) -> StoreResult<Vec<UserId>> {
        unheard_of()
    }

    async fn add_revocations(&self, _: &[Revocation]) -> StoreResult<()> {
        self.works()
    }

    async fn revocations(&self, _: Timestamp) -> StoreResult<Vec<Revocation>> {
        self.works()?;
        Ok(Vec::new())
    }

    async fn kept_answer(&self, _: &str) -> StoreResult<Option<KeptAnswer>> {
        unheard_of()
    }

    async fn keep_answer(&self, _: &str, _: &KeptAnswer) -> StoreResult<()> {
        unheard_of()
    }

    async fn audit(&self, _: AuditEntry) -> StoreResult<()> {
        unheard_of()
    }

    async fn audit_trail(&self, _: &UserId, _: u32) -> StoreResult<Vec<AuditEntry>> {
        unheard_of()
    }

    async fn prune(&self, _: &Horizon) -> StoreResult<()> {
        unheard_of()
    }

    async fn check(&self) -> StoreResult<()> {
        self.works()
    }

    async fn close(&self) {}
}
