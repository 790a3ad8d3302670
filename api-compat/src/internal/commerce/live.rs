//! What changes all the time: `getLiveStatsAndBroadcast`, `throttledEmit`.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{actor::Role, events::Audience, ids::UserId, outreach::Outreach};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    commerce::CONTRACT,
    error::Refusal,
    internal::{
        emission::{null, refuse},
        notify::check_data,
        payload::Payload,
        room_names,
        shapes::{Emitted, ErrorBody, Id, role},
    },
    state::CommerceState,
};

/// Longest while in which an event is told once, in milliseconds: an hour.
const MAX_EVERY_MS: u64 = 3_600_000;

/// What admins are told the app's figures as.
const FIGURES_EVENT: &str = "dashboard:stats:update";

/// The app's own figures.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct DashboardFigures {
    /// An object, given on as it is.
    #[schema(value_type = Object)]
    stats: Box<RawValue>,
}

/// Tells admins the app's own figures (`dashboard:stats:update`), now and every 30 seconds until there are others.
#[utoipa::path(post, path = "/internal/commerce/dashboard-stats", tag = "commerce",
    operation_id = "give_dashboard_stats", request_body = DashboardFigures,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn give_figures(
    State(CommerceState { bulletins, .. }): State<CommerceState>,
    State(outreach): State<Arc<Outreach>>,
    Payload(DashboardFigures { stats }): Payload<DashboardFigures>,
) -> Result<Emitted, Refusal> {
    if !stats.get().starts_with('{') {
        return Err(Refusal::field("stats", "stats must be an object"));
    }
    check_data("stats", stats.get().len())?;
    // What fits into no packet would be lost every 30 seconds.
    outreach.check(FIGURES_EVENT, &stats).map_err(refuse)?;
    Ok(bulletins.give(stats.into()).await.into())
}

/// An event of which the last one in a while counts, for one of `role`, `userId` and `room`; for admins if none is given.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ThrottledEvent {
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Once in so many milliseconds, at most an hour; if absent what the contract says, else 1000.
    every_ms: Option<u64>,
    /// For everyone with exactly this role.
    role: Option<String>,
    /// For this user.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
    /// For this room, as clients of the contract spell it.
    room: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Throttled {
    /// Always true.
    success: bool,
    /// Whether it was told at once; otherwise it is told at the end of the while, unless another one takes its place.
    at_once: bool,
}

fn audience(
    word: Option<&str>,
    user: Option<UserId>,
    room: Option<&str>,
) -> Result<Audience, Refusal> {
    match (word, user, room) {
        (None, None, None) => Ok(Audience::Role(Role::Admin)),
        (Some(word), None, None) => role(word).map(Audience::Role),
        (None, Some(user), None) => Ok(Audience::User(user)),
        (None, None, Some(room)) => room_names::audience(room, Some(CONTRACT)),
        _ => {
            let text = "give at most one of role, userId, and room";
            Err(Refusal::error(StatusCode::BAD_REQUEST, text))
        }
    }
}

/// Sends an event of which more come than anybody reads: the first at once, then the last one at the end of each while
/// (`throttledEmit`).
#[utoipa::path(post, path = "/internal/commerce/throttled", tag = "commerce", operation_id = "send_throttled",
    request_body = ThrottledEvent,
    responses((status = 200, body = Throttled), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn send_throttled(
    State(CommerceState { throttle, .. }): State<CommerceState>,
    Payload(sent): Payload<ThrottledEvent>,
) -> Result<Json<Throttled>, Refusal> {
    let ThrottledEvent { event, data, every_ms, role, user_id, room } = sent;
    if every_ms.is_some_and(|every| !(1..=MAX_EVERY_MS).contains(&every)) {
        let text = format!("everyMs must be a whole number from 1 to {MAX_EVERY_MS}");
        return Err(Refusal::field("everyMs", text));
    }
    let audience = audience(role.as_deref(), user_id, room.as_deref())?;
    let every = every_ms.map(Duration::from_millis);
    let throttled = throttle.send(audience, &event, data, every).await.map_err(refuse)?;
    Ok(Json(Throttled { success: true, at_once: throttled.at_once }))
}
