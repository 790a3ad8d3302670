//! Webhooks on their way: due, settled, dead, tried again.

use async_trait::async_trait;
use outrigger_domain::{
    ids::{UserId, WebhookId},
    ports::{StoreResult, WebhookStore},
    time::Timestamp,
    webhooks::{Due, NewWebhook, Settled, Webhook, WebhookCounts, WebhookKind, WebhookState},
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    failure::{lookup, unsound},
    open::SqliteStore,
    outbox::{OutboxChange, demote, promote},
    writer::Write,
};

#[async_trait]
impl WebhookStore for SqliteStore {
    async fn post_webhooks(&self, new: Vec<NewWebhook>) -> StoreResult<()> {
        self.writer.write(Post(new)).await.map(drop)
    }

    async fn due_webhooks(&self, now: Timestamp, limit: u32) -> StoreResult<Due> {
        lookup(due(&self.readers.pool(), now, limit).await)
    }

    async fn settle_webhook(
        &self,
        id: &WebhookId,
        settled: &Settled,
        now: Timestamp,
    ) -> StoreResult<()> {
        let settle = Settle { id: id.clone(), settled: settled.clone(), now };
        self.writer.write(settle).await.map(drop)
    }

    async fn webhooks(
        &self,
        state: WebhookState,
        after: Option<&WebhookId>,
        limit: u32,
    ) -> StoreResult<Vec<Webhook>> {
        lookup(list(&self.readers.pool(), state, after, limit).await)
    }

    async fn webhook_counts(&self) -> StoreResult<WebhookCounts> {
        lookup(counts(&self.readers.pool()).await)
    }

    async fn retry_webhooks(&self, id: Option<&WebhookId>, now: Timestamp) -> StoreResult<u64> {
        let mut retried = 0;
        let mut after = 0;
        loop {
            let part = self.writer.write(Retry { id: id.cloned(), after, now }).await?;
            retried += part.retried;
            match part.last {
                Some(last) => after = last,
                None => return Ok(retried),
            }
        }
    }

    async fn remove_webhook(&self, id: &WebhookId, now: Timestamp) -> StoreResult<bool> {
        Ok(self.writer.write(Remove { id: id.clone(), now }).await?.found)
    }
}

struct Row {
    id: String,
    kind: String,
    user: String,
    lane: Option<String>,
    body: String,
    created_at: i64,
    due_at: Option<i64>,
    attempts: i64,
    last_error: Option<String>,
    unless_online: bool,
    dead_at: Option<i64>,
}

/// A kind of webhook that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of webhook")]
struct UnknownKind;

impl TryFrom<Row> for Webhook {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: WebhookId::try_from(row.id).map_err(unsound)?,
            kind: WebhookKind::named(&row.kind).ok_or_else(|| unsound(UnknownKind))?,
            user: UserId::try_from(row.user).map_err(unsound)?,
            lane: row.lane.map(UserId::try_from).transpose().map_err(unsound)?,
            body: row.body,
            state: if row.dead_at.is_some() { WebhookState::Dead } else { WebhookState::Waiting },
            created_at: Timestamp::from_ms(row.created_at),
            due_at: row.due_at.map(Timestamp::from_ms),
            attempts: u32::try_from(row.attempts).map_err(unsound)?,
            last_error: row.last_error,
            unless_online: row.unless_online,
        })
    }
}

/// Those due, longest due first, and when the next one is.
async fn due(db: &SqlitePool, now: Timestamp, limit: u32) -> sqlx::Result<Due> {
    let now = now.ms();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, kind, user, lane, body, created_at, due_at, attempts, last_error,
               unless_online AS "unless_online: bool", dead_at
           FROM webhooks WHERE due_at <= ? ORDER BY due_at, position LIMIT ?"#,
        now,
        limit
    )
    .fetch_all(db)
    .await?;
    // Asked second: what is put off between the two is seen here, what becomes due is announced.
    let next = sqlx::query_scalar!(
        r#"SELECT min(due_at) AS "next: i64" FROM webhooks WHERE due_at > ?"#,
        now
    )
    .fetch_one(db)
    .await?;
    let webhooks = rows.into_iter().map(Webhook::try_from).collect::<sqlx::Result<_>>()?;
    Ok(Due { webhooks, next: next.map(Timestamp::from_ms) })
}

