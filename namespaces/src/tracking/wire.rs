//! Names of this contract's events and what the server sends with them (`contracts/tracking.md` sections 2 and 3).

use outrigger_domain::{
    time::Timestamp,
    tracking::{Analytics, Dashboard, MessageStats, Recipient, Tracked, Usage},
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// Names of the events that clients send.
pub(crate) mod name {
    /// Enters a room.
    pub const JOIN_ROOM: &str = "join_room";
    /// Leaves a room.
    pub const LEAVE_ROOM: &str = "leave_room";
    /// Asks which rooms the socket is in.
    pub const GET_ROOMS: &str = "get_rooms";
    /// Wants the user's figures.
    pub const SUBSCRIBE_ANALYTICS: &str = "subscribe_analytics";
    /// Wants them no longer.
    pub const UNSUBSCRIBE_ANALYTICS: &str = "unsubscribe_analytics";
    /// Follows a message.
    pub const TRACK_MESSAGE: &str = "track_message";
    /// Follows it no longer.
    pub const UNTRACK_MESSAGE: &str = "untrack_message";
    /// Marks one notification as read.
    pub const MARK_NOTIFICATION_READ: &str = "mark_notification_read";
    /// Asks for a sign of life, either way.
    pub const PING: &str = "ping";
    /// Answers `ping`, either way.
    pub const PONG: &str = "pong";
}

wire! {
    /// A message has come further.
    "message_update" => TrackingMessageUpdate {
        /// The app's id.
        message_id: String,
        /// How far.
        #[ts(type = "'DRAFT' | 'SCHEDULED' | 'SENDING' | 'SENT' | 'FAILED' | 'DELIVERED' | 'CANCELLED'")]
        status: &'static str,
        /// How many have got it, or will as far as the provider knows.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        success_count: Option<u64>,
        /// How many will not get it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        failed_count: Option<u64>,
        /// What it cost.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        cost: Option<f64>,
    }
}

impl From<&Tracked> for TrackingMessageUpdate {
    fn from(tracked: &Tracked) -> Self {
        Self {
            message_id: tracked.id.to_string(),
            status: tracked.status.as_str(),
            success_count: tracked.success_count(),
            failed_count: tracked.failed_count(),
            cost: tracked.total_cost(),
        }
    }
}

wire! {
    /// A message has come further for one of those it goes to.
    "recipient_update" => TrackingRecipientUpdate {
        /// The app's id of the message.
        message_id: String,
        /// The app's id of the recipient.
        recipient_id: String,
        /// The number; empty if the app never told it.
        phone: String,
        /// How far.
        #[ts(type = "'PENDING' | 'SENDING' | 'SENT' | 'DELIVERED' | 'FAILED' | 'BOUNCED'")]
        status: &'static str,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error_message: Option<String>,
    }
}

impl From<&Recipient> for TrackingRecipientUpdate {
    fn from(recipient: &Recipient) -> Self {
        Self {
            message_id: recipient.message.to_string(),
            recipient_id: recipient.id.to_string(),
            phone: recipient.phone.clone(),
            status: recipient.status.as_str(),
            error_message: recipient.error.clone(),
        }
    }
}

wire! {
    /// Something for people to read.
    "notification" => TrackingNotification {
        /// Its id; that of a stored one can be marked as read.
        id: String,
        /// Its kind.
        #[serde(rename = "type")]
        #[ts(type = "'message_sent' | 'message_failed' | 'delivery_update' | 'system' | 'warning'")]
        kind: &'static str,
        /// One line.
        title: String,
        /// The text.
        message: String,
        /// What it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        data: Option<Value>,
        /// When it was made.
        timestamp: Timestamp,
        /// Whether it was read.
        read: bool,
    }
}

/// The shapes of figures that the sidecar computes; those that the app gives should have the same.
#[derive(TS)]
#[ts(untagged)]
#[expect(dead_code, reason = "the type for clients; figures are on their way as JSON already")]
pub(crate) enum TrackingFigures {
    /// `dashboard_stats`.
    Dashboard(Dashboard),
    /// `message_stats`.
    Messages(MessageStats),
    /// `usage_stats`.
    Usage(Usage),
}

wire! {
    /// Figures of this user's messages.
    "analytics_update" state => TrackingAnalyticsUpdate {
        /// Which.
        #[serde(rename = "type")]
        #[ts(type = "'dashboard_stats' | 'message_stats' | 'usage_stats'")]
        kind: &'static str,
        /// The figures.
        #[ts(as = "TrackingFigures")]
        data: Box<RawValue>,
    }
}
wire! {
    /// Figures of everyone's messages, for admins.
    "global_analytics_update" state => TrackingGlobalAnalyticsUpdate {
        /// Which.
        #[serde(rename = "type")]
        #[ts(type = "'dashboard_stats' | 'message_stats' | 'usage_stats'")]
        kind: &'static str,
        /// The figures.
        #[ts(as = "TrackingFigures")]
        data: Box<RawValue>,
    }
}

impl From<&Analytics> for TrackingAnalyticsUpdate {
    fn from(analytics: &Analytics) -> Self {
        Self { kind: analytics.kind.as_str(), data: (*analytics.data).to_owned() }
    }
}

impl From<&Analytics> for TrackingGlobalAnalyticsUpdate {
    fn from(analytics: &Analytics) -> Self {
        Self { kind: analytics.kind.as_str(), data: (*analytics.data).to_owned() }
    }
}

wire! {
    /// The sidecar asks for a sign of life.
    "ping" state => TrackingPing {
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Answers a client's `ping`.
    "pong" => TrackingPong {
        /// When.
        timestamp: Timestamp,
    }
}
