//! Messages, people and notifications of contract `social`, as its sockets and its REST both show them
//! (`contracts/social.md` section 3).

use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{
    accounts::Profile,
    ids::UserId,
    messaging::{Message, Recipient},
    notifications::Notification,
    time::Timestamp,
};

/// Someone, as others see them; `null` is what is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialPerson {
    /// Who.
    #[serde(rename = "_id")]
    pub id: String,
    /// The name to show.
    pub username: Option<String>,
    /// Where the picture is.
    pub profile_image: Option<String>,
}

impl SocialPerson {
    /// This user, shown so.
    #[must_use]
    pub fn new(id: &UserId, profile: &Profile) -> Self {
        Self {
            id: id.to_string(),
            username: profile.name.clone(),
            profile_image: profile.image.clone(),
        }
    }
}

/// That a message was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialSeen {
    /// By whom.
    pub user_id: String,
    /// When.
    pub seen_at: Timestamp,
}

impl SocialSeen {
    /// Who saw a message: its receiver or nobody.
    #[must_use]
    pub fn of(message: &Message) -> Vec<Self> {
        match (&message.recipient, message.read_at) {
            (Recipient::User(user), Some(seen_at)) => {
                vec![Self { user_id: user.to_string(), seen_at }]
            }
            _ => Vec::new(),
        }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialMessage {
    /// Our id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Who wrote it.
    pub sender: SocialPerson,
    /// To whom.
    pub receiver: SocialPerson,
    /// The text; empty where there is an image alone.
    pub message: String,
    /// Whether the receiver read it.
    pub is_read: bool,
    /// The receiver, once it was read.
    pub seen_by: Vec<SocialSeen>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Where the image is, of a message that was sent in another contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub image: Option<String>,
    /// What the sender's client called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_message_id: Option<String>,
}

impl SocialMessage {
    /// A message to a user; this contract has no chats.
    #[must_use]
    pub fn new(message: &Message) -> Option<Self> {
        let Recipient::User(receiver) = &message.recipient else { return None };
        Some(Self {
            id: message.id.to_string(),
            sender: SocialPerson::new(&message.sender, &message.sender_profile),
            receiver: SocialPerson::new(receiver, &message.receiver_profile),
            message: message.text.clone().unwrap_or_default(),
            is_read: message.read_at.is_some(),
            seen_by: SocialSeen::of(message),
            created_at: message.created_at,
            updated_at: message.updated_at,
            image: message.image.clone(),
            client_message_id: message.client_id.as_ref().map(ToString::to_string),
        })
    }
}

/// An object always, as this contract's clients expect; whatever else the app added stands in it as `value`.
fn metadata(data: Option<&Value>) -> Value {
    match data {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(Value::Object(fields)) => Value::Object(fields.clone()),
        Some(other) => Value::Object(Map::from_iter([("value".to_owned(), other.clone())])),
    }
}

/// A notification, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SocialNotification {
    /// Our id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from_user: Option<String>,
    /// The post it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub post_id: Option<String>,
    /// The text; the title where there is no other.
    pub message: String,
    /// Whether it was read.
    pub is_read: bool,
    /// Whatever the app adds.
    #[ts(type = "Record<string, unknown>")]
    pub metadata: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<&Notification> for SocialNotification {
    fn from(stored: &Notification) -> Self {
        let text = if stored.message.is_empty() { &stored.title } else { &stored.message };
        Self {
            id: stored.id.to_string(),
            user_id: stored.user.to_string(),
            kind: stored.kind.clone(),
            from_user: stored.from.as_ref().map(ToString::to_string),
            post_id: stored.post.clone(),
            message: text.clone(),
            is_read: stored.read_at.is_some(),
            metadata: metadata(stored.data.as_ref()),
            created_at: stored.created_at,
            updated_at: stored.read_at.unwrap_or(stored.created_at),
        }
    }
}
