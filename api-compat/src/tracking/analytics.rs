//! Figures of a user's messages, as subscribers get them (`contracts/tracking.md` section 3, `analytics_update`).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::tracking::{AnalyticsKind, Figures};
use serde::Serialize;
use serde_json::value::RawValue;

use super::caller::{Allowed, Look};
use crate::{error::Refusal, input::Segment};

/// The payload of `analytics_update`.
#[derive(Serialize)]
pub(super) struct FiguresDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Arc<RawValue>,
}

/// `GET /api/socket/analytics/{type}`.
pub(super) async fn show(
    Allowed { actor, .. }: Allowed<Look>,
    State(figures): State<Arc<Figures>>,
    Segment(kind): Segment,
) -> Result<Json<FiguresDocument>, Refusal> {
    let kind = AnalyticsKind::named(&kind)
        .ok_or_else(|| Refusal::error(StatusCode::NOT_FOUND, "Analytics not found"))?;
    let analytics = figures.of(Some(&actor.user), kind).await?;
    Ok(Json(FiguresDocument { kind: kind.as_str(), data: analytics.data }))
}
