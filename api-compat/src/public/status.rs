//! Whether the sidecar is there: for people, for load balancers, and for the app's own checks.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{connections::Connections, ports::Store, presence::Presence, time::Clock};
use serde_json::{Value, json};

use super::{console, preference};
use crate::{signs::store_answers, state::Lifecycle};

/// Compared as a whole by the app's health proxy (`contracts/rooms.md` section 4).
const RUNNING: &str = "Socket.IO server running";

/// `GET /`: the one line that the app compares, or the console for people.
pub(super) async fn root(headers: HeaderMap) -> Response {
    let mut response =
        if preference::is_html(&headers) { console::page() } else { RUNNING.into_response() };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// `GET /api/socket` without an `EIO` query (`contracts/rooms.md` section 4).
pub(super) async fn socket() -> Json<Value> {
    Json(json!({ "message": "Socket.IO server is initialized and reachable" }))
}

/// `GET /api/socket-namespaces` without an `EIO` query (`contracts/legacy.md` section 5).
pub(super) async fn socket_namespaces() -> Json<Value> {
    Json(json!({
        "message": "Socket.IO server is initialized and reachable",
        "namespaces": ["/auth", "/messenger", "/notifications"],
    }))
}

/// `GET /health`: the process answers, in the words of its own and those of `contracts/quiz.md` section 4. Counts only,
/// never who.
pub(super) async fn health(
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
    State(connections): State<Arc<dyn Connections>>,
    State(presence): State<Arc<Presence>>,
) -> Json<Value> {
    let totals = connections.totals();
    let now = clock.now();
    let uptime = lifecycle.uptime_secs(now);
    Json(json!({
        "status": "ok",
        "service": "outrigger",
        "timestamp": now,
        "uptime": uptime,
        "uptimeSeconds": uptime,
        "version": env!("CARGO_PKG_VERSION"),
        "connections": {
            "users": presence.online_count(),
            "connections": totals.connections,
            "sockets": totals.sockets,
        },
    }))
}

/// `GET /ready`: whether to send new clients here.
pub(super) async fn ready(
    State(lifecycle): State<Arc<Lifecycle>>,
    State(store): State<Arc<dyn Store>>,
) -> (StatusCode, Json<Value>) {
    let (status, word) = if lifecycle.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else if store_answers(&*store).await {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
    };
    (status, Json(json!({ "status": word })))
}
