//! Forgetting requests that were done long ago.

use std::time::Duration;

use outrigger_domain::time::Timestamp;
use sqlx::SqliteConnection;

/// A request is kept so long after it was done: 90 days.
const KEEP: Duration = Duration::from_secs(90 * 24 * 3600);

/// Deletes at most `batch` rows of each kind; gives whether there may be more. A request goes when nothing is left that was
/// said about it.
pub(crate) async fn prune(
    db: &mut SqliteConnection,
    now: Timestamp,
    batch: i64,
) -> sqlx::Result<bool> {
    let before = now.minus(KEEP).ms();
    // `CROSS JOIN` has SQLite go from the requests to what was said.
    let messages = sqlx::query!(
        "DELETE FROM support_messages WHERE position IN
             (SELECT m.position
              FROM contacts AS c CROSS JOIN support_messages AS m ON m.contact = c.position
              WHERE c.status = 'resolved' AND c.resolved_at < ? LIMIT ?)",
        before,
        batch
    )
    .execute(&mut *db)
    .await?;
    let contacts = sqlx::query!(
        "DELETE FROM contacts WHERE position IN
             (SELECT c.position FROM contacts AS c WHERE c.status = 'resolved' AND c.resolved_at < ?
                  AND NOT EXISTS (SELECT 1 FROM support_messages WHERE contact = c.position)
              LIMIT ?)",
        before,
        batch
    )
    .execute(db)
    .await?;
    let done = [messages, contacts];
    Ok(done.iter().any(|done| done.rows_affected() >= batch.unsigned_abs()))
}
