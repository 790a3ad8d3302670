use async_trait::async_trait;

use super::StoreResult;
use crate::{
    ids::{ContactId, UserId},
    paging::{Slice, Sliced},
    support::{
        Assigned, Claimed, Contact, ContactStatus, NewSupportMessage, Released, Resolved, Resolver,
        SupportCounts, SupportMessage,
    },
    time::Timestamp,
};

/// Requests for help and what is said about them.
#[async_trait]
pub trait SupportStore: Send + Sync + 'static {
    /// Keeps a new one.
    async fn add_contact(&self, contact: &Contact) -> StoreResult<()>;
    /// One of them.
    async fn contact(&self, id: &ContactId) -> StoreResult<Option<Contact>>;
    /// Those in a state (or all): pending ones urgent first, then the newest; others the newest first.
    async fn contacts(
        &self,
        status: Option<ContactStatus>,
        slice: Slice,
    ) -> StoreResult<Sliced<Contact>>;
    /// Those of a user, the newest first.
    async fn contacts_of(&self, user: &UserId, slice: Slice) -> StoreResult<Sliced<Contact>>;
    /// Gives it to an admin if nobody has it, or only one of `lost` has; what is done stays done. Of several at once exactly
    /// one wins. For the one who has it nothing changes, not even since when.
    async fn claim_contact(
        &self,
        id: &ContactId,
        admin: &Assigned,
        lost: &[UserId],
    ) -> StoreResult<Claimed>;
    /// It waits again, to be given to somebody at `assign_at`, if this admin looks after it.
    async fn release_contact(
        &self,
        id: &ContactId,
        admin: &UserId,
        assign_at: Timestamp,
    ) -> StoreResult<Released>;
    /// It is done, whoever looks after it, if anybody does; who did, stays known.
    async fn resolve_contact(
        &self,
        id: &ContactId,
        by: &Resolver,
        at: Timestamp,
    ) -> StoreResult<Resolved>;
    /// Forgets one with all that was said; whether there was one.
    async fn delete_contact(&self, id: &ContactId) -> StoreResult<bool>;
    /// Those that wait and are due to be given to somebody: urgent first, then the oldest, at most `limit`.
    async fn contacts_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Contact>>;
    /// Tries to give it to somebody later. Of one that waits no longer nothing changes that anybody sees.
    async fn put_off_contact(&self, id: &ContactId, until: Timestamp) -> StoreResult<()>;
    /// Those an admin looks after and that are not done, the oldest first.
    async fn chats_of(&self, admin: &UserId) -> StoreResult<Vec<Contact>>;
    /// How many of these each admin has; admins who have none are left out.
    async fn open_chats(&self) -> StoreResult<Vec<(UserId, u64)>>;
    /// Keeps something said.
    async fn add_support_message(
        &self,
        id: String,
        said: NewSupportMessage,
        at: Timestamp,
    ) -> StoreResult<SupportMessage>;
    /// What was said, oldest first: the last `limit`.
    async fn support_messages(
        &self,
        contact: &ContactId,
        limit: u32,
    ) -> StoreResult<Vec<SupportMessage>>;
    /// Figures, kept as rows change.
    async fn support_counts(&self) -> StoreResult<SupportCounts>;
}
