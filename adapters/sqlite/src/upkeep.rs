//! Forgetting what is past its use, and signs of life.

use outrigger_domain::time::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

use crate::writer::Write;

/// Rows that one write deletes of each kind: others get their turn in between.
const BATCH: i64 = 1000;

/// Deletes a part of what is past its use; gives whether there may be more.
#[derive(Clone, Copy)]
pub(crate) struct Prune {
    pub(crate) now: Timestamp,
    pub(crate) answers_before: Timestamp,
    pub(crate) audit_before: Timestamp,
}

impl Write for Prune {
    type Outcome = bool;

    async fn run(self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let now = self.now.ms();
        let revocations = sqlx::query!(
            "DELETE FROM revocations WHERE (kind, subject, device) IN
                 (SELECT kind, subject, device FROM revocations WHERE until <= ? LIMIT ?)",
            now,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.answers_before.ms();
        let answers = sqlx::query!(
            "DELETE FROM kept_answers WHERE rowid IN
                 (SELECT rowid FROM kept_answers WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.audit_before.ms();
        let entries = sqlx::query!(
            "DELETE FROM audit WHERE position IN (SELECT position FROM audit WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(db)
        .await?;
        let batch = BATCH.unsigned_abs();
        Ok([revocations, answers, entries].iter().any(|done| done.rows_affected() >= batch))
    }
}

/// Writes a heartbeat; gives its number.
pub(crate) struct Beat;

impl Write for Beat {
    type Outcome = i64;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(self, db: &mut SqliteConnection) -> sqlx::Result<i64> {
        sqlx::query_scalar!(r#"UPDATE heartbeat SET beats = beats + 1 RETURNING beats AS "beats!""#)
            .fetch_one(db)
            .await
    }
}

/// The number of the last heartbeat.
pub(crate) async fn last_beat(db: &SqlitePool) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT beats FROM heartbeat").fetch_one(db).await
}
