//! Short words for the marketplace.

use outrigger_domain::{
    actor::Role,
    commerce::{AuditKind, Notice, OrderPatch, Priority, Readers, SocketAudit},
    ids::OrderId,
    ports::EventRoles,
};
use serde_json::json;

use crate::{at, notification_id, user};

/// An order.
#[must_use]
pub fn order_id(id: &str) -> OrderId {
    OrderId::new(id).unwrap()
}

/// An order of which nothing is told but whose it is, if that.
#[must_use]
pub fn order(id: &str, buyer: Option<&str>) -> OrderPatch {
    let (id, buyer) = (order_id(id), buyer.map(user));
    OrderPatch { id, number: None, buyer, sellers: None, status: None }
}

/// An event and who may send it.
#[must_use]
pub fn event_roles(event: &str, roles: &[Role]) -> EventRoles {
    (event.to_owned(), roles.to_vec())
}

/// A notice that wants no more to be seen than others.
#[must_use]
pub fn notice(id: &str, readers: Readers, ms: i64) -> Notice {
    Notice {
        id: notification_id(id),
        readers,
        kind: "system".into(),
        title: "Sale".into(),
        message: "Everything must go.".into(),
        data: None,
        priority: Priority::Normal,
        announced: false,
        created_at: at(ms),
    }
}

/// An entry of the audit log; about nobody if `whose` is empty.
#[must_use]
pub fn entry(kind: AuditKind, whose: &str, ms: i64) -> SocketAudit {
    let user = (!whose.is_empty()).then(|| user(whose));
    SocketAudit { at: at(ms), kind, user, detail: json!({ "role": "user" }) }
}
