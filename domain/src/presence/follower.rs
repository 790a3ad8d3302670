//! Hearing of everyone who comes and goes, without missing any and without a queue that grows.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::Notify;

use crate::ids::UserId;

/// Users who moved since they were last asked for, whatever they are now.
#[derive(Default)]
pub(super) struct Moves {
    users: Mutex<HashSet<UserId>>,
    some: Notify,
}

impl Moves {
    fn add(&self, user: &UserId) {
        self.users.lock().unwrap_or_else(PoisonError::into_inner).insert(user.clone());
        self.some.notify_one();
    }
}

/// Those who want to hear of it. Nothing is gathered for one that was dropped.
#[derive(Default)]
pub(super) struct Followers(Vec<Weak<Moves>>);

impl Followers {
    /// One more, who first hears of all these.
    pub(super) fn add<'a>(&mut self, there: impl Iterator<Item = &'a UserId>) -> Follower {
        let moves = Arc::<Moves>::default();
        there.for_each(|user| moves.add(user));
        self.0.push(Arc::downgrade(&moves));
        Follower(moves)
    }

    /// A user came or went, or is to be shown or no longer.
    pub(super) fn tell(&mut self, user: &UserId) {
        self.0.retain(|follower| match follower.upgrade() {
            Some(moves) => {
                moves.add(user);
                true
            }
            None => false,
        });
    }
}

/// Hears of users who come and go. Each user is remembered once, however often that happens.
pub(crate) struct Follower(Arc<Moves>);

impl Follower {
    /// Users who came or went since it was last asked; waits until there are some. Nobody is forgotten if this is
    /// dropped while it waits. For one caller at a time.
    pub(crate) async fn moved(&self) -> HashSet<UserId> {
        loop {
            let moved = self.moved_by_now();
            if !moved.is_empty() {
                return moved;
            }
            self.0.some.notified().await;
        }
    }

    /// The same, without waiting.
    pub(crate) fn moved_by_now(&self) -> HashSet<UserId> {
        std::mem::take(&mut *self.0.users.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
