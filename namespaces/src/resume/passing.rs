//! How far each user's feed went past sockets that were not meant.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use outrigger_domain::{
    events::{Audience, Published, Seqs},
    ids::UserId,
};

/// Users that are remembered; beyond them all are forgotten, and remembered anew with their next event.
const MOST_USERS: usize = 100_000;

/// What was told to some of a user's sockets only: the others move on with it at the next heartbeat.
#[derive(Default)]
pub struct Passing {
    /// Sockets that want to know. While there are none nothing is noted.
    gates: AtomicUsize,
    users: Mutex<HashMap<UserId, u64>>,
}

impl Passing {
    fn users(&self) -> MutexGuard<'_, HashMap<UserId, u64>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket with a gate is there.
    pub(super) fn enter(&self) {
        self.gates.fetch_add(1, Ordering::AcqRel);
    }

    /// A socket with a gate is gone.
    pub(super) fn leave(&self) {
        if self.gates.fetch_sub(1, Ordering::AcqRel) == 1 {
            *self.users() = HashMap::new();
        }
    }

    /// An event was handed to all sockets it is for.
    pub(crate) fn note(&self, published: &Published) {
        if self.gates.load(Ordering::Acquire) == 0 {
            return;
        }
        match (&published.audience, &published.seqs) {
            (Audience::Chat(_), Seqs::Each(places)) => {
                let mut users = self.users();
                if users.len() + places.len() > MOST_USERS {
                    users.clear();
                }
                users.extend(places.iter().take(MOST_USERS).cloned());
            }
            (Audience::OtherDevices(user, _), Seqs::One(seq)) => {
                self.users().insert(user.clone(), *seq);
            }
            // Everyone it concerns has it.
            _ => {}
        }
    }

    /// How far a user's feed went past some sockets.
    pub(crate) fn of(&self, user: &UserId) -> Option<u64> {
        self.users().get(user).copied()
    }
}
