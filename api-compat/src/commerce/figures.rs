//! How many are there (`contracts/commerce.md` section 3, `connection:stats`).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    commerce::{ConnectionStats, ManyConnections},
    time::{Clock, Timestamp},
};
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{
    answer::{Answer, found},
    caller::{Allowed, Inspect},
};
use crate::{
    error::Refusal,
    state::{CommerceState, Lifecycle},
};

/// Sockets of a user, on the average: two decimals as text, or 0 if nobody is there.
struct Average {
    users: usize,
    connections: usize,
}

impl Serialize for Average {
    #[expect(clippy::cast_precision_loss, reason = "counts of sockets are far below 2^52")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.users == 0 {
            return serializer.serialize_u8(0);
        }
        serializer.collect_str(&format_args!("{:.2}", self.connections as f64 / self.users as f64))
    }
}

/// The payload of `connection:stats`, for everyone without who has how many.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatsDocument {
    total_users: usize,
    total_connections: usize,
    average_connections_per_user: Average,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiple_connection_users: Option<Vec<ManyConnections>>,
    timestamp: Timestamp,
}

impl StatsDocument {
    fn new(stats: ConnectionStats) -> Self {
        let ConnectionStats { users, connections, several, at } = stats;
        Self {
            total_users: users,
            total_connections: connections,
            average_connections_per_user: Average { users, connections },
            multiple_connection_users: Some(several),
            timestamp: at,
        }
    }

    /// Counts only, never who.
    fn anonymous(self) -> Self {
        Self { multiple_connection_users: None, ..self }
    }
}

/// `GET /api/socket/stats`.
pub(super) async fn stats(
    _: Allowed<Inspect>,
    State(CommerceState { crowd, .. }): State<CommerceState>,
    State(clock): State<Arc<dyn Clock>>,
) -> Json<Answer<StatsDocument>> {
    found(StatsDocument::new(crowd.stats(clock.now())))
}

/// Whether the socket server runs, and how many are there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    status: &'static str,
    socket_server_running: bool,
    #[serde(flatten)]
    stats: StatsDocument,
}

/// `GET /api/socket/health`, for everyone.
pub(super) async fn health(
    State(CommerceState { crowd, .. }): State<CommerceState>,
    State(clock): State<Arc<dyn Clock>>,
    State(lifecycle): State<Arc<Lifecycle>>,
) -> Result<Json<Answer<Health>>, Refusal> {
    if lifecycle.is_draining() {
        let body = json!({
            "success": false,
            "message": "Socket server is not running",
            "data": { "status": "unhealthy", "socketServerRunning": false },
        });
        return Err(Refusal::object(StatusCode::SERVICE_UNAVAILABLE, body));
    }
    let stats = StatsDocument::new(crowd.stats(clock.now())).anonymous();
    Ok(found(Health { status: "healthy", socket_server_running: true, stats }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_a_text_of_two_decimals_unless_nobody_is_there() {
        let average = |users, connections| json!(Average { users, connections });
        assert_eq!(average(0, 0), 0);
        assert_eq!(average(0, 3), 0, "guests are nobody");
        assert_eq!(average(2, 3), "1.50");
        assert_eq!(average(3, 4), "1.33");
    }
}
