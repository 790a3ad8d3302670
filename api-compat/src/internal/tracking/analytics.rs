//! Figures that the app computes itself: `broadcastAnalyticsUpdate`, `broadcastGlobalAnalytics`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::UserId,
    tracking::{AnalyticsKind, Figures},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    error::Refusal,
    internal::{
        notify::check_data,
        payload::Payload,
        shapes::{Done, ErrorBody, Id},
    },
};

/// Figures of a user's messages.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct UserFigures {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// `dashboard_stats`, `message_stats` or `usage_stats`.
    #[serde(rename = "type")]
    kind: String,
    /// The figures, given on as they are.
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
}

/// Figures of everyone's messages.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct GlobalFigures {
    /// `dashboard_stats`, `message_stats` or `usage_stats`.
    #[serde(rename = "type")]
    kind: String,
    /// The figures, given on as they are.
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
}

fn give_as(
    figures: &Figures,
    owner: Option<UserId>,
    kind: &str,
    data: Box<RawValue>,
) -> Result<Json<Done>, Refusal> {
    let kind = AnalyticsKind::named(kind).ok_or_else(|| {
        let kinds = AnalyticsKind::ALL.map(AnalyticsKind::as_str).join(", ");
        Refusal::field("type", format!("type must be one of {kinds}"))
    })?;
    check_data("data", data.get().len())?;
    figures.give(owner, kind, data.into());
    Ok(Json(Done::new()))
}

/// Gives those of a user's sockets that subscribed the app's own figures, in place of those computed here until
/// something of the user's messages changes (`broadcastAnalyticsUpdate`). Of several in a second the last one counts.
#[utoipa::path(post, path = "/internal/tracking/analytics", tag = "tracking", operation_id = "give_analytics",
    request_body = UserFigures,
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn give(
    State(figures): State<Arc<Figures>>,
    Payload(given): Payload<UserFigures>,
) -> Result<Json<Done>, Refusal> {
    give_as(&figures, Some(given.user_id), &given.kind, given.data)
}

/// Gives admins the app's own figures of everyone (`broadcastGlobalAnalytics`).
#[utoipa::path(post, path = "/internal/tracking/global-analytics", tag = "tracking",
    operation_id = "give_global_analytics", request_body = GlobalFigures,
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn give_global(
    State(figures): State<Arc<Figures>>,
    Payload(given): Payload<GlobalFigures>,
) -> Result<Json<Done>, Refusal> {
    give_as(&figures, None, &given.kind, given.data)
}
