//! Figures, as they are shown. All that one call gives are of the same moment.

use outrigger_domain::{
    ids::UserId,
    time::Timestamp,
    tracking::{
        DailyCount, DailyOutcome, Dashboard, MessageStats, RecentMessage, TemplateUse, Usage,
    },
};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    figures::{self, EVERYONE, money},
    known::message_status,
};

/// Days that lists by day cover, today included.
const DAYS: i64 = 30;

fn whose(owner: Option<&UserId>) -> &str {
    owner.map_or(EVERYONE, UserId::as_str)
}

/// Figures of a user's messages, or of everyone's.
pub(super) async fn dashboard(
    db: &SqlitePool,
    owner: Option<&UserId>,
    now: Timestamp,
) -> sqlx::Result<Dashboard> {
    let today = figures::day(now);
    let (whose, begin) = (whose(owner), today - DAYS + 1);
    let mut moment = db.begin().await?;
    let months = sqlx::query!(
        r#"SELECT coalesce(sum(messages), 0) AS "messages!: i64", coalesce(sum(handed), 0) AS "handed!: i64",
               coalesce(sum(delivered), 0) AS "delivered!: i64", coalesce(sum(cost), 0.0) AS "cost!: f64"
           FROM tracked_months WHERE owner = ?"#,
        whose
    )
    .fetch_one(&mut *moment)
    .await?;
    let total_contacts = contacts(&mut moment, whose, 0, i64::MAX).await?;
    let days = sqlx::query!(
        "SELECT day, contacts, sent, delivered, failed FROM tracked_days
         WHERE owner = ? AND day BETWEEN ? AND ? ORDER BY day",
        whose,
        begin,
        today
    )
    .fetch_all(&mut *moment)
    .await?;
    let recent_messages = recent(&mut moment, owner).await?;
    moment.commit().await?;

    let mut shown = Dashboard {
        total_contacts,
        total_messages: months.messages.unsigned_abs(),
        delivery_rate: rate(months.delivered, months.handed),
        total_cost: money(months.cost),
        recent_messages,
        ..Dashboard::default()
    };
    for day in days {
        let count = day.contacts.unsigned_abs();
        let (sent, failed) = (day.sent.unsigned_abs(), day.failed.unsigned_abs());
        let delivered = day.delivered.unsigned_abs();
        if day.day == today {
            shown.messages_sent_today = sent;
        }
        let date = figures::date(day.day);
        if sent + delivered + failed > 0 {
            let date = date.clone();
            shown.message_stats.push(DailyOutcome { date, sent, delivered, failed });
        }
        if count > 0 {
            shown.contact_growth.push(DailyCount { date, count });
        }
    }
    Ok(shown)
}

/// So many of a hundred, with two decimals.
fn rate(part: i64, whole: i64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer recipients than 2^52")]
    let rate = part as f64 * 100.0 / whole as f64;
    (rate * 100.0).round() / 100.0
}

/// Contacts first seen on these days.
async fn contacts(
    db: &mut SqliteConnection,
    whose: &str,
    begin: i64,
    end: i64,
) -> sqlx::Result<u64> {
    let contacts = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(contacts), 0) AS "contacts!: i64"
           FROM tracked_days WHERE owner = ? AND day BETWEEN ? AND ?"#,
        whose,
        begin,
        end
    )
    .fetch_one(db)
    .await?;
    Ok(contacts.unsigned_abs())
}

struct Brief {
    id: String,
    content: Option<String>,
    status: String,
    recipients: i64,
    sent_at: Option<i64>,
    created_at: i64,
}

/// The five messages told of last, latest first.
async fn recent(
    db: &mut SqliteConnection,
    owner: Option<&UserId>,
) -> sqlx::Result<Vec<RecentMessage>> {
    // Two queries, so that each one walks the index made for it.
    let rows = if let Some(owner) = owner.map(UserId::as_str) {
        sqlx::query_as!(
            Brief,
            r#"SELECT id, content, status, sent_at, created_at,
                   max(coalesce(total, 0), pending + sending + sent + delivered + failed + bounced)
                       AS "recipients!: i64"
               FROM tracked WHERE owner = ? ORDER BY created_at DESC, position DESC LIMIT 5"#,
            owner
        )
        .fetch_all(db)
        .await?
    } else {
        sqlx::query_as!(
            Brief,
            r#"SELECT id, content, status, sent_at, created_at,
                   max(coalesce(total, 0), pending + sending + sent + delivered + failed + bounced)
                       AS "recipients!: i64"
               FROM tracked ORDER BY created_at DESC, position DESC LIMIT 5"#
        )
        .fetch_all(db)
        .await?
    };
    rows.into_iter()
        .map(|brief| {
            Ok(RecentMessage {
                id: brief.id,
                content: brief.content.unwrap_or_default(),
                status: message_status(&brief.status)?.as_str(),
                total_recipients: brief.recipients.unsigned_abs(),
                sent_at: brief.sent_at.map(Timestamp::from_ms),
                created_at: Timestamp::from_ms(brief.created_at),
            })
        })
        .collect()
}

/// Sums of a user's messages, or of everyone's.
pub(super) async fn message_stats(
    db: &SqlitePool,
    owner: Option<&UserId>,
) -> sqlx::Result<MessageStats> {
    let whose = whose(owner);
    let sums = sqlx::query!(
        r#"SELECT coalesce(sum(messages), 0) AS "messages!: i64", coalesce(sum(recipients), 0) AS "recipients!: i64",
               coalesce(sum(success), 0) AS "success!: i64", coalesce(sum(failed), 0) AS "failed!: i64",
               coalesce(sum(cost), 0.0) AS "cost!: f64"
           FROM tracked_months WHERE owner = ?"#,
        whose
    )
    .fetch_one(db)
    .await?;
    Ok(MessageStats {
        total_messages: sums.messages.unsigned_abs(),
        total_recipients: sums.recipients.unsigned_abs(),
        total_success: sums.success.unsigned_abs(),
        total_failed: sums.failed.unsigned_abs(),
        total_cost: money(sums.cost),
    })
}

/// What a user, or everyone, used in the month.
pub(super) async fn usage(
    db: &SqlitePool,
    owner: Option<&UserId>,
    now: Timestamp,
) -> sqlx::Result<Usage> {
    let (whose, month) = (whose(owner), figures::month(now));
    let begin = Timestamp::parse(&format!("{month}-01T00:00:00Z")).unwrap_or_default();
    let mut moment = db.begin().await?;
    let sums = sqlx::query!(
        "SELECT recipients, cost FROM tracked_months WHERE owner = ? AND month = ?",
        whose,
        month
    )
    .fetch_optional(&mut *moment)
    .await?;
    let (begin, end) = (figures::day(begin), figures::day(now));
    let monthly_contacts = contacts(&mut moment, whose, begin, end).await?;
    let templates = sqlx::query!(
        "SELECT template, messages FROM tracked_templates
         WHERE owner = ? AND month = ? AND messages > 0 ORDER BY messages DESC, template LIMIT 5",
        whose,
        month
    )
    .fetch_all(&mut *moment)
    .await?;
    moment.commit().await?;
    let shown = |id: String, messages: i64| TemplateUse {
        name: id.clone(),
        id,
        usage_count: messages.unsigned_abs(),
        category: None,
    };
    Ok(Usage {
        monthly_messages: sums.as_ref().map_or(0, |sums| sums.recipients.unsigned_abs()),
        monthly_contacts,
        monthly_spend: sums.map_or(0.0, |sums| money(sums.cost)),
        top_templates: templates.into_iter().map(|t| shown(t.template, t.messages)).collect(),
    })
}
