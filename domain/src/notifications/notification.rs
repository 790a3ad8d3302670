//! A notification, and what became of storing and reading it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    events::{Audience, DomainEvent, Published},
    ids::{DeviceId, NotificationId, UserId},
    ports::Tells,
    time::Timestamp,
};

/// A stored notification (`contracts/legacy.md` section 4); the same record for every contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Our id.
    pub id: NotificationId,
    /// Whose.
    #[serde(rename = "userId")]
    pub user: UserId,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    /// When it was made.
    #[serde(rename = "timestamp")]
    pub created_at: Timestamp,
    /// When it was read.
    #[serde(skip)]
    pub read_at: Option<Timestamp>,
}

/// What became of storing a notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Notified {
    /// The notification.
    pub notification: Arc<Notification>,
    /// Unread ones of the user, this one included.
    pub unread: u64,
}

impl Tells for Notified {
    fn tells(&self) -> Vec<Published> {
        let at = self.notification.created_at;
        let audience = Audience::User(self.notification.user.clone());
        vec![
            Published::new(
                at,
                audience.clone(),
                DomainEvent::Notification(Arc::clone(&self.notification)),
            ),
            Published::new(at, audience, DomainEvent::UnreadCount(self.unread)),
        ]
    }
}

/// What became of marking notifications as read on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationsRead {
    /// Whose.
    pub user: UserId,
    /// Where; the other devices are told.
    pub device: DeviceId,
    /// Which were unread until now, oldest first.
    pub newly_read: Vec<NotificationId>,
    /// Whether the one asked for exists at all and is the user's.
    pub found: bool,
    /// Unread ones left.
    pub unread: u64,
    /// When.
    pub at: Timestamp,
}

impl Tells for NotificationsRead {
    fn tells(&self) -> Vec<Published> {
        if self.newly_read.is_empty() {
            return Vec::new();
        }
        let others = Audience::OtherDevices(self.user.clone(), self.device.clone());
        let read = self.newly_read.iter().map(|id| {
            Published::new(self.at, others.clone(), DomainEvent::NotificationRead(id.clone()))
        });
        let count = Published::new(
            self.at,
            Audience::User(self.user.clone()),
            DomainEvent::UnreadCount(self.unread),
        );
        read.chain([count]).collect()
    }
}
