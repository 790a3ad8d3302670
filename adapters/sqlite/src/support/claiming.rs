//! Whose a request is. The condition stands in the statement that changes it.

use outrigger_domain::{
    ids::{ContactId, UserId},
    support::{Assigned, Claimed, ContactStatus, Released},
    time::Timestamp,
};
use sqlx::SqliteConnection;

use super::contacts;
use crate::{failure::unsound, writer::Write};

/// Gives it to an admin if nobody has it, or one of `lost`.
pub(super) struct Claim {
    pub(super) id: ContactId,
    pub(super) admin: Assigned,
    pub(super) lost: Vec<UserId>,
}

impl Write for Claim {
    type Outcome = Claimed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Claimed> {
        let Assigned { id: admin, name, email, claimed_at } = &self.admin;
        let (id, admin, at) = (self.id.as_str(), admin.as_str(), claimed_at.ms());
        let lost = serde_json::to_string(&self.lost).map_err(unsound)?;
        let changed = sqlx::query!(
            "UPDATE contacts SET status = 'in_progress', admin = ?2, admin_name = ?3, admin_email = ?4, claimed_at = ?5
             WHERE id = ?1 AND (status = 'pending' OR status = 'in_progress' AND admin <> ?2
                 AND admin IN (SELECT value FROM json_each(?6)))",
            id,
            admin,
            name,
            email,
            at,
            lost
        )
        .execute(&mut *db)
        .await?
        .rows_affected();
        let Some(contact) = contacts::find(db, &self.id).await? else {
            return Ok(Claimed::Missing);
        };
        if changed > 0 {
            return Ok(Claimed::Now(contact));
        }
        if contact.status == ContactStatus::Resolved {
            return Ok(Claimed::Resolved);
        }
        Ok(match &contact.assigned_admin {
            Some(has) if has.id != self.admin.id => Claimed::By(has.clone()),
            _ => Claimed::Before(contact),
        })
    }
}

/// It waits again, if the admin has it.
pub(super) struct Release {
    pub(super) id: ContactId,
    pub(super) admin: UserId,
    pub(super) assign_at: Timestamp,
}

impl Write for Release {
    type Outcome = Released;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Released> {
        let (id, admin, at) = (self.id.as_str(), self.admin.as_str(), self.assign_at.ms());
        let changed = sqlx::query!(
            "UPDATE contacts SET status = 'pending', assign_at = ?3, admin = NULL, admin_name = NULL, admin_email = NULL,
                 claimed_at = NULL
             WHERE id = ?1 AND status = 'in_progress' AND admin = ?2",
            id,
            admin,
            at
        )
        .execute(&mut *db)
        .await?
        .rows_affected();
        Ok(match contacts::find(db, &self.id).await? {
            None => Released::Missing,
            Some(contact) if changed > 0 => Released::Now(contact),
            Some(_) => Released::NotYours,
        })
    }
}
