//! A message sent to many, as its row has it.

use outrigger_domain::{
    ids::{TrackedId, UserId},
    time::Timestamp,
    tracking::{Counts, RecipientStatus, Tracked, TrackedStatus},
};

use crate::failure::unsound;

/// A row has a status that nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("unknown status of a message or recipient")]
struct UnknownStatus;

/// A message that has a row.
pub(super) struct Known {
    /// Which row.
    pub(super) position: i64,
    /// What it says.
    pub(super) tracked: Tracked,
}

/// A row of `tracked`.
pub(super) struct Row {
    pub(super) position: i64,
    pub(super) id: String,
    pub(super) owner: String,
    pub(super) status: String,
    pub(super) subject: Option<String>,
    pub(super) content: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) template: Option<String>,
    pub(super) total: Option<i64>,
    pub(super) pending: i64,
    pub(super) sending: i64,
    pub(super) sent: i64,
    pub(super) delivered: i64,
    pub(super) failed: i64,
    pub(super) bounced: i64,
    pub(super) reported_success: Option<i64>,
    pub(super) reported_failed: Option<i64>,
    pub(super) cost: Option<f64>,
    pub(super) recipients_cost: Option<f64>,
    pub(super) scheduled_at: Option<i64>,
    pub(super) sent_at: Option<i64>,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) revision: i64,
}

impl TryFrom<Row> for Known {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let reported = |n: Option<i64>| n.map(i64::unsigned_abs);
        Ok(Self {
            position: row.position,
            tracked: Tracked {
                id: TrackedId::try_from(row.id).map_err(unsound)?,
                owner: UserId::try_from(row.owner).map_err(unsound)?,
                status: message_status(&row.status)?,
                subject: row.subject,
                content: row.content,
                kind: row.kind,
                template: row.template,
                total: reported(row.total),
                counts: Counts {
                    pending: row.pending.unsigned_abs(),
                    sending: row.sending.unsigned_abs(),
                    sent: row.sent.unsigned_abs(),
                    delivered: row.delivered.unsigned_abs(),
                    failed: row.failed.unsigned_abs(),
                    bounced: row.bounced.unsigned_abs(),
                },
                reported: (reported(row.reported_success), reported(row.reported_failed)),
                cost: row.cost,
                recipients_cost: row.recipients_cost,
                scheduled_at: row.scheduled_at.map(Timestamp::from_ms),
                sent_at: row.sent_at.map(Timestamp::from_ms),
                created_at: Timestamp::from_ms(row.created_at),
                updated_at: Timestamp::from_ms(row.updated_at),
                revision: row.revision.unsigned_abs(),
            },
        })
    }
}

/// How far a message has come, from its row.
pub(super) fn message_status(word: &str) -> sqlx::Result<TrackedStatus> {
    TrackedStatus::named(word).ok_or_else(|| unsound(UnknownStatus))
}

/// How far a recipient has come, from its row.
pub(super) fn recipient_status(word: &str) -> sqlx::Result<RecipientStatus> {
    RecipientStatus::named(word).ok_or_else(|| unsound(UnknownStatus))
}

/// A number as SQLite takes it.
pub(super) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
