//! Answers kept for repeated calls.

use outrigger_domain::{ports::KeptAnswer, time::Timestamp};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A digest of another length than SHA-256 has.
#[derive(Debug, thiserror::Error)]
#[error("not a digest of 32 bytes")]
struct NotADigest;

/// The answer kept under a key.
pub(crate) async fn find(db: &SqlitePool, key: &str) -> sqlx::Result<Option<KeptAnswer>> {
    let row = sqlx::query!("SELECT request, status, body, at FROM kept_answers WHERE key = ?", key)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        Ok(KeptAnswer {
            request: row.request.try_into().map_err(|_| unsound(NotADigest))?,
            status: u16::try_from(row.status).map_err(unsound)?,
            body: row.body,
            at: Timestamp::from_ms(row.at),
        })
    })
    .transpose()
}

/// Keeps an answer, unless there is one under its key.
pub(crate) struct Keep {
    pub(crate) key: String,
    pub(crate) answer: KeptAnswer,
}

impl Write for Keep {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (request, at) = (self.answer.request.as_slice(), self.answer.at.ms());
        sqlx::query!(
            "INSERT INTO kept_answers (key, request, status, body, at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (key) DO NOTHING",
            self.key,
            request,
            self.answer.status,
            self.answer.body,
            at
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
