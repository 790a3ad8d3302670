//! Which quiz wants to be looked after next.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, time::Instant};

use crate::ids::QuizId;

#[derive(Default)]
struct Queue {
    at: HashMap<QuizId, Instant>,
    order: BTreeSet<(Instant, QuizId)>,
}

/// Each quiz once, with the first instant at which something is due in it.
#[derive(Default)]
pub(super) struct Agenda {
    queue: Mutex<Queue>,
    /// Something is due sooner than all else was.
    pub(super) sooner: Notify,
}

impl Agenda {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something is due then, or was before.
    pub(super) fn put(&self, quiz: &QuizId, at: Instant) {
        let mut queue = self.queue();
        match queue.at.get(quiz) {
            Some(before) if *before <= at => return,
            Some(before) => {
                let before = (*before, quiz.clone());
                queue.order.remove(&before);
            }
            None => {}
        }
        queue.at.insert(quiz.clone(), at);
        queue.order.insert((at, quiz.clone()));
        self.sooner.notify_one();
    }

    /// When something is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue().order.first().map(|(at, _)| *at)
    }

    /// Takes out a quiz in which something is due.
    pub(super) fn pop(&self, now: Instant) -> Option<QuizId> {
        let mut queue = self.queue();
        queue.order.first().filter(|(at, _)| *at <= now)?;
        let (_, quiz) = queue.order.pop_first()?;
        queue.at.remove(&quiz);
        Some(quiz)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_quiz_is_there_once_with_its_first_instant() {
        let (agenda, now) = (Agenda::default(), Instant::now());
        let (a, b) = (QuizId::new("a").unwrap(), QuizId::new("b").unwrap());
        let later = |ms| now + Duration::from_millis(ms);
        agenda.put(&a, later(30));
        agenda.put(&b, later(20));
        agenda.put(&a, later(40));
        agenda.put(&a, later(10));
        assert_eq!(agenda.next(), Some(later(10)));
        assert_eq!(agenda.pop(later(9)), None);
        assert_eq!(agenda.pop(later(50)), Some(a));
        assert_eq!(agenda.pop(later(50)), Some(b));
        assert_eq!(agenda.pop(later(50)), None);
    }
}
