//! Who may change a request or tell of it at the moment: what is committed under a turn is told in the order of the
//! commits.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use tokio::sync::{Mutex, MutexGuard};

use crate::ids::ContactId;

/// Requests worked on at the same time at most.
const STRIPES: usize = 64;

/// The turns of all requests. Some share one: whoever has a turn must not wait for another.
pub(super) struct Turns([Mutex<()>; STRIPES]);

impl Turns {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }

    /// Waits for the turn of a request.
    pub(super) async fn of(&self, contact: &ContactId) -> Turn<'_> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(contact);
        Turn(self.0[hash as usize % STRIPES].lock().await)
    }
}

/// While this is held nothing of the request changes, and nothing of it is told. Hold it briefly: not over a call to
/// [`super::SupportDesk`] that changes something, nor over a second turn.
#[must_use = "the turn ends when this is dropped"]
pub struct Turn<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>);
