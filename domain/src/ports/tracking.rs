use async_trait::async_trait;

use super::StoreResult;
use crate::{
    ids::{TrackedId, UserId},
    notifications::Notification,
    paging::{Slice, Sliced},
    time::Timestamp,
    tracking::{
        Dashboard, MessageStats, MessageUpdate, Recipient, RecipientFilter, RecipientUpdate,
        RecipientsUpdated, Registered, Registration, Tracked, Updated, Usage,
    },
};

/// Messages sent to many. A message belongs to whoever it was first told of for.
#[async_trait]
pub trait TrackingStore: Send + Sync + 'static {
    /// Makes a message known, or adds to what is known of it; its status never goes backwards.
    async fn register(&self, new: &Registration, at: Timestamp) -> StoreResult<Registered>;
    /// Takes an update of a message. If its status changes, `notice` is stored with it.
    async fn update_tracked(
        &self,
        update: &MessageUpdate,
        notice: Notification,
        at: Timestamp,
    ) -> StoreResult<Updated>;
    /// Takes updates of recipients in one transaction; those that lead backwards are passed over, the last of several for
    /// one counts. An unknown message becomes known, as one that is being sent. Each recipient that changes, if only in what
    /// is known of it, gets the next revision of the message.
    async fn update_recipients(
        &self,
        message: &TrackedId,
        owner: &UserId,
        updates: Vec<RecipientUpdate>,
        at: Timestamp,
    ) -> StoreResult<RecipientsUpdated>;
    /// One message.
    async fn tracked(&self, id: &TrackedId) -> StoreResult<Option<Tracked>>;
    /// A user's messages, the one told of last first.
    async fn tracked_of(&self, owner: &UserId, slice: Slice) -> StoreResult<Sliced<Tracked>>;
    /// Recipients that changed after that revision, in the order of their changes, at most `limit`; each as it is now.
    async fn recipients_since(
        &self,
        message: &TrackedId,
        revision: u64,
        limit: u32,
    ) -> StoreResult<Vec<Recipient>>;
    /// Recipients, in order of their ids.
    async fn recipients(
        &self,
        message: &TrackedId,
        filter: RecipientFilter,
        slice: Slice,
    ) -> StoreResult<Sliced<Recipient>>;
    /// Figures of a user's messages, or of everyone's.
    async fn dashboard(&self, owner: Option<&UserId>, now: Timestamp) -> StoreResult<Dashboard>;
    /// The same.
    async fn message_stats(&self, owner: Option<&UserId>) -> StoreResult<MessageStats>;
    /// The same.
    async fn usage(&self, owner: Option<&UserId>, now: Timestamp) -> StoreResult<Usage>;
}
