//! What happened: the one enum that every contract puts into its own words.

use std::sync::{Arc, Mutex};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::{
    actor::Role,
    commerce::CommerceEvent,
    ids::{
        ChatId, ContactId, DeviceId, MessageId, NotificationId, QuizId, TokenId, TrackedId, UserId,
    },
    messaging::{Message, Reading},
    notifications::Notification,
    quiz::QuizEvent,
    support::SupportEvent,
    time::Timestamp,
    tracking::{Analytics, Recipient, Tracked},
};

/// Whom an event is for. Turned into room names in one place only, in `namespaces`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every socket of one user.
    User(UserId),
    /// Every socket of several users, each once.
    Users(Vec<UserId>),
    /// Every socket of users with exactly this role.
    Role(Role),
    /// The sockets that joined a chat.
    Chat(ChatId),
    /// The sockets of one device of a user.
    Device(UserId, DeviceId),
    /// The sockets of a user's other devices.
    OtherDevices(UserId, DeviceId),
    /// The sockets that were opened with one token.
    Token(TokenId),
    /// Whoever may see what becomes of a message sent to many: its owner's sockets and those that track it, each once.
    Tracked {
        /// Whose it is.
        owner: UserId,
        /// Which.
        message: TrackedId,
    },
    /// The sockets of a user that subscribed to the user's figures.
    Subscribers(UserId),
    /// Those who take part in a quiz.
    Quiz(QuizId),
    /// Those in the chat about a request for help: whoever asked, and admins.
    Support(ContactId),
    /// Everyone connected.
    All,
    /// Everyone of `of` but these users.
    Except {
        /// Who would get it.
        of: Box<Audience>,
        /// Who does not.
        users: Vec<UserId>,
    },
    /// Everyone of `of` but one socket: the one whose client did it and needs no telling. Never kept in a feed.
    ExceptSocket {
        /// Who would get it.
        of: Box<Audience>,
        /// Which socket does not.
        socket: SocketKey,
    },
}

/// A socket of this process, by a number that says nothing to anybody outside of it; unlike its id it is no credential.
pub type SocketKey = u64;

/// Why a socket loses its standing while connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialEnd {
    /// The token's `exp` passed.
    Expired,
    /// The token was revoked.
    Revoked,
}

/// A user came online or went offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceChange {
    /// Who.
    pub user: UserId,
    /// The state now.
    pub online: bool,
}

/// How someone is, as others may know it: `online`, `offline`, or a word of the user's own
/// (`contracts/social.md` section 3, `user_status_change`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStatus {
    /// Who.
    pub user: UserId,
    /// The word.
    pub status: Arc<str>,
    /// When the user was last there, for one who is away.
    pub last_seen: Option<Timestamp>,
}

/// An alert about a message, in the app's words (`contracts/rooms.md` section 9, item 4).
#[derive(Debug, Clone)]
pub struct MessageAlert {
    /// Fields given by the app, passed through; an object.
    pub fields: serde_json::Map<String, serde_json::Value>,
}

/// Something for everyone to read (`contracts/tracking.md` section 4, `broadcast`).
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// The word for its kind, e.g. `system` or `warning`.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    pub data: Option<serde_json::Value>,
}

/// An event that only the app knows: any name, any data.
#[derive(Debug, Clone)]
pub struct CustomEvent {
    /// The event's name on the wire.
    pub name: Arc<str>,
    /// Its one argument.
    pub data: Arc<RawValue>,
    /// Only on this contract's mounts, if given.
    pub contract: Option<String>,
    /// Only in this namespace, if given.
    pub namespace: Option<String>,
}

impl CustomEvent {
    /// Whether it may be told there.
    #[must_use]
    pub fn is_for(&self, contract: &str, namespace: &str) -> bool {
        self.contract.as_deref().is_none_or(|only| only == contract)
            && self.namespace.as_deref().is_none_or(|only| only == namespace)
    }
}

