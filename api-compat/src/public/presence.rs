//! Whether one user is online. Lists are for admins and the app (`contracts/OVERVIEW.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{ids::UserId, limits::RateLimits, presence::Presence};
use serde_json::{Value, json};

use crate::{auth::Caller, error::Refusal, input::Segment};

/// The kind under which checks are counted.
const ONLINE_CHECK: &str = "online_check";

/// `GET /api/users/{id}/online`.
pub(super) async fn is_online(
    Caller(actor): Caller,
    State(limits): State<Arc<RateLimits>>,
    State(presence): State<Arc<Presence>>,
    Segment(id): Segment,
) -> Result<Json<Value>, Refusal> {
    let user =
        UserId::new(id).map_err(|_| Refusal::error(StatusCode::BAD_REQUEST, "Invalid user ID"))?;
    limits.check(&actor.user, ONLINE_CHECK)?;
    Ok(Json(json!({ "userId": user, "isOnline": presence.is_visible(&user) })))
}
