//! Routes under the names that apps have been calling (`contracts/rooms.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    accounts::Accounts,
    events::Audience,
    ids::UserId,
    outreach::{Keeping, Outreach},
    sessions::{DEFAULT_LOGOUT_REASON, Ending, Sessions},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    accounts::{
        DesignationsUpdate, StatusChange, TokenUpdate, change_status, update_designations,
        update_token,
    },
    emission::{null, refuse},
    payload::Payload,
    shapes::{Emitted, ErrorBody, Id, Reached, reason},
};
use crate::error::Refusal;

/// An event for one user.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EmitMessage {
    /// To whom.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
}

/// How many sockets an event was queued for.
#[derive(Serialize, ToSchema)]
pub(super) struct Delivered {
    /// Always true.
    success: bool,
    /// Sockets.
    delivered: usize,
}

/// Sends an event to one user.
#[utoipa::path(post, path = "/emit-message", tag = "legacy", request_body = EmitMessage,
    responses((status = 200, body = Delivered), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_message(
    State(outreach): State<Arc<Outreach>>,
    Payload(emit): Payload<EmitMessage>,
) -> Result<Json<Delivered>, Refusal> {
    let to = Audience::User(emit.user_id);
    let sent = outreach.send(to, &emit.event, emit.data, None, None, Keeping::Passing).await;
    Ok(Json(Delivered { success: true, delivered: sent.map_err(refuse)?.sockets }))
}

/// As `/internal/emit-token-update`.
#[utoipa::path(post, path = "/emit-token-update", tag = "legacy", operation_id = "legacy_emit_token_update",
    request_body = TokenUpdate,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_token_update(
    State(accounts): State<Arc<Accounts>>,
    Payload(update): Payload<TokenUpdate>,
) -> Result<Emitted, Refusal> {
    update_token(&accounts, update).await
}

/// As `/internal/emit-user-status-change`.
#[utoipa::path(post, path = "/emit-user-status-change", tag = "legacy",
    operation_id = "legacy_emit_user_status_change", request_body = StatusChange,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_user_status_change(
    State(accounts): State<Arc<Accounts>>,
    Payload(change): Payload<StatusChange>,
) -> Result<Emitted, Refusal> {
    change_status(&accounts, change).await
}

/// As `/internal/emit-designations-update`.
#[utoipa::path(post, path = "/emit-designations-update", tag = "legacy",
    operation_id = "legacy_emit_designations_update", request_body = DesignationsUpdate,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_designations_update(
    State(accounts): State<Arc<Accounts>>,
    Payload(update): Payload<DesignationsUpdate>,
) -> Result<Emitted, Refusal> {
    update_designations(&accounts, update).await
}

/// A user is logged out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DisconnectUser {
    /// Whom.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// For people; `User logged out` if absent.
    reason: Option<String>,
}

/// The user was logged out; callers read `message`.
#[derive(Serialize, ToSchema)]
pub(super) struct Disconnected {
    /// Always true.
    success: bool,
    /// For people.
    message: &'static str,
    /// Whom it reached.
    reached: Reached,
}

/// Logs a user out everywhere; tokens go on holding. An admin's own token opens this route too.
#[utoipa::path(post, path = "/disconnect-user", tag = "legacy", request_body = DisconnectUser,
    responses((status = 200, body = Disconnected), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(super) async fn disconnect_user(
    State(sessions): State<Arc<Sessions>>,
    Payload(disconnect): Payload<DisconnectUser>,
) -> Result<Json<Disconnected>, Refusal> {
    let reason = reason(disconnect.reason)?;
    let reason = reason.as_deref().unwrap_or(DEFAULT_LOGOUT_REASON);
    let (_, reach) = sessions.end(&Ending::User(disconnect.user_id), reason, false).await?;
    Ok(Json(Disconnected { success: true, message: "User disconnected", reached: reach.into() }))
}
