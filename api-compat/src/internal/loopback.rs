//! The internal API as one of its own callers, for the self test.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use outrigger_domain::{events::Secret, ids::UserId};
use serde_json::Value;
use tower::ServiceExt;

use super::{auth::Gate, compose, entrance::Entrance};
use crate::state::InternalState;

/// A call that takes longer failed.
const DEADLINE: Duration = Duration::from_secs(5);

/// Longest answer that is looked at, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The internal API: served to the app by [`internal_routes`](crate::internal_routes), and called by the self
/// test as the app calls it, with the secret and through every layer.
#[derive(Clone)]
pub struct InternalApi(Arc<Inner>);

/// In one place, because handlers are given a clone for every call.
struct Inner {
    entrance: Entrance,
    gate: Arc<Gate>,
    secret: Secret,
}

impl InternalApi {
    /// The API over this state.
    #[must_use]
    pub fn new(state: InternalState) -> Self {
        let secret = state.secret.clone();
        let gate = Arc::new(Gate::new(&secret, Arc::clone(&state.identity)));
        let entrance = compose(state, Arc::clone(&gate));
        Self(Arc::new(Inner { entrance, gate, secret }))
    }

    /// Its routes.
    pub(super) fn entrance(&self) -> Entrance {
        self.0.entrance.clone()
    }

    /// Whether these headers carry the secret, for the one public route that the app may call too. Compared in constant
    /// time.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        self.0.gate.admits(headers)
    }

    /// Asks whether a user is online.
    ///
    /// # Errors
    /// What went wrong, for people.
    pub(crate) async fn ask_online(&self, user: &UserId) -> Result<bool, &'static str> {
        let body = serde_json::json!({ "userIds": [user] }).to_string();
        let request = Request::post("/internal/online-status")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.0.secret.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .map_err(|_| "The internal API cannot be called")?;
        let answer = tokio::time::timeout(DEADLINE, self.entrance().oneshot(request)).await;
        let Ok(answer) = answer.map_err(|_| "The internal API did not answer in time")?;
        if answer.status() != StatusCode::OK {
            return Err("The internal API refused a call");
        }
        let body = to_bytes(answer.into_body(), MAX_ANSWER_BYTES).await;
        let body = body.map_err(|_| "The internal API broke off its answer")?;
        let body: Value =
            serde_json::from_slice(&body).map_err(|_| "The internal API answered no JSON")?;
        let online = body.get("statuses").and_then(|statuses| statuses.get(user.as_str()));
        online.and_then(Value::as_bool).ok_or("The internal API left out what was asked")
    }
}
