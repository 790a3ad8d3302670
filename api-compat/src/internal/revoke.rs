//! Tokens that stop holding.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    identity::{Identity, Revoked, TokenFault},
    ids::{DeviceId, TokenId, UserId},
    sessions::{SessionFilter, Sessions},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{ErrorBody, Id},
};
use crate::error::Refusal;

/// One of `tokenId`, `token` and `userId`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revocation {
    /// A token by its `jti`.
    #[schema(value_type = Option<Id>)]
    token_id: Option<TokenId>,
    /// A token itself.
    token: Option<String>,
    /// All tokens of a user that are in use or older than now.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
    /// Of these only the ones of this device.
    #[schema(value_type = Option<Id>)]
    device_id: Option<DeviceId>,
}

/// What no longer holds.
#[derive(Serialize, ToSchema)]
pub(super) struct TokensRevoked {
    /// Always true.
    success: bool,
    /// `token`, `user` or `device`.
    revoked: &'static str,
}

/// Revokes tokens; what was opened with them is told (`authError`) and closed.
#[utoipa::path(post, path = "/internal/revoke", tag = "accounts", operation_id = "revoke_tokens", request_body = Revocation,
    responses((status = 200, body = TokensRevoked), (status = 400, body = ErrorBody)))]
pub(super) async fn revoke(
    State(identity): State<Arc<Identity>>,
    State(sessions): State<Arc<Sessions>>,
    Payload(revocation): Payload<Revocation>,
) -> Result<Json<TokensRevoked>, Refusal> {
    let Revocation { token_id, token, user_id, device_id } = revocation;
    let (what, revoked) = match (token_id, token, user_id, device_id) {
        (Some(id), None, None, None) => (Revoked::Token(id), "token"),
        (None, Some(token), None, None) => (Revoked::Token(id_of(&identity, &token)?), "token"),
        (None, None, Some(user), None) => {
            revoke_in_use(&identity, &sessions, &user, None).await?;
            (Revoked::User(user), "user")
        }
        (None, None, Some(user), Some(device)) => {
            revoke_in_use(&identity, &sessions, &user, Some(device.clone())).await?;
            (Revoked::Device(user, device), "device")
        }
        _ => {
            let text = "give one of tokenId, token, and userId, the last with deviceId or without";
            return Err(Refusal::error(StatusCode::BAD_REQUEST, text));
        }
    };
    identity.revoke(vec![what]).await?;
    Ok(Json(TokensRevoked { success: true, revoked }))
}

/// A token carries whole seconds, so its age alone does not tell a token made in this very second from one made
/// right after: those known to be in use are revoked by id as well, before the sockets hear of it.
async fn revoke_in_use(
    identity: &Identity,
    sessions: &Sessions,
    user: &UserId,
    device: Option<DeviceId>,
) -> Result<(), Refusal> {
    let found = sessions.list(user, &SessionFilter { device, active_only: true }).await?;
    let in_use: Vec<_> =
        found.into_iter().filter_map(|session| session.token).map(Revoked::Token).collect();
    if !in_use.is_empty() {
        identity.revoke_quietly(&in_use).await?;
    }
    Ok(())
}

fn id_of(identity: &Identity, token: &str) -> Result<TokenId, Refusal> {
    match identity.read(token) {
        Ok(claims) => Ok(claims.token),
        Err(TokenFault::Expired) => Err(Refusal::field("token", "token has expired already")),
        Err(_) => Err(Refusal::field("token", "token is not one of this app's")),
    }
}
