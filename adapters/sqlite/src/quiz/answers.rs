//! What participants answered.

use outrigger_domain::{
    ids::{QuestionId, QuizSessionId, UserId},
    quiz::{Answer, Given, Participant},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use super::participants;
use crate::{failure::unsound, writer::Write};

/// Those of a session in the order of users and questions, after one of them.
pub(super) async fn of(
    db: &SqlitePool,
    session: &QuizSessionId,
    after: Option<(&UserId, &QuestionId)>,
    limit: u32,
) -> sqlx::Result<Vec<Answer>> {
    let session = session.as_str();
    // No id is empty, so every one comes after "".
    let (user, question) =
        after.map_or(("", ""), |(user, question)| (user.as_str(), question.as_str()));
    sqlx::query!(
        "SELECT user, question, answer, time_spent, at, points FROM quiz_answers
         WHERE session = (SELECT position FROM quiz_sessions WHERE id = ?) AND (user, question) > (?, ?)
         ORDER BY user, question LIMIT ?",
        session,
        user,
        question,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| {
        Ok(Answer {
            user: UserId::try_from(row.user).map_err(unsound)?,
            question: QuestionId::try_from(row.question).map_err(unsound)?,
            answer: serde_json::from_str(&row.answer).map_err(unsound)?,
            time_spent: row.time_spent,
            at: Timestamp::from_ms(row.at),
            points: row.points,
        })
    })
    .collect()
}

/// What answers of the session at this position bring, without those of participants whom it forgot.
pub(super) async fn given(db: impl SqliteExecutor<'_>, session: i64) -> sqlx::Result<Vec<Given>> {
    sqlx::query!(
        "SELECT a.user, a.question, a.points, a.at FROM quiz_answers AS a
         WHERE a.session = ? AND EXISTS
             (SELECT 1 FROM quiz_participants AS p WHERE p.session = a.session AND p.user = a.user)
         ORDER BY a.user, a.question",
        session
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| {
        Ok(Given {
            user: UserId::try_from(row.user).map_err(unsound)?,
            question: QuestionId::try_from(row.question).map_err(unsound)?,
            points: row.points,
            at: Timestamp::from_ms(row.at),
        })
    })
    .collect()
}

/// Keeps an answer in the place of the one to the same question, and the participant's row.
pub(super) struct Save {
    pub(super) session: QuizSessionId,
    pub(super) answer: Answer,
    pub(super) participant: Participant,
}

impl Write for Save {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (answer, session) = (&self.answer, self.session.as_str());
        let (user, question) = (answer.user.as_str(), answer.question.as_str());
        let (said, at) = (answer.answer.to_string(), answer.at.ms());
        sqlx::query!(
            "INSERT INTO quiz_answers (session, user, question, points, at, time_spent, answer)
             VALUES ((SELECT position FROM quiz_sessions WHERE id = ?), ?, ?, ?, ?, ?, ?)
             ON CONFLICT (session, user, question) DO UPDATE SET points = excluded.points, at = excluded.at,
                 time_spent = excluded.time_spent, answer = excluded.answer",
            session,
            user,
            question,
            answer.points,
            at,
            answer.time_spent,
            said
        )
        .execute(&mut *db)
        .await?;
        participants::put(db, &self.session, std::slice::from_ref(&self.participant)).await
    }
}
