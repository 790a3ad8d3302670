//! Revoked tokens, users and devices.

use outrigger_domain::{
    identity::{Revocation, Revoked},
    ids::{DeviceId, TokenId, UserId},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A kind of revocation that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of revocation")]
struct UnknownKind;

fn columns(what: &Revoked) -> (&'static str, &str, &str) {
    match what {
        Revoked::Token(token) => ("token", token.as_str(), ""),
        Revoked::User(user) => ("user", user.as_str(), ""),
        Revoked::Device(user, device) => ("device", user.as_str(), device.as_str()),
    }
}

fn revoked(kind: &str, subject: String, device: String) -> sqlx::Result<Revoked> {
    Ok(match kind {
        "token" => Revoked::Token(TokenId::try_from(subject).map_err(unsound)?),
        "user" => Revoked::User(UserId::try_from(subject).map_err(unsound)?),
        "device" => Revoked::Device(
            UserId::try_from(subject).map_err(unsound)?,
            DeviceId::try_from(device).map_err(unsound)?,
        ),
        _ => return Err(unsound(UnknownKind)),
    })
}

/// All that still matter.
pub(crate) async fn in_force(db: &SqlitePool, now: Timestamp) -> sqlx::Result<Vec<Revocation>> {
    let now = now.ms();
    let rows = sqlx::query!(
        "SELECT kind, subject, device, at, until FROM revocations WHERE until > ?",
        now
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Revocation {
                what: revoked(&row.kind, row.subject, row.device)?,
                at: Timestamp::from_ms(row.at),
                until: Timestamp::from_ms(row.until),
            })
        })
        .collect()
}

/// Keeps revocations, all or none; a later one about the same thing wins.
pub(crate) struct Add(pub(crate) Vec<Revocation>);

impl Write for Add {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        self.0.len() <= 1
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        for revocation in &self.0 {
            let (kind, subject, device) = columns(&revocation.what);
            let (at, until) = (revocation.at.ms(), revocation.until.ms());
            sqlx::query!(
                "INSERT INTO revocations (kind, subject, device, at, until) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (kind, subject, device) DO UPDATE
                 SET at = max(at, excluded.at), until = max(until, excluded.until)",
                kind,
                subject,
                device,
                at,
                until
            )
            .execute(&mut *db)
            .await?;
        }
        Ok(())
    }
}
