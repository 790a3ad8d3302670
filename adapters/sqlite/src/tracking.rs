//! Messages sent to many, their recipients, and figures of them.

mod batch;
mod change;
mod contacts;
mod dashboard;
mod figures;
mod known;
mod merging;
mod messages;
mod recipients;

use async_trait::async_trait;
use outrigger_domain::{
    ids::{TrackedId, UserId},
    notifications::Notification,
    paging::{Slice, Sliced},
    ports::{StoreResult, TrackingStore},
    time::Timestamp,
    tracking::{
        Dashboard, MessageStats, MessageUpdate, Recipient, RecipientFilter, RecipientUpdate,
        RecipientsUpdated, Registered, Registration, Tracked, Updated, Usage,
    },
};

use crate::{failure::lookup, open::SqliteStore};

#[async_trait]
impl TrackingStore for SqliteStore {
    async fn register(&self, new: &Registration, at: Timestamp) -> StoreResult<Registered> {
        self.writer.write(change::Register { new: new.clone(), at }).await
    }

    async fn update_tracked(
        &self,
        update: &MessageUpdate,
        notice: Notification,
        at: Timestamp,
    ) -> StoreResult<Updated> {
        self.writer.write(change::Update { update: update.clone(), notice, at }).await
    }

    async fn update_recipients(
        &self,
        message: &TrackedId,
        owner: &UserId,
        updates: Vec<RecipientUpdate>,
        at: Timestamp,
    ) -> StoreResult<RecipientsUpdated> {
        let (message, owner) = (message.clone(), owner.clone());
        self.writer.write(batch::UpdateRecipients { message, owner, updates, at }).await
    }

    async fn tracked(&self, id: &TrackedId) -> StoreResult<Option<Tracked>> {
        let found = lookup(messages::find(&self.readers.pool(), id).await)?;
        Ok(found.map(|known| known.tracked))
    }

    async fn tracked_of(&self, owner: &UserId, slice: Slice) -> StoreResult<Sliced<Tracked>> {
        lookup(messages::of(&self.readers.pool(), owner, slice).await)
    }

    async fn recipients_since(
        &self,
        message: &TrackedId,
        revision: u64,
        limit: u32,
    ) -> StoreResult<Vec<Recipient>> {
        lookup(recipients::since(&self.readers.pool(), message, revision, limit).await)
    }

    async fn recipients(
        &self,
        message: &TrackedId,
        filter: RecipientFilter,
        slice: Slice,
    ) -> StoreResult<Sliced<Recipient>> {
        lookup(recipients::slice(&self.readers.pool(), message, filter, slice).await)
    }

    async fn dashboard(&self, owner: Option<&UserId>, now: Timestamp) -> StoreResult<Dashboard> {
        lookup(dashboard::dashboard(&self.readers.pool(), owner, now).await)
    }

    async fn message_stats(&self, owner: Option<&UserId>) -> StoreResult<MessageStats> {
        lookup(dashboard::message_stats(&self.readers.pool(), owner).await)
    }

    async fn usage(&self, owner: Option<&UserId>, now: Timestamp) -> StoreResult<Usage> {
        lookup(dashboard::usage(&self.readers.pool(), owner, now).await)
    }
}
