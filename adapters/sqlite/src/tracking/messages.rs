//! Messages sent to many: found, listed, saved.

use outrigger_domain::{
    ids::{TrackedId, UserId},
    paging::{Slice, Sliced},
    time::Timestamp,
    tracking::Tracked,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use super::{
    figures,
    known::{Known, Row, number},
};
use crate::slices::offset;

/// One message.
pub(super) async fn find(
    db: impl SqliteExecutor<'_>,
    id: &TrackedId,
) -> sqlx::Result<Option<Known>> {
    let id = id.as_str();
    sqlx::query_as!(
        Row,
        "SELECT position, id, owner, status, subject, content, kind, template, total,
             pending, sending, sent, delivered, failed, bounced, reported_success, reported_failed,
             cost, recipients_cost, scheduled_at, sent_at, created_at, updated_at, revision
         FROM tracked WHERE id = ?",
        id
    )
    .fetch_optional(db)
    .await?
    .map(Known::try_from)
    .transpose()
}

/// A user's messages, the one told of last first.
pub(super) async fn of(
    db: &SqlitePool,
    owner: &UserId,
    slice: Slice,
) -> sqlx::Result<Sliced<Tracked>> {
    let (owner, offset) = (owner.as_str(), offset(slice));
    let mut moment = db.begin().await?;
    let total = figures::messages(&mut moment, owner).await?;
    let rows = sqlx::query_as!(
        Row,
        "SELECT position, id, owner, status, subject, content, kind, template, total,
             pending, sending, sent, delivered, failed, bounced, reported_success, reported_failed,
             cost, recipients_cost, scheduled_at, sent_at, created_at, updated_at, revision
         FROM tracked WHERE owner = ?
         ORDER BY created_at DESC, position DESC LIMIT ? OFFSET ?",
        owner,
        slice.limit,
        offset
    )
    .fetch_all(&mut *moment)
    .await?;
    moment.commit().await?;
    let tracked = |row| Known::try_from(row).map(|known| known.tracked);
    Ok(Sliced { items: rows.into_iter().map(tracked).collect::<sqlx::Result<_>>()?, total })
}

/// Writes what a message is now, with the figures that depend on it, and gives its position.
pub(super) async fn save(
    db: &mut SqliteConnection,
    before: Option<&Known>,
    now: &Tracked,
) -> sqlx::Result<i64> {
    if let Some(known) = before
        && known.tracked == *now
    {
        return Ok(known.position);
    }
    figures::follow(db, before.map(|known| &known.tracked), now).await?;
    let (id, owner, status) = (now.id.as_str(), now.owner.as_str(), now.status.as_str());
    let total = now.total.map(number);
    let counts = &now.counts;
    let (pending, sending, sent) =
        (number(counts.pending), number(counts.sending), number(counts.sent));
    let (delivered, failed, bounced) =
        (number(counts.delivered), number(counts.failed), number(counts.bounced));
    let (reported_success, reported_failed) =
        (now.reported.0.map(number), now.reported.1.map(number));
    let (scheduled_at, sent_at) =
        (now.scheduled_at.map(Timestamp::ms), now.sent_at.map(Timestamp::ms));
    let (created_at, updated_at) = (now.created_at.ms(), now.updated_at.ms());
    let revision = number(now.revision);
    sqlx::query_scalar!(
        r#"INSERT INTO tracked (id, owner, status, subject, content, kind, template, total,
               pending, sending, sent, delivered, failed, bounced, reported_success, reported_failed,
               cost, recipients_cost, scheduled_at, sent_at, created_at, updated_at, revision)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
               ?22, ?23)
           ON CONFLICT (id) DO UPDATE SET
               status = ?3, subject = ?4, content = ?5, kind = ?6, template = ?7, total = ?8,
               pending = ?9, sending = ?10, sent = ?11, delivered = ?12, failed = ?13, bounced = ?14,
               reported_success = ?15, reported_failed = ?16, cost = ?17, recipients_cost = ?18,
               scheduled_at = ?19, sent_at = ?20, updated_at = ?22, revision = ?23
           RETURNING position AS "position!""#,
        id,
        owner,
        status,
        now.subject,
        now.content,
        now.kind,
        now.template,
        total,
        pending,
        sending,
        sent,
        delivered,
        failed,
        bounced,
        reported_success,
        reported_failed,
        now.cost,
        now.recipients_cost,
        scheduled_at,
        sent_at,
        created_at,
        updated_at,
        revision
    )
    .fetch_one(db)
    .await
}
