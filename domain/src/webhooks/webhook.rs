//! A webhook: what the app is told, and how far that has come (`docs/WEBHOOKS.md`).

use serde::{Deserialize, Serialize};

use crate::{
    ids::{UserId, WebhookId},
    time::Timestamp,
};

/// What a webhook tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WebhookKind {
    /// The first socket of a user.
    #[serde(rename = "user.connected")]
    UserConnected,
    /// The last socket of a user is gone.
    #[serde(rename = "user.disconnected")]
    UserDisconnected,
    /// A message was stored.
    #[serde(rename = "message.stored")]
    MessageStored,
    /// A device of the receiver has it.
    #[serde(rename = "message.delivered")]
    MessageDelivered,
    /// The receiver read it.
    #[serde(rename = "message.read")]
    MessageRead,
    /// The receiver is away and has not read it.
    #[serde(rename = "message.missed")]
    MessageMissed,
    /// The same for a notification.
    #[serde(rename = "notification.missed")]
    NotificationMissed,
    /// A client sent something that the app decides.
    #[serde(rename = "client.event")]
    ClientEvent,
}

impl WebhookKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::UserConnected,
        Self::UserDisconnected,
        Self::MessageStored,
        Self::MessageDelivered,
        Self::MessageRead,
        Self::MessageMissed,
        Self::NotificationMissed,
        Self::ClientEvent,
    ];

    /// As it stands in `type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserConnected => "user.connected",
            Self::UserDisconnected => "user.disconnected",
            Self::MessageStored => "message.stored",
            Self::MessageDelivered => "message.delivered",
            Self::MessageRead => "message.read",
            Self::MessageMissed => "message.missed",
            Self::NotificationMissed => "notification.missed",
            Self::ClientEvent => "client.event",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it is left out before the others when the outbox fills up: it tells of a state, and the next
    /// one of its kind tells it again.
    #[must_use]
    pub fn yields(self) -> bool {
        matches!(self, Self::UserConnected | Self::UserDisconnected)
    }
}

/// One to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Its id, the same in every attempt.
    pub id: WebhookId,
    /// What it tells.
    pub kind: WebhookKind,
    /// Whom it is about.
    pub user: UserId,
    /// Those of one lane are sent in order; `None` stands outside of every order.
    pub lane: Option<UserId>,
    /// The whole JSON that is sent.
    pub body: String,
    /// By what it can be cancelled while it waits.
    pub subject: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Not to be sent before.
    pub due_at: Timestamp,
    /// Not to be sent at all if the user is online when it is due.
    pub unless_online: bool,
}

/// Whether it still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookState {
    /// It waits for its first or next attempt.
    Waiting,
    /// Nobody took it.
    Dead,
}

impl WebhookState {
    /// As it stands in the store and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Dead => "dead",
        }
    }
}

/// One as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What it tells.
    pub kind: WebhookKind,
    /// Whom it is about.
    pub user: UserId,
    /// Its lane, if it has one.
    pub lane: Option<UserId>,
    /// The whole JSON that is sent.
    pub body: String,
    /// Whether it still waits.
    pub state: WebhookState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its next attempt is due; `None` while another one of its lane is before it, and for a dead one.
    pub due_at: Option<Timestamp>,
    /// Attempts that failed.
    pub attempts: u32,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// See [`NewWebhook::unless_online`].
    pub unless_online: bool,
}

/// What can be sent now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Those due, longest due first.
    pub webhooks: Vec<Webhook>,
    /// When the next one that is not due yet will be.
    pub next: Option<Timestamp>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The app took it, or it is no longer needed: it is forgotten.
    Done,
    /// It failed and is tried again.
    Again {
        /// When.
        due_at: Timestamp,
        /// Why it failed.
        error: String,
    },
    /// It failed and is not tried again.
    Dead {
        /// Why.
        error: String,
    },
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WebhookCounts {
    /// Waiting.
    pub waiting: u64,
    /// Dead.
    pub dead: u64,
}
