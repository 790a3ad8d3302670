//! Users who are gone and may be back before it counts.

use std::collections::{BTreeSet, HashMap};

use tokio::time::Instant;

use crate::ids::UserId;

/// Each with the instant from which on the user has left.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    deadlines: HashMap<UserId, Instant>,
    queue: BTreeSet<(Instant, UserId)>,
}

impl Leaving {
    /// Waits for a user until then, whatever was said before.
    pub(super) fn insert(&mut self, user: UserId, deadline: Instant) {
        self.remove(&user);
        self.queue.insert((deadline, user.clone()));
        self.deadlines.insert(user, deadline);
    }

    /// Waits for a user no longer.
    pub(super) fn remove(&mut self, user: &UserId) {
        if let Some((user, deadline)) = self.deadlines.remove_entry(user) {
            self.queue.remove(&(deadline, user));
        }
    }

    /// Those who have left by now, longest gone first, at most `limit`. They stay until they are removed.
    pub(super) fn left(&self, now: Instant, limit: usize) -> Vec<UserId> {
        let left = self.queue.iter().take_while(|(deadline, _)| *deadline <= now);
        left.take(limit).map(|(_, user)| user.clone()).collect()
    }

    /// When the next one will have left.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(deadline, _)| *deadline)
    }
}
