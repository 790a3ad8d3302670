//! Who has a lease, who should, and who should no longer: what the store holds and what is to be changed in it.

use std::collections::{BTreeSet, HashMap, HashSet};

use tokio::time::Instant;

use super::{LeaseGraces, leaving::Leaving};
use crate::{ids::UserId, ports::Lease, time::Timestamp};

/// Users in one change of the store at most.
const MOST_AT_ONCE: usize = 500;

/// Changes to be made together. No user is in two of these.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// They get a lease.
    pub(super) came: Vec<UserId>,
    /// They have one, of a process before.
    pub(super) returned: Vec<UserId>,
    /// They are gone for good.
    pub(super) left: Vec<UserId>,
    /// Their process is gone, and they have not come back.
    pub(super) lost: Vec<UserId>,
}

impl Step {
    /// Whether there is nothing to change.
    pub(super) fn is_empty(&self) -> bool {
        self.size() == 0
    }

    fn size(&self) -> usize {
        self.came.len() + self.returned.len() + self.left.len() + self.lost.len()
    }
}

/// The state of the leases. It changes with the store: a [`Step`] that failed is made again from what is so by then,
/// so that nothing is forgotten and nothing is told that is not so any more.
#[derive(Debug)]
pub(super) struct Roll {
    node: String,
    graces: LeaseGraces,
    held: HashSet<UserId>,
    coming: BTreeSet<UserId>,
    leaving: Leaving,
    /// Leases of other processes, and how far each went when it was last seen.
    orphans: HashMap<UserId, Timestamp>,
    /// When orphans are looked after.
    orphans_at: Instant,
    lost: BTreeSet<UserId>,
}

impl Roll {
    /// What a process finds that starts now. No lease is its own, whatever name is in it.
    pub(super) fn new(node: String, graces: LeaseGraces, leases: Vec<Lease>, now: Instant) -> Self {
        Self {
            node,
            graces,
            held: HashSet::new(),
            coming: BTreeSet::new(),
            leaving: Leaving::default(),
            orphans: leases.into_iter().map(|lease| (lease.user, lease.until)).collect(),
            orphans_at: now + graces.lost,
            lost: BTreeSet::new(),
        }
    }

    /// A user came or went, and is there now or is not.
    pub(super) fn moved(&mut self, user: UserId, online: bool, now: Instant) {
        if online {
            self.leaving.remove(&user);
            if !self.held.contains(&user) {
                self.coming.insert(user);
            }
        } else {
            self.coming.remove(&user);
            if self.held.contains(&user) {
                self.leaving.insert(user, now + self.graces.left);
            }
        }
    }

    /// Whether it is time to see which orphans have a process after all ([`Self::sort_out`]).
    pub(super) fn must_sort_out(&self, now: Instant) -> bool {
        !self.orphans.is_empty() && now >= self.orphans_at
    }

    /// Tells orphans from leases of processes that live, which have been extended since. Those are looked at again.
    pub(super) fn sort_out(&mut self, leases: Vec<Lease>, now: Instant) {
        let seen = std::mem::take(&mut self.orphans);
        for lease in leases {
            let Some(until) = seen.get(&lease.user) else { continue };
            if lease.node != self.node && lease.until > *until {
                self.orphans.insert(lease.user, lease.until);
            } else {
                self.lost.insert(lease.user);
            }
        }
        self.orphans_at = now + self.graces.lost;
    }

    /// What is to be changed now. Asks again who is there: some may have moved since they were last told of.
    pub(super) fn step(&self, now: Instant, is_online: impl Fn(&UserId) -> bool) -> Step {
        let mut step = Step::default();
        for user in self.coming.iter().take(MOST_AT_ONCE) {
            let had_lease = self.orphans.contains_key(user) || self.lost.contains(user);
            let list = if had_lease { &mut step.returned } else { &mut step.came };
            list.push(user.clone());
        }
        let left = self.leaving.left(now, MOST_AT_ONCE - step.size());
        step.left.extend(left.into_iter().filter(|user| !is_online(user)));
        let lost = self.lost.iter().filter(|user| !is_online(user) && !self.coming.contains(*user));
        step.lost.extend(lost.take(MOST_AT_ONCE - step.size()).cloned());
        step
    }

    /// The store has made these changes.
    pub(super) fn done(&mut self, step: Step) {
        for user in step.came.into_iter().chain(step.returned) {
            self.coming.remove(&user);
            self.orphans.remove(&user);
            self.lost.remove(&user);
            self.held.insert(user);
        }
        for user in step.left {
            self.leaving.remove(&user);
            self.held.remove(&user);
        }
        for user in step.lost {
            self.lost.remove(&user);
        }
    }

    /// Whether there is any lease to extend.
    pub(super) fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// How soon there is something to do if nobody moves.
    pub(super) fn next(&self) -> Option<Instant> {
        let orphans = (!self.orphans.is_empty()).then_some(self.orphans_at);
        self.leaving.next().into_iter().chain(orphans).min()
    }
}
