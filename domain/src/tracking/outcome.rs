//! What became of telling the sidecar something.

use std::sync::Arc;

use super::{recipient::Recipient, tracked::Tracked};
use crate::{
    events::{Audience, DomainEvent, Published},
    notifications::Notified,
    ports::Tells,
    time::Timestamp,
};

/// What became of registering a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Registered {
    /// It is known now, or more is known of it.
    Now(Arc<Tracked>),
    /// It belongs to somebody else.
    OtherOwner,
}

/// What became of an update of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Updated {
    /// Something changed, at that time; with the notification that goes with a change of its status.
    Now(Arc<Tracked>, Option<Notified>, Timestamp),
    /// Nothing: it was known, or led backwards.
    Before(Arc<Tracked>),
    /// It belongs to somebody else.
    OtherOwner,
}

impl Tells for Updated {
    fn tells(&self) -> Vec<Published> {
        let Self::Now(tracked, notified, at) = self else { return Vec::new() };
        let audience =
            Audience::Tracked { owner: tracked.owner.clone(), message: tracked.id.clone() };
        let changed = DomainEvent::TrackedMessage(Arc::clone(tracked));
        let mut told = vec![Published::new(*at, audience, changed)];
        told.extend(notified.iter().flat_map(Tells::tells));
        told
    }
}

/// What became of a batch of updates of recipients. Nobody is told of it here: what clients see is paced
/// (`tracking::Progress`).
#[derive(Debug, Clone, PartialEq)]
pub enum RecipientsUpdated {
    /// They were taken: the message as it is now, and those that changed, in the order given.
    Now(Arc<Tracked>, Vec<Recipient>),
    /// It belongs to somebody else; nothing was taken.
    OtherOwner,
}
