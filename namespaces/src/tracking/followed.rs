//! What the client of one socket chose to follow.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use outrigger_domain::ids::{ChatId, TrackedId, UserId};

use super::rooms;

/// Messages that one socket may track (`contracts/tracking.md` section 7).
pub(super) const MOST_TRACKED: usize = 100;

/// Kept at the socket. Rooms know their sockets but no socket its rooms, and clients name rooms in words of their own.
#[derive(Debug, Default)]
pub(crate) struct Followed(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    messages: BTreeSet<TrackedId>,
    analytics: bool,
    everyone: bool,
    /// With the name under which each was asked for.
    chats: BTreeMap<ChatId, String>,
}

/// Why a message is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

impl Followed {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a message; gives whether that is new.
    ///
    /// # Errors
    /// [`TooMany`], if it is new and there are [`MOST_TRACKED`].
    pub(super) fn track(&self, id: &TrackedId) -> Result<bool, TooMany> {
        let mut state = self.state();
        if state.messages.contains(id) {
            return Ok(false);
        }
        if state.messages.len() >= MOST_TRACKED {
            return Err(TooMany);
        }
        Ok(state.messages.insert(id.clone()))
    }

    /// Forgets a message.
    pub(super) fn untrack(&self, id: &TrackedId) {
        self.state().messages.remove(id);
    }

    /// Notes whether figures are wanted; gives whether that is a change.
    pub(super) fn want_analytics(&self, wanted: bool) -> bool {
        std::mem::replace(&mut self.state().analytics, wanted) != wanted
    }

    /// Notes whether figures of everyone are told here; gives whether that is a change.
    pub(super) fn watch_everyone(&self, watched: bool) -> bool {
        std::mem::replace(&mut self.state().everyone, watched) != watched
    }

    /// Notes a chat under the name by which it was asked for; gives whether that is new.
    pub(super) fn enter(&self, chat: &ChatId, name: &str) -> bool {
        self.state().chats.insert(chat.clone(), name.to_owned()).is_none()
    }

    /// Forgets a chat, whoever ended it.
    pub(crate) fn leave(&self, chat: &ChatId) {
        self.state().chats.remove(chat);
    }

    /// The names of all rooms that a socket of this user is in.
    pub(super) fn rooms(&self, user: &UserId) -> Vec<String> {
        let state = self.state();
        let mut names = vec![rooms::own(user)];
        names.extend(state.analytics.then(|| rooms::analytics(user)));
        names.extend(state.messages.iter().map(rooms::message));
        names.extend(state.chats.values().cloned());
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_messages_and_no_more() {
        let followed = Followed::default();
        let id = |number: usize| TrackedId::new(format!("m{number}")).unwrap();
        for number in 0..MOST_TRACKED {
            assert_eq!(followed.track(&id(number)), Ok(true));
        }
        assert_eq!(followed.track(&id(0)), Ok(false), "it is tracked already");
        assert_eq!(followed.track(&id(MOST_TRACKED)), Err(TooMany));
        followed.untrack(&id(5));
        assert_eq!(followed.track(&id(MOST_TRACKED)), Ok(true));
    }

    #[test]
    fn rooms_are_named_as_the_client_names_them() {
        let (followed, ann) = (Followed::default(), UserId::new("ann").unwrap());
        assert_eq!(followed.rooms(&ann), ["user_ann"]);
        followed.track(&TrackedId::new("m1").unwrap()).unwrap();
        assert!(followed.want_analytics(true) && !followed.want_analytics(true));
        let team = ChatId::new("team").unwrap();
        assert!(followed.enter(&team, "team") && !followed.enter(&team, "chat_team"));
        assert_eq!(followed.rooms(&ann), ["user_ann", "analytics_ann", "message_m1", "chat_team"]);
        followed.leave(&team);
        assert!(followed.want_analytics(false));
        assert_eq!(followed.rooms(&ann), ["user_ann", "message_m1"]);
    }
}
