//! The way into the outbox: room, lanes, cancellation. Used inside the transactions of other writes.

use std::{collections::HashSet, sync::LazyLock};

use outrigger_domain::{
    ids::UserId,
    ports::Posting,
    time::Timestamp,
    webhooks::{NewWebhook, WebhookKind},
};
use sqlx::SqliteConnection;

use crate::many::{AT_ONCE, SHEET, Statement, Values};

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
    /// Cancels and adds what an event or a write asks for, as far as there is room. What is added goes into `pile`.
    pub(crate) async fn post(
        &mut self,
        db: &mut SqliteConnection,
        room: Room,
        pile: &mut Pile,
        posting: Posting,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        for subject in &posting.cancel {
            pile.put(db).await?;
            self.cancel(db, subject, now).await?;
        }
        for new in posting.add {
            let mut room = room;
            room.change(self.waiting);
            if room.has_place(new.kind) {
                pile.add(db, new).await?;
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

/// One is due if nothing waits before it in its lane: neither in the table nor, which `column10` says, among those that are
/// added with it. The places that are left over have no id.
static INSERT: LazyLock<Statement> = LazyLock::new(|| {
    Statement::of(
        "INSERT INTO webhooks (id, kind, user, lane, body, subject, created_at, not_before, due_at, attempts,
             unless_online)
         SELECT column1, column2, column3, column4, column5, column6, column7, column8,
             CASE WHEN column10 AND NOT EXISTS (SELECT 1 FROM webhooks WHERE lane = column4 AND dead_at IS NULL)
                 THEN column8 END,
             0, column9
         FROM",
        10,
        "WHERE column1 IS NOT NULL",
    )
});

/// Webhooks that are to be added, and go into the table together: before anything else is done there, and before the
/// commit.
#[derive(Default)]
pub(crate) struct Pile {
    waiting: Vec<NewWebhook>,
    bytes: usize,
}

impl Pile {
    async fn add(&mut self, db: &mut SqliteConnection, new: NewWebhook) -> sqlx::Result<()> {
        self.bytes += new.body.len();
        self.waiting.push(new);
        if self.waiting.len() == AT_ONCE || self.bytes > SHEET {
            self.put(db).await
        } else {
            Ok(())
        }
    }

    /// Adds them to the table.
    pub(crate) async fn put(&mut self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut lanes = HashSet::new();
        let mut values = Values::default();
        for new in &self.waiting {
            values.add(new.id.as_str())?;
            values.add(new.kind.as_str())?;
            values.add(new.user.as_str())?;
            values.add(new.lane.as_ref().map(UserId::as_str))?;
            values.add(new.body.as_str())?;
            values.add(new.subject.as_deref())?;
            values.add(new.created_at.ms())?;
            values.add(new.due_at.ms())?;
            values.add(new.unless_online)?;
            values.add(new.lane.as_ref().is_none_or(|lane| lanes.insert(lane)))?;
        }
        values.write(db, &INSERT).await?;
        self.forget();
        Ok(())
    }

    /// They were added to a transaction that is no more.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }
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