/// Everything that clients can be told.
#[derive(Debug, Clone)]
pub enum DomainEvent {
    /// A message arrived for this user.
    MessageReceived(Arc<Message>),
    /// A message of this user was stored: for the sender's own devices.
    MessageSent(Arc<Message>),
    /// Someone spoke in a chat.
    ChatMessage(Arc<Message>),
    /// The receiver read a message; for its sender.
    MessageRead {
        /// Which message.
        message: MessageId,
        /// Who read it.
        by: UserId,
        /// In which of the contract's words.
        reading: Reading,
    },
    /// A message was deleted by its sender; for both sides.
    MessageDeleted {
        /// Which message.
        message: MessageId,
        /// Who deleted it.
        by: UserId,
    },
    /// A device of the receiver has the message; for its sender.
    MessageDelivered {
        /// Which message.
        message: MessageId,
        /// Who has it.
        to: UserId,
    },
    /// Someone is typing, or stopped; for the other side.
    Typing {
        /// Who.
        from: UserId,
        /// What the user is called, if that is known.
        name: Option<String>,
        /// Typing, or no longer.
        typing: bool,
    },
    /// The app says that there is a message.
    MessageAlert(Arc<MessageAlert>),
    /// A notification was stored.
    Notification(Arc<Notification>),
    /// Notifications of the user were read.
    NotificationsRead {
        /// Which, oldest first.
        ids: Arc<[NotificationId]>,
        /// Whether all were marked at once.
        all: bool,
    },
    /// Notifications of the user were deleted.
    NotificationsDeleted {
        /// Which, oldest first.
        ids: Arc<[NotificationId]>,
        /// Whether all were deleted at once.
        all: bool,
    },
    /// The user's count of unread notifications.
    UnreadCount(u64),
    /// Users came or went: net changes since the last such event. When very many come or go at once this is
    /// left out, and the list says it.
    Presence(Arc<[PresenceChange]>),
    /// How someone is now, for those who may know it.
    UserStatus(UserStatus),
    /// Everyone online now.
    OnlineUsers(Arc<[UserId]>),
    /// The app issued a new token for this user.
    TokenReplaced {
        /// The token; never logged.
        token: Secret,
        /// What the user may do from now on.
        role: Role,
        /// What the app said of it beside tokens, where the app's word counts more (`contracts/commerce.md` section 1).
        told_role: Option<Role>,
        /// Why, for people.
        reason: String,
    },
    /// The account was activated or deactivated.
    AccountStatus {
        /// Active now.
        active: bool,
        /// Why, for people.
        reason: String,
    },
    /// The app gave the user another role, beside tokens.
    RoleChanged {
        /// What the user may do from now on.
        role: Role,
    },
    /// The user's designations were replaced.
    Designations {
        /// The whole list.
        designations: Vec<String>,
        /// Why, for people.
        reason: String,
    },
    /// The user is logged out and the sockets close.
    ForceLogout {
        /// Why, for people.
        reason: String,
    },
    /// The user's sockets close; whoever wants to may come back.
    Disconnected {
        /// Why, for people.
        reason: String,
    },
    /// The token no longer holds and the sockets close.
    CredentialEnded(CredentialEnd),
    /// The sidecar's self test speaks.
    TestMessage {
        /// The text.
        message: String,
        /// Who asked for it.
        from: String,
    },
    /// A membership ended: the sockets leave the chat.
    ChatLeft(ChatId),
    /// Someone came into a chat, or went out of it; for those who are in it.
    ChatVisit {
        /// Which.
        chat: ChatId,
        /// Who.
        user: UserId,
        /// What the user is called, if that is known.
        name: Option<String>,
        /// Came, or went.
        entered: bool,
    },
    /// Someone is typing in a chat, or stopped; for the others in it.
    ChatTyping {
        /// Where.
        chat: ChatId,
        /// Who.
        user: UserId,
        /// What the user is called, if that is known.
        name: Option<String>,
        /// Typing, or no longer.
        typing: bool,
    },
    /// Something said in a chat that the app stores itself; for the others in it (`contracts/quiz.md` section 2,
    /// `roomMessage`).
    ChatRelay {
        /// Where.
        chat: ChatId,
        /// Who.
        user: UserId,
        /// What the user is called, if that is known.
        name: Option<String>,
        /// What, as the contract that passes it on wrote it.
        words: Arc<RawValue>,
    },
    /// Something of the marketplace.
    Commerce(CommerceEvent),
    /// Something of a quiz.
    Quiz(QuizEvent),
    /// Something of a request for help.
    Support(SupportEvent),
    /// A message sent to many has come further.
    TrackedMessage(Arc<Tracked>),
    /// Recipients of such a message have come further.
    Recipients {
        /// The message, as it is now.
        tracked: Arc<Tracked>,
        /// Those, in the order of their changes.
        changed: Arc<[Recipient]>,
    },
    /// Figures for those who subscribed to them.
    Analytics(Analytics),
    /// Something for everyone to read, not stored.
    Announcement(Arc<Announcement>),
    /// Every client is asked for a sign of life.
    PingAll,
    /// The app's own event.
    Custom(CustomEvent),
}

