//! A notification, and what became of storing and reading it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    accounts::Profile,
    events::{Audience, DomainEvent, Published},
    ids::{DeviceId, NotificationId, UserId},
    ports::Tells,
    time::Timestamp,
};

/// The kind of a notification that says that a message came (`contracts/social.md` section 3).
pub const NEW_MESSAGE: &str = "new_message";

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
    /// Who caused it.
    #[serde(rename = "fromUser", skip_serializing_if = "Option::is_none", default)]
    pub from: Option<UserId>,
    /// How they are shown, as it was known when this was read.
    #[serde(skip)]
    pub from_profile: Profile,
    /// The post it is about.
    #[serde(rename = "postId", skip_serializing_if = "Option::is_none", default)]
    pub post: Option<String>,
    /// When it was made.
    #[serde(rename = "timestamp")]
    pub created_at: Timestamp,
    /// When it was read.
    #[serde(skip)]
    pub read_at: Option<Timestamp>,
}

impl Notification {
    /// Whether it says no more than that there is a message, of which its receiver is told as well.
    #[must_use]
    pub fn announces_message(&self) -> bool {
        self.kind == NEW_MESSAGE
            && self.data.as_ref().is_some_and(|data| data.get("messageId").is_some())
    }
}

/// Which notifications are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only those that were read, or only those that were not.
    pub read: Option<bool>,
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

/// What became of marking notifications as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationsRead {
    /// Whose.
    pub user: UserId,
    /// Where, if only the other devices are told.
    pub device: Option<DeviceId>,
    /// Which were unread until now, oldest first.
    pub newly_read: Vec<NotificationId>,
    /// Whether all were marked at once.
    pub all: bool,
    /// Whether the one asked for exists at all and is the user's.
    pub found: bool,
    /// Unread ones left.
    pub unread: u64,
    /// When.
    pub at: Timestamp,
}

fn audience(user: &UserId, device: Option<&DeviceId>) -> Audience {
    match device {
        Some(device) => Audience::OtherDevices(user.clone(), device.clone()),
        None => Audience::User(user.clone()),
    }
}

fn count(at: Timestamp, user: &UserId, unread: u64) -> Published {
    Published::new(at, Audience::User(user.clone()), DomainEvent::UnreadCount(unread))
}

impl Tells for NotificationsRead {
    fn tells(&self) -> Vec<Published> {
        if self.newly_read.is_empty() {
            return Vec::new();
        }
        let ids = self.newly_read.as_slice().into();
        let read = DomainEvent::NotificationsRead { ids, all: self.all };
        let audience = audience(&self.user, self.device.as_ref());
        vec![Published::new(self.at, audience, read), count(self.at, &self.user, self.unread)]
    }
}

/// What became of deleting notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationsDeleted {
    /// Whose.
    pub user: UserId,
    /// Where, if only the other devices are told.
    pub device: Option<DeviceId>,
    /// Which are gone, oldest first; none if there was no such notification of the user.
    pub deleted: Vec<NotificationId>,
    /// Whether all were deleted at once.
    pub all: bool,
    /// Unread ones left.
    pub unread: u64,
    /// When.
    pub at: Timestamp,
}

impl Tells for NotificationsDeleted {
    fn tells(&self) -> Vec<Published> {
        if self.deleted.is_empty() {
            return Vec::new();
        }
        let ids = self.deleted.as_slice().into();
        let deleted = DomainEvent::NotificationsDeleted { ids, all: self.all };
        let audience = audience(&self.user, self.device.as_ref());
        vec![Published::new(self.at, audience, deleted), count(self.at, &self.user, self.unread)]
    }
}

#[cfg(test)]
mod tests;
