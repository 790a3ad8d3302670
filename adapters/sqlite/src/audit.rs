//! The audit trail.

use outrigger_domain::{
    ids::{DeviceId, UserId},
    ports::AuditEntry,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// The latest entries about a user, newest first.
pub(crate) async fn trail(
    db: &SqlitePool,
    user: &UserId,
    limit: u32,
) -> sqlx::Result<Vec<AuditEntry>> {
    let user = user.as_str();
    let rows = sqlx::query!(
        "SELECT at, user, device, kind, detail FROM audit WHERE user = ?
         ORDER BY at DESC, position DESC LIMIT ?",
        user,
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AuditEntry {
                at: Timestamp::from_ms(row.at),
                user: UserId::try_from(row.user).map_err(unsound)?,
                device: row.device.map(DeviceId::try_from).transpose().map_err(unsound)?,
                kind: row.kind,
                detail: row.detail,
            })
        })
        .collect()
}

/// Adds an entry.
pub(crate) struct Add(pub(crate) AuditEntry);

impl Write for Add {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let entry = &self.0;
        let (at, user) = (entry.at.ms(), entry.user.as_str());
        let device = entry.device.as_ref().map(DeviceId::as_str);
        sqlx::query!(
            "INSERT INTO audit (at, user, device, kind, detail) VALUES (?, ?, ?, ?, ?)",
            at,
            user,
            device,
            entry.kind,
            entry.detail
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
