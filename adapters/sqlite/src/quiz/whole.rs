//! What a session goes on with.

use outrigger_domain::{ids::QuizId, ports::WholeSession};
use sqlx::SqlitePool;

use super::{answers, participants, sessions::Row};

/// The latest session of a quiz, all of it of the same moment.
pub(super) async fn latest(db: &SqlitePool, quiz: &QuizId) -> sqlx::Result<Option<WholeSession>> {
    let quiz = quiz.as_str();
    let mut moment = db.begin().await?;
    let row = sqlx::query_as!(
        Row,
        r#"SELECT position, id, quiz, status, created_at, started_at, asked_index, asked_question, asked_at,
               asked_closed AS "asked_closed: bool", closes_at, completed_at
           FROM quiz_sessions WHERE quiz = ? ORDER BY position DESC LIMIT 1"#,
        quiz
    )
    .fetch_optional(&mut *moment)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let position = row.position;
    let participants = participants::of(&mut *moment, position).await?;
    let given = answers::given(&mut *moment, position).await?;
    moment.commit().await?;
    Ok(Some(WholeSession { session: row.try_into()?, participants, given }))
}
