//! What a client missed while its socket was down (`contracts/commerce.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    commerce::{Priority, Update},
    time::{Clock, Timestamp},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    answer::{invalid, missing, unavailable},
    body::Asked,
    caller::{Allowed, Look},
};
use crate::{error::Refusal, state::CommerceState};

#[derive(Deserialize)]
pub(super) struct Since {
    since: Option<String>,
}

/// A notification of the user's, or a notice to many.
#[derive(Serialize)]
struct UpdateDocument {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    message: String,
    data: Option<Value>,
    timestamp: Timestamp,
    priority: Priority,
}

impl From<Update> for UpdateDocument {
    fn from(update: Update) -> Self {
        let Update { kind, title, message, data, at, priority } = update;
        Self { kind, title, message, data, timestamp: at, priority }
    }
}

/// `GET /api/notifications/updates?since=<iso>`: newest first.
pub(super) async fn list(
    Allowed { actor, .. }: Allowed<Look>,
    State(CommerceState { market, .. }): State<CommerceState>,
    Asked(Since { since }): Asked<Since>,
) -> Result<Json<Value>, Refusal> {
    let since = since.filter(|since| !since.is_empty()).ok_or_else(|| missing("since"))?;
    let since = Timestamp::parse(&since).ok_or_else(|| invalid("since"))?;
    let updates = market.updates(&actor.user, actor.role, since).await.map_err(unavailable)?;
    let updates: Vec<_> = updates.into_iter().map(UpdateDocument::from).collect();
    Ok(Json(json!({ "success": true, "count": updates.len(), "updates": updates })))
}

/// `GET /api/notifications/health`.
pub(super) async fn health(_: Allowed<Look>, State(clock): State<Arc<dyn Clock>>) -> Json<Value> {
    let message = "Notification service is running";
    Json(json!({ "success": true, "message": message, "timestamp": clock.now() }))
}
