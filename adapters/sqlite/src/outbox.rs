//! The way into the outbox: room, lanes, cancellation. Used inside the transactions of other writes.

use outrigger_domain::{
    ids::UserId,
    ports::Posting,
    time::Timestamp,
    webhooks::{NewWebhook, WebhookKind},
};
use sqlx::SqliteConnection;

/// What a write wants added to the outbox, and what it did to it by itself.
#[derive(Debug, Default)]
pub(crate) struct OutboxChange {
    /// Webhooks that belong to no event.
    pub(crate) add: Vec<NewWebhook>,
    /// Whether the write fails if there is no room for all of them. Only for a write without statements of its
    /// own: there is nothing to undo then.
    pub(crate) all_or_none: bool,
    /// How many more wait because of the statements of the write.
    pub(crate) waiting: i64,
    /// Whether these statements made one due.
    pub(crate) due: bool,
}

/// What a write did to the outbox in the end.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    /// How many more wait.
    pub(crate) waiting: i64,
    /// Whether something can be sent that could not before.
    pub(crate) due: bool,
    /// Those for which there was no room.
    pub(crate) left_out: Vec<WebhookKind>,
}

/// How many webhooks may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    limit: u64,
    waiting: u64,
}

impl Room {
    /// Room for `limit`, all of it free.
    pub(crate) fn of(limit: u64) -> Self {
        Self { limit, waiting: 0 }
    }

    /// So many wait.
    pub(crate) fn count(&mut self, waiting: u64) {
        self.waiting = waiting;
    }

    /// Some came or went.
    pub(crate) fn change(&mut self, waiting: i64) {
        self.waiting = self.waiting.saturating_add_signed(waiting);
    }

    /// Whether there is room for one more of this kind: those that yield leave the last fifth to the others.
    fn has_place(self, kind: WebhookKind) -> bool {
        let limit = if kind.yields() { self.limit - self.limit / 5 } else { self.limit };
        self.waiting < limit
    }

    /// Whether there is room for all of these.
    pub(crate) fn has_places(mut self, all: &[NewWebhook]) -> bool {
        all.iter().all(|new| {
            let has_place = self.has_place(new.kind);
            self.change(1);
            has_place
        })
    }
}

impl Posted {
    /// Cancels and adds what an event or a write asks for, as far as there is room.
    pub(crate) async fn post(
        &mut self,
        db: &mut SqliteConnection,
        room: Room,
        posting: &Posting,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        for subject in &posting.cancel {
            self.cancel(db, subject, now).await?;
        }
        for new in &posting.add {
            let mut room = room;
            room.change(self.waiting);
            if room.has_place(new.kind) {
                add(db, new).await?;
                self.waiting += 1;
                self.due = true;
            } else {
                self.left_out.push(new.kind);
            }
        }
        Ok(())
    }

    /// Gives up whatever waits with this subject.
    async fn cancel(
        &mut self,
        db: &mut SqliteConnection,
        subject: &str,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        let gone = sqlx::query!(
            r#"DELETE FROM webhooks WHERE subject = ? AND dead_at IS NULL
               RETURNING lane AS "lane?", due_at AS "due_at?""#,
            subject
        )
        .fetch_all(&mut *db)
        .await?;
        for gone in &gone {
            self.waiting -= 1;
            if let (Some(lane), Some(_)) = (&gone.lane, gone.due_at) {
                self.due |= promote(db, lane, now).await?;
            }
        }
        Ok(())
    }
}

/// Adds one: due if nothing waits before it in its lane.
async fn add(db: &mut SqliteConnection, new: &NewWebhook) -> sqlx::Result<()> {
    let (id, user) = (new.id.as_str(), new.user.as_str());
    let kind = new.kind.as_str();
    let lane = new.lane.as_ref().map(UserId::as_str);
    let (created_at, due_at) = (new.created_at.ms(), new.due_at.ms());
    sqlx::query!(
        "INSERT INTO webhooks (id, kind, user, lane, body, subject, created_at, not_before, due_at, attempts,
             unless_online)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
             CASE WHEN NOT EXISTS (SELECT 1 FROM webhooks WHERE lane = ?4 AND dead_at IS NULL) THEN ?8 END,
             0, ?9)",
        id,
        kind,
        user,
        lane,
        new.body,
        new.subject,
        created_at,
        due_at,
        new.unless_online
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes the first one of a lane due, if it is not; says whether it was made so.
pub(crate) async fn promote(
    db: &mut SqliteConnection,
    lane: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let now = now.ms();
    let promoted = sqlx::query!(
        "UPDATE webhooks SET due_at = max(not_before, ?2)
         WHERE due_at IS NULL AND position =
             (SELECT position FROM webhooks WHERE lane = ?1 AND dead_at IS NULL ORDER BY position LIMIT 1)",
        lane,
        now
    )
    .execute(db)
    .await?
    .rows_affected();
    Ok(promoted > 0)
}

/// Lets those behind the first one of a lane wait again: it was put before them.
pub(crate) async fn demote(db: &mut SqliteConnection, lane: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE webhooks SET due_at = NULL
         WHERE lane = ?1 AND dead_at IS NULL AND due_at IS NOT NULL AND position >
             (SELECT position FROM webhooks WHERE lane = ?1 AND dead_at IS NULL ORDER BY position LIMIT 1)",
        lane
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many wait.
pub(crate) async fn waiting(db: &mut SqliteConnection) -> sqlx::Result<u64> {
    let waiting = sqlx::query_scalar!("SELECT count(*) FROM webhooks WHERE dead_at IS NULL")
        .fetch_one(db)
        .await?;
    Ok(waiting.unsigned_abs())
}