/// Those in a state, in the order of their making. After one that is gone there are none.
async fn list(
    db: &SqlitePool,
    state: WebhookState,
    after: Option<&WebhookId>,
    limit: u32,
) -> sqlx::Result<Vec<Webhook>> {
    let after = match after {
        None => 0,
        Some(after) => {
            let after = after.as_str();
            let position = sqlx::query_scalar!("SELECT position FROM webhooks WHERE id = ?", after)
                .fetch_optional(db)
                .await?;
            let Some(position) = position else { return Ok(Vec::new()) };
            position
        }
    };
    let dead = state == WebhookState::Dead;
    sqlx::query_as!(
        Row,
        r#"SELECT id, kind, user, lane, body, created_at, due_at, attempts, last_error,
               unless_online AS "unless_online: bool", dead_at
           FROM webhooks WHERE position > ? AND (dead_at IS NOT NULL) = ? ORDER BY position LIMIT ?"#,
        after,
        dead,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Webhook::try_from)
    .collect()
}

/// How many there are.
async fn counts(db: &SqlitePool) -> sqlx::Result<WebhookCounts> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM webhooks) AS "all!: i64",
               (SELECT count(*) FROM webhooks WHERE dead_at IS NOT NULL) AS "dead!: i64""#
    )
    .fetch_one(db)
    .await?;
    let (all, dead) = (row.all.unsigned_abs(), row.dead.unsigned_abs());
    Ok(WebhookCounts { waiting: all - dead, dead })
}

/// Adds some, all or none.
struct Post(Vec<NewWebhook>);

impl Write for Post {
    type Outcome = Vec<NewWebhook>;

    async fn run(&self, _: &mut SqliteConnection) -> sqlx::Result<Vec<NewWebhook>> {
        Ok(self.0.clone())
    }

    fn outbox(outcome: &mut Vec<NewWebhook>) -> OutboxChange {
        let add = std::mem::take(outcome);
        OutboxChange { add, all_or_none: true, ..OutboxChange::default() }
    }
}

/// One that came to an end, or waits again.
struct Settle {
    id: WebhookId,
    settled: Settled,
    now: Timestamp,
}

/// What a write did to the outbox with its own statements.
#[derive(Default)]
struct Changed {
    waiting: i64,
    due: bool,
}

impl Changed {
    fn outbox(&self) -> OutboxChange {
        OutboxChange { waiting: self.waiting, due: self.due, ..OutboxChange::default() }
    }

    /// One no longer waits: the next one of its lane has its turn.
    async fn ended(
        db: &mut SqliteConnection,
        lane: Option<String>,
        now: Timestamp,
    ) -> sqlx::Result<Self> {
        let due = match lane {
            Some(lane) => promote(db, &lane, now).await?,
            None => false,
        };
        Ok(Self { waiting: -1, due })
    }
}

