//! Quizzes, and each time that one was held.

mod answers;
mod forgetting;
mod participants;
mod registered;
mod sessions;
mod whole;

use async_trait::async_trait;
use outrigger_domain::{
    ids::{QuestionId, QuizId, QuizSessionId, UserId},
    ports::{QuizStore, StoreResult, WholeSession},
    quiz::{Answer, NewQuiz, Participant, Quiz, QuizSession},
    time::Timestamp,
};

pub(crate) use self::forgetting::prune;
use crate::{failure::lookup, open::SqliteStore};

#[async_trait]
impl QuizStore for SqliteStore {
    async fn save_quiz(&self, quiz: &NewQuiz, at: Timestamp) -> StoreResult<()> {
        self.writer.write(registered::Save { quiz: quiz.clone(), at }).await
    }

    async fn quiz(&self, id: &QuizId) -> StoreResult<Option<Quiz>> {
        lookup(registered::find(&self.readers.pool(), id).await)
    }

    async fn save_session(
        &self,
        session: &QuizSession,
        participants: &[Participant],
    ) -> StoreResult<()> {
        let (session, participants) = (session.clone(), participants.to_vec());
        self.writer.write(sessions::Save { session, participants }).await
    }

    async fn save_participants(
        &self,
        session: &QuizSessionId,
        participants: &[Participant],
    ) -> StoreResult<()> {
        if participants.is_empty() {
            return Ok(());
        }
        let (session, participants) = (session.clone(), participants.to_vec());
        self.writer.write(participants::Save { session, participants }).await
    }

    async fn save_answer(
        &self,
        session: &QuizSessionId,
        answer: &Answer,
        participant: &Participant,
    ) -> StoreResult<()> {
        let (session, answer) = (session.clone(), answer.clone());
        self.writer.write(answers::Save { session, answer, participant: participant.clone() }).await
    }

    async fn remove_participants(
        &self,
        session: &QuizSessionId,
        users: &[UserId],
    ) -> StoreResult<()> {
        if users.is_empty() {
            return Ok(());
        }
        let (session, users) = (session.clone(), users.to_vec());
        self.writer.write(participants::Remove { session, users }).await
    }

    async fn latest_session(&self, quiz: &QuizId) -> StoreResult<Option<WholeSession>> {
        lookup(whole::latest(&self.readers.pool(), quiz).await)
    }

    async fn answers(
        &self,
        session: &QuizSessionId,
        after: Option<(&UserId, &QuestionId)>,
        limit: u32,
    ) -> StoreResult<Vec<Answer>> {
        lookup(answers::of(&self.readers.pool(), session, after, limit).await)
    }

    async fn open_sessions(&self, limit: u32) -> StoreResult<Vec<QuizSession>> {
        lookup(sessions::open(&self.readers.pool(), limit).await)
    }
}
