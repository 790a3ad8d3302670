//! Requests that are done, put off or forgotten.

use outrigger_domain::{
    ids::ContactId,
    support::{Resolved, Resolver},
    time::Timestamp,
};
use sqlx::SqliteConnection;

use super::contacts;
use crate::writer::Write;

/// It is done, unless it was before.
pub(super) struct Resolve {
    pub(super) id: ContactId,
    pub(super) by: Resolver,
    pub(super) at: Timestamp,
}

impl Write for Resolve {
    type Outcome = Resolved;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Resolved> {
        let (id, by, at) = (self.id.as_str(), self.by.id.as_str(), self.at.ms());
        let changed = sqlx::query!(
            "UPDATE contacts SET status = 'resolved', resolver = ?2, resolver_name = ?3, resolved_at = ?4
             WHERE id = ?1 AND status <> 'resolved'",
            id,
            by,
            self.by.name,
            at
        )
        .execute(&mut *db)
        .await?
        .rows_affected();
        Ok(match contacts::find(db, &self.id).await? {
            None => Resolved::Missing,
            Some(contact) if changed > 0 => Resolved::Now(contact),
            Some(contact) => Resolved::Before(contact),
        })
    }
}

/// It is given to somebody later, if it waits.
pub(super) struct PutOff {
    pub(super) id: ContactId,
    pub(super) until: Timestamp,
}

impl Write for PutOff {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (id, until) = (self.id.as_str(), self.until.ms());
        sqlx::query!(
            "UPDATE contacts SET assign_at = ? WHERE id = ? AND status = 'pending'",
            until,
            id
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Forgets one with all that was said; gives whether there was one.
pub(super) struct Delete(pub(super) ContactId);

impl Write for Delete {
    type Outcome = bool;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let id = self.0.as_str();
        let gone = sqlx::query!("DELETE FROM contacts WHERE id = ?", id).execute(db).await?;
        Ok(gone.rows_affected() > 0)
    }
}
