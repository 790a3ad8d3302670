//! How the process is, for the app and for monitoring.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use outrigger_domain::{connections::Connections, presence::Presence, time::Clock};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::state::{Lifecycle, MetricsText};

/// `getServerStatus` (`contracts/rooms.md` section 5), and more.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    /// Always true: there is no answer before.
    is_initialized: bool,
    /// False once the process is about to end.
    is_listening: bool,
    /// Always true.
    has_http_server: bool,
    /// Users with at least one socket.
    connected_users: usize,
    /// Engine.IO connections.
    total_connections: usize,
    /// Always null: what fails is in the log, and in the figures.
    last_error: Option<String>,
    /// Since the start.
    uptime_seconds: i64,
    /// Of the sidecar.
    version: &'static str,
}

/// How the process is.
#[utoipa::path(get, path = "/internal/status", tag = "server", responses((status = 200, body = Status)))]
pub(super) async fn status(
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
    State(connections): State<Arc<dyn Connections>>,
    State(presence): State<Arc<Presence>>,
) -> Json<Status> {
    Json(Status {
        is_initialized: true,
        is_listening: !lifecycle.is_draining(),
        has_http_server: true,
        connected_users: presence.online_count(),
        total_connections: connections.totals().connections,
        last_error: None,
        uptime_seconds: lifecycle.uptime_secs(clock.now()),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Figures in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "server",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn metrics(
    State(text): State<MetricsText>,
) -> ([(HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text())
}

/// `GET /health`: the process answers. Needs no secret and says nothing else.
pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
