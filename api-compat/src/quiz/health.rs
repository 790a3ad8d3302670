//! Whether the contract's service is there (`contracts/quiz.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{ports::Store, time::Clock};
use serde_json::{Value, json};

use crate::{signs::store_answers, state::Lifecycle};

/// The word for a state, and its status.
fn word(well: bool) -> (StatusCode, &'static str) {
    if well { (StatusCode::OK, "healthy") } else { (StatusCode::SERVICE_UNAVAILABLE, "unhealthy") }
}

/// `GET /api/health`: what the service is made of. The sidecar keeps no cache of answers, neither in Redis nor in memory,
/// which the fields of old say.
pub(super) async fn services(
    State(store): State<Arc<dyn Store>>,
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
) -> (StatusCode, Json<Value>) {
    let sockets = !lifecycle.is_draining();
    let database = store_answers(&*store).await;
    let (status, overall) = word(sockets && database);
    let now = clock.now();
    let body = json!({
        "status": overall,
        "services": [
            { "name": "sockets", "status": word(sockets).1 },
            { "name": "database", "status": word(database).1 },
        ],
        "uptime": lifecycle.uptime_secs(now),
        "cache": {
            "redis": { "connected": false, "stats": null },
            "memory": { "size": 0, "keys": [] },
        },
        "timestamp": now,
    });
    (status, Json(body))
}

/// `GET /health` under the contract's name.
pub(super) async fn service(
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
) -> (StatusCode, Json<Value>) {
    let (status, overall) = word(!lifecycle.is_draining());
    let now = clock.now();
    let body = json!({
        "status": overall,
        "service": "quiz-service",
        "timestamp": now,
        "uptime": lifecycle.uptime_secs(now),
    });
    (status, Json(body))
}
