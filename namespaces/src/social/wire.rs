//! Names of this contract's events and what the server sends with them (`contracts/social.md` sections 2 and 3).

use std::borrow::Cow;

use outrigger_domain::{
    notifications::Preferences,
    social_documents::{SocialMessage, SocialNotification, SocialPerson},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// Names of the events that clients send.
pub(crate) mod name {
    /// Sends a message.
    pub const SEND_MESSAGE: &str = "send_message";
    /// A message was read.
    pub const MESSAGE_READ: &str = "message_read";
    /// Deletes a message.
    pub const DELETE_MESSAGE: &str = "delete_message";
    /// Typing.
    pub const TYPING_START: &str = "typing_start";
    /// No longer typing.
    pub const TYPING_STOP: &str = "typing_stop";
    /// What the user says of themselves.
    pub const SET_STATUS: &str = "set_status";
    /// Marks one notification as read.
    pub const MARK_NOTIFICATION_READ: &str = "mark_notification_read";
    /// Deletes one notification.
    pub const DELETE_NOTIFICATION: &str = "delete_notification";
    /// Marks all notifications as read.
    pub const MARK_ALL_NOTIFICATIONS_READ: &str = "mark_all_notifications_read";
    /// Changes what the user wants to be told of.
    pub const UPDATE_NOTIFICATION_PREFERENCES: &str = "update_notification_preferences";
}

/// Stands in everything that says that something was done.
pub(super) const SUCCESS: &str = "success";

wire! {
    /// A message arrived.
    "receive_message" => SocialReceiveMessage {
        /// Always `new_message`.
        #[serde(rename = "type")]
        #[ts(type = "'new_message'")]
        kind: &'static str,
        /// The message.
        message: SocialMessage,
        /// Who wrote it.
        sender: SocialPerson,
    }
}
wire! {
    /// A message of this user was stored. Also what acknowledges `send_message`.
    "message_sent" => SocialMessageSent {
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
        /// The message.
        message: SocialMessage,
    }
}
wire! {
    /// The receiver says that a message was read.
    "message_read_confirmation" => SocialReadConfirmed {
        /// Which.
        message_id: String,
        /// By whom.
        read_by: String,
        /// When.
        read_at: Timestamp,
    }
}
wire! {
    /// A message was shown to its receiver.
    "message_seen" => SocialMessageSeen {
        /// Which.
        message_id: String,
        /// By whom.
        seen_by: String,
        /// When.
        seen_at: Timestamp,
        /// Always `true`.
        is_read: bool,
    }
}
wire! {
    /// A message is gone; for both sides.
    "message_deleted" => SocialMessageDeleted {
        /// Which.
        message_id: String,
        /// By whom.
        deleted_by: String,
    }
}
wire! {
    /// This socket's deletion was done.
    "message_deleted_confirmation" => SocialDeletionConfirmed {
        /// Which message.
        message_id: String,
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
    }
}
wire! {
    /// A notification was stored.
    "new_notification" => SocialNewNotification {
        /// Our id.
        #[serde(rename = "_id")]
        id: String,
        /// The app's word for its kind.
        #[serde(rename = "type")]
        kind: String,
        /// Who caused it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        from_user: Option<SocialPerson>,
        /// The post it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        post_id: Option<String>,
        /// The text.
        message: String,
        /// Whether it was read: only of one that a client had missed.
        is_read: bool,
        /// Whatever the app adds.
        #[ts(type = "Record<string, unknown>")]
        metadata: Value,
        /// When it was made.
        created_at: Timestamp,
        /// The same as it is stored.
        notification: SocialNotification,
    }
}

/// What changed of a notification.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialNotificationUpdates {
    /// Always `true`.
    pub is_read: bool,
}

wire! {
    /// A notification was read.
    "notification_updated" => SocialNotificationUpdated {
        /// Which.
        notification_id: String,
        /// Always `true`.
        is_read: bool,
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
        /// The same for clients that look there.
        updates: SocialNotificationUpdates,
    }
}
wire! {
    /// A notification is gone.
    "notification_deleted" => SocialNotificationDeleted {
        /// Which.
        notification_id: String,
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
        /// `true` if all that the user had are gone with it: when there were very many, only the newest are named.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        all: bool,
    }
}
wire! {
    /// All notifications are read. Also what acknowledges `mark_all_notifications_read`.
    "all_notifications_updated" => SocialAllNotificationsUpdated {
        /// How many were unread.
        modified_count: usize,
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
    }
}
wire! {
    /// This socket's change of preferences was kept.
    "preferences_updated" => SocialPreferencesUpdated {
        /// Always `success`.
        #[ts(type = "'success'")]
        status: &'static str,
        /// A sentence for people.
        message: &'static str,
        /// All preferences, as they are now.
        #[ts(type = "Record<string, unknown>")]
        preferences: Preferences,
    }
}
wire! {
    /// Someone is typing a message to this user.
    "user_typing" state => SocialTyping {
        /// Who.
        user_id: String,
        /// What they are called; `null` if that is not known.
        username: Option<String>,
    }
}
wire! {
    /// Someone is no longer typing.
    "user_stopped_typing" state => SocialStoppedTyping {
        /// Who.
        user_id: String,
    }
}
wire! {
    /// Someone came, went, or says something else of themselves.
    "user_status_change" state => SocialStatusChange {
        /// Who.
        user_id: String,
        /// `online`, `offline`, or a word of the user's own.
        status: String,
        /// When.
        timestamp: Timestamp,
        /// When the user was last there.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        last_seen: Option<Timestamp>,
    }
}
wire! {
    /// Something that this socket asked for was not done, or its connection ends.
    "error" => SocialError {
        /// Why, in the contract's words.
        #[ts(type = "string")]
        message: Cow<'static, str>,
        /// Which event was refused; `connection` if the connection ends.
        event: &'static str,
        /// Why, for programs.
        code: &'static str,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
