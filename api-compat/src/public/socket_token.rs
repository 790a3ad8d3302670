//! A short-lived token for sockets, for pages whose own token is out of scripts' reach.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{FromRef, FromRequestParts, State},
    http::{StatusCode, request::Parts},
};
use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, Minter, NewToken, SOCKET_PURPOSE, TokenFault},
    naming::Ids,
    time::Clock,
};
use serde::Serialize;

use crate::{auth::Caller, error::Refusal, state::PublicSettings};

/// How long a socket token holds (`contracts/rooms.md` section 1).
const LIFETIME: Duration = Duration::from_secs(3600);

/// The caller, refused in the words of this route.
pub(super) struct TokenHolder(Actor);

impl<S> FromRequestParts<S> for TokenHolder
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let unauthorized = |text: &str| Refusal::error(StatusCode::UNAUTHORIZED, text);
        match Caller::recognise(parts, state).await {
            Ok(caller) => Ok(Self(caller.0)),
            Err(AuthError::Token(TokenFault::Missing)) => {
                Err(unauthorized("No authentication token found"))
            }
            Err(AuthError::Token(_)) => Err(unauthorized("Invalid or expired token")),
            Err(AuthError::Store(error)) => Err(error.into()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SocketToken {
    socket_token: String,
    user_id: String,
    email: String,
}

/// `GET /api/auth/socket-token` (`contracts/rooms.md` section 4).
///
/// The token is good for sockets only and says which device it was made for, so that logging that device out
/// ends it too. One that is stolen from a page does not open the REST API.
pub(super) async fn issue(
    TokenHolder(actor): TokenHolder,
    State(minter): State<Option<Arc<Minter>>>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
) -> Result<Json<SocketToken>, Refusal> {
    let minter = minter.ok_or_else(|| {
        Refusal::error(StatusCode::NOT_IMPLEMENTED, "Socket tokens are issued by the app")
    })?;
    let now = clock.now();
    let token = minter.mint(&NewToken {
        user: &actor.user,
        email: &actor.email,
        role: actor.role,
        id: &ids.token(),
        issued_at: now,
        expires_at: now.plus(LIFETIME),
        purpose: Some(SOCKET_PURPOSE),
        device: Some(&actor.device),
    });
    let socket_token = token.map_err(|error| {
        tracing::error!(%error, "a socket token could not be signed");
        Refusal::internal()
    })?;
    Ok(Json(SocketToken { socket_token, user_id: actor.user.to_string(), email: actor.email }))
}
