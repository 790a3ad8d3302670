//! Forgetting sessions that were over long ago.

use std::time::Duration;

use outrigger_domain::time::Timestamp;
use sqlx::SqliteConnection;

/// A session is kept so long after it was over: 30 days.
const KEEP: Duration = Duration::from_secs(30 * 24 * 3600);

/// Deletes at most `batch` rows of each kind; gives whether there may be more. A session goes when nothing of it is left.
pub(crate) async fn prune(
    db: &mut SqliteConnection,
    now: Timestamp,
    batch: i64,
) -> sqlx::Result<bool> {
    let before = now.minus(KEEP).ms();
    // `CROSS JOIN` has SQLite go from the sessions to what is theirs.
    let answers = sqlx::query!(
        "DELETE FROM quiz_answers WHERE (session, user, question) IN
             (SELECT a.session, a.user, a.question
              FROM quiz_sessions AS s CROSS JOIN quiz_answers AS a ON a.session = s.position
              WHERE s.status = 'completed' AND s.completed_at < ? LIMIT ?)",
        before,
        batch
    )
    .execute(&mut *db)
    .await?;
    let participants = sqlx::query!(
        "DELETE FROM quiz_participants WHERE (session, user) IN
             (SELECT p.session, p.user
              FROM quiz_sessions AS s CROSS JOIN quiz_participants AS p ON p.session = s.position
              WHERE s.status = 'completed' AND s.completed_at < ? LIMIT ?)",
        before,
        batch
    )
    .execute(&mut *db)
    .await?;
    let sessions = sqlx::query!(
        "DELETE FROM quiz_sessions WHERE position IN
             (SELECT s.position FROM quiz_sessions AS s WHERE s.status = 'completed' AND s.completed_at < ?
                  AND NOT EXISTS (SELECT 1 FROM quiz_answers WHERE session = s.position)
                  AND NOT EXISTS (SELECT 1 FROM quiz_participants WHERE session = s.position)
              LIMIT ?)",
        before,
        batch
    )
    .execute(db)
    .await?;
    let done = [answers, participants, sessions];
    Ok(done.iter().any(|done| done.rows_affected() >= batch.unsigned_abs()))
}
