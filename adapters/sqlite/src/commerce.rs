//! What the marketplace keeps: who may send what, whose orders are, notices to many, the audit log of sockets.

mod event_roles;
mod notices;
mod orders;
mod socket_audit;

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{
    actor::Role,
    commerce::{AuditFilter, Notice, Noticed, Order, OrderPatch, Readers, SocketAudit},
    ids::OrderId,
    ports::{CommerceStore, EventRoles, StoreResult},
    time::Timestamp,
};

use crate::{failure::lookup, open::SqliteStore};

#[async_trait]
impl CommerceStore for SqliteStore {
    async fn event_roles(
        &self,
        defaults: &[EventRoles],
        at: Timestamp,
    ) -> StoreResult<Vec<EventRoles>> {
        self.writer.write(event_roles::Load { defaults: defaults.to_vec(), at }).await
    }

    async fn map_event(
        &self,
        event: &str,
        roles: Option<&[Role]>,
        note: SocketAudit,
    ) -> StoreResult<bool> {
        let (event, roles) = (event.to_owned(), roles.map(<[Role]>::to_vec));
        self.writer.write(event_roles::Map { event, roles, note }).await
    }

    async fn save_order(&self, patch: &OrderPatch, at: Timestamp) -> StoreResult<Option<Order>> {
        self.writer.write(orders::Save { patch: patch.clone(), at }).await
    }

    async fn order(&self, id: &OrderId) -> StoreResult<Option<Order>> {
        lookup(orders::find(&self.readers.pool(), id).await)
    }

    async fn add_notice(&self, notice: Notice) -> StoreResult<Noticed> {
        self.writer.write(notices::Add(Arc::new(notice))).await
    }

    async fn notices_since(
        &self,
        readers: &[Readers],
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Notice>> {
        lookup(notices::since(&self.readers.pool(), readers, since, limit).await)
    }

    async fn audit_sockets(&self, entries: Vec<SocketAudit>) -> StoreResult<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.writer.write(socket_audit::Add(entries)).await
    }

    async fn socket_audit(
        &self,
        filter: &AuditFilter,
        limit: u32,
    ) -> StoreResult<Vec<SocketAudit>> {
        lookup(socket_audit::find(&self.readers.pool(), filter, limit).await)
    }
}
