//! Short words for quizzes.

use outrigger_domain::{
    ids::{QuestionId, QuizId, QuizSessionId},
    quiz::{Answer, NewQuiz, Participant, Question, QuizSession, SessionStatus},
};
use serde_json::{Value, json};

use crate::{at, user};

/// A quiz.
#[must_use]
pub fn quiz_id(id: &str) -> QuizId {
    QuizId::new(id).unwrap()
}

/// One time that it is held.
#[must_use]
pub fn quiz_session_id(id: &str) -> QuizSessionId {
    QuizSessionId::new(id).unwrap()
}

/// One of its questions.
#[must_use]
pub fn question_id(id: &str) -> QuestionId {
    QuestionId::new(id).unwrap()
}

/// A quiz that ben leads, with these questions; `a` is always right.
#[must_use]
pub fn quiz(id: &str, questions: &[&str]) -> NewQuiz {
    let question = |id: &&str| Question {
        id: question_id(id),
        correct: json!("a"),
        any_of: false,
        points: 1,
        time_limit: None,
    };
    let questions = questions.iter().map(question).collect();
    NewQuiz { id: quiz_id(id), title: Some("Żółw".into()), host: Some(user("ben")), questions }
}

/// A session in which participants gather.
#[must_use]
pub fn quiz_session(id: &str, quiz: &str, ms: i64) -> QuizSession {
    QuizSession {
        id: quiz_session_id(id),
        quiz: quiz_id(quiz),
        status: SessionStatus::Waiting,
        created_at: at(ms),
        started_at: None,
        asked: None,
        completed_at: None,
    }
}

/// The same, over.
#[must_use]
pub fn over(session: QuizSession, ms: i64) -> QuizSession {
    QuizSession { status: SessionStatus::Completed, completed_at: Some(at(ms)), ..session }
}

/// Someone who has just joined.
#[must_use]
pub fn participant(name: &str, ms: i64) -> Participant {
    Participant {
        user: user(name),
        name: name.to_uppercase(),
        joined_at: at(ms),
        score: 0,
        score_set: false,
        answered: 0,
        scored_at: None,
        finished: false,
        left: false,
    }
}

/// What someone answered, which brings one point.
#[must_use]
pub fn answer(whose: &str, question: &str, answer: Value, ms: i64) -> Answer {
    let (user, question) = (user(whose), question_id(question));
    Answer { user, question, answer, time_spent: None, at: at(ms), points: 1 }
}
