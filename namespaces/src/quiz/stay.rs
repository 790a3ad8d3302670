//! One socket's stay in this contract.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use outrigger_domain::ids::{ChatId, QuizId};

/// Events refused because they came too often, in one window, before the socket is closed.
const MOST_REFUSED: u32 = 100;

/// Kept at the socket: rooms know their sockets, but no socket its rooms. Bounded by the rooms that a socket may be in.
#[derive(Default)]
pub(crate) struct QuizStay(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Whether the list of those who are there counts this socket.
    listed: bool,
    rooms: BTreeSet<ChatId>,
    /// Of these, those in which the user is typing.
    typing: BTreeSet<ChatId>,
    /// Of these, the one that was entered last in older words: what is said so names no room.
    entered_last: Option<ChatId>,
    quizzes: BTreeSet<QuizId>,
    refused: u32,
}

impl QuizStay {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list counts this socket from now on.
    pub(super) fn list(&self) {
        self.kept().listed = true;
    }

    /// The list counts it no longer; whether it did.
    pub(super) fn unlist(&self) -> bool {
        std::mem::take(&mut self.kept().listed)
    }

    /// Whether the socket is in a room.
    pub(super) fn is_in(&self, chat: &ChatId) -> bool {
        self.kept().rooms.contains(chat)
    }

    /// Notes a room; whether that is new.
    pub(crate) fn enter(&self, chat: &ChatId) -> bool {
        self.kept().rooms.insert(chat.clone())
    }

    /// Forgets a room; whether the socket was in it.
    pub(crate) fn leave(&self, chat: &ChatId) -> bool {
        let mut kept = self.kept();
        if kept.entered_last.as_ref() == Some(chat) {
            kept.entered_last = None;
        }
        kept.rooms.remove(chat)
    }

    /// Every room.
    pub(super) fn rooms(&self) -> Vec<ChatId> {
        self.kept().rooms.iter().cloned().collect()
    }

    /// A room was entered in older words.
    pub(super) fn enter_last(&self, chat: &ChatId) {
        self.kept().entered_last = Some(chat.clone());
    }

    /// The room that was entered so last.
    pub(super) fn entered_last(&self) -> Option<ChatId> {
        self.kept().entered_last.clone()
    }

    /// Typing in a room, or no longer; whether the user was before.
    pub(super) fn types_in(&self, chat: &ChatId, typing: bool) -> bool {
        let mut kept = self.kept();
        if typing { !kept.typing.insert(chat.clone()) } else { kept.typing.remove(chat) }
    }

    /// Notes a quiz whose events the socket hears; whether that is new.
    pub(super) fn hear(&self, quiz: &QuizId) -> bool {
        self.kept().quizzes.insert(quiz.clone())
    }

    /// Forgets a quiz.
    pub(super) fn unhear(&self, quiz: &QuizId) {
        self.kept().quizzes.remove(quiz);
    }

    /// An event was let through.
    pub(super) fn was_let_through(&self) {
        self.kept().refused = 0;
    }

    /// An event came too often; whether that has gone on for too long.
    pub(super) fn was_refused(&self) -> bool {
        let mut kept = self.kept();
        kept.refused += 1;
        kept.refused > MOST_REFUSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_goes_on_and_on_is_closed_at_last() {
        let stay = QuizStay::default();
        assert!((0..100).all(|_| !stay.was_refused()));
        assert!(stay.was_refused());
        stay.was_let_through();
        assert!(!stay.was_refused(), "a new window");
    }

    #[test]
    fn the_room_entered_last_is_one_that_the_socket_is_in() {
        let (stay, lobby) = (QuizStay::default(), ChatId::new(":lobby").unwrap());
        stay.enter(&lobby);
        stay.enter_last(&lobby);
        assert_eq!(stay.entered_last(), Some(lobby.clone()));
        assert!(stay.leave(&lobby));
        assert_eq!(stay.entered_last(), None);
    }

    #[test]
    fn typing_is_news_once() {
        let (stay, lobby) = (QuizStay::default(), ChatId::new(":lobby").unwrap());
        assert!(!stay.types_in(&lobby, true));
        assert!(stay.types_in(&lobby, true));
        assert!(stay.types_in(&lobby, false));
        assert!(!stay.types_in(&lobby, false));
    }
}
