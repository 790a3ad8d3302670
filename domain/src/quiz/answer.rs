//! An answer, and what becomes of it (`contracts/quiz.md` section 2, `submitAnswer`).

use serde_json::Value;

use crate::{
    ids::{QuestionId, UserId},
    time::Timestamp,
};

/// What a participant said to a question. The last one counts until the question is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Who.
    pub user: UserId,
    /// To what.
    pub question: QuestionId,
    /// What.
    pub answer: Value,
    /// How long the client says it took, in seconds; never used for the score.
    pub time_spent: Option<f64>,
    /// When the sidecar had it.
    pub at: Timestamp,
    /// What it brings; 0 for a wrong one and for a quiz that nobody registered.
    pub points: i64,
}

/// What an answer brings, without what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Whose.
    pub user: UserId,
    /// To what.
    pub question: QuestionId,
    /// What it brings.
    pub points: i64,
    /// When the sidecar had it.
    pub at: Timestamp,
}

/// It is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    /// Questions the participant has answered by now.
    pub answered: u32,
}

/// Why an answer does not count.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AnswerRefused {
    /// The quiz has no session, or the user does not take part in it.
    #[error("not in this quiz")]
    NotJoined,
    /// The session is over, or the participant is done.
    #[error("the quiz is over")]
    Over,
    /// The quiz is registered and has no such question, or a host has not asked it.
    #[error("no such question")]
    NoSuchQuestion,
    /// Its time is over, or the next one was asked.
    #[error("the question is closed")]
    Closed,
    /// More than 4 kB of it.
    #[error("the answer is too long")]
    TooLong,
    /// More answers than a participant of an unregistered quiz may give, or than all sessions together may hold.
    #[error("too many answers")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] crate::ports::StoreError),
}

/// Why a participant cannot be done, or be given a score.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ParticipantError {
    /// The quiz has no session, or the user does not take part in it.
    #[error("not in this quiz")]
    NotJoined,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] crate::ports::StoreError),
}
