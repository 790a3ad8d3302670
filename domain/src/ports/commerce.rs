use async_trait::async_trait;

use super::StoreResult;
use crate::{
    actor::Role,
    commerce::{AuditFilter, Notice, Noticed, Order, OrderPatch, Readers, SocketAudit},
    ids::OrderId,
    time::Timestamp,
};

/// An event and the roles that may send it.
pub type EventRoles = (String, Vec<Role>);

/// What the marketplace keeps: who may send what, whose orders are, notices to many, and the audit log of sockets.
#[async_trait]
pub trait CommerceStore: Send + Sync + 'static {
    /// The map of events to roles, by name of the event. Those of `defaults` that the table never had come into it first;
    /// one that was removed stays removed.
    async fn event_roles(
        &self,
        defaults: &[EventRoles],
        at: Timestamp,
    ) -> StoreResult<Vec<EventRoles>>;
    /// Replaces the roles of an event, or removes it from the map, and notes that in the audit log in the same transaction.
    /// Whether anything is different now; if not, nothing was noted.
    async fn map_event(
        &self,
        event: &str,
        roles: Option<&[Role]>,
        note: SocketAudit,
    ) -> StoreResult<bool>;

    /// Takes in what the app tells of an order. `None` if it is new and no buyer is named: then nothing is kept.
    /// A buyer never changes.
    async fn save_order(&self, patch: &OrderPatch, at: Timestamp) -> StoreResult<Option<Order>>;
    /// One order.
    async fn order(&self, id: &OrderId) -> StoreResult<Option<Order>>;

    /// Keeps a notice to many, and tells them.
    async fn add_notice(&self, notice: Notice) -> StoreResult<Noticed>;
    /// Notices for any of these readers that are younger than that, newest first, at most `limit`.
    async fn notices_since(
        &self,
        readers: &[Readers],
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Notice>>;

    /// Adds to the audit log, in one transaction.
    async fn audit_sockets(&self, entries: Vec<SocketAudit>) -> StoreResult<()>;
    /// Entries of it, newest first, at most `limit`.
    async fn socket_audit(&self, filter: &AuditFilter, limit: u32)
    -> StoreResult<Vec<SocketAudit>>;
}
