//! On which sockets users are in which quizzes.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    events::SocketKey,
    ids::{QuizId, UserId},
};

/// Quizzes that one user may be in at a time.
const MOST_QUIZZES: usize = 20;

/// What came of a socket's coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    /// It was not there before.
    Now,
    /// It was.
    Before,
    /// Its user is in too many quizzes.
    Refused,
}

type Quizzes = HashMap<QuizId, HashSet<SocketKey>>;

/// Bounded by the sockets that are open: what is of a socket ends with it.
#[derive(Default)]
pub(super) struct Sockets(Mutex<HashMap<UserId, Quizzes>>);

impl Sockets {
    fn users(&self) -> MutexGuard<'_, HashMap<UserId, Quizzes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket of a user is in a quiz.
    pub(super) fn enter(&self, user: &UserId, quiz: &QuizId, socket: SocketKey) -> Entered {
        let mut users = self.users();
        let quizzes = users.entry(user.clone()).or_default();
        if !quizzes.contains_key(quiz) && quizzes.len() >= MOST_QUIZZES {
            return Entered::Refused;
        }
        if quizzes.entry(quiz.clone()).or_default().insert(socket) {
            Entered::Now
        } else {
            Entered::Before
        }
    }

    /// A socket is in a quiz no more. Gives whether it was the user's last one there.
    pub(super) fn exit(&self, user: &UserId, quiz: &QuizId, socket: SocketKey) -> bool {
        let mut users = self.users();
        let Some(quizzes) = users.get_mut(user) else { return false };
        let Some(sockets) = quizzes.get_mut(quiz) else { return false };
        let last = sockets.remove(&socket) && sockets.is_empty();
        if sockets.is_empty() {
            quizzes.remove(quiz);
        }
        if quizzes.is_empty() {
            users.remove(user);
        }
        last
    }

    /// A socket is gone. Gives the quizzes in which it was the user's last one.
    pub(super) fn gone(&self, user: &UserId, socket: SocketKey) -> Vec<QuizId> {
        let quizzes: Vec<_> = match self.users().get(user) {
            Some(quizzes) => quizzes.keys().cloned().collect(),
            None => return Vec::new(),
        };
        quizzes.into_iter().filter(|quiz| self.exit(user, quiz, socket)).collect()
    }

    /// Whether a user has a socket in a quiz.
    pub(super) fn is_in(&self, user: &UserId, quiz: &QuizId) -> bool {
        self.users().get(user).is_some_and(|quizzes| quizzes.contains_key(quiz))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserId {
        UserId::new("ann").unwrap()
    }

    fn quiz(number: usize) -> QuizId {
        QuizId::new(format!("q{number}")).unwrap()
    }

    #[test]
    fn a_user_is_there_until_the_last_socket_is_gone() {
        let (sockets, ann, q) = (Sockets::default(), user(), quiz(1));
        assert_eq!(sockets.enter(&ann, &q, 1), Entered::Now);
        assert_eq!(sockets.enter(&ann, &q, 1), Entered::Before);
        assert_eq!(sockets.enter(&ann, &q, 2), Entered::Now);
        assert!(sockets.gone(&ann, 1).is_empty());
        assert!(sockets.is_in(&ann, &q));
        assert!(!sockets.exit(&ann, &q, 1), "it is gone already");
        assert_eq!(sockets.gone(&ann, 2), std::slice::from_ref(&q));
        assert!(!sockets.is_in(&ann, &q));
        assert!(sockets.users().is_empty());
    }

    #[test]
    fn nobody_is_in_more_than_twenty_quizzes() {
        let (sockets, ann) = (Sockets::default(), user());
        for number in 0..MOST_QUIZZES {
            assert_eq!(sockets.enter(&ann, &quiz(number), 1), Entered::Now);
        }
        assert_eq!(sockets.enter(&ann, &quiz(MOST_QUIZZES), 1), Entered::Refused);
        assert_eq!(
            sockets.enter(&ann, &quiz(0), 2),
            Entered::Now,
            "where she is, she may be twice"
        );
        assert!(sockets.exit(&ann, &quiz(1), 1));
        assert_eq!(sockets.enter(&ann, &quiz(MOST_QUIZZES), 1), Entered::Now);
    }
}
