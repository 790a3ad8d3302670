//! Figures of a user's messages, computed from the store (`contracts/tracking.md` section 3, `analytics_update`).

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use ts_rs::TS;

use crate::time::Timestamp;

/// Which figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnalyticsKind {
    /// [`Dashboard`].
    Dashboard,
    /// [`MessageStats`].
    Messages,
    /// [`Usage`].
    Usage,
}

impl AnalyticsKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dashboard, Self::Messages, Self::Usage];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard_stats",
            Self::Messages => "message_stats",
            Self::Usage => "usage_stats",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Figures on their way to those who subscribed to them.
#[derive(Debug, Clone)]
pub struct Analytics {
    /// Which.
    pub kind: AnalyticsKind,
    /// The figures, as JSON: ours, or what the app gave.
    pub data: Arc<RawValue>,
    /// Whether they are of everyone, for admins.
    pub global: bool,
}

/// `message_stats`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageStats {
    /// Messages.
    pub total_messages: u64,
    /// Those they go to.
    pub total_recipients: u64,
    /// Of them those who have got it.
    pub total_success: u64,
    /// Of them those who will not.
    pub total_failed: u64,
    /// What they cost.
    pub total_cost: f64,
}

/// How many on one day (UTC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DailyCount {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// How many.
    pub count: u64,
}

/// What became of messages on one day (UTC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DailyOutcome {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Recipients whose provider had it on that day.
    pub sent: u64,
    /// To whom it arrived on that day.
    pub delivered: u64,
    /// For whom it failed on that day.
    pub failed: u64,
}

/// A message in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecentMessage {
    /// The app's id.
    pub id: String,
    /// What it says; empty if the app never told.
    pub content: String,
    /// How far it has come.
    pub status: &'static str,
    /// How many it goes to.
    pub total_recipients: u64,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was first told of.
    pub created_at: Timestamp,
}

/// `dashboard_stats`; lists by day cover 30 days, today included, days without anything left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    /// Different recipients, by number (else address, else id).
    pub total_contacts: u64,
    /// Messages.
    pub total_messages: u64,
    /// Recipients whose provider had it today (UTC).
    pub messages_sent_today: u64,
    /// Of a hundred recipients with a final status or one at the provider, so many got it; two decimals.
    pub delivery_rate: f64,
    /// What all of them cost.
    pub total_cost: f64,
    /// The five told of last, latest first.
    pub recent_messages: Vec<RecentMessage>,
    /// Recipients by the day on which they were first seen.
    pub contact_growth: Vec<DailyCount>,
    /// Outcomes by day.
    pub message_stats: Vec<DailyOutcome>,
}

/// A template, by how often messages were made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateUse {
    /// The app's id.
    pub id: String,
    /// The same: only the app knows its name.
    pub name: String,
    /// Messages.
    pub usage_count: u64,
    /// Nothing is known of it.
    pub category: Option<String>,
}

/// `usage_stats`: of the current month (UTC).
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Recipients of messages told of this month.
    pub monthly_messages: u64,
    /// Different ones first seen this month.
    pub monthly_contacts: u64,
    /// What the messages of this month cost.
    pub monthly_spend: f64,
    /// The five used most.
    pub top_templates: Vec<TemplateUse>,
}
