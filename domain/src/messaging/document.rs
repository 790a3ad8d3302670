//! The message document of `contracts/rooms.md` section 6, as sockets and REST both show it.

use serde::Serialize;
use ts_rs::TS;

use super::message::{Message, Recipient};
use crate::time::Timestamp;

/// `metadata` of a message document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageMetadata {
    /// Our id again; clients compare it with the one they made up.
    pub server_message_id: String,
    /// What the sender's client called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_message_id: Option<String>,
    /// When a device of the receiver had it, as far as that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delivered_at: Option<Timestamp>,
    /// When the receiver read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub read_at: Option<Timestamp>,
}

/// A message as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageDocument {
    /// Our id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Who wrote it.
    pub sender_id: String,
    /// To whom: a user, or `chat_<id>`.
    pub receiver_id: String,
    /// The text, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<String>,
    /// Where the image is, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub image: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// `sent`, `delivered` (as far as that is recorded) or `read`.
    pub status: &'static str,
    /// Whether the receiver read it.
    pub is_read: bool,
    /// Ids and times of its way.
    pub metadata: MessageMetadata,
}

impl From<&Message> for MessageDocument {
    fn from(message: &Message) -> Self {
        let read = message.read_at.is_some();
        Self {
            id: message.id.to_string(),
            sender_id: message.sender.to_string(),
            receiver_id: match &message.recipient {
                Recipient::User(user) => user.to_string(),
                Recipient::Chat(chat) => format!("chat_{chat}"),
            },
            text: message.text.clone(),
            image: message.image.clone(),
            created_at: message.created_at,
            updated_at: message.updated_at,
            status: match (message.read_at, message.delivered_at) {
                (Some(_), _) => "read",
                (None, Some(_)) => "delivered",
                (None, None) => "sent",
            },
            is_read: read,
            metadata: MessageMetadata {
                server_message_id: message.id.to_string(),
                client_message_id: message.client_id.as_ref().map(ToString::to_string),
                delivered_at: message.delivered_at,
                read_at: message.read_at,
            },
        }
    }
}
