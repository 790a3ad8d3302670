//! Short words for messages sent to many.

use outrigger_domain::{
    ids::{RecipientId, TrackedId},
    tracking::{MessageUpdate, RecipientStatus, RecipientUpdate, Registration, TrackedStatus},
};

use crate::user;

/// A message sent to many.
#[must_use]
pub fn tracked_id(id: &str) -> TrackedId {
    TrackedId::new(id).unwrap()
}

/// A message of which nothing is known but whose it is.
#[must_use]
pub fn registration(id: &str, owner: &str) -> Registration {
    Registration {
        id: tracked_id(id),
        owner: user(owner),
        status: None,
        subject: None,
        content: None,
        kind: None,
        template: None,
        total: None,
        scheduled_at: None,
    }
}

/// How far it has come.
#[must_use]
pub fn update(id: &str, owner: &str, status: TrackedStatus) -> MessageUpdate {
    MessageUpdate {
        id: tracked_id(id),
        owner: user(owner),
        status,
        success: None,
        failed: None,
        cost: None,
    }
}

/// How far it has come for a recipient; a number that is empty was not told.
#[must_use]
pub fn said(id: &str, status: &str, phone: &str) -> RecipientUpdate {
    RecipientUpdate {
        id: RecipientId::new(id).unwrap(),
        phone: (!phone.is_empty()).then(|| phone.to_owned()),
        email: None,
        name: None,
        status: RecipientStatus::named(status).unwrap(),
        error: None,
        cost: None,
    }
}
