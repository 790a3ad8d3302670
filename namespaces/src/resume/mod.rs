//! Clients that say where they were: what they missed, in order, then what happens now (`docs/RESUME.md`).
//!
//! Every namespace of an app's contract is wrapped in [`Resuming`]. While a socket takes up its feed its [`Gate`] is
//! closed: the dispatcher leaves durable events to the store, from which they are read, and holds back the few others.
//! When nothing in the store is left the gate opens, and live events pass. No event can fall between: it is committed
//! before it is published, so whatever the last reading did not see comes to a gate that knows how far that reading got.

mod gate;
mod passing;
mod rejoin;
mod replay;
mod resuming;
mod wire;

pub(crate) use gate::Gate;
pub use passing::Passing;
pub(crate) use rejoin::Rejoin;
pub(crate) use resuming::{ResumeParts, Resuming};
pub(crate) use wire::{Moved, NAMES};

use self::wire::{Reset, Resume};
use crate::{registry::Dialogue, shape::Outgoing};

/// The name under which these events stand in the registry: they belong to no contract of an app.
pub const CONTRACT: &str = "resume";

/// The part of the registry.
pub(crate) fn dialogue() -> Dialogue {
    Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: Vec::new(),
        outgoing: vec![Outgoing::of::<Moved>(), Outgoing::of::<Reset>(), Outgoing::of::<Resume>()],
    }
}
