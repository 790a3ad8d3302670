//! Whether the contract's service is there (`contracts/contacts.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{ports::Store, time::Clock};
use serde_json::{Value, json};

use crate::{signs::store_answers, state::Lifecycle};

/// `GET /health` under the contract's name.
pub(super) async fn show(
    State(store): State<Arc<dyn Store>>,
    State(lifecycle): State<Arc<Lifecycle>>,
    State(clock): State<Arc<dyn Clock>>,
) -> (StatusCode, Json<Value>) {
    let connected = store_answers(&*store).await;
    let (status, word) = if connected && !lifecycle.is_draining() {
        (StatusCode::OK, "healthy")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unhealthy")
    };
    let now = clock.now();
    let body = json!({
        "service": "contacts-service",
        "status": word,
        "database": if connected { "connected" } else { "disconnected" },
        "timestamp": now,
        "uptime": lifecycle.uptime_secs(now),
    });
    (status, Json(body))
}