impl DomainEvent {
    /// Whether the sockets that get this event are closed behind it.
    #[must_use]
    pub fn closes(&self) -> bool {
        matches!(
            self,
            Self::ForceLogout { .. } | Self::Disconnected { .. } | Self::CredentialEnded(_)
        )
    }
}

/// A text that must not appear in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// How many sockets on how many devices an event reached on this node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reach {
    /// Socket.IO sockets the event was queued for.
    pub sockets: usize,
    /// Different (user, device) pairs among them.
    pub devices: usize,
}

/// Tells the publisher what an event reached, once it was handed to the sockets.
#[derive(Debug, Clone, Default)]
pub struct Receipt(Option<Arc<Mutex<Option<oneshot::Sender<Reach>>>>>);

impl Receipt {
    /// A receipt and the place where its answer arrives.
    #[must_use]
    pub fn requested() -> (Self, oneshot::Receiver<Reach>) {
        let (sender, answer) = oneshot::channel();
        (Self(Some(Arc::new(Mutex::new(Some(sender))))), answer)
    }

    /// Whether anyone asked.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.is_some()
    }

    /// Answers the publisher, if anyone asked. A second answer is ignored.
    pub fn answer(&self, reach: Reach) {
        let Some(cell) = &self.0 else { return };
        let sender = cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // The publisher may have given up waiting; that is its right.
            let _ = sender.send(reach);
        }
    }
}

/// Where an event stands in the feeds of its users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Seqs {
    /// In no feed: it is state, or nothing that is kept.
    #[default]
    None,
    /// In the feed of its one user.
    One(u64),
    /// In several feeds, ordered by user.
    Each(Arc<[(UserId, u64)]>),
}

impl Seqs {
    /// One place for each user, in any order.
    #[must_use]
    pub fn each(mut places: Vec<(UserId, u64)>) -> Self {
        places.sort_unstable();
        Self::Each(places.into())
    }

    /// The place in this user's feed; asked only for users of the event's audience.
    #[must_use]
    pub fn for_user(&self, user: &UserId) -> Option<u64> {
        match self {
            Self::None => None,
            Self::One(seq) => Some(*seq),
            Self::Each(places) => {
                let found = places.binary_search_by(|(other, _)| other.cmp(user));
                found.ok().and_then(|at| places.get(at)).map(|(_, seq)| *seq)
            }
        }
    }
}

/// An event on its way out.
#[derive(Debug, Clone)]
pub struct Published {
    /// When it happened.
    pub at: Timestamp,
    /// For whom.
    pub audience: Audience,
    /// What.
    pub event: DomainEvent,
    /// Who wants to know what it reached.
    pub receipt: Receipt,
    /// Where it stands in the feeds of those it is for; the store says, when it has written them.
    pub seqs: Seqs,
}

impl Published {
    /// An event nobody waits for.
    #[must_use]
    pub fn new(at: Timestamp, audience: Audience, event: DomainEvent) -> Self {
        Self::asking(at, audience, event, Receipt::default())
    }

    /// An event whose publisher wants to know what it reached.
    #[must_use]
    pub fn asking(at: Timestamp, audience: Audience, event: DomainEvent, receipt: Receipt) -> Self {
        Self { at, audience, event, receipt, seqs: Seqs::None }
    }
}
