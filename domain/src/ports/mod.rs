//! What the domain needs from outside: a store and a bus. Time is [`crate::time::Clock`].

mod commerce;
mod email;
mod feed;
mod leases;
mod lookup;
mod push;
mod quiz;
mod status;
mod support;
#[cfg(test)]
pub(crate) mod testing;
mod tracking;
mod webhooks;

pub use commerce::{CommerceStore, EventRoles};
pub use email::{Letter, MailRenderer, MailStore, Mailer, UnsubscribeLink};
pub use feed::FeedStore;
pub use leases::{Lease, LeaseChange, LeaseStore};
pub use lookup::{LookupError, NoLookup, UserLookup};
pub use push::{PushGateway, PushStore};
pub use quiz::{QuizStore, WholeSession};
pub use status::StatusStore;
pub use support::SupportStore;
pub use tracking::TrackingStore;
pub use webhooks::{NoWebhooks, Outbox, Posting, WebhookStore};

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    accounts::{TokenUser, User, UserPatch},
    events::Published,
    identity::Revocation,
    ids::{ChatId, DeviceId, ImageId, MessageId, NotificationId, UserId},
    messaging::{
        Conversation, Deleted, Delivered, Message, NewMessage, Page, Partner, Read, ReadMany,
        Reading, Stored, StoredImage, Unread,
    },
    notifications::{
        Notification, NotificationFilter, NotificationsDeleted, NotificationsRead, Notified,
        Preferences,
    },
    paging::{Slice, Sliced},
    sessions::{Session, SessionFilter},
    time::Timestamp,
};

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// More writes wait than the store takes in time; nothing was written.
    #[error("the store has too much to do")]
    Overloaded,
    /// The store failed; nothing was written.
    #[error("the store failed: {0}")]
    Failed(Arc<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Wraps what the database said.
    pub fn failed(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(source))
    }
}

/// What a lookup or write in the store gives.
pub type StoreResult<T> = Result<T, StoreError>;

/// The result of a write that others must hear of.
///
/// In the transaction of the write a store puts these events into the feeds of those they are for
/// ([`crate::feed::Entry`]) and into the outbox ([`Outbox`]). After the commit it publishes them, in the order of the
/// commits, each with its places in the feeds, and answers the caller after that: nobody learns of a change that is
/// not durable, and no acknowledgement overtakes its event.
pub trait Tells {
    /// What to publish.
    fn tells(&self) -> Vec<Published>;
}

/// Takes events to every contract on every node.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Hands an event on; events of one publisher keep their order. Waits while the bus is full.
    async fn publish(&self, event: Published);
}

/// The answer to a call with an `Idempotency-Key`, kept so that a repeated call gets it again.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// A digest of method, path and body: the same key for another call is a mistake.
    pub request: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// When it was given.
    pub at: Timestamp,
}

impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// An entry of the audit trail: who acknowledged or changed what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Whom it is about.
    pub user: UserId,
    /// On which device, if one was involved.
    pub device: Option<DeviceId>,
    /// What kind of thing happened, e.g. `token_update_received`.
    pub kind: String,
    /// More, as JSON without secrets.
    pub detail: String,
}

/// What is older than this is past its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Now: revocations that ended before are over.
    pub now: Timestamp,
    /// Kept answers.
    pub answers: Timestamp,
    /// Entries of the audit trail, and where deleted messages stood.
    pub audit: Timestamp,
    /// Events in feeds. The latest one of each user stays, so that positions are never used twice, and
    /// whatever is younger than something old stays behind it: a feed loses its beginning, never its middle.
    pub feed: Timestamp,
    /// Webhooks that nobody took.
    pub dead_webhooks: Timestamp,
}

/// Who is known beside what a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// Someone who is [`User::is_as_said`].
    AsSaid,
    /// Someone.
    Known(Box<User>),
    /// Nobody of that name.
    Nobody,
}

