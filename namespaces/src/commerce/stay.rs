//! One socket's stay in the marketplace, and whose sockets are in which room.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use outrigger_domain::{
    commerce::Visitor,
    ids::{ChatId, UserId},
};

/// Kept at the socket: rooms know their sockets, but no socket its rooms.
pub(crate) struct Stay {
    /// Whoever came, as when it opened.
    pub(super) visitor: Arc<Visitor>,
    rooms: Mutex<BTreeSet<ChatId>>,
}

impl Stay {
    /// In no room yet.
    pub(super) fn new(visitor: Arc<Visitor>) -> Self {
        Self { visitor, rooms: Mutex::default() }
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeSet<ChatId>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the socket is in a room.
    pub(super) fn is_in(&self, chat: &ChatId) -> bool {
        self.rooms().contains(chat)
    }

    /// Notes a room; whether that is new.
    pub(super) fn enter(&self, chat: &ChatId) -> bool {
        self.rooms().insert(chat.clone())
    }

    /// Forgets a room; whether the socket was in it.
    pub(super) fn leave(&self, chat: &ChatId) -> bool {
        self.rooms().remove(chat)
    }

    /// Forgets all rooms, and gives them.
    pub(super) fn leave_all(&self) -> BTreeSet<ChatId> {
        std::mem::take(&mut self.rooms())
    }
}

/// With how many sockets each user is in each room of this node. Bounded by the sockets that are open and the rooms that
/// each may be in.
#[derive(Default)]
pub(crate) struct Visits(Mutex<HashMap<(ChatId, UserId), usize>>);

impl Visits {
    fn counts(&self) -> MutexGuard<'_, HashMap<(ChatId, UserId), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket of the user is in the room; whether it is the first one.
    pub(crate) fn enter(&self, chat: &ChatId, user: &UserId) -> bool {
        let mut counts = self.counts();
        let count = counts.entry((chat.clone(), user.clone())).or_default();
        *count += 1;
        *count == 1
    }

    /// A socket of the user is no longer in the room; whether it was the last one.
    pub(crate) fn leave(&self, chat: &ChatId, user: &UserId) -> bool {
        let mut counts = self.counts();
        let key = (chat.clone(), user.clone());
        let Some(count) = counts.get_mut(&key) else { return false };
        *count -= 1;
        let last = *count == 0;
        if last {
            counts.remove(&key);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_comes_with_the_first_socket_and_goes_with_the_last() {
        let (visits, lobby) = (Visits::default(), ChatId::new(":lobby").unwrap());
        let (ann, bob) = (UserId::new("ann").unwrap(), UserId::new("bob").unwrap());
        assert!(visits.enter(&lobby, &ann));
        assert!(!visits.enter(&lobby, &ann), "a second socket is no news");
        assert!(visits.enter(&lobby, &bob));
        assert!(!visits.leave(&lobby, &ann));
        assert!(visits.leave(&lobby, &ann));
        assert!(!visits.leave(&lobby, &ann), "nobody goes twice");
        assert!(visits.enter(&lobby, &ann), "whoever comes back comes");
        assert!(visits.leave(&lobby, &bob) && visits.leave(&lobby, &ann));
        assert!(visits.counts().is_empty());
    }
}