impl Write for Settle {
    type Outcome = Changed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Changed> {
        let id = self.id.as_str();
        let lane = match &self.settled {
            Settled::Done => {
                sqlx::query_scalar!(
                    r#"DELETE FROM webhooks WHERE id = ? AND dead_at IS NULL RETURNING lane AS "lane?""#,
                    id
                )
                .fetch_optional(&mut *db)
                .await?
            }
            Settled::Dead { error } => {
                let now = self.now.ms();
                sqlx::query_scalar!(
                    r#"UPDATE webhooks SET dead_at = ?, due_at = NULL, attempts = attempts + 1, last_error = ?
                       WHERE id = ? AND dead_at IS NULL RETURNING lane AS "lane?""#,
                    now,
                    error,
                    id
                )
                .fetch_optional(&mut *db)
                .await?
            }
            Settled::Again { due_at, error } => {
                let due_at = due_at.ms();
                // One that is no longer the first of its lane keeps waiting for its turn.
                sqlx::query!(
                    "UPDATE webhooks SET not_before = ?1, due_at = CASE WHEN due_at IS NOT NULL THEN ?1 END,
                         attempts = attempts + 1, last_error = ?2
                     WHERE id = ?3 AND dead_at IS NULL",
                    due_at,
                    error,
                    id
                )
                .execute(&mut *db)
                .await?;
                None
            }
        };
        match lane {
            Some(lane) => Changed::ended(db, lane, self.now).await,
            None => Ok(Changed::default()),
        }
    }

    fn outbox(outcome: &mut Changed) -> OutboxChange {
        outcome.outbox()
    }
}

/// Dead ones that one write lets wait again: other writes get their turn in between.
const BATCH: usize = 1000;

/// Lets dead ones wait again, from the first attempt. One of a lane is older than those that wait in it: it goes
/// before them, and one that was due meanwhile goes back behind it.
struct Retry {
    /// All of them without it.
    id: Option<WebhookId>,
    /// Those behind this position.
    after: i64,
    now: Timestamp,
}

struct Retried {
    retried: u64,
    /// The position of the last one, if there may be more.
    last: Option<i64>,
}

impl Write for Retry {
    type Outcome = Retried;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Retried> {
        let (id, now) = (self.id.as_ref().map(WebhookId::as_str), self.now.ms());
        let limit = i64::try_from(BATCH).map_err(unsound)?;
        let rows = sqlx::query!(
            r#"UPDATE webhooks SET dead_at = NULL, attempts = 0, last_error = NULL, not_before = ?1,
                   due_at = ?1
               WHERE position IN
                   (SELECT position FROM webhooks
                    WHERE dead_at IS NOT NULL AND position > ?2 AND (?3 IS NULL OR id = ?3)
                    ORDER BY position LIMIT ?4)
               RETURNING position AS "position!", lane AS "lane?""#,
            now,
            self.after,
            id,
            limit
        )
        .fetch_all(&mut *db)
        .await?;
        let last = rows.iter().map(|row| row.position).max().filter(|_| rows.len() == BATCH);
        let retried = rows.len() as u64;
        let mut lanes: Vec<_> = rows.into_iter().filter_map(|row| row.lane).collect();
        lanes.sort_unstable();
        lanes.dedup();
        for lane in lanes {
            demote(db, &lane).await?;
        }
        Ok(Retried { retried, last })
    }

    fn outbox(outcome: &mut Retried) -> OutboxChange {
        let waiting = i64::try_from(outcome.retried).unwrap_or(i64::MAX);
        OutboxChange { waiting, due: waiting > 0, ..OutboxChange::default() }
    }
}

/// Gives one up, waiting or dead.
struct Remove {
    id: WebhookId,
    now: Timestamp,
}

struct Removed {
    found: bool,
    changed: Changed,
}

impl Write for Remove {
    type Outcome = Removed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Removed> {
        let id = self.id.as_str();
        let gone = sqlx::query!(
            r#"DELETE FROM webhooks WHERE id = ? RETURNING lane AS "lane?", dead_at AS "dead_at?""#,
            id
        )
        .fetch_optional(&mut *db)
        .await?;
        let changed = match &gone {
            Some(gone) if gone.dead_at.is_none() => {
                Changed::ended(db, gone.lane.clone(), self.now).await?
            }
            _ => Changed::default(),
        };
        Ok(Removed { found: gone.is_some(), changed })
    }

    fn outbox(outcome: &mut Removed) -> OutboxChange {
        outcome.changed.outbox()
    }
}
