//! `/api/socket-test`: an admin asks the sidecar to try itself, or to say something (`contracts/rooms.md`
//! section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    connections::Connections,
    events::{Audience, Receipt},
    ids::UserId,
    outreach::Outreach,
    ports::Store,
    presence::Presence,
    selftest::{Check, SelfTest, Verdict},
    time::Clock,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{auth::Admin, error::Refusal, input::PublicJson, internal::InternalApi};

/// What is said when nothing is given to say.
const DEFAULT_MESSAGE: &str = "Test message";

/// Longest message, in bytes.
const MAX_MESSAGE_BYTES: usize = 1024;

/// `GET /api/socket-test`: four checks with a real client, and one of the way an app takes.
pub(super) async fn run(
    Admin(actor): Admin,
    State(self_test): State<Arc<dyn SelfTest>>,
    State(internal_api): State<InternalApi>,
    State(store): State<Arc<dyn Store>>,
    State(presence): State<Arc<Presence>>,
    State(connections): State<Arc<dyn Connections>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Json<Value> {
    let checks = self_test.run().await;
    let api = api_integration(&internal_api, store.as_ref(), &actor.user).await;
    let all = [
        ("socketServer", checks.socket_server),
        ("connectionTracking", checks.connection_tracking),
        ("messaging", checks.messaging),
        ("broadcast", checks.broadcast),
        ("apiIntegration", api),
    ];
    let count = |verdict| all.iter().filter(|(_, check)| check.status == verdict).count();
    let (passed, failed, warnings) =
        (count(Verdict::Pass), count(Verdict::Fail), count(Verdict::Warn));
    let tests: serde_json::Map<String, Value> =
        all.iter().map(|(name, check)| ((*name).to_owned(), json!(check))).collect();
    Json(json!({
        "success": failed == 0,
        "timestamp": clock.now(),
        "tests": tests,
        "summary": { "total": all.len(), "passed": passed, "failed": failed, "warnings": warnings },
        "onlineUsers": presence.online(),
        "serverStatus": {
            "isInitialized": true,
            "isListening": true,
            "hasHttpServer": true,
            "connectedUsers": presence.online_count(),
            "totalConnections": connections.totals().connections,
            "lastError": null,
        },
    }))
}

/// What an app relies on: its token is known (the caller's was), the store answers, and the internal API takes
/// a call with the secret and answers it.
async fn api_integration(internal_api: &InternalApi, store: &dyn Store, caller: &UserId) -> Check {
    let failed =
        |message: &str| Check { status: Verdict::Fail, message: message.to_owned(), details: None };
    if let Err(error) = store.check().await {
        tracing::error!(%error, "self test: the store does not answer");
        return failed("The store does not answer");
    }
    match internal_api.ask_online(caller).await {
        Ok(online) => Check {
            status: Verdict::Pass,
            message: "Token, store and internal API answer".to_owned(),
            details: Some(json!({ "callerOnline": online })),
        },
        Err(fault) => {
            tracing::error!(fault, "self test: the internal API does not answer");
            failed(fault)
        }
    }
}

/// What an admin wants said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionBody {
    action: Option<String>,
    target_user_id: Option<String>,
    message: Option<String>,
}

/// `POST /api/socket-test`: emits `testMessage` to one user or all, or the list of users online.
pub(super) async fn act(
    Admin(actor): Admin,
    State(outreach): State<Arc<Outreach>>,
    State(presence): State<Arc<Presence>>,
    State(clock): State<Arc<dyn Clock>>,
    body: Result<PublicJson<ActionBody>, Refusal>,
) -> Result<Json<Value>, Refusal> {
    let bad = |text: &str| Refusal::error(StatusCode::BAD_REQUEST, text).unsuccessful();
    let PublicJson(body) = body.map_err(|_| bad("Invalid request body"))?;
    let message =
        body.message.filter(|text| !text.is_empty()).unwrap_or_else(|| DEFAULT_MESSAGE.to_owned());
    if message.len() > MAX_MESSAGE_BYTES {
        return Err(bad("message is too long"));
    }
    let from = actor.user.to_string();
    let action = body.action.unwrap_or_default();
    let reached = match action.as_str() {
        "sendToUser" => {
            let target = body.target_user_id.filter(|id| !id.is_empty());
            let target = target.ok_or_else(|| bad("targetUserId is required"))?;
            let target = UserId::new(target).map_err(|_| bad("targetUserId is not valid"))?;
            outreach.test_message(Audience::User(target), message.clone(), from).await
        }
        "broadcast" => outreach.test_message(Audience::All, message.clone(), from).await,
        "emitOnlineUsers" => {
            let (receipt, reached) = Receipt::requested();
            presence.announce_list(receipt).await;
            reached.await.unwrap_or_default()
        }
        _ => return Err(bad("Unknown action")),
    };
    Ok(Json(json!({
        "success": true,
        "action": action,
        "message": message,
        "timestamp": clock.now(),
        "reached": reached,
    })))
}
