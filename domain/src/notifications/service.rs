//! Making and reading notifications.

use std::sync::Arc;

use super::{
    notification::{
        Notification, NotificationFilter, NotificationsDeleted, NotificationsRead, Notified,
    },
    preferences::{MOST_PREFERENCE_BYTES, Preferences},
};
use crate::{
    accounts::Profile,
    events::{Audience, DomainEvent, MessageAlert, Published, Reach, Receipt},
    ids::{DeviceId, NotificationId, UserId},
    naming::Ids,
    paging::{Slice, Sliced},
    ports::{Bus, Store, StoreError},
    time::Clock,
};

/// Notifications of a page at most (`contracts/legacy.md` section 4).
pub const MOST_NOTIFICATIONS: u32 = 50;

/// What the app wants a user to know.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotification {
    /// Whose.
    pub user: UserId,
    /// The app's word for its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    pub data: Option<serde_json::Value>,
    /// Who caused it.
    pub from: Option<UserId>,
    /// The post it is about.
    pub post: Option<String>,
    /// The app's own id for it: a second one with the same id is the first.
    pub id: Option<NotificationId>,
}

/// Why preferences were not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PreferencesError {
    /// More than [`MOST_PREFERENCE_BYTES`].
    #[error("the preferences are too large")]
    TooLarge,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Notifications.
pub struct Notifications {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Notifications {
    /// Notifications over this store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { store, bus, clock, ids }
    }

    /// Stores a notification and tells the user; `None` if the user wants none of its kind.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn notify(&self, new: NewNotification) -> Result<Option<Notified>, StoreError> {
        if !self.store.preferences(&new.user).await?.wants(&new.kind) {
            return Ok(None);
        }
        let now = self.clock.now();
        let from_profile = match &new.from {
            Some(from) => self.store.user(from).await?.as_ref().map(Profile::from),
            None => None,
        };
        let stored = self
            .store
            .insert_notification(Notification {
                id: new.id.unwrap_or_else(|| self.ids.notification(now)),
                user: new.user,
                kind: new.kind,
                title: new.title,
                message: new.message,
                data: new.data,
                from: new.from,
                from_profile: from_profile.unwrap_or_default(),
                post: new.post,
                created_at: now,
                read_at: None,
            })
            .await?;
        Ok(Some(stored))
    }

    /// Tells a user of a message in the app's own words; nothing is stored (`notifyNewMessage`).
    pub async fn alert(&self, user: &UserId, alert: MessageAlert) -> Reach {
        let (receipt, reached) = Receipt::requested();
        let audience = Audience::User(user.clone());
        let event = DomainEvent::MessageAlert(Arc::new(alert));
        let published = Published::asking(self.clock.now(), audience, event, receipt);
        self.bus.publish(published).await;
        reached.await.unwrap_or_default()
    }

    /// A user's notifications, newest first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn list(
        &self,
        user: &UserId,
        limit: Option<u32>,
        before: Option<&NotificationId>,
        unread_only: bool,
    ) -> Result<Vec<Notification>, StoreError> {
        let limit = limit.unwrap_or(MOST_NOTIFICATIONS).clamp(1, MOST_NOTIFICATIONS);
        self.store.notifications(user, limit, before, unread_only).await
    }

    /// How many are unread.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn unread(&self, user: &UserId) -> Result<u64, StoreError> {
        self.store.unread_notifications(user).await
    }

    /// One of a user's notifications.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find(
        &self,
        user: &UserId,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError> {
        self.store.notification(user, id).await
    }

    /// A page of a user's notifications, newest first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn slice(
        &self,
        user: &UserId,
        filter: &NotificationFilter,
        slice: Slice,
    ) -> Result<Sliced<Notification>, StoreError> {
        self.store.notification_slice(user, filter, slice).await
    }

    /// Marks one (or all, without `id`) as read, if it is the user's. The user's other devices are told, or every socket
    /// of the user where no `device` is named.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_read(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
    ) -> Result<NotificationsRead, StoreError> {
        self.store.read_notifications(user, device, id, self.clock.now()).await
    }

    /// Deletes one (or all, without `id`), if it is the user's; told as by [`Self::mark_read`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn delete(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
    ) -> Result<NotificationsDeleted, StoreError> {
        self.store.delete_notifications(user, device, id, self.clock.now()).await
    }

    /// What a user wants to be told of.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn preferences(&self, user: &UserId) -> Result<Preferences, StoreError> {
        self.store.preferences(user).await
    }

    /// Puts these on top of what the user wants already, name by name, and gives the whole.
    ///
    /// # Errors
    /// [`PreferencesError`]; nothing was changed.
    pub async fn prefer(
        &self,
        user: &UserId,
        changed: &Preferences,
    ) -> Result<Preferences, PreferencesError> {
        let mut whole = self.store.preferences(user).await?;
        whole.0.extend(changed.0.clone());
        let bytes = serde_json::to_string(&whole).map_or(usize::MAX, |json| json.len());
        if bytes > MOST_PREFERENCE_BYTES {
            return Err(PreferencesError::TooLarge);
        }
        Ok(self.store.save_preferences(user, changed).await?)
    }
}
