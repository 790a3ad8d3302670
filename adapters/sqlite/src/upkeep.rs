//! Forgetting what is past its use, and signs of life.

use std::time::Duration;

use outrigger_domain::{ids::UserId, ports::Horizon, time::Timestamp};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, mails, quiz, support, writer::Write};

/// Rows that one write deletes of each kind: others get their turn in between.
const BATCH: i64 = 1000;
/// Notices to many are kept so long: 7 days.
const KEEP_NOTICES: Duration = Duration::from_secs(7 * 24 * 3600);

/// Deletes a part of what is past its use; gives whether there may be more.
pub(crate) struct Prune(pub(crate) Horizon);

impl Write for Prune {
    type Outcome = bool;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let now = self.0.now.ms();
        let revocations = sqlx::query!(
            "DELETE FROM revocations WHERE (kind, subject, device) IN
                 (SELECT kind, subject, device FROM revocations WHERE until <= ? LIMIT ?)",
            now,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.0.answers.ms();
        let answers = sqlx::query!(
            "DELETE FROM kept_answers WHERE rowid IN
                 (SELECT rowid FROM kept_answers WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let keys = sqlx::query!(
            "DELETE FROM recorded WHERE key IN (SELECT key FROM recorded WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.0.audit.ms();
        let entries = sqlx::query!(
            "DELETE FROM audit WHERE position IN (SELECT position FROM audit WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let deleted = sqlx::query!(
            "DELETE FROM deleted_messages WHERE id IN
                 (SELECT id FROM deleted_messages WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let sockets = sqlx::query!(
            "DELETE FROM socket_audit WHERE position IN
                 (SELECT position FROM socket_audit WHERE at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.0.now.minus(KEEP_NOTICES).ms();
        let notices = sqlx::query!(
            "DELETE FROM notices WHERE position IN
                 (SELECT position FROM notices WHERE created_at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let before = self.0.dead_webhooks.ms();
        let webhooks = sqlx::query!(
            "DELETE FROM webhooks WHERE position IN
                 (SELECT position FROM webhooks WHERE dead_at < ? LIMIT ?)",
            before,
            BATCH
        )
        .execute(&mut *db)
        .await?;
        let mut is_more = false;
        is_more |= quiz::prune(&mut *db, self.0.now, BATCH).await?;
        is_more |= support::prune(&mut *db, self.0.now, BATCH).await?;
        is_more |= mails::prune(&mut *db, self.0.now, BATCH).await?;
        // One row for each process there ever was; the leases know which are still meant.
        sqlx::query!("DELETE FROM nodes WHERE node NOT IN (SELECT node FROM leases)")
            .execute(db)
            .await?;
        let batch = BATCH.unsigned_abs();
        let done = [revocations, answers, keys, entries, deleted, sockets, notices, webhooks];
        Ok(is_more || done.iter().any(|done| done.rows_affected() >= batch))
    }
}

/// Users whose feeds one look finds at most.
const FEEDS: usize = 100;

/// Feeds that begin with something older than `before` and hold more than that, of users after one of them. Gives
/// whether there may be more behind them.
///
/// Goes from user to user, two steps down the table for each: other rows are not touched.
pub(crate) async fn stale_feeds(
    db: &SqlitePool,
    before: Timestamp,
    after: Option<&UserId>,
) -> sqlx::Result<(Vec<UserId>, bool)> {
    let before = before.ms();
    // No id is empty, so every one comes after "".
    let after = after.map_or("", UserId::as_str);
    let limit = i64::try_from(FEEDS).map_err(unsound)?;
    let found = sqlx::query_scalar!(
        r#"WITH RECURSIVE users (user) AS (
               SELECT (SELECT user FROM feed WHERE user > ?1 ORDER BY user LIMIT 1)
               UNION ALL
               SELECT (SELECT feed.user FROM feed WHERE feed.user > users.user ORDER BY feed.user LIMIT 1)
               FROM users WHERE users.user IS NOT NULL)
           SELECT user AS "user!: String" FROM users
           WHERE user IS NOT NULL
               AND (SELECT at FROM feed WHERE feed.user = users.user ORDER BY seq LIMIT 1) < ?2
               AND (SELECT count(*) FROM (SELECT 1 FROM feed WHERE feed.user = users.user LIMIT 2)) > 1
           LIMIT ?3"#,
        after,
        before,
        limit
    )
    .fetch_all(db)
    .await?;
    let more = found.len() == FEEDS;
    let users = found.into_iter().map(|user| UserId::try_from(user).map_err(unsound));
    Ok((users.collect::<sqlx::Result<_>>()?, more))
}

/// Deletes a part of what is too old at the beginning of feeds.
pub(crate) struct PruneFeeds {
    pub(crate) users: Vec<UserId>,
    pub(crate) before: Timestamp,
}

impl Write for PruneFeeds {
    /// The users that are left to be looked at.
    type Outcome = Vec<UserId>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Vec<UserId>> {
        let before = self.before.ms();
        let mut users = self.users.clone();
        let mut room = BATCH;
        while room > 0
            && let Some(user) = users.last()
        {
            let user = user.as_str();
            // Up to the first that is young enough, or the last of all: what is old behind it stays.
            let gone = sqlx::query!(
                "DELETE FROM feed WHERE user = ?1
                     AND seq < (SELECT min(seq) FROM feed WHERE user = ?1) + ?3
                     AND seq < (SELECT max(seq) FROM feed WHERE user = ?1)
                     AND seq < coalesce(
                         (SELECT seq FROM feed WHERE user = ?1 AND at >= ?2 ORDER BY seq LIMIT 1),
                         9223372036854775807)",
                user,
                before,
                room
            )
            .execute(&mut *db)
            .await?
            .rows_affected();
            room -= i64::try_from(gone).map_err(unsound)?;
            if room > 0 {
                users.pop();
            }
        }
        Ok(users)
    }
}

/// Writes a heartbeat; gives its number.
pub(crate) struct Beat;

impl Write for Beat {
    type Outcome = i64;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<i64> {
        sqlx::query_scalar!(r#"UPDATE heartbeat SET beats = beats + 1 RETURNING beats AS "beats!""#)
            .fetch_one(db)
            .await
    }
}

/// The number of the last heartbeat.
pub(crate) async fn last_beat(db: &SqlitePool) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT beats FROM heartbeat").fetch_one(db).await
}
