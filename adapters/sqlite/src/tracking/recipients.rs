//! Recipients: found, listed, saved many at a time.

use outrigger_domain::{
    ids::{RecipientId, TrackedId},
    paging::{Slice, Sliced},
    time::Timestamp,
    tracking::{Counts, Recipient, RecipientFilter},
};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    known::{number, recipient_status},
    messages,
};
use crate::{failure::unsound, slices::offset};

/// A recipient and what only the store knows of it.
#[derive(Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) recipient: Recipient,
    /// When it failed, if it has not arrived since.
    pub(super) failed_at: Option<Timestamp>,
}

/// A row of `tracked_recipients`.
struct Row {
    id: String,
    phone: String,
    email: Option<String>,
    name: Option<String>,
    status: String,
    error: Option<String>,
    cost: Option<f64>,
    sent_at: Option<i64>,
    delivered_at: Option<i64>,
    failed_at: Option<i64>,
    updated_at: i64,
    revision: i64,
}

impl Row {
    fn of(self, message: &TrackedId) -> sqlx::Result<Kept> {
        Ok(Kept {
            recipient: Recipient {
                id: RecipientId::try_from(self.id).map_err(unsound)?,
                message: message.clone(),
                phone: self.phone,
                email: self.email,
                name: self.name,
                status: recipient_status(&self.status)?,
                error: self.error,
                cost: self.cost,
                sent_at: self.sent_at.map(Timestamp::from_ms),
                delivered_at: self.delivered_at.map(Timestamp::from_ms),
                updated_at: Timestamp::from_ms(self.updated_at),
                revision: self.revision.unsigned_abs(),
            },
            failed_at: self.failed_at.map(Timestamp::from_ms),
        })
    }
}

fn shown(rows: Vec<Row>, message: &TrackedId) -> sqlx::Result<Vec<Recipient>> {
    rows.into_iter().map(|row| row.of(message).map(|kept| kept.recipient)).collect()
}

/// Those that changed after a revision, in the order of their changes.
pub(super) async fn since(
    db: &SqlitePool,
    message: &TrackedId,
    revision: u64,
    limit: u32,
) -> sqlx::Result<Vec<Recipient>> {
    let (id, revision) = (message.as_str(), number(revision));
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, phone, email, name, status, error, cost, sent_at, delivered_at, failed_at, updated_at, revision
         FROM tracked_recipients
         WHERE message = (SELECT position FROM tracked WHERE id = ?) AND revision > ?
         ORDER BY revision LIMIT ?",
        id,
        revision,
        limit
    )
    .fetch_all(db)
    .await?;
    shown(rows, message)
}

/// Those that the filter lets through, in order of their ids. How many there are is known without counting them.
pub(super) async fn slice(
    db: &SqlitePool,
    message: &TrackedId,
    filter: RecipientFilter,
    slice: Slice,
) -> sqlx::Result<Sliced<Recipient>> {
    let offset = offset(slice);
    let mut moment = db.begin().await?;
    let Some(known) = messages::find(&mut *moment, message).await? else {
        return Ok(Sliced { items: Vec::new(), total: 0 });
    };
    let (total, rows) = match filter.status {
        None => (
            known.tracked.counts.all(),
            sqlx::query_as!(
                Row,
                "SELECT id, phone, email, name, status, error, cost, sent_at, delivered_at, failed_at,
                     updated_at, revision
                 FROM tracked_recipients WHERE message = ? ORDER BY id LIMIT ? OFFSET ?",
                known.position,
                slice.limit,
                offset
            )
            .fetch_all(&mut *moment)
            .await?,
        ),
        Some(status) => {
            // The index has to be named: without figures of its own SQLite would walk all recipients by id.
            let word = status.as_str();
            let mut counts: Counts = known.tracked.counts;
            (
                *counts.of_mut(status),
                sqlx::query_as!(
                    Row,
                    "SELECT id, phone, email, name, status, error, cost, sent_at, delivered_at, failed_at,
                         updated_at, revision
                     FROM tracked_recipients INDEXED BY tracked_recipients_status
                     WHERE message = ? AND status = ? ORDER BY id LIMIT ? OFFSET ?",
                    known.position,
                    word,
                    slice.limit,
                    offset
                )
                .fetch_all(&mut *moment)
                .await?,
            )
        }
    };
    moment.commit().await?;
    Ok(Sliced { items: shown(rows, message)?, total })
}

/// Those of these ids that are known.
pub(super) async fn named(
    db: &mut SqliteConnection,
    message: (i64, &TrackedId),
    ids: &[&RecipientId],
) -> sqlx::Result<Vec<Kept>> {
    let ids = serde_json::to_string(ids).map_err(unsound)?;
    sqlx::query_as!(
        Row,
        "SELECT id, phone, email, name, status, error, cost, sent_at, delivered_at, failed_at, updated_at, revision
         FROM tracked_recipients WHERE message = ? AND id IN (SELECT value FROM json_each(?))",
        message.0,
        ids
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|row| row.of(message.1))
    .collect()
}

/// Writes what these are now, in one statement.
pub(super) async fn save(
    db: &mut SqliteConnection,
    position: i64,
    changed: &[&Kept],
) -> sqlx::Result<()> {
    let row = |kept: &&Kept| {
        let Recipient { id, phone, email, name, status, error, cost, .. } = &kept.recipient;
        let (sent_at, delivered_at) = (kept.recipient.sent_at, kept.recipient.delivered_at);
        let times = [sent_at, delivered_at, kept.failed_at].map(|at| at.map(Timestamp::ms));
        let (updated_at, revision) = (kept.recipient.updated_at.ms(), kept.recipient.revision);
        let status = status.as_str();
        // Times in an array of their own: SQLite finds them by `$[7][0]`.
        serde_json::to_string(&(
            id, phone, email, name, status, error, cost, times, updated_at, revision,
        ))
    };
    let rows = changed.iter().map(row).collect::<Result<Vec<_>, _>>().map_err(unsound)?;
    let rows = format!("[{}]", rows.join(","));
    sqlx::query!(
        "INSERT INTO tracked_recipients (message, id, phone, email, name, status, error, cost,
             sent_at, delivered_at, failed_at, updated_at, revision)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
             value ->> '$[7][0]', value ->> '$[7][1]', value ->> '$[7][2]', value ->> 8, value ->> 9
         FROM json_each(?2) WHERE true
         ON CONFLICT (message, id) DO UPDATE SET
             phone = excluded.phone, email = excluded.email, name = excluded.name, status = excluded.status,
             error = excluded.error, cost = excluded.cost, sent_at = excluded.sent_at,
             delivered_at = excluded.delivered_at, failed_at = excluded.failed_at,
             updated_at = excluded.updated_at, revision = excluded.revision",
        position,
        rows
    )
    .execute(db)
    .await?;
    Ok(())
}
