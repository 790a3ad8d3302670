//! Answers of this contract: `{success: true, data, message?}`, or `{success: false, message}`.

use axum::{Json, http::StatusCode};
use outrigger_domain::{limits::TooOften, ports::StoreError};
use serde::Serialize;
use serde_json::json;

use crate::error::{Refusal, whole_secs};

/// What a call that succeeded is answered.
#[derive(Serialize)]
pub(super) struct Answer<D> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    data: D,
}

/// `{success: true, data}`.
pub(super) fn found<D>(data: D) -> Json<Answer<D>> {
    Json(Answer { success: true, message: None, data })
}

/// `{success: true, message, data}`.
pub(super) fn done<D>(message: &'static str, data: D) -> Json<Answer<D>> {
    Json(Answer { success: true, message: Some(message), data })
}

/// `{success: false, message}`.
pub(super) fn failure(status: StatusCode, message: impl Into<String>) -> Refusal {
    Refusal::object(status, json!({ "success": false, "message": message.into() }))
}

/// 400 `{success: false, message}`.
pub(super) fn bad(message: impl Into<String>) -> Refusal {
    failure(StatusCode::BAD_REQUEST, message)
}

/// 400: a field is needed that is not there.
pub(super) fn missing(field: &str) -> Refusal {
    bad(format!("Missing required field: {field}"))
}

/// 400: a field is not what it must be.
pub(super) fn invalid(field: &str) -> Refusal {
    bad(format!("Invalid field: {field}"))
}

/// 403, in the words of the contract.
pub(super) fn not_allowed() -> Refusal {
    let body = json!({
        "success": false,
        "error": "Insufficient permissions",
        "code": "ROLE_AUTHORIZATION_FAILED",
    });
    Refusal::object(StatusCode::FORBIDDEN, body)
}

/// 429, in the words that sockets hear as well.
pub(super) fn too_often(refused: TooOften) -> Refusal {
    let body = json!({
        "success": false,
        "message": "Rate limit exceeded",
        "code": "RATE_LIMITED",
        "retryAfter": whole_secs(refused.retry_after),
    });
    Refusal::object(StatusCode::TOO_MANY_REQUESTS, body).after(refused.retry_after)
}

/// 503: the store failed.
pub(super) fn unavailable(error: StoreError) -> Refusal {
    // The status and the time to wait are those of every route.
    Refusal::from(error).saying(json!({ "success": false, "message": "Service unavailable" }))
}
