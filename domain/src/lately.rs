//! What was found or written lately, so that it need not be done again: numbers instead of the things themselves.
//!
//! Whoever turns a page of an app connects anew, and says what was said a moment ago. To keep all of that for everybody would
//! take more memory than the connection; that it is the same takes eight bytes.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Groups of places; in which one an owner's is, is chance.
const GROUPS: usize = 4096;

/// Places of each group. With 8,000 owners one in ten thousand finds all of them taken; whoever is not remembered is asked for
/// again.
const PLACES: usize = 8;

/// Set while something is found out.
const TICKET: u64 = 1 << 63;

/// Set in the number of what is being written for the first time.
const EXPECTED: u64 = 1 << 62;

/// Where the owner's mark begins.
const MARK: u32 = 48;

/// The owner's mark.
const OWNER: u64 = 0x3fff << MARK;

/// The last of what is known of each owner, as a number that nobody can choose: of the same owner, another thing has the same
/// one in one case of 2⁴⁸. While something is found out there is a ticket in its place, and whatever else happens there takes
/// it away.
pub struct Lately {
    hasher: RandomState,
    places: Mutex<Places>,
}

struct Places {
    tickets: u64,
    groups: Box<[[u64; PLACES]]>,
}

/// What is not known.
#[must_use]
#[derive(Debug)]
pub struct News {
    group: usize,
    held: u64,
    number: u64,
}

/// Something that is being changed ([`Lately::changing`]).
#[must_use]
pub struct Changing<'a, O: Hash> {
    lately: &'a Lately,
    owner: &'a O,
}

impl<O: Hash> Drop for Changing<'_, O> {
    fn drop(&mut self) {
        self.lately.forget(self.owner);
    }
}

impl Default for Lately {
    fn default() -> Self {
        let groups = vec![[0; PLACES]; GROUPS].into_boxed_slice();
        Self { hasher: RandomState::new(), places: Mutex::new(Places { tickets: 0, groups }) }
    }
}

impl Lately {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An owner's group and mark.
    fn owner(&self, owner: &impl Hash) -> (usize, u64) {
        let hash = self.hasher.hash_one(owner);
        (usize::try_from(hash % GROUPS as u64).unwrap_or_default(), hash & OWNER)
    }

    fn number(&self, mark: u64, what: &impl Hash) -> u64 {
        // Of a place where nothing ever was nothing is known.
        mark | (self.hasher.hash_one(what) >> (64 - MARK)).max(1)
    }

    /// Which span of so many milliseconds it is for this owner. Everyone's begin at other moments, so that it is not news of
    /// all of them at once when one ends.
    #[must_use]
    pub fn span(&self, owner: &impl Hash, now_ms: i64, every_ms: i64) -> i64 {
        let moment = self.hasher.hash_one(owner) % every_ms.unsigned_abs().max(1);
        now_ms.saturating_add_unsigned(moment).div_euclid(every_ms)
    }

    /// Nothing if just this is known of its owner. Otherwise what is to be noted when it is.
    #[must_use]
    pub fn news(&self, owner: &impl Hash, what: &impl Hash) -> Option<News> {
        let (group, mark) = self.owner(owner);
        let number = self.number(mark, what);
        let mut places = self.places();
        if places.groups[group].contains(&number) {
            return None;
        }
        let held = places.ticket(mark);
        let taken = usize::try_from(held % PLACES as u64).unwrap_or_default();
        let group_of = &mut places.groups[group];
        let own = group_of.iter().position(|place| *place & OWNER == mark && *place != 0);
        let free = || group_of.iter().position(|place| *place == 0);
        let place = own.or_else(free).unwrap_or(taken);
        group_of[place] = held;
        Some(News { group, held, number })
    }

    /// It is known from now on, unless anything was asked, forgotten or known in its place since it was news; `false` then.
    pub fn note(&self, News { group, held, number }: News) -> bool {
        self.places().put(group, held, number)
    }

    /// There is nothing of this owner yet, and whoever asked is going to write it.
    pub fn expect(&self, News { group, held, number }: News) {
        // Otherwise something has happened meanwhile.
        let _expected = self.places().put(group, held, number | EXPECTED);
    }

