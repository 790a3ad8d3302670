//! E-mail that waits, and addresses that want none.

mod forgetting;
mod queue;
mod settling;
mod suppressions;

use async_trait::async_trait;
use outrigger_domain::{
    email::{
        Address, MailKind, MailState, NewMail, QueuedMail, SettledMail, Suppressed, Suppression,
    },
    ids::MailId,
    ports::{MailStore, StoreResult},
    time::Timestamp,
};

pub(crate) use self::forgetting::prune;
use crate::{failure::lookup, open::SqliteStore};

#[async_trait]
impl MailStore for SqliteStore {
    async fn queue_mail(&self, mail: &NewMail, most: u64) -> StoreResult<Option<(MailId, bool)>> {
        self.writer.write(queue::Add { mail: mail.clone(), most }).await
    }

    async fn mail_due(
        &self,
        kind: MailKind,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<QueuedMail>> {
        lookup(queue::due(&self.readers.pool(), kind, now, limit).await)
    }

    async fn settle_mail(
        &self,
        id: &MailId,
        settled: &SettledMail,
        at: Timestamp,
    ) -> StoreResult<()> {
        let (id, settled) = (id.clone(), settled.clone());
        self.writer.write(settling::Settle { id, settled, at }).await
    }

    async fn mail(&self, state: MailState, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        lookup(queue::list(&self.readers.pool(), state, limit).await)
    }

    async fn mail_counts(&self) -> StoreResult<(u64, u64)> {
        lookup(queue::counts(&self.readers.pool()).await)
    }

    async fn retry_mail(&self, id: &MailId, at: Timestamp) -> StoreResult<bool> {
        self.writer.write(settling::Retry { id: id.clone(), at }).await
    }

    async fn suppress(
        &self,
        address: &Address,
        why: Suppression,
        at: Timestamp,
    ) -> StoreResult<()> {
        self.writer.write(suppressions::Add { address: address.clone(), why, at }).await
    }

    async fn suppressed(&self, address: &Address) -> StoreResult<Option<Suppressed>> {
        lookup(suppressions::find(&self.readers.pool(), address).await)
    }

    async fn allow_again(&self, address: &Address) -> StoreResult<bool> {
        self.writer.write(suppressions::Remove(address.clone())).await
    }
}
