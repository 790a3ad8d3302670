//! Addresses that nothing goes to.

use outrigger_domain::{
    email::{Address, Suppressed, Suppression},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A row names a reason that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown reason for sending nothing to an address")]
struct UnknownReason;

/// Whether nothing goes to an address, and why.
pub(super) async fn find(db: &SqlitePool, address: &Address) -> sqlx::Result<Option<Suppressed>> {
    let text = address.as_str();
    let row = sqlx::query!("SELECT why, at FROM mail_suppressions WHERE address = ?", text)
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        let mut all = [Suppression::Bounced, Suppression::Unsubscribed].into_iter();
        let why = all.find(|why| why.as_str() == row.why).ok_or_else(|| unsound(UnknownReason))?;
        Ok(Suppressed { address: address.clone(), why, at: Timestamp::from_ms(row.at) })
    })
    .transpose()
}

/// Nothing goes there any more. Only that it bounced is worse than what is known.
pub(super) struct Add {
    pub(super) address: Address,
    pub(super) why: Suppression,
    pub(super) at: Timestamp,
}

impl Write for Add {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (address, why, at) = (self.address.as_str(), self.why.as_str(), self.at.ms());
        sqlx::query!(
            "INSERT INTO mail_suppressions (address, why, at) VALUES (?, ?, ?)
             ON CONFLICT (address) DO UPDATE SET why = excluded.why, at = excluded.at
             WHERE why = 'unsubscribed' AND excluded.why = 'bounced'",
            address,
            why,
            at
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Mail goes there again; gives whether it did not.
pub(super) struct Remove(pub(super) Address);

impl Write for Remove {
    type Outcome = bool;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let address = self.0.as_str();
        let gone = sqlx::query!("DELETE FROM mail_suppressions WHERE address = ?", address)
            .execute(db)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
