//! What a user says of themselves, said by the app for them (`contracts/social.md` section 2, `set_status`).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::statuses::{MOST_STATUS_CHARS, SetStatusError, StatusPatch, Statuses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{ErrorBody, user_in_path},
};
use crate::{error::Refusal, input::Segment};

/// What changes; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusChange {
    /// A word of 1 to 50 characters; `invisible` and `offline` hide the user.
    status: Option<String>,
    /// A text beside it of at most 50 characters; an empty one removes it.
    custom_status: Option<String>,
}

/// What the user says now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusSet {
    /// Always true.
    success: bool,
    /// The word; `null` if there never was one.
    status: Option<String>,
    /// The text beside it.
    custom_status: Option<String>,
}

/// Sets a user's status and tells those who may know (`user_status_change`).
#[utoipa::path(put, path = "/internal/users/{id}/status", tag = "users", operation_id = "put_user_status",
    request_body = StatusChange, params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = StatusSet), (status = 400, body = ErrorBody)))]
pub(super) async fn set(
    State(statuses): State<Arc<Statuses>>,
    Segment(id): Segment,
    Payload(change): Payload<StatusChange>,
) -> Result<Json<StatusSet>, Refusal> {
    let id = user_in_path(&id)?;
    let custom = change.custom_status.map(|text| text.trim().to_owned());
    if custom.as_ref().is_some_and(|text| text.chars().count() > MOST_STATUS_CHARS) {
        let text = format!("customStatus must have at most {MOST_STATUS_CHARS} characters");
        return Err(Refusal::field("customStatus", text));
    }
    if change.status.is_none() && custom.is_none() {
        return Err(Refusal::field("status", "status or customStatus is required"));
    }
    let status = change.status.map(|word| word.trim().to_owned());
    let known = statuses.set(&id, &StatusPatch { status, custom }).await;
    let known = known.map_err(|error| match error {
        SetStatusError::Invalid => {
            let text = format!("status must have 1 to {MOST_STATUS_CHARS} printable characters");
            Refusal::field("status", text)
        }
        SetStatusError::Store(error) => error.into(),
    })?;
    let (status, custom_status) = (known.status, known.custom);
    Ok(Json(StatusSet { success: true, status, custom_status }))
}
