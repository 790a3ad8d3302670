//! What the contract's clients read (`contracts/social.md` section 3).

use outrigger_domain::{
    accounts::Profile,
    ids::UserId,
    messaging::{Conversation, Message, Recipient},
    notifications::Notification,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;

/// A user as others see them; what is unknown is `null` (section 7, "`fromUser` id vs object").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    #[serde(rename = "_id")]
    id: String,
    username: Option<String>,
    profile_image: Option<String>,
}

impl Person {
    fn new(id: &str, profile: &Profile) -> Self {
        let Profile { name, image } = profile.clone();
        Self { id: id.to_owned(), username: name, profile_image: image }
    }
}

/// Who saw a message, and when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenBy {
    user_id: UserId,
    seen_at: Timestamp,
}

/// Who saw it: its receiver or nobody.
pub(super) fn seen_by(message: &Message) -> Vec<SeenBy> {
    match (&message.recipient, message.read_at) {
        (Recipient::User(user), Some(seen_at)) => vec![SeenBy { user_id: user.clone(), seen_at }],
        _ => Vec::new(),
    }
}

/// `Message`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageDocument {
    #[serde(rename = "_id")]
    id: String,
    sender: Person,
    receiver: Person,
    message: String,
    is_read: bool,
    seen_by: Vec<SeenBy>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Of messages that came from another contract's clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_message_id: Option<String>,
}

impl From<&Message> for MessageDocument {
    fn from(message: &Message) -> Self {
        let receiver = match &message.recipient {
            Recipient::User(user) => user.as_str(),
            Recipient::Chat(chat) => chat.as_str(),
        };
        Self {
            id: message.id.to_string(),
            sender: Person::new(message.sender.as_str(), &message.sender_profile),
            receiver: Person::new(receiver, &message.receiver_profile),
            message: message.text.clone().unwrap_or_default(),
            is_read: message.read_at.is_some(),
            seen_by: seen_by(message),
            created_at: message.created_at,
            updated_at: message.updated_at,
            image: message.image.clone(),
            client_message_id: message.client_id.as_ref().map(ToString::to_string),
        }
    }
}

/// A conversation in brief.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationDocument {
    user: Person,
    last_message: MessageDocument,
    unread_count: u64,
}

impl From<&Conversation> for ConversationDocument {
    fn from(conversation: &Conversation) -> Self {
        Self {
            user: Person::new(conversation.partner.as_str(), &conversation.profile),
            last_message: (&conversation.last).into(),
            unread_count: conversation.unread,
        }
    }
}

/// A notification, with whoever caused it as an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotificationDocument {
    #[serde(rename = "_id")]
    id: String,
    user_id: UserId,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_user: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<String>,
    message: String,
    is_read: bool,
    metadata: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Notification> for NotificationDocument {
    fn from(notification: Notification) -> Self {
        let from = notification.from.as_ref();
        let text = notification.message;
        Self {
            id: notification.id.to_string(),
            user_id: notification.user,
            kind: notification.kind,
            from_user: from.map(|id| Person::new(id.as_str(), &notification.from_profile)),
            post_id: notification.post,
            message: if text.is_empty() { notification.title } else { text },
            is_read: notification.read_at.is_some(),
            metadata: notification.data.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            created_at: notification.created_at,
            updated_at: notification.read_at.unwrap_or(notification.created_at),
        }
    }
}
