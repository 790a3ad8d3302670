//! Short words for requests for help.

use outrigger_domain::{
    ids::ContactId,
    support::{
        Assigned, Contact, ContactPriority, ContactStatus, NewSupportMessage, Resolver, Speaker,
    },
};

use crate::{at, user};

/// A request.
#[must_use]
pub fn contact_id(id: &str) -> ContactId {
    ContactId::new(id).unwrap()
}

/// A guest's request that waits, and is due five minutes after it came.
#[must_use]
pub fn contact(id: &str, priority: ContactPriority, ms: i64) -> Contact {
    Contact {
        id: contact_id(id),
        name: "Eve".into(),
        email: "eve@example.com".into(),
        subject: None,
        message: "Where is it?".into(),
        priority,
        phone: None,
        status: ContactStatus::Pending,
        submitted_at: at(ms),
        assigned_admin: None,
        resolved_at: None,
        resolved_by: None,
        user: None,
        access_digest: [7; 32],
        assign_at: at(ms + 300_000),
    }
}

/// An admin who takes a request then.
#[must_use]
pub fn admin(name: &str, ms: i64) -> Assigned {
    let email = format!("{name}@help.example");
    Assigned { id: user(name), name: name.to_uppercase(), email, claimed_at: at(ms) }
}

/// An admin who is done with one.
#[must_use]
pub fn resolver(name: &str) -> Resolver {
    Resolver { id: user(name), name: name.to_uppercase() }
}

/// What an admin says.
#[must_use]
pub fn support_text(contact: &str, sender: &str, message: &str) -> NewSupportMessage {
    NewSupportMessage {
        contact: contact_id(contact),
        sender: user(sender),
        sender_name: sender.to_uppercase(),
        speaker: Speaker::Admin,
        message: message.to_owned(),
        kind: "text".into(),
    }
}
