//! What is kept of each socket of this contract while it is open.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use outrigger_domain::{
    actor::Actor,
    events::SocketKey,
    ids::ContactId,
    support::{Contact, Speaker},
};

/// Requests that one socket may come back to because it submitted them, or showed their access token. Of more the oldest
/// are forgotten: then the token has to be shown again.
const MOST_BOUND: usize = 50;

/// Whom others see in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The name to show.
    pub(super) name: String,
    /// In which capacity.
    pub(super) speaker: Speaker,
}

impl Part {
    /// What this user is to a request. Whoever asked without a token has the name in the form.
    pub(super) fn of(actor: &Actor, contact: &Contact, speaker: Speaker) -> Self {
        let known = actor.profile.name.clone().filter(|_| !actor.is_guest());
        let name = known.unwrap_or_else(|| match speaker {
            Speaker::Admin => actor.user.to_string(),
            Speaker::Submitter => contact.name.clone(),
        });
        Self { name, speaker }
    }
}

/// How a socket came into a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seated {
    /// It was not in it.
    Now,
    /// It was there.
    Before,
    /// It may not be there, or is gone.
    No,
}

#[derive(Default)]
struct Visit {
    /// Whether it is counted as an admin's.
    admin: bool,
    chats: BTreeMap<ContactId, Part>,
    bound: VecDeque<ContactId>,
}

/// By socket. Bounded by the sockets that are open, the rooms that each may be in, and [`MOST_BOUND`].
#[derive(Default)]
pub(super) struct Visits(Mutex<HashMap<SocketKey, Visit>>);

impl Visits {
    fn all(&self) -> MutexGuard<'_, HashMap<SocketKey, Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket is there.
    pub(super) fn come(&self, socket: SocketKey) {
        self.all().insert(socket, Visit::default());
    }

    /// A socket is gone; `admin_left` if it was counted as an admin's.
    pub(super) fn go(&self, socket: SocketKey, admin_left: impl FnOnce()) {
        let mut all = self.all();
        if all.remove(&socket).is_some_and(|visit| visit.admin) {
            admin_left();
        }
    }

    /// A socket may be an admin's now, or no longer; `changed` if that is news, while nobody else can say otherwise. Gives
    /// the chats in which it no longer is, because only admins are in them.
    pub(super) fn be_admin(
        &self,
        socket: SocketKey,
        is_admin: impl FnOnce() -> bool,
        changed: impl FnOnce(bool),
    ) -> Vec<ContactId> {
        let mut all = self.all();
        let Some(visit) = all.get_mut(&socket) else { return Vec::new() };
        let is_admin = is_admin();
        if visit.admin == is_admin {
            return Vec::new();
        }
        visit.admin = is_admin;
        changed(is_admin);
        if is_admin {
            return Vec::new();
        }
        let closed: Vec<_> = visit
            .chats
            .iter()
            .filter(|(_, part)| part.speaker == Speaker::Admin)
            .map(|(chat, _)| chat.clone())
            .collect();
        visit.chats.retain(|_, part| part.speaker != Speaker::Admin);
        closed
    }

    /// Notes that a socket is in a chat. Whoever was an admin an instant ago is in none as one.
    pub(super) fn enter(&self, socket: SocketKey, chat: &ContactId, part: Part) -> Seated {
        let mut all = self.all();
        let Some(visit) = all.get_mut(&socket) else { return Seated::No };
        if part.speaker == Speaker::Admin && !visit.admin {
            return Seated::No;
        }
        match visit.chats.insert(chat.clone(), part) {
            None => Seated::Now,
            Some(_) => Seated::Before,
        }
    }

    /// Forgets a chat of a socket.
    pub(super) fn leave(&self, socket: SocketKey, chat: &ContactId) {
        if let Some(visit) = self.all().get_mut(&socket) {
            visit.chats.remove(chat);
        }
    }

    /// What a socket is in a chat; `None` if it is not in it.
    pub(super) fn part(&self, socket: SocketKey, chat: &ContactId) -> Option<Part> {
        self.all().get(&socket)?.chats.get(chat).cloned()
    }

    /// A socket may come back to a request for as long as it is open.
    pub(super) fn bind(&self, socket: SocketKey, contact: &ContactId) {
        let mut all = self.all();
        let Some(visit) = all.get_mut(&socket) else { return };
        visit.bound.retain(|bound| bound != contact);
        visit.bound.push_back(contact.clone());
        if visit.bound.len() > MOST_BOUND {
            visit.bound.pop_front();
        }
    }

    /// Whether it may.
    pub(super) fn is_bound(&self, socket: SocketKey, contact: &ContactId) -> bool {
        self.all().get(&socket).is_some_and(|visit| visit.bound.contains(contact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(id: &str) -> ContactId {
        ContactId::new(id).unwrap()
    }

    fn part(speaker: Speaker) -> Part {
        Part { name: "Ann".into(), speaker }
    }

    /// What a socket is told to be, and whether that was news.
    fn turn(visits: &Visits, admin: bool) -> (Option<bool>, Vec<ContactId>) {
        let mut news = None;
        let closed = visits.be_admin(1, || admin, |is| news = Some(is));
        (news, closed)
    }

    #[test]
    fn an_admin_is_counted_once_and_gone_once() {
        let visits = Visits::default();
        visits.come(1);
        assert_eq!(turn(&visits, true), (Some(true), vec![]));
        assert_eq!(turn(&visits, true), (None, vec![]));
        let mut left = 0;
        visits.go(1, || left += 1);
        visits.go(1, || left += 1);
        assert_eq!(left, 1);
        assert_eq!(turn(&visits, true), (None, vec![]), "whoever is gone is no admin");
        visits.come(2);
        visits.go(2, || left += 1);
        assert_eq!(left, 1, "nor was this one");
        assert!(visits.all().is_empty());
    }

    #[test]
    fn whoever_is_an_admin_no_longer_is_in_no_chat_as_one() {
        let visits = Visits::default();
        visits.come(1);
        assert_eq!(visits.enter(1, &chat("c1"), part(Speaker::Admin)), Seated::No);
        turn(&visits, true);
        assert_eq!(visits.enter(1, &chat("c1"), part(Speaker::Admin)), Seated::Now);
        assert_eq!(visits.enter(1, &chat("c1"), part(Speaker::Admin)), Seated::Before);
        assert_eq!(visits.enter(1, &chat("c2"), part(Speaker::Submitter)), Seated::Now);
        assert_eq!(turn(&visits, false), (Some(false), vec![chat("c1")]));
        assert_eq!(visits.part(1, &chat("c1")), None);
        assert_eq!(visits.part(1, &chat("c2")), Some(part(Speaker::Submitter)));
        visits.leave(1, &chat("c2"));
        assert_eq!(visits.part(1, &chat("c2")), None);
        assert_eq!(visits.enter(9, &chat("c1"), part(Speaker::Submitter)), Seated::No);
    }

    #[test]
    fn a_socket_is_bound_to_so_many_requests_the_last_ones() {
        let visits = Visits::default();
        visits.come(1);
        let nth = |number: usize| chat(&format!("c{number}"));
        for number in 0..MOST_BOUND {
            visits.bind(1, &nth(number));
        }
        visits.bind(1, &nth(0));
        visits.bind(1, &nth(MOST_BOUND));
        assert!(visits.is_bound(1, &nth(0)), "it was shown again");
        assert!(!visits.is_bound(1, &nth(1)));
        assert!(visits.is_bound(1, &nth(MOST_BOUND)) && !visits.is_bound(2, &nth(0)));
    }
}
