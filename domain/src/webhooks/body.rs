//! The JSON of each type of webhook, as `docs/WEBHOOKS.md` shows it.

use serde::Serialize;
use serde_json::value::RawValue;

use super::webhook::{NewWebhook, WebhookKind};
use crate::{
    ids::{ChatId, DeviceId, MessageId, UserId, WebhookId},
    messaging::{Message, MessageDocument},
    naming::Ids,
    notifications::Notification,
    time::Timestamp,
};

/// What a webhook wraps its data in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    id: &'a WebhookId,
    r#type: WebhookKind,
    at: Timestamp,
    user_id: &'a UserId,
    data: &'a Told<'a>,
}

/// Why a user is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Absence {
    /// The user left.
    Left,
    /// The process that the user was connected to is gone.
    Lost,
}

/// `data`, type by type.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Told<'a> {
    /// `user.connected`.
    Connected {},
    /// `user.disconnected`.
    Disconnected { reason: Absence },
    /// `message.stored`.
    Stored {
        message: MessageDocument,
        #[serde(skip_serializing_if = "Option::is_none")]
        chat_id: Option<&'a ChatId>,
    },
    /// `message.delivered`.
    Delivered {
        message_id: &'a MessageId,
        sender_id: &'a UserId,
        receiver_id: &'a UserId,
        delivered_at: Timestamp,
    },
    /// `message.read`.
    Read {
        message_id: &'a MessageId,
        sender_id: &'a UserId,
        receiver_id: &'a UserId,
        read_at: Timestamp,
    },
    /// `message.missed`.
    MissedMessage { message: MessageDocument },
    /// `notification.missed`.
    MissedNotification { notification: &'a Notification },
    /// `client.event`.
    Action { event: &'a str, args: &'a RawValue, device_id: &'a DeviceId, contract: &'a str },
}

impl<'a> Told<'a> {
    /// A message was stored.
    pub(super) fn stored(message: &Message, chat_id: Option<&'a ChatId>) -> Self {
        Self::Stored { message: message.into(), chat_id }
    }

    /// Which type it is.
    pub(crate) fn kind(&self) -> WebhookKind {
        match self {
            Self::Connected {} => WebhookKind::UserConnected,
            Self::Disconnected { .. } => WebhookKind::UserDisconnected,
            Self::Stored { .. } => WebhookKind::MessageStored,
            Self::Delivered { .. } => WebhookKind::MessageDelivered,
            Self::Read { .. } => WebhookKind::MessageRead,
            Self::MissedMessage { .. } => WebhookKind::MessageMissed,
            Self::MissedNotification { .. } => WebhookKind::NotificationMissed,
            Self::Action { .. } => WebhookKind::ClientEvent,
        }
    }
}

/// A webhook in the lane of its user, due at once.
///
/// # Errors
/// If the data cannot be written as JSON, which none of these can cause.
pub(crate) fn webhook(
    ids: &dyn Ids,
    at: Timestamp,
    user: &UserId,
    told: &Told<'_>,
) -> Result<NewWebhook, serde_json::Error> {
    let (id, kind) = (ids.webhook(at), told.kind());
    let envelope = Envelope { id: &id, r#type: kind, at, user_id: user, data: told };
    let body = serde_json::to_string(&envelope)?;
    Ok(NewWebhook {
        id,
        kind,
        user: user.clone(),
        lane: Some(user.clone()),
        body,
        subject: None,
        created_at: at,
        due_at: at,
        unless_online: false,
    })
}