    /// It is about to be written: news if it was expected, and nothing has happened in its place since.
    #[must_use]
    pub fn expected(&self, owner: &impl Hash, what: &impl Hash) -> Option<News> {
        let (group, mark) = self.owner(owner);
        let number = self.number(mark, what);
        let held = number | EXPECTED;
        let is_expected = self.places().groups[group].contains(&held);
        is_expected.then_some(News { group, held, number })
    }

    /// What was known of this owner is being changed: it is forgotten now, and once more when this is dropped.
    pub fn changing<'a, O: Hash>(&'a self, owner: &'a O) -> Changing<'a, O> {
        self.forget(owner);
        Changing { lately: self, owner }
    }

    /// Nothing is known of this owner, and what is being found out now is not noted. Whoever changes what was known calls it
    /// before and afterwards.
    pub fn forget(&self, owner: &impl Hash) {
        let (group, mark) = self.owner(owner);
        let mut places = self.places();
        let ticket = places.ticket(mark);
        let own = places.groups[group].iter_mut().filter(|place| **place & OWNER == mark);
        own.filter(|place| **place != 0).for_each(|place| *place = ticket);
    }
}

impl Places {
    fn ticket(&mut self, mark: u64) -> u64 {
        self.tickets = (self.tickets + 1) % (1 << MARK);
        TICKET | mark | self.tickets
    }

    fn put(&mut self, group: usize, held: u64, number: u64) -> bool {
        let place = self.groups[group].iter_mut().find(|place| **place == held);
        place.map(|place| *place = number).is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::array;

    use super::*;

    #[test]
    fn what_was_noted_is_no_news() {
        let lately = Lately::default();
        let news = lately.news(&"ann", &("ann", 1)).unwrap();
        assert!(lately.note(news));
        assert!(lately.news(&"ann", &("ann", 1)).is_none());
        assert!(lately.news(&"ann", &("ann", 2)).is_some());
    }

    #[test]
    fn thousands_are_remembered() {
        let lately = Lately::default();
        let owners = || 0..8000;
        for owner in owners() {
            lately.note(lately.news(&owner, &(owner, "says")).unwrap());
        }
        let forgotten = owners().filter(|owner| lately.news(owner, &(owner, "says")).is_some());
        assert!(forgotten.count() < 100);
    }

    #[test]
    fn what_was_not_noted_stays_news() {
        let lately = Lately::default();
        assert!(lately.news(&"ann", &1).is_some());
        assert!(lately.news(&"ann", &1).is_some());
    }

    #[test]
    fn what_was_forgotten_meanwhile_is_not_noted() {
        let lately = Lately::default();
        let news = lately.news(&"ann", &1).unwrap();
        lately.forget(&"ann");
        assert!(!lately.note(news));
        assert!(lately.news(&"ann", &1).is_some());
    }

    #[test]
    fn what_is_asked_while_it_changes_is_not_noted() {
        let lately = Lately::default();
        assert!(lately.note(lately.news(&"ann", &1).unwrap()));
        let changing = lately.changing(&"ann");
        let news = lately.news(&"ann", &1).unwrap();
        drop(changing);
        assert!(!lately.note(news));
    }

    #[test]
    fn of_two_who_ask_at_once_the_later_one_notes() {
        let lately = Lately::default();
        let [first, second] = array::from_fn(|_| lately.news(&"ann", &1).unwrap());
        assert!(!lately.note(first));
        assert!(lately.note(second));
    }

    #[test]
    fn what_is_expected_is_not_known_before_it_is_written() {
        let lately = Lately::default();
        lately.expect(lately.news(&"ann", &1).unwrap());
        assert!(lately.expected(&"ann", &2).is_none(), "something else is written");
        let written = lately.expected(&"ann", &1).unwrap();
        assert!(lately.note(written));
        assert!(lately.news(&"ann", &1).is_none());
    }

    #[test]
    fn whoever_asks_before_it_is_written_keeps_it_from_being_noted() {
        let lately = Lately::default();
        lately.expect(lately.news(&"ann", &1).unwrap());
        let written = lately.expected(&"ann", &1).unwrap();
        let other = lately.news(&"ann", &1).unwrap();
        assert!(!lately.note(written));
        assert!(lately.note(other));
    }
}
