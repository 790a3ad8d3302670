//! Refusals as clients see them: a status and a small JSON object in words of our own.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{limits::TooOften, ports::StoreError};
use serde_json::{Value, json};

/// Seconds after which a client may ask again when the store cannot serve it.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Whole seconds (RFC 9110 section 10.2.3), rounded up: a client that waits so long is let in.
pub(crate) fn whole_secs(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// What went wrong, for the client. The cause, if there is one, is in the log already.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// `{error}`: how most routes refuse.
    pub(crate) fn error(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, body: json!({ "error": text.into() }), retry_after: None }
    }

    /// `{message}`: how the routes under `/api/messages` refuse (`contracts/rooms.md` section 4).
    pub(crate) fn message(status: StatusCode, text: &str) -> Self {
        Self { status, body: json!({ "message": text }), retry_after: None }
    }

    /// 400 `{error, field}`: one field of an internal call is wrong.
    pub(crate) fn field(field: &str, text: impl Into<String>) -> Self {
        let body = json!({ "error": text.into(), "field": field });
        Self { status: StatusCode::BAD_REQUEST, body, retry_after: None }
    }

    /// A body of its own, for contracts that refuse in other shapes.
    pub(crate) fn object(status: StatusCode, body: Value) -> Self {
        Self { status, body, retry_after: None }
    }

    /// The same in other words.
    pub(crate) fn saying(self, body: Value) -> Self {
        Self { body, ..self }
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same words with another status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with `success: false` first, as `/api/socket-test` answers.
    pub(crate) fn unsuccessful(mut self) -> Self {
        if let Value::Object(fields) = &mut self.body {
            fields.insert("success".to_owned(), false.into());
        }
        self
    }

    /// The same with `status: "failure"`, as `contracts/social.md` section 4 refuses.
    pub(crate) fn failed(mut self) -> Self {
        if let Value::Object(fields) = &mut self.body {
            fields.insert("status".to_owned(), "failure".into());
        }
        self
    }

    /// The same, and when to ask again.
    pub(crate) fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Nobody is recognised.
    pub(crate) fn unauthorized() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// Somebody is, who may not.
    pub(crate) fn forbidden() -> Self {
        Self::error(StatusCode::FORBIDDEN, "Forbidden")
    }

    /// Not now.
    pub(crate) fn unavailable() -> Self {
        Self::error(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable").after(STORE_RETRY)
    }

    /// A fault of ours that no retry mends.
    pub(crate) fn internal() -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        // While the store fails there are hundreds of these a second; it complains itself, once a second.
        tracing::debug!(%error, "a request could not be served");
        Self::unavailable()
    }
}

impl From<TooOften> for Refusal {
    fn from(refused: TooOften) -> Self {
        Self::error(StatusCode::TOO_MANY_REQUESTS, "Too many requests").after(refused.retry_after)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(after) = self.retry_after {
            let secs = HeaderValue::from(whole_secs(after));
            response.headers_mut().insert(header::RETRY_AFTER, secs);
        }
        response
    }
}

/// The answer on a path that does not exist.
pub(crate) async fn not_found() -> Refusal {
    Refusal::error(StatusCode::NOT_FOUND, "Not found")
}

/// The answer to a method that a path does not have.
pub(crate) async fn method_not_allowed() -> Refusal {
    Refusal::error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}
