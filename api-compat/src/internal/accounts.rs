//! Changes to an account while its user is connected (`contracts/rooms.md` section 5).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::{Accounts, TokenUpdateError},
    ids::{DeviceId, TokenId, UserId},
    sessions::{DEFAULT_LOGOUT_REASON, Ending, Sessions},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{Emitted, ErrorBody, Id, Reached, reason},
};
use crate::error::Refusal;

/// Designations of one user at most.
const MOST_DESIGNATIONS: usize = 100;

/// A new token for a user.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenUpdate {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// The token; it must hold and be that user's.
    new_token: String,
    /// For people; `User data updated by admin` if absent.
    reason: Option<String>,
}

pub(super) async fn update_token(
    accounts: &Accounts,
    update: TokenUpdate,
) -> Result<Emitted, Refusal> {
    let reason = reason(update.reason)?;
    match accounts.replace_token(&update.user_id, &update.new_token, reason).await {
        Ok(reach) => Ok(reach.into()),
        Err(TokenUpdateError::Store(error)) => Err(error.into()),
        Err(error @ (TokenUpdateError::Fault(_) | TokenUpdateError::OtherUser)) => {
            Err(Refusal::error(StatusCode::BAD_REQUEST, error.to_string()))
        }
    }
}

/// Hands a new token to every device of its user (`tokenUpdated`).
#[utoipa::path(post, path = "/internal/emit-token-update", tag = "accounts", request_body = TokenUpdate,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_token_update(
    State(accounts): State<Arc<Accounts>>,
    Payload(update): Payload<TokenUpdate>,
) -> Result<Emitted, Refusal> {
    update_token(&accounts, update).await
}

/// An account is activated or deactivated.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusChange {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Active from now on.
    status: bool,
    /// For people; `Account activated by admin` or `Account deactivated by admin` if absent.
    reason: Option<String>,
}

pub(super) async fn change_status(
    accounts: &Arc<Accounts>,
    change: StatusChange,
) -> Result<Emitted, Refusal> {
    let reason = reason(change.reason)?;
    Ok(accounts.set_active(&change.user_id, change.status, reason).await?.into())
}

/// Activates or deactivates an account (`userStatusChanged`); a deactivated user is logged out after a moment.
#[utoipa::path(post, path = "/internal/emit-user-status-change", tag = "accounts", request_body = StatusChange,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_user_status_change(
    State(accounts): State<Arc<Accounts>>,
    Payload(change): Payload<StatusChange>,
) -> Result<Emitted, Refusal> {
    change_status(&accounts, change).await
}

/// A user's designations are replaced.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DesignationsUpdate {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// The whole list.
    designations: Vec<String>,
    /// For people; `Designations updated by admin` if absent.
    reason: Option<String>,
}

/// Refuses more than an account may have.
pub(super) fn check_designations(designations: &[String]) -> Result<(), Refusal> {
    let sound = designations.len() <= MOST_DESIGNATIONS
        && designations.iter().all(|word| word.len() <= 256);
    if sound {
        Ok(())
    } else {
        Err(Refusal::field("designations", "designations are too many or too long"))
    }
}

pub(super) async fn update_designations(
    accounts: &Accounts,
    update: DesignationsUpdate,
) -> Result<Emitted, Refusal> {
    check_designations(&update.designations)?;
    let reason = reason(update.reason)?;
    Ok(accounts.set_designations(&update.user_id, update.designations, reason).await?.into())
}

/// Replaces a user's designations (`designationsUpdated`).
#[utoipa::path(post, path = "/internal/emit-designations-update", tag = "accounts",
    request_body = DesignationsUpdate,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn emit_designations_update(
    State(accounts): State<Arc<Accounts>>,
    Payload(update): Payload<DesignationsUpdate>,
) -> Result<Emitted, Refusal> {
    update_designations(&accounts, update).await
}

/// A user, one of their devices, or one token is logged out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForceLogout {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Only this device.
    #[schema(value_type = Option<Id>)]
    device_id: Option<DeviceId>,
    /// Only what was opened with this token.
    #[schema(value_type = Option<Id>)]
    token_id: Option<TokenId>,
    /// For people; `User logged out` if absent.
    reason: Option<String>,
    /// Whether the tokens in use stop holding; true if absent.
    revoke: Option<bool>,
}

/// What a logout ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoggedOut {
    /// Always true.
    success: bool,
    /// Sessions that were active until now.
    ended_sessions: usize,
    /// Whom it reached.
    reached: Reached,
}

/// Logs out: `force_logout`, then the sockets close.
#[utoipa::path(post, path = "/internal/force-logout", tag = "accounts", request_body = ForceLogout,
    responses((status = 200, body = LoggedOut), (status = 400, body = ErrorBody)))]
pub(super) async fn force_logout(
    State(sessions): State<Arc<Sessions>>,
    Payload(logout): Payload<ForceLogout>,
) -> Result<Json<LoggedOut>, Refusal> {
    let reason = reason(logout.reason)?;
    let reason = reason.as_deref().unwrap_or(DEFAULT_LOGOUT_REASON);
    let ending = match (logout.token_id, logout.device_id) {
        (Some(_), Some(_)) => {
            return Err(Refusal::field("tokenId", "deviceId and tokenId cannot be given together"));
        }
        (Some(token), None) => Ending::Token(token),
        (None, Some(device)) => Ending::Device(logout.user_id, device),
        (None, None) => Ending::User(logout.user_id),
    };
    let (ended, reach) = sessions.end(&ending, reason, logout.revoke.unwrap_or(true)).await?;
    Ok(Json(LoggedOut { success: true, ended_sessions: ended, reached: reach.into() }))
}
