//! When which message is told of next.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    ids::{TrackedId, UserId},
    tracking::tracked::Tracked,
};

/// From one telling of a message to the next: 500 recipients a second.
pub(super) const PACE: Duration = Duration::from_millis(200);

/// Before the first telling: what comes together is told together.
pub(super) const GATHER: Duration = Duration::from_millis(20);

/// So long it takes an owner to take in one recipient, however many messages they are of: 2,000 a second.
const TAKEN_IN: Duration = Duration::from_micros(500);

/// An owner can be so far ahead of that: what is small is told together, however coarse the timers are.
const AHEAD: Duration = Duration::from_millis(10);

/// Messages under way at a time; about 500 bytes each.
pub(super) const MOST: usize = 10_000;

/// When a message is told of; of two at the same time the one that waits longer goes first.
type Place = (Instant, u64, TrackedId);

/// Where the telling of a message stands.
struct Pace {
    owner: UserId,
    /// Changes up to this one were known to be told when it began.
    began: u64,
    /// Changes up to this one are told.
    told: u64,
    /// The last change heard of.
    latest: u64,
}

/// How much an owner is told.
struct Owner {
    /// Of so many messages.
    messages: usize,
    /// Not before this.
    ready: Instant,
}

/// A message whose time has come.
pub(super) struct Due {
    pub(super) message: TrackedId,
    pub(super) owner: UserId,
    /// Changes up to this one are told.
    pub(super) told: u64,
    /// The last change heard of.
    pub(super) latest: u64,
}

/// What is to be done now.
pub(super) enum Next {
    /// This one is to be told.
    Due(Due),
    /// Nothing was left to tell of a message: there is room for another.
    Forgotten,
    /// Its owner has enough to take in; it waits on.
    PutOff,
    /// Nothing.
    Nothing,
}

/// The messages under way.
#[derive(Default)]
pub(super) struct Paces {
    known: HashMap<TrackedId, Pace>,
    owners: HashMap<UserId, Owner>,
    /// The one that is being told is not here.
    queue: BTreeSet<Place>,
    /// Counts the places that were given.
    places: u64,
}

impl Paces {
    /// Messages under way.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        debug_assert!(self.owners.len() <= self.known.len());
        self.known.len()
    }

    /// Changes of a message's recipients, those after `before`; `false` if there is no room for it.
    pub(super) fn put(&mut self, tracked: &Tracked, before: u64, now: Instant) -> bool {
        let latest = tracked.revision;
        if let Some(pace) = self.known.get_mut(&tracked.id) {
            pace.latest = pace.latest.max(latest);
            // Heard of in another order than it happened.
            if before < pace.began {
                pace.began = before;
                pace.told = before;
            }
            return true;
        }
        if self.known.len() >= MOST {
            return false;
        }
        let pace = Pace { owner: tracked.owner.clone(), began: before, told: before, latest };
        self.known.insert(tracked.id.clone(), pace);
        let owner = Owner { messages: 0, ready: now };
        self.owners.entry(tracked.owner.clone()).or_insert(owner).messages += 1;
        self.enqueue(tracked.id.clone(), now + GATHER);
        true
    }

    fn enqueue(&mut self, message: TrackedId, at: Instant) {
        self.places += 1;
        self.queue.insert((at, self.places, message));
    }

    /// When there is something to do.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(at, ..)| *at)
    }

    /// Takes out the message that waits longest, if its time has come.
    pub(super) fn pop(&mut self, now: Instant) -> Next {
        if self.next().is_none_or(|next| next > now) {
            return Next::Nothing;
        }
        let Some((_, place, message)) = self.queue.pop_first() else { return Next::Nothing };
        let Some(pace) = self.known.get(&message) else { return Next::Nothing };
        if pace.told >= pace.latest {
            self.forget(&message);
            return Next::Forgotten;
        }
        if let Some(owner) = self.owners.get(&pace.owner).filter(|owner| owner.ready > now + AHEAD)
        {
            self.queue.insert((owner.ready - AHEAD, place, message));
            return Next::PutOff;
        }
        let Pace { owner, told, latest, .. } = pace;
        Next::Due(Due { owner: owner.clone(), told: *told, latest: *latest, message })
    }

    fn forget(&mut self, message: &TrackedId) {
        let Some(pace) = self.known.remove(message) else { return };
        if let Some(owner) = self.owners.get_mut(&pace.owner) {
            owner.messages -= 1;
            if owner.messages == 0 {
                self.owners.remove(&pace.owner);
            }
        }
    }

    /// A message was told of up to the change `told`, `recipients` at once.
    pub(super) fn told(&mut self, due: Due, told: u64, recipients: u32, now: Instant) {
        // Unless it was set back meanwhile.
        if let Some(pace) = self.known.get_mut(&due.message).filter(|pace| pace.told == due.told) {
            pace.told = told;
        }
        if let Some(owner) = self.owners.get_mut(&due.owner) {
            owner.ready = owner.ready.max(now) + TAKEN_IN * recipients;
        }
        self.enqueue(due.message, now + PACE);
    }

    /// A message could not be told of.
    pub(super) fn again(&mut self, due: Due, now: Instant) {
        self.enqueue(due.message, now);
    }
}