/// Durable state. Times and ids come with the arguments; a missing row is `None`.
///
/// Every write is committed when its method returns. Methods whose result is [`Tells`] have also published it.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// One user.
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>>;
    /// Several users; unknown ones are left out.
    async fn users(&self, ids: &[UserId]) -> StoreResult<Vec<User>>;
    /// One user, of whom a token says this. A store may remember who was [`User::is_as_said`], as long as it is so.
    async fn user_beside(&self, said: TokenUser<'_>) -> StoreResult<Beside> {
        Ok(self.user(said.id).await?.map_or(Beside::Nobody, |user| Beside::Known(Box::new(user))))
    }
    /// Active users in order of their ids, after one of them, at most `limit`.
    async fn active_users(&self, after: Option<&UserId>, limit: u32) -> StoreResult<Vec<User>>;
    /// Makes or changes a user, and tells `news` of it, if there are any.
    async fn upsert_user(
        &self,
        id: &UserId,
        patch: &UserPatch,
        at: Timestamp,
        news: Option<Published>,
    ) -> StoreResult<User>;
    /// Takes in what a token says; changes nothing else, and nothing if it is known already. An empty address says
    /// nothing, and the profile fills only what is not known yet: the app's own word for it counts more.
    async fn learn_user(&self, said: TokenUser<'_>, at: Timestamp) -> StoreResult<()>;

    /// Stores a message once.
    async fn insert_message(&self, new: NewMessage) -> StoreResult<Stored>;
    /// One message.
    async fn message(&self, id: &MessageId) -> StoreResult<Option<Message>>;
    /// What two users wrote to each other, oldest first.
    async fn conversation(&self, a: &UserId, b: &UserId, page: &Page) -> StoreResult<Vec<Message>>;
    /// What was said in a chat, oldest first.
    async fn chat_history(&self, chat: &ChatId, page: &Page) -> StoreResult<Vec<Message>>;
    /// Marks a message as read by its receiver.
    async fn mark_read(
        &self,
        id: &MessageId,
        reader: &UserId,
        reading: Reading,
        at: Timestamp,
    ) -> StoreResult<Read>;
    /// Marks several as read by their receiver.
    async fn mark_many_read(
        &self,
        reader: &UserId,
        which: &Unread,
        reading: Reading,
        at: Timestamp,
    ) -> StoreResult<ReadMany>;
    /// Deletes a message of this sender, with its image. Who pages backwards from it still can for some time. A webhook that waits to tell of it is given up.
    async fn delete_message(
        &self,
        id: &MessageId,
        sender: &UserId,
        at: Timestamp,
    ) -> StoreResult<Deleted>;
    /// What two users wrote to each other, oldest first.
    async fn conversation_slice(
        &self,
        a: &UserId,
        b: &UserId,
        slice: Slice,
    ) -> StoreResult<Sliced<Message>>;
    /// A user's conversations, the one spoken in last first.
    async fn conversations(&self, user: &UserId, slice: Slice)
    -> StoreResult<Sliced<Conversation>>;
    /// Notes that messages to users reached a device of theirs; gives those for which that is new.
    async fn mark_delivered(&self, ids: &[MessageId], at: Timestamp) -> StoreResult<Delivered>;
    /// Whom a user has exchanged messages with, latest first, at most `limit`.
    async fn partners(&self, user: &UserId, limit: u32) -> StoreResult<Vec<Partner>>;
    /// One image.
    async fn image(&self, id: &ImageId) -> StoreResult<Option<StoredImage>>;

    /// Stores a notification once: a second one with the same id gives the first.
    async fn insert_notification(&self, new: Notification) -> StoreResult<Notified>;
    /// A user's notifications, newest first; `before` pages backwards.
    async fn notifications(
        &self,
        user: &UserId,
        limit: u32,
        before: Option<&NotificationId>,
        unread_only: bool,
    ) -> StoreResult<Vec<Notification>>;
    /// One of them.
    async fn notification(
        &self,
        user: &UserId,
        id: &NotificationId,
    ) -> StoreResult<Option<Notification>>;
    /// Those that the filter lets through, newest first.
    async fn notification_slice(
        &self,
        user: &UserId,
        filter: &NotificationFilter,
        slice: Slice,
    ) -> StoreResult<Sliced<Notification>>;
    /// How many of them are unread.
    async fn unread_notifications(&self, user: &UserId) -> StoreResult<u64>;
    /// Marks one of them (or all, without `id`) as read. Where `device` is given, the others are told; otherwise all.
    async fn read_notifications(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
        at: Timestamp,
    ) -> StoreResult<NotificationsRead>;
    /// Deletes one of them (or all, without `id`). Where `device` is given, the others are told; otherwise all. Webhooks that wait
    /// to tell of them are given up.
    async fn delete_notifications(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
        at: Timestamp,
    ) -> StoreResult<NotificationsDeleted>;
    /// What a user wants to be told of; empty if the user never said.
    async fn preferences(&self, user: &UserId) -> StoreResult<Preferences>;
    /// Puts these on top of what the user wants already, name by name, and gives the whole.
    async fn save_preferences(
        &self,
        user: &UserId,
        changed: &Preferences,
    ) -> StoreResult<Preferences>;

    /// Makes or replaces the session of (user, device); `created_at` of an old one is kept.
    async fn save_session(&self, session: &Session) -> StoreResult<()>;
    /// A user's sessions, last seen first.
    async fn sessions(&self, user: &UserId, filter: &SessionFilter) -> StoreResult<Vec<Session>>;
    /// Ends active sessions of a user (one device, or all) and gives them as they were.
    async fn end_sessions(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        reason: &str,
        at: Timestamp,
    ) -> StoreResult<Vec<Session>>;

    /// Makes users members of a chat.
    async fn grant_chat(&self, chat: &ChatId, users: &[UserId], at: Timestamp) -> StoreResult<()>;
    /// Ends memberships; gives how many there were.
    async fn revoke_chat(&self, chat: &ChatId, users: &[UserId]) -> StoreResult<u64>;
    /// Whether a user was made a member.
    async fn is_chat_member(&self, chat: &ChatId, user: &UserId) -> StoreResult<bool>;
    /// Everyone who was made a member.
    async fn chat_members(&self, chat: &ChatId) -> StoreResult<Vec<UserId>>;

    /// Keeps revocations.
    async fn add_revocations(&self, revocations: &[Revocation]) -> StoreResult<()>;
    /// All that still matter at `now`.
    async fn revocations(&self, now: Timestamp) -> StoreResult<Vec<Revocation>>;

    /// The answer kept under an `Idempotency-Key`.
    async fn kept_answer(&self, key: &str) -> StoreResult<Option<KeptAnswer>>;
    /// Keeps an answer; the first one under a key stays.
    async fn keep_answer(&self, key: &str, answer: &KeptAnswer) -> StoreResult<()>;

    /// Adds to the audit trail.
    async fn audit(&self, entry: AuditEntry) -> StoreResult<()>;
    /// The latest entries about a user, newest first.
    async fn audit_trail(&self, user: &UserId, limit: u32) -> StoreResult<Vec<AuditEntry>>;

    /// Forgets what is past its use.
    async fn prune(&self, horizon: &Horizon) -> StoreResult<()>;
    /// Asks the store for a sign of life, reading and writing.
    async fn check(&self) -> StoreResult<()>;
    /// Finishes what was accepted, then closes. Later calls fail.
    async fn close(&self);
}
