//! Whether the sidecar is there: for people, for load balancers, and for the app's own checks.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{connections::Connections, ports::Store, presence::Presence, time::Clock};
use serde_json::{Value, json};

use super::{console, preference};
use crate::state::Lifecycle;

/// Compared as a whole by the app's health proxy (`contracts/rooms.md` section 4).
const RUNNING: &str = "Socket.IO server running";

/// A store that takes longer to answer is of no use to new clients; whoever asks has little patience.
const STORE_TIME: Duration = Duration::from_secs(2);

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

/// `GET /health`: the process answers. Counts only, never who.
pub(super) async fn health(
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
    State(connections): State<Arc<dyn Connections>>,
    State(presence): State<Arc<Presence>>,
) -> Json<Value> {
    let totals = connections.totals();
    Json(json!({
        "status": "ok",
        "uptimeSeconds": lifecycle.uptime_secs(clock.now()),
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
    } else {
        match tokio::time::timeout(STORE_TIME, store.check()).await {
            Ok(Ok(())) => (StatusCode::OK, "ready"),
            Ok(Err(error)) => {
                tracing::error!(%error, "not ready: the store does not do what it should");
                (StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
            }
            Err(_) => {
                tracing::error!("not ready: the store does not answer in time");
                (StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
            }
        }
    };
    (status, Json(json!({ "status": word })))
}
