//! Names and payloads that only contract `legacy` has (`contracts/legacy.md` sections 2 and 4); all others
//! are those of `rooms`.

use outrigger_domain::{notifications::Notification as Stored, time::Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// Names of the events that clients send.
pub mod name {
    /// Leaves with this device.
    pub const LOGOUT: &str = "logout";
    /// Marks one notification as read.
    pub const MARK_NOTIFICATION_READ: &str = "markNotificationRead";
    /// Marks all notifications as read.
    pub const MARK_ALL_NOTIFICATIONS_READ: &str = "markAllNotificationsRead";
    /// Asks for notifications.
    pub const GET_NOTIFICATIONS: &str = "getNotifications";
}

/// Argument of `logout`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Logout {
    /// Another device of the same user; this one if absent.
    #[serde(default)]
    #[ts(optional)]
    pub device_id: Option<String>,
}

/// Argument of `markNotificationRead`; a bare id is taken too (`contracts/OVERVIEW.md` section 3).
#[derive(Deserialize, TS)]
#[serde(untagged)]
pub enum MarkNotificationRead {
    /// As documented.
    Named {
        /// Which notification.
        #[serde(rename = "notificationId")]
        notification_id: String,
    },
    /// As some clients do.
    Bare(String),
}

/// Argument of `getNotifications`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GetNotifications {
    /// At most so many; 50 are the most.
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
    /// Leave out those that were read.
    #[serde(default)]
    #[ts(optional)]
    pub unread_only: Option<bool>,
}

/// Acknowledgement of `markNotificationRead`.
#[derive(Serialize, TS)]
pub struct Marked {
    /// Whether there is such a notification of this user.
    pub success: bool,
}

/// Acknowledgement of `markAllNotificationsRead`.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MarkedAll {
    /// Always `true`.
    pub success: bool,
    /// How many were unread.
    pub modified_count: usize,
}

/// Acknowledgement of `getNotifications`.
#[derive(Serialize, TS)]
pub struct NotificationList {
    /// Newest first.
    pub notifications: Vec<Notification>,
}

/// A notification. Sent as an event, and listed.
#[derive(Serialize, TS)]
pub struct Notification {
    /// Our id.
    pub id: String,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub data: Option<serde_json::Value>,
    /// When it was made.
    pub timestamp: Timestamp,
    /// Whether it was read.
    pub read: bool,
}

impl WireEvent for Notification {
    const NAME: &'static str = "notification";
}

impl From<&Stored> for Notification {
    fn from(stored: &Stored) -> Self {
        Self {
            id: stored.id.to_string(),
            kind: stored.kind.clone(),
            title: stored.title.clone(),
            message: stored.message.clone(),
            data: stored.data.clone(),
            timestamp: stored.created_at,
            read: stored.read_at.is_some(),
        }
    }
}

wire! {
    /// The user's count of unread notifications.
    "unreadCount" state => UnreadCount {
        /// The count.
        count: u64,
    }
}
wire! {
    /// A notification was read on another device.
    "notificationRead" => NotificationRead {
        /// Which.
        notification_id: String,
        /// When.
        timestamp: Timestamp,
        /// `true` if all that the user had are read with it: when there were very many, only the newest are named.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        all: bool,
    }
}
