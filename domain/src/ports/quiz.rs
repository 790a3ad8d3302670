use async_trait::async_trait;

use super::StoreResult;
use crate::{
    ids::{QuestionId, QuizId, QuizSessionId, UserId},
    quiz::{Answer, Given, NewQuiz, Participant, Quiz, QuizSession},
    time::Timestamp,
};

/// What a session goes on with.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeSession {
    /// The session.
    pub session: QuizSession,
    /// Who takes part or did, in the order of joining.
    pub participants: Vec<Participant>,
    /// What their answers bring, without what they said: there may be very many.
    pub given: Vec<Given>,
}

/// Quizzes, and each time that one was held. Everything that a session decides by is here before anybody is told of it, so
/// that it goes on after a restart.
#[async_trait]
pub trait QuizStore: Send + Sync + 'static {
    /// Takes in what the app tells of a quiz; replaces what it told before.
    async fn save_quiz(&self, quiz: &NewQuiz, at: Timestamp) -> StoreResult<()>;
    /// One quiz.
    async fn quiz(&self, id: &QuizId) -> StoreResult<Option<Quiz>>;
    /// Makes or replaces the row of a session and those of these participants, in one transaction; other participants
    /// and the answers stay.
    async fn save_session(
        &self,
        session: &QuizSession,
        participants: &[Participant],
    ) -> StoreResult<()>;
    /// Makes or replaces the rows of participants, in one transaction.
    async fn save_participants(
        &self,
        session: &QuizSessionId,
        participants: &[Participant],
    ) -> StoreResult<()>;
    /// Keeps an answer, replacing the one to the same question, and the participant's row, in one transaction.
    async fn save_answer(
        &self,
        session: &QuizSessionId,
        answer: &Answer,
        participant: &Participant,
    ) -> StoreResult<()>;
    /// Forgets participants, in one transaction: guests who left, and come back under other ids if ever. What they
    /// answered stays.
    async fn remove_participants(
        &self,
        session: &QuizSessionId,
        users: &[UserId],
    ) -> StoreResult<()>;
    /// The latest session of a quiz, without the answers of those whom it forgot.
    async fn latest_session(&self, quiz: &QuizId) -> StoreResult<Option<WholeSession>>;
    /// Answers of a session in the order of users and questions, those after the given one, at most `limit`.
    async fn answers(
        &self,
        session: &QuizSessionId,
        after: Option<(&UserId, &QuestionId)>,
        limit: u32,
    ) -> StoreResult<Vec<Answer>>;
    /// Sessions that are not over, oldest first, at most `limit`.
    async fn open_sessions(&self, limit: u32) -> StoreResult<Vec<QuizSession>>;
}
