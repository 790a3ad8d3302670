//! Messages sent to many, their recipients, and notifications, as this contract's REST shows them
//! (`contracts/tracking.md` sections 3 and 6).

use outrigger_domain::{
    notifications::Notification,
    time::Timestamp,
    tracking::{Counts, Recipient, Tracked},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Kinds of notifications that the contract's clients know; others are shown as [`OTHER_KIND`].
const KINDS: [&str; 5] =
    ["message_sent", "message_failed", "delivery_update", OTHER_KIND, "warning"];

/// What other kinds are shown as, and what a notification without a kind is.
pub(super) const OTHER_KIND: &str = "system";

/// How many recipients have come how far.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsDocument {
    /// Waiting for their turn.
    pending: u64,
    /// On its way to them.
    sending: u64,
    /// The provider has it.
    sent: u64,
    /// It arrived.
    delivered: u64,
    /// It could not be delivered.
    failed: u64,
    /// Their address does not exist, or refuses.
    bounced: u64,
}

impl From<Counts> for CountsDocument {
    fn from(counts: Counts) -> Self {
        let Counts { pending, sending, sent, delivered, failed, bounced } = counts;
        Self { pending, sending, sent, delivered, failed, bounced }
    }
}

/// A message sent to many (`contracts/tracking.md` section 6).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackedDocument {
    /// The app's id.
    id: String,
    /// Who sends it.
    user_id: String,
    /// Its subject, of mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// What it says; empty if the app never told.
    content: String,
    /// `SMS`, `EMAIL`, or another word of the app's.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_type: Option<String>,
    /// How far it has come.
    status: &'static str,
    /// When it is to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    scheduled_at: Option<Timestamp>,
    /// When it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// How many it goes to.
    total_recipients: u64,
    /// How many have got it: counted, or as the app says while no recipient is known.
    success_count: u64,
    /// How many will not; the same.
    failed_count: u64,
    /// Known recipients, by how far it has come for them.
    counts: CountsDocument,
    /// What it cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    /// The app's id of the template it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<String>,
    /// When it was first told of.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When anything of it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<&Tracked> for TrackedDocument {
    fn from(tracked: &Tracked) -> Self {
        Self {
            id: tracked.id.to_string(),
            user_id: tracked.owner.to_string(),
            subject: tracked.subject.clone(),
            content: tracked.content.clone().unwrap_or_default(),
            message_type: tracked.kind.clone(),
            status: tracked.status.as_str(),
            scheduled_at: tracked.scheduled_at,
            sent_at: tracked.sent_at,
            total_recipients: tracked.total_recipients(),
            success_count: tracked.success_count().unwrap_or_default(),
            failed_count: tracked.failed_count().unwrap_or_default(),
            counts: tracked.counts.into(),
            cost: tracked.total_cost(),
            template_id: tracked.template.clone(),
            created_at: tracked.created_at,
            updated_at: tracked.updated_at,
        }
    }
}

/// One of those a message is sent to (`contracts/tracking.md` section 6).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecipientDocument {
    id: String,
    message_id: String,
    phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    updated_at: Timestamp,
}

impl From<&Recipient> for RecipientDocument {
    fn from(recipient: &Recipient) -> Self {
        Self {
            id: recipient.id.to_string(),
            message_id: recipient.message.to_string(),
            phone: recipient.phone.clone(),
            email: recipient.email.clone(),
            name: recipient.name.clone(),
            status: recipient.status.as_str(),
            sent_at: recipient.sent_at,
            delivered_at: recipient.delivered_at,
            error_message: recipient.error.clone(),
            cost: recipient.cost,
            updated_at: recipient.updated_at,
        }
    }
}

/// A notification (`contracts/tracking.md` section 3).
#[derive(Serialize)]
pub(super) struct NotificationDocument {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    timestamp: Timestamp,
    read: bool,
}

impl From<Notification> for NotificationDocument {
    fn from(notification: Notification) -> Self {
        let known = KINDS.into_iter().find(|kind| *kind == notification.kind);
        Self {
            id: notification.id.to_string(),
            kind: known.unwrap_or(OTHER_KIND),
            title: notification.title,
            message: notification.message,
            data: notification.data,
            timestamp: notification.created_at,
            read: notification.read_at.is_some(),
        }
    }
}
