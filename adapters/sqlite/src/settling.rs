//! What becomes of a webhook: settled, tried again from the beginning, given up.

use outrigger_domain::{ids::WebhookId, time::Timestamp, webhooks::Settled};
use sqlx::SqliteConnection;

use crate::{
    failure::unsound,
    outbox::{OutboxChange, demote, promote},
    writer::Write,
};

/// One that came to an end, or waits again.
pub(crate) struct Settle {
    pub(crate) id: WebhookId,
    pub(crate) settled: Settled,
    pub(crate) now: Timestamp,
    /// Dead ones that are kept.
    pub(crate) most_dead: i64,
}

/// What a write did to the outbox with its own statements.
#[derive(Default)]
pub(crate) struct Changed {
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

impl Settle {
    /// One died: the oldest dead one beyond the limit goes.
    async fn forget_oldest(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "DELETE FROM webhooks WHERE position IN
                 (SELECT position FROM webhooks WHERE dead_at IS NOT NULL
                  ORDER BY dead_at DESC, position DESC LIMIT 1 OFFSET ?)",
            self.most_dead
        )
        .execute(db)
        .await?;
        Ok(())
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
                let lane = sqlx::query_scalar!(
                    r#"UPDATE webhooks SET dead_at = ?, due_at = NULL, attempts = attempts + 1, last_error = ?
                       WHERE id = ? AND dead_at IS NULL RETURNING lane AS "lane?""#,
                    now,
                    error,
                    id
                )
                .fetch_optional(&mut *db)
                .await?;
                self.forget_oldest(db).await?;
                lane
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
pub(crate) struct Retry {
    /// All of them without it.
    pub(crate) id: Option<WebhookId>,
    /// Those behind this position.
    pub(crate) after: i64,
    pub(crate) now: Timestamp,
}

/// What became of the dead.
pub(crate) struct Retried {
    pub(crate) retried: u64,
    /// The position of the last one, if there may be more.
    pub(crate) last: Option<i64>,
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
pub(crate) struct Remove {
    pub(crate) id: WebhookId,
    pub(crate) now: Timestamp,
}

/// What became of one that was given up.
pub(crate) struct Removed {
    pub(crate) found: bool,
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
