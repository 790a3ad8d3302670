//! Requests for help as they stand in their rows.

use outrigger_domain::{
    ids::{ContactId, UserId},
    support::{Assigned, Contact, ContactPriority, ContactStatus, Resolver},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{failure::unsound, writer::Write};

/// A row holds a word that this version does not know, or says only a part of whose it is.
#[derive(Debug, thiserror::Error)]
#[error("unknown state of a request for help")]
struct UnknownState;

/// All columns but those that only SQLite reads.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) subject: Option<String>,
    pub(super) message: String,
    pub(super) phone: Option<String>,
    pub(super) priority: String,
    pub(super) status: String,
    pub(super) user: Option<String>,
    pub(super) access_digest: Vec<u8>,
    pub(super) submitted_at: i64,
    pub(super) assign_at: i64,
    pub(super) admin: Option<String>,
    pub(super) admin_name: Option<String>,
    pub(super) admin_email: Option<String>,
    pub(super) claimed_at: Option<i64>,
    pub(super) resolver: Option<String>,
    pub(super) resolver_name: Option<String>,
    pub(super) resolved_at: Option<i64>,
}

impl TryFrom<Row> for Contact {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let assigned_admin = match (row.admin, row.admin_name, row.admin_email, row.claimed_at) {
            (None, None, None, None) => None,
            (Some(id), Some(name), Some(email), Some(at)) => {
                let id = UserId::try_from(id).map_err(unsound)?;
                Some(Assigned { id, name, email, claimed_at: Timestamp::from_ms(at) })
            }
            _ => return Err(unsound(UnknownState)),
        };
        let resolved_by = match (row.resolver, row.resolver_name) {
            (None, None) => None,
            (Some(id), Some(name)) => {
                Some(Resolver { id: UserId::try_from(id).map_err(unsound)?, name })
            }
            _ => return Err(unsound(UnknownState)),
        };
        Ok(Self {
            id: ContactId::try_from(row.id).map_err(unsound)?,
            name: row.name,
            email: row.email,
            subject: row.subject,
            message: row.message,
            priority: ContactPriority::named(&row.priority).ok_or_else(|| unsound(UnknownState))?,
            phone: row.phone,
            status: ContactStatus::named(&row.status).ok_or_else(|| unsound(UnknownState))?,
            submitted_at: Timestamp::from_ms(row.submitted_at),
            assigned_admin,
            resolved_at: row.resolved_at.map(Timestamp::from_ms),
            resolved_by,
            user: row.user.map(UserId::try_from).transpose().map_err(unsound)?,
            access_digest: row.access_digest.try_into().map_err(|_| unsound(UnknownState))?,
            assign_at: Timestamp::from_ms(row.assign_at),
        })
    }
}

/// One of them.
pub(super) async fn find(
    db: impl SqliteExecutor<'_>,
    id: &ContactId,
) -> sqlx::Result<Option<Contact>> {
    let id = id.as_str();
    let row = sqlx::query_as!(
        Row,
        "SELECT id, name, email, subject, message, phone, priority, status, user, access_digest, submitted_at,
             assign_at, admin, admin_name, admin_email, claimed_at, resolver, resolver_name, resolved_at
         FROM contacts WHERE id = ?",
        id
    )
    .fetch_optional(db)
    .await?;
    row.map(Contact::try_from).transpose()
}

/// Keeps a new one.
pub(super) struct Add(pub(super) Contact);

impl Write for Add {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let new = &self.0;
        let (id, priority, status) = (new.id.as_str(), new.priority.as_str(), new.status.as_str());
        let (user, digest) = (new.user.as_ref().map(UserId::as_str), new.access_digest.as_slice());
        let (submitted_at, assign_at) = (new.submitted_at.ms(), new.assign_at.ms());
        let admin = new.assigned_admin.as_ref();
        let (admin_id, admin_name) =
            (admin.map(|admin| admin.id.as_str()), admin.map(|admin| &admin.name));
        let (admin_email, claimed_at) =
            (admin.map(|admin| &admin.email), admin.map(|admin| admin.claimed_at.ms()));
        let resolver = new.resolved_by.as_ref();
        let (resolver_id, resolver_name) =
            (resolver.map(|by| by.id.as_str()), resolver.map(|by| &by.name));
        let resolved_at = new.resolved_at.map(Timestamp::ms);
        sqlx::query!(
            "INSERT INTO contacts (id, name, email, subject, message, phone, priority, status, user, access_digest,
                 submitted_at, assign_at, admin, admin_name, admin_email, claimed_at, resolver, resolver_name,
                 resolved_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            id,
            new.name,
            new.email,
            new.subject,
            new.message,
            new.phone,
            priority,
            status,
            user,
            digest,
            submitted_at,
            assign_at,
            admin_id,
            admin_name,
            admin_email,
            claimed_at,
            resolver_id,
            resolver_name,
            resolved_at
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
