//! Forgetting e-mail that was sent or given up long ago.

use std::time::Duration;

use outrigger_domain::time::Timestamp;
use sqlx::SqliteConnection;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// One that was sent is kept so long: 7 days, and its key with it.
const KEEP_SENT: Duration = DAY.saturating_mul(7);
/// One that was given up is kept so long: 30 days.
const KEEP_DEAD: Duration = DAY.saturating_mul(30);

/// Deletes at most `batch` of each kind; gives whether there may be more.
pub(crate) async fn prune(
    db: &mut SqliteConnection,
    now: Timestamp,
    batch: i64,
) -> sqlx::Result<bool> {
    let before = now.minus(KEEP_SENT).ms();
    let sent = sqlx::query!(
        "DELETE FROM mails WHERE position IN
             (SELECT position FROM mails WHERE state = 'sent' AND updated_at < ? LIMIT ?)",
        before,
        batch
    )
    .execute(&mut *db)
    .await?;
    let before = now.minus(KEEP_DEAD).ms();
    let dead = sqlx::query!(
        "DELETE FROM mails WHERE position IN
             (SELECT position FROM mails WHERE state = 'dead' AND updated_at < ? LIMIT ?)",
        before,
        batch
    )
    .execute(db)
    .await?;
    Ok([sent, dead].iter().any(|done| done.rows_affected() >= batch.unsigned_abs()))
}
