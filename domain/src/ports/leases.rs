use async_trait::async_trait;

use super::StoreResult;
use crate::{ids::UserId, time::Timestamp, webhooks::NewWebhook};

/// A user is connected to a process, or was when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who.
    pub user: UserId,
    /// The process, by a name of its own.
    pub node: String,
    /// Connected since.
    pub since: Timestamp,
    /// Without a sign of life of the process the user counts as gone from then on.
    pub until: Timestamp,
}

/// Users came to a process and left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseChange {
    /// The process.
    pub node: String,
    /// Those who came, or whose lease it takes over from another process; `since` of an old lease is kept.
    pub came: Vec<UserId>,
    /// Those who left, whoever held their leases.
    pub left: Vec<UserId>,
    /// When.
    pub at: Timestamp,
    /// How far new leases go.
    pub until: Timestamp,
    /// What the app is told of it, in the same transaction.
    pub webhooks: Vec<NewWebhook>,
}

/// Who is connected, as the next process will find it if this one is killed.
#[async_trait]
pub trait LeaseStore: Send + Sync + 'static {
    /// All leases.
    async fn leases(&self) -> StoreResult<Vec<Lease>>;
    /// Changes some. Webhooks that the outbox has no room for are left out and counted.
    async fn change_leases(&self, change: LeaseChange) -> StoreResult<()>;
    /// Extends all leases of a process.
    async fn renew_leases(&self, node: &str, until: Timestamp) -> StoreResult<()>;
}
