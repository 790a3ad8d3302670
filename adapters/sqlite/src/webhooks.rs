//! Webhooks as they are read, and the port, method by method.

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
    outbox::OutboxChange,
    settling::{Remove, Retry, Settle},
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
        let (id, settled, most_dead) = (id.clone(), settled.clone(), self.most_dead);
        let settle = Settle { id, settled, now, most_dead };
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
