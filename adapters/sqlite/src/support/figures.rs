//! Figures of requests for help, kept by the triggers of their tables.

use outrigger_domain::{ids::UserId, support::SupportCounts};
use sqlx::SqlitePool;

use crate::failure::unsound;

/// How many came, wait, are looked after and are done, and how much was said.
pub(super) async fn counts(db: &SqlitePool) -> sqlx::Result<SupportCounts> {
    let row = sqlx::query!(
        r#"SELECT total, pending, in_progress, resolved, messages,
               response_ms / max(resolved, 1) AS "average_response_ms!: i64"
           FROM support_figures"#
    )
    .fetch_one(db)
    .await?;
    Ok(SupportCounts {
        total: row.total.unsigned_abs(),
        pending: row.pending.unsigned_abs(),
        in_progress: row.in_progress.unsigned_abs(),
        messages: row.messages.unsigned_abs(),
        resolved: row.resolved.unsigned_abs(),
        average_response_ms: row.average_response_ms.unsigned_abs(),
    })
}

/// How many each admin looks after, in the order of their ids; those who have none are left out.
pub(super) async fn open_chats(db: &SqlitePool) -> sqlx::Result<Vec<(UserId, u64)>> {
    sqlx::query!(
        r#"SELECT admin AS "admin!", count(*) AS "chats!: i64" FROM contacts
           WHERE status = 'in_progress' GROUP BY admin ORDER BY admin"#
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| Ok((UserId::try_from(row.admin).map_err(unsound)?, row.chats.unsigned_abs())))
    .collect()
}
