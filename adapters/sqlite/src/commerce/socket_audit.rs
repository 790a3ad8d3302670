//! The audit log of sockets.

use outrigger_domain::{
    commerce::{AuditFilter, AuditKind, Severity, SocketAudit},
    ids::UserId,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// Entries that are kept, the latest ones.
const MOST: i64 = 100_000;

/// A kind of entry that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of entry in the audit log")]
struct UnknownKind;

struct Row {
    at: i64,
    kind: String,
    user: Option<String>,
    detail: String,
}

impl TryFrom<Row> for SocketAudit {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            at: Timestamp::from_ms(row.at),
            kind: AuditKind::named(&row.kind).ok_or_else(|| unsound(UnknownKind))?,
            user: row.user.map(UserId::try_from).transpose().map_err(unsound)?,
            detail: serde_json::from_str(&row.detail).map_err(unsound)?,
        })
    }
}

/// Entries on a condition, newest first. Each condition has an index that it walks in order.
macro_rules! entries {
    ($db:expr, $limit:expr, $condition:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Row,
            "SELECT at, kind, user, detail FROM socket_audit WHERE " + $condition
                + " AND at < ? ORDER BY at DESC, position DESC LIMIT ?",
            $($argument),+,
            $limit
        )
        .fetch_all($db)
        .await?
    };
}

/// Those that the filter lets through, newest first.
pub(super) async fn find(
    db: &SqlitePool,
    filter: &AuditFilter,
    limit: u32,
) -> sqlx::Result<Vec<SocketAudit>> {
    let least = filter.least.unwrap_or(Severity::Low);
    let wanted =
        |kind: &AuditKind| kind.severity() >= least && filter.kind.is_none_or(|only| only == *kind);
    let kinds: Vec<_> = AuditKind::ALL.iter().filter(|kind| wanted(kind)).collect();
    let before = filter.before.map_or(i64::MAX, Timestamp::ms);
    let rows = match (&filter.user, kinds.as_slice()) {
        (_, []) => Vec::new(),
        (Some(user), kinds) => {
            let user = user.as_str();
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
            let kinds = serde_json::to_string(&kinds).map_err(unsound)?;
            // The plus sign keeps SQLite from looking for the kinds in their index.
            entries!(
                db,
                limit,
                "user = ? AND +kind IN (SELECT value FROM json_each(?))",
                user,
                kinds,
                before
            )
        }
        (None, [kind]) => {
            let kind = kind.as_str();
            entries!(db, limit, "kind = ?", kind, before)
        }
        // Words of the indexes' own conditions.
        (None, _) => match least {
            Severity::Low => entries!(db, limit, "true", before),
            Severity::Medium => entries!(db, limit, "severity <> 'low'", before),
            Severity::High => entries!(db, limit, "severity = 'high'", before),
        },
    };
    rows.into_iter().map(SocketAudit::try_from).collect()
}

/// Adds entries, all or none, in their order.
pub(super) struct Add(pub(super) Vec<SocketAudit>);

impl Write for Add {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        insert(db, &self.0).await
    }
}

/// Adds entries and forgets as many of the oldest as are too many.
pub(super) async fn insert(db: &mut SqliteConnection, entries: &[SocketAudit]) -> sqlx::Result<()> {
    let row = |entry: &SocketAudit| {
        let (kind, severity) = (entry.kind.as_str(), entry.kind.severity().as_str());
        (entry.at.ms(), kind, severity, entry.user.clone(), entry.detail.to_string())
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    let rows = serde_json::to_string(&rows).map_err(unsound)?;
    sqlx::query!(
        "INSERT INTO socket_audit (at, kind, severity, user, detail)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         FROM json_each(?) ORDER BY key",
        rows
    )
    .execute(&mut *db)
    .await?;
    // Positions follow one another, so that nobody has to count.
    sqlx::query!(
        "DELETE FROM socket_audit WHERE position <= (SELECT max(position) FROM socket_audit) - ?",
        MOST
    )
    .execute(db)
    .await?;
    Ok(())
}
