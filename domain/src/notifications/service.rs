//! Making and reading notifications.

use std::sync::Arc;

use super::notification::{Notification, NotificationsRead, Notified};
use crate::{
    actor::Actor,
    events::{Audience, DomainEvent, MessageAlert, Published, Reach, Receipt},
    ids::{NotificationId, UserId},
    naming::Ids,
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
    /// The app's own id for it: a second one with the same id is the first.
    pub id: Option<NotificationId>,
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

    /// Stores a notification and tells the user.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn notify(&self, new: NewNotification) -> Result<Notified, StoreError> {
        let now = self.clock.now();
        self.store
            .insert_notification(Notification {
                id: new.id.unwrap_or_else(|| self.ids.notification(now)),
                user: new.user,
                kind: new.kind,
                title: new.title,
                message: new.message,
                data: new.data,
                created_at: now,
                read_at: None,
            })
            .await
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

    /// Marks one as read, if it is the actor's; the actor's other devices are told.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_read(
        &self,
        actor: &Actor,
        id: &NotificationId,
    ) -> Result<NotificationsRead, StoreError> {
        self.store.read_notifications(&actor.user, &actor.device, Some(id), self.clock.now()).await
    }

    /// Marks all as read; the actor's other devices are told.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_all_read(&self, actor: &Actor) -> Result<NotificationsRead, StoreError> {
        self.store.read_notifications(&actor.user, &actor.device, None, self.clock.now()).await
    }
}
