//! Requests for help, and what is said about them.

mod changing;
mod claiming;
mod contacts;
mod figures;
mod forgetting;
mod lists;
mod messages;

use async_trait::async_trait;
use outrigger_domain::{
    ids::{ContactId, UserId},
    paging::{Slice, Sliced},
    ports::{StoreResult, SupportStore},
    support::{
        Assigned, Claimed, Contact, ContactStatus, NewSupportMessage, Released, Resolved, Resolver,
        SupportCounts, SupportMessage,
    },
    time::Timestamp,
};

pub(crate) use self::forgetting::prune;
use crate::{failure::lookup, open::SqliteStore};

#[async_trait]
impl SupportStore for SqliteStore {
    async fn add_contact(&self, contact: &Contact) -> StoreResult<()> {
        self.writer.write(contacts::Add(contact.clone())).await
    }

    async fn contact(&self, id: &ContactId) -> StoreResult<Option<Contact>> {
        lookup(contacts::find(&self.readers.pool(), id).await)
    }

    async fn contacts(
        &self,
        status: Option<ContactStatus>,
        slice: Slice,
    ) -> StoreResult<Sliced<Contact>> {
        lookup(lists::slice(&self.readers.pool(), status, slice).await)
    }

    async fn contacts_of(&self, user: &UserId, slice: Slice) -> StoreResult<Sliced<Contact>> {
        lookup(lists::of(&self.readers.pool(), user, slice).await)
    }

    async fn claim_contact(
        &self,
        id: &ContactId,
        admin: &Assigned,
        lost: &[UserId],
    ) -> StoreResult<Claimed> {
        let (id, admin, lost) = (id.clone(), admin.clone(), lost.to_vec());
        self.writer.write(claiming::Claim { id, admin, lost }).await
    }

    async fn release_contact(
        &self,
        id: &ContactId,
        admin: &UserId,
        assign_at: Timestamp,
    ) -> StoreResult<Released> {
        let (id, admin) = (id.clone(), admin.clone());
        self.writer.write(claiming::Release { id, admin, assign_at }).await
    }

    async fn resolve_contact(
        &self,
        id: &ContactId,
        by: &Resolver,
        at: Timestamp,
    ) -> StoreResult<Resolved> {
        self.writer.write(changing::Resolve { id: id.clone(), by: by.clone(), at }).await
    }

    async fn delete_contact(&self, id: &ContactId) -> StoreResult<bool> {
        self.writer.write(changing::Delete(id.clone())).await
    }

    async fn contacts_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<Contact>> {
        lookup(lists::due(&self.readers.pool(), now, limit).await)
    }

    async fn put_off_contact(&self, id: &ContactId, until: Timestamp) -> StoreResult<()> {
        self.writer.write(changing::PutOff { id: id.clone(), until }).await
    }

    async fn chats_of(&self, admin: &UserId) -> StoreResult<Vec<Contact>> {
        lookup(lists::chats_of(&self.readers.pool(), admin).await)
    }

    async fn open_chats(&self) -> StoreResult<Vec<(UserId, u64)>> {
        lookup(figures::open_chats(&self.readers.pool()).await)
    }

    async fn add_support_message(
        &self,
        id: String,
        said: NewSupportMessage,
        at: Timestamp,
    ) -> StoreResult<SupportMessage> {
        self.writer.write(messages::Add(SupportMessage { id, said, at })).await
    }

    async fn support_messages(
        &self,
        contact: &ContactId,
        limit: u32,
    ) -> StoreResult<Vec<SupportMessage>> {
        lookup(messages::last(&self.readers.pool(), contact, limit).await)
    }

    async fn support_counts(&self) -> StoreResult<SupportCounts> {
        lookup(figures::counts(&self.readers.pool()).await)
    }
}
