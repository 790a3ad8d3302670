//! Figures, kept with every change: what a change adds to them, for its owner and for everyone.

use std::collections::BTreeMap;

use outrigger_domain::{ids::UserId, time::Timestamp, tracking::Tracked};
use sqlx::SqliteConnection;

use super::{known::number, recipients::Kept};
use crate::failure::unsound;

/// Whose figures are those of everyone: no user has such an id.
pub(super) const EVERYONE: &str = "";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Which day it is (UTC), counted from the Unix epoch.
pub(super) fn day(at: Timestamp) -> i64 {
    at.ms().div_euclid(DAY_MS)
}

/// The name of a day, `YYYY-MM-DD`.
pub(super) fn date(day: i64) -> String {
    let mut date = Timestamp::from_ms(day.saturating_mul(DAY_MS)).to_string();
    date.truncate("YYYY-MM-DD".len());
    date
}

/// The name of the month (UTC), `YYYY-MM`.
pub(super) fn month(at: Timestamp) -> String {
    let mut month = at.to_string();
    month.truncate("YYYY-MM".len());
    month
}

/// A sum of costs without the noise of adding them up: six decimals.
pub(super) fn money(sum: f64) -> f64 {
    (sum * 1e6).round() / 1e6
}

/// What a day has more, or less.
#[derive(Default)]
pub(super) struct Day {
    pub(super) contacts: i64,
    sent: i64,
    delivered: i64,
    failed: i64,
}

/// The same of several days.
#[derive(Default)]
pub(super) struct Days(BTreeMap<i64, Day>);

impl Days {
    /// One of them.
    pub(super) fn of(&mut self, day: i64) -> &mut Day {
        self.0.entry(day).or_default()
    }

    /// Takes in what became of a recipient.
    pub(super) fn follow(&mut self, before: Option<&Kept>, now: &Kept) {
        for (kept, more) in before.map(|before| (before, -1)).into_iter().chain([(now, 1)]) {
            for (at, figure) in [
                (kept.recipient.sent_at, (|day| &mut day.sent) as fn(&mut Day) -> &mut i64),
                (kept.recipient.delivered_at, |day| &mut day.delivered),
                (kept.failed_at, |day| &mut day.failed),
            ] {
                if let Some(at) = at {
                    *figure(self.of(day(at))) += more;
                }
            }
        }
    }
}

/// Adds to the figures of days.
pub(super) async fn add_days(
    db: &mut SqliteConnection,
    owner: &UserId,
    days: &Days,
) -> sqlx::Result<()> {
    let nothing = |day: &Day| (day.contacts, day.sent, day.delivered, day.failed) == (0, 0, 0, 0);
    let rows = days.0.iter().filter(|(_, day)| !nothing(day));
    let rows = rows.map(|(n, day)| (n, day.contacts, day.sent, day.delivered, day.failed));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let (owner, rows) = (owner.as_str(), serde_json::to_string(&rows).map_err(unsound)?);
    sqlx::query!(
        "INSERT INTO tracked_days (owner, day, contacts, sent, delivered, failed)
         SELECT whose.owner, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         FROM json_each(?1) JOIN (SELECT ?2 AS owner UNION ALL SELECT ?3) AS whose WHERE true
         ON CONFLICT (owner, day) DO UPDATE SET
             contacts = contacts + excluded.contacts, sent = sent + excluded.sent,
             delivered = delivered + excluded.delivered, failed = failed + excluded.failed",
        rows,
        owner,
        EVERYONE
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What one message is to the figures of its month.
#[derive(Default, PartialEq)]
struct Share {
    recipients: i64,
    success: i64,
    failed: i64,
    handed: i64,
    delivered: i64,
    cost: f64,
}

impl Share {
    fn of(tracked: &Tracked) -> Self {
        let counts = &tracked.counts;
        Self {
            recipients: number(tracked.total_recipients()),
            success: number(tracked.success_count().unwrap_or_default()),
            failed: number(tracked.failed_count().unwrap_or_default()),
            handed: number(counts.sent + counts.delivered + counts.failed + counts.bounced),
            delivered: number(counts.delivered),
            cost: tracked.total_cost().unwrap_or_default(),
        }
    }
}

/// Takes in what a message is now, and was before, if it was known.
pub(super) async fn follow(
    db: &mut SqliteConnection,
    before: Option<&Tracked>,
    now: &Tracked,
) -> sqlx::Result<()> {
    // It stays in the month in which it was first told of.
    let (owner, month) = (now.owner.as_str(), month(now.created_at));
    let (was, is) = (before.map(Share::of).unwrap_or_default(), Share::of(now));
    if before.is_none() || was != is {
        let messages = i64::from(before.is_none());
        let (recipients, success) = (is.recipients - was.recipients, is.success - was.success);
        let (failed, handed) = (is.failed - was.failed, is.handed - was.handed);
        let (delivered, cost) = (is.delivered - was.delivered, is.cost - was.cost);
        sqlx::query!(
            "INSERT INTO tracked_months (owner, month, messages, recipients, success, failed, handed, delivered, cost)
             SELECT value, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
             FROM (SELECT ?1 AS value UNION ALL SELECT ?2) WHERE true
             ON CONFLICT (owner, month) DO UPDATE SET
                 messages = messages + excluded.messages, recipients = recipients + excluded.recipients,
                 success = success + excluded.success, failed = failed + excluded.failed,
                 handed = handed + excluded.handed, delivered = delivered + excluded.delivered,
                 cost = cost + excluded.cost",
            owner,
            EVERYONE,
            month,
            messages,
            recipients,
            success,
            failed,
            handed,
            delivered,
            cost
        )
        .execute(&mut *db)
        .await?;
    }
    let was = before.and_then(|before| before.template.as_deref());
    let is = now.template.as_deref();
    if was != is {
        for (template, more) in [(was, -1_i64), (is, 1)] {
            let Some(template) = template else { continue };
            add_template(&mut *db, owner, &month, template, more).await?;
        }
    }
    Ok(())
}

async fn add_template(
    db: &mut SqliteConnection,
    owner: &str,
    month: &str,
    template: &str,
    more: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO tracked_templates (owner, month, template, messages)
         SELECT value, ?3, ?4, ?5 FROM (SELECT ?1 AS value UNION ALL SELECT ?2) WHERE true
         ON CONFLICT (owner, month, template) DO UPDATE SET messages = messages + excluded.messages",
        owner,
        EVERYONE,
        month,
        template,
        more
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many messages a user has.
pub(super) async fn messages(db: &mut SqliteConnection, owner: &str) -> sqlx::Result<u64> {
    let messages = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(messages), 0) AS "messages!: i64" FROM tracked_months WHERE owner = ?"#,
        owner
    )
    .fetch_one(db)
    .await?;
    Ok(messages.unsigned_abs())
}
