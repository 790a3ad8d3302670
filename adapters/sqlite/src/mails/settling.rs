//! What became of an e-mail.

use outrigger_domain::{
    email::{MailState, SettledMail},
    ids::MailId,
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::writer::Write;

/// Notes what became of an attempt. Only of one that waits there can be any.
pub(super) struct Settle {
    pub(super) id: MailId,
    pub(super) settled: SettledMail,
    pub(super) at: Timestamp,
}

impl Write for Settle {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (state, due_at, error) = match &self.settled {
            SettledMail::Sent => (MailState::Sent, None, None),
            SettledMail::Again(due_at, why) => (MailState::Waiting, Some(due_at.ms()), Some(why)),
            SettledMail::Dead(why) => (MailState::Dead, None, Some(why)),
        };
        let (id, state, at) = (self.id.as_str(), state.as_str(), self.at.ms());
        // Codes and links are for whoever got them.
        sqlx::query!(
            "UPDATE mails SET state = ?2, attempts = attempts + 1, due_at = coalesce(?3, due_at),
                 last_error = coalesce(?4, last_error), updated_at = ?5, vars = iif(?2 = 'sent', '{}', vars)
             WHERE id = ?1 AND state = 'waiting'",
            id,
            state,
            due_at,
            error,
            at
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Tries a dead one again, from its first attempt; gives whether there was one.
pub(super) struct Retry {
    pub(super) id: MailId,
    pub(super) at: Timestamp,
}

impl Write for Retry {
    type Outcome = bool;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let (id, at) = (self.id.as_str(), self.at.ms());
        let changed = sqlx::query!(
            "UPDATE mails SET state = 'waiting', attempts = 0, due_at = ? WHERE id = ? AND state = 'dead'",
            at,
            id
        )
        .execute(db)
        .await?;
        Ok(changed.rows_affected() > 0)
    }
}
