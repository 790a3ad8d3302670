//! Which admins are there, and which have been gone for too long (`contracts/contacts.md` section 6, "Admin lost").

use std::collections::{BTreeMap, HashMap};

use tokio::time::Instant;

use crate::ids::UserId;

/// Somebody who answers requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Who.
    pub id: UserId,
    /// The name to show.
    pub name: String,
    /// The address; empty if not known.
    pub email: String,
}

struct Present {
    admin: Admin,
    sockets: usize,
}

/// Bounded by the sockets that admins have, and by the admins whose grace runs.
pub(super) struct Attendance {
    present: BTreeMap<UserId, Present>,
    /// Those who are gone, with the end of their grace, until it was told.
    gone: HashMap<UserId, Instant>,
    /// Until then whoever was there before a restart may come back.
    settled: Instant,
}

impl Attendance {
    /// Nobody is there yet; those who were are expected back until `settled`.
    pub(super) fn new(settled: Instant) -> Self {
        Self { present: BTreeMap::new(), gone: HashMap::new(), settled }
    }

    /// A socket of an admin came; whether it is the only one.
    pub(super) fn enter(&mut self, admin: &Admin) -> bool {
        self.gone.remove(&admin.id);
        let fresh = || Present { admin: admin.clone(), sockets: 0 };
        let present = self.present.entry(admin.id.clone()).or_insert_with(fresh);
        // A newer token may name the admin otherwise.
        present.admin = admin.clone();
        present.sockets += 1;
        present.sockets == 1
    }

    /// A socket of an admin is gone; whether it was the last one. The grace then ends at `deadline`.
    pub(super) fn leave(&mut self, admin: &UserId, deadline: Instant) -> bool {
        let Some(present) = self.present.get_mut(admin) else { return false };
        present.sockets = present.sockets.saturating_sub(1);
        if present.sockets > 0 {
            return false;
        }
        self.present.remove(admin);
        self.gone.insert(admin.clone(), deadline);
        true
    }

    /// An admin had chats when the process began.
    pub(super) fn expect_back(&mut self, admin: UserId) {
        if !self.present.contains_key(&admin) {
            self.gone.entry(admin).or_insert(self.settled);
        }
    }

    /// Whether what this admin looks after may be taken over.
    pub(super) fn is_lost(&self, admin: &UserId, now: Instant) -> bool {
        let deadline = self.gone.get(admin).copied().unwrap_or(self.settled);
        !self.present.contains_key(admin) && deadline <= now
    }

    /// Those who are there, in order of their ids.
    pub(super) fn online(&self) -> Vec<Admin> {
        self.present.values().map(|present| present.admin.clone()).collect()
    }

    pub(super) fn online_ids(&self) -> impl Iterator<Item = &UserId> {
        self.present.keys()
    }

    pub(super) fn count(&self) -> usize {
        self.present.len()
    }

    /// When the next grace ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.gone.values().min().copied()
    }

    /// Those whose grace is over and of whom nobody was told yet.
    pub(super) fn untold(&self, now: Instant) -> Vec<(UserId, Instant)> {
        let over = self.gone.iter().filter(|(_, deadline)| **deadline <= now);
        over.map(|(admin, deadline)| (admin.clone(), *deadline)).collect()
    }

    /// It was told that the grace of an admin ended then.
    pub(super) fn told(&mut self, admin: &UserId, deadline: Instant) {
        // Meanwhile they may have come and gone again.
        if self.gone.get(admin) == Some(&deadline) {
            self.gone.remove(admin);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn admin(id: &str) -> Admin {
        Admin { id: UserId::new(id).unwrap(), name: id.to_uppercase(), email: String::new() }
    }

    #[tokio::test(start_paused = true)]
    async fn an_admin_is_there_until_the_last_socket_and_lost_after_the_grace() {
        let now = Instant::now();
        let end = now + Duration::from_secs(60);
        let ann = admin("ann");
        let mut attendance = Attendance::new(now);
        assert!(attendance.enter(&ann) && !attendance.enter(&ann));
        assert!(!attendance.leave(&ann.id, end));
        assert_eq!(attendance.online(), std::slice::from_ref(&ann));
        assert!(!attendance.is_lost(&ann.id, end));
        assert!(attendance.leave(&ann.id, end));
        assert!(!attendance.leave(&ann.id, now), "nobody leaves twice");
        assert_eq!((attendance.count(), attendance.next()), (0, Some(end)));
        assert!(!attendance.is_lost(&ann.id, end - Duration::from_millis(1)));
        assert!(attendance.is_lost(&ann.id, end));
        assert_eq!(attendance.untold(end), [(ann.id.clone(), end)]);
        attendance.told(&ann.id, end);
        assert!(attendance.untold(end).is_empty() && attendance.is_lost(&ann.id, end));
        attendance.enter(&ann);
        assert!(!attendance.is_lost(&ann.id, end));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_there_before_a_restart_has_a_grace_too() {
        let now = Instant::now();
        let settled = now + Duration::from_secs(60);
        let [ann, bob] = [admin("ann"), admin("bob")];
        let mut attendance = Attendance::new(settled);
        attendance.enter(&bob);
        attendance.expect_back(ann.id.clone());
        attendance.expect_back(bob.id.clone());
        assert!(!attendance.is_lost(&ann.id, now) && attendance.is_lost(&ann.id, settled));
        assert_eq!(attendance.untold(settled), [(ann.id.clone(), settled)]);
        assert!(!attendance.is_lost(&bob.id, settled));
        // Nobody has heard of this one, who may be on the way as well.
        let cid = admin("cid").id;
        assert!(!attendance.is_lost(&cid, now) && attendance.is_lost(&cid, settled));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_told_of_an_older_absence_ends_no_newer_one() {
        let now = Instant::now();
        let later = now + Duration::from_secs(60);
        let ann = admin("ann");
        let mut attendance = Attendance::new(now);
        attendance.enter(&ann);
        attendance.leave(&ann.id, now);
        attendance.enter(&ann);
        attendance.leave(&ann.id, later);
        attendance.told(&ann.id, now);
        assert_eq!(attendance.next(), Some(later));
    }
}
