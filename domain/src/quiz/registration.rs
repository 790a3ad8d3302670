//! What the app tells of a quiz (`contracts/quiz.md` section 5, `registerQuiz`).

use std::{collections::HashSet, sync::Arc};

use super::{
    desk::Desk,
    session::{NewQuiz, Quiz, SessionStatus},
};
use crate::ports::StoreError;

/// Questions of a quiz at most.
pub const MOST_QUESTIONS: usize = 500;

/// Its title and all its questions, as JSON, in bytes.
const MOST_BYTES: usize = 512 << 10;

/// Why a quiz was not taken in; nothing of it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegisterError {
    /// It has no questions.
    #[error("a quiz has at least one question")]
    Empty,
    /// Two of its questions have one id.
    #[error("two questions have the same id")]
    TwiceTheSameQuestion,
    /// More than [`MOST_QUESTIONS`].
    #[error("a quiz has at most {MOST_QUESTIONS} questions")]
    TooMany,
    /// More than 512 kB of it, as JSON.
    #[error("the quiz is too large")]
    TooLarge,
    /// A host leads it just now: its questions stay as they are until it is over.
    #[error("the quiz is being held")]
    Underway,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn check(new: &NewQuiz) -> Result<(), RegisterError> {
    if new.questions.is_empty() {
        return Err(RegisterError::Empty);
    }
    if new.questions.len() > MOST_QUESTIONS {
        return Err(RegisterError::TooMany);
    }
    let mut ids = HashSet::new();
    if !new.questions.iter().all(|question| ids.insert(&question.id)) {
        return Err(RegisterError::TwiceTheSameQuestion);
    }
    let bytes = serde_json::to_vec(&new.questions).map_or(usize::MAX, |json| json.len());
    let title = new.title.as_ref().map_or(0, String::len);
    if bytes.saturating_add(title) > MOST_BYTES { Err(RegisterError::TooLarge) } else { Ok(()) }
}

impl Desk {
    pub(super) async fn register(&self, new: NewQuiz) -> Result<(), RegisterError> {
        check(&new)?;
        let _turn = self.turn(&new.id).await;
        let held = self.find_in_turn(&new.id).await?;
        let _gate = match &held {
            Some(held) => Some(held.gate.write().await),
            None => None,
        };
        if let Some(held) = &held {
            let state = held.state();
            let same = state.quiz.as_ref().is_some_and(|quiz| quiz.told.questions == new.questions);
            if state.session.status == SessionStatus::Active && !same {
                return Err(RegisterError::Underway);
            }
        }
        let updated_at = self.parts.clock.now();
        self.parts.store.save_quiz(&new, updated_at).await?;
        if let Some(held) = &held {
            held.state().quiz = Some(Arc::new(Quiz { told: new, updated_at }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        ids::{QuestionId, QuizId},
        quiz::Question,
    };

    fn quiz(ids: impl IntoIterator<Item = usize>, correct: &str) -> NewQuiz {
        let question = |number| Question {
            id: QuestionId::new(format!("q{number}")).unwrap(),
            correct: json!(correct),
            any_of: false,
            points: 1,
            time_limit: None,
        };
        let questions = ids.into_iter().map(question).collect();
        NewQuiz { id: QuizId::new("quiz").unwrap(), title: None, host: None, questions }
    }

    #[test]
    fn a_quiz_has_some_questions_each_once_and_not_too_large() {
        assert!(check(&quiz(0..MOST_QUESTIONS, "a")).is_ok());
        assert!(matches!(check(&quiz([], "a")), Err(RegisterError::Empty)));
        assert!(matches!(check(&quiz(0..=MOST_QUESTIONS, "a")), Err(RegisterError::TooMany)));
        assert!(matches!(check(&quiz([1, 1], "a")), Err(RegisterError::TwiceTheSameQuestion)));
        let long = "x".repeat(MOST_BYTES / 2);
        assert!(matches!(check(&quiz([1, 2], &long)), Err(RegisterError::TooLarge)));
    }
}
