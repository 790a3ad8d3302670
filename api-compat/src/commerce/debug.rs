//! Events and errors counted since the start, or since an admin began anew (`contracts/commerce.md` section 4).

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use outrigger_domain::commerce::DebugStats;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    answer::{Answer, done, found},
    body::{Body, flag},
    caller::{Act, Allowed, Inspect},
};
use crate::{error::Refusal, state::CommerceState};

/// An event, and how often it came.
#[derive(Serialize)]
pub(super) struct EventCount {
    event: String,
    count: u64,
}

/// What was counted; `uptime` in seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counters {
    uptime: u64,
    total_events: u64,
    events_per_minute: f64,
    event_counts: BTreeMap<String, u64>,
    error_counts: BTreeMap<String, u64>,
    top_events: Vec<EventCount>,
    debug_enabled: bool,
}

impl From<DebugStats> for Counters {
    fn from(stats: DebugStats) -> Self {
        let top = stats.top_events.into_iter();
        Self {
            uptime: stats.uptime_secs,
            total_events: stats.total_events,
            events_per_minute: stats.events_per_minute,
            event_counts: stats.event_counts,
            error_counts: stats.error_counts,
            top_events: top.map(|(event, count)| EventCount { event, count }).collect(),
            debug_enabled: stats.debug_enabled,
        }
    }
}

/// `GET /api/socket/debug/stats`.
pub(super) async fn stats(
    _: Allowed<Inspect>,
    State(CommerceState { debug, .. }): State<CommerceState>,
) -> Json<Answer<Counters>> {
    found(debug.snapshot().into())
}

/// `POST /api/socket/debug/reset`.
pub(super) async fn reset(
    _: Allowed<Act>,
    State(CommerceState { debug, .. }): State<CommerceState>,
) -> Json<Value> {
    debug.reset();
    Json(json!({ "success": true, "message": "Debug statistics reset successfully" }))
}

#[derive(Deserialize)]
pub(super) struct Toggle {
    enabled: Option<Value>,
}

/// Whether each event is logged from now on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Toggled {
    debug_enabled: bool,
}

/// `POST /api/socket/debug/toggle`.
pub(super) async fn toggle(
    _: Allowed<Act>,
    State(CommerceState { debug, .. }): State<CommerceState>,
    Body(Toggle { enabled }): Body<Toggle>,
) -> Result<Json<Answer<Toggled>>, Refusal> {
    let debug_enabled = flag("enabled", enabled)?;
    debug.toggle(debug_enabled);
    let message = if debug_enabled { "Debug mode enabled" } else { "Debug mode disabled" };
    Ok(done(message, Toggled { debug_enabled }))
}
