//! Who is online (`contracts/tracking.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{connections::Connections, ids::UserId, presence::Presence, time::Clock};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    caller::{Allowed, Look, OnlineCheck},
    query::bad,
};
use crate::{error::Refusal, input::Segment};

/// A user's sockets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserSockets {
    user_id: UserId,
    socket_count: usize,
}

/// `GET /api/socket/stats`. Who else is online is for admins; others see themselves and how many there are
/// (`contracts/OVERVIEW.md` section 4).
pub(super) async fn stats(
    Allowed { actor, .. }: Allowed<Look>,
    State(presence): State<Arc<Presence>>,
    State(connections): State<Arc<dyn Connections>>,
) -> Json<Value> {
    let online = presence.online();
    let sockets = |user: &UserId| UserSockets {
        user_id: user.clone(),
        socket_count: presence.devices(user).into_iter().map(|(_, sockets)| sockets).sum(),
    };
    let shown = online.iter().filter(|user| actor.is_admin() || **user == actor.user);
    // Who left while this was put together has none.
    let users: Vec<_> = shown.map(sockets).filter(|user| user.socket_count > 0).collect();
    Json(json!({
        "totalConnections": connections.totals().connections,
        "uniqueUsers": online.len(),
        "userConnections": users,
    }))
}

/// `GET /api/socket/user/{id}/online`.
pub(super) async fn is_online(
    _: Allowed<OnlineCheck>,
    State(presence): State<Arc<Presence>>,
    State(clock): State<Arc<dyn Clock>>,
    Segment(id): Segment,
) -> Result<Json<Value>, Refusal> {
    let user = UserId::new(id).map_err(|_| bad("Invalid user ID"))?;
    let online = presence.is_visible(&user);
    Ok(Json(json!({ "userId": user, "isOnline": online, "timestamp": clock.now() })))
}

/// `GET /api/socket/online-count`.
pub(super) async fn online_count(
    _: Allowed<Look>,
    State(presence): State<Arc<Presence>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Json<Value> {
    Json(json!({ "onlineUsers": presence.online_count(), "timestamp": clock.now() }))
}
