//! How the contract refuses: `{message}` (`contracts/contacts.md` section 4, "Errors").

use axum::http::StatusCode;
use outrigger_domain::{limits::TooOften, ports::StoreError};
use serde_json::json;

use crate::error::Refusal;

/// `{message}`.
pub(super) fn failure(status: StatusCode, text: &str) -> Refusal {
    Refusal::message(status, text)
}

/// 400: something is wrong with what was said.
pub(super) fn bad(text: &str) -> Refusal {
    failure(StatusCode::BAD_REQUEST, text)
}

/// 401: somebody is recognised, who may not.
pub(super) fn not_allowed() -> Refusal {
    failure(StatusCode::UNAUTHORIZED, "Unauthorized")
}

/// 404: there is no such request, or none that this one may know of.
pub(super) fn no_contact() -> Refusal {
    failure(StatusCode::NOT_FOUND, "Contact not found")
}

/// 429.
pub(super) fn too_often(refused: TooOften) -> Refusal {
    failure(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded").after(refused.retry_after)
}

/// 503: the store failed.
pub(super) fn unavailable(error: StoreError) -> Refusal {
    // The status and the time to wait are those of every route.
    Refusal::from(error).saying(json!({ "message": "Service unavailable" }))
}
