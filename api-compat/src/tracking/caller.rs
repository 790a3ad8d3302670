//! Who calls, and how often they may (`contracts/tracking.md` sections 4 and 7).

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
};
use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, TokenFault},
    limits::RateLimits,
};

use crate::{
    auth::{bearer, recognise},
    error::Refusal,
};

/// A kind of call that is counted per user.
pub(super) trait Counted {
    /// The name of its allowance.
    const KIND: &'static str;
}

/// Calls that do something; they share the allowance of what clients say on sockets.
pub(super) struct Act;

/// Calls that only look.
pub(super) struct Look;

/// Whether somebody else is online.
pub(super) struct OnlineCheck;

impl Counted for Act {
    const KIND: &'static str = "tracking:event";
}

impl Counted for Look {
    const KIND: &'static str = "tracking:read";
}

impl Counted for OnlineCheck {
    const KIND: &'static str = "online_check";
}

/// A user whose token holds, and who does not do `K` too often. The token comes in the header alone, as this contract's
/// clients send it: no page of another site can make a browser send it along.
pub(super) struct Allowed<K> {
    /// Who.
    pub(super) actor: Actor,
    kind: PhantomData<K>,
}

impl<K> Allowed<K> {
    /// Refuses everyone but admins.
    pub(super) fn admin(self) -> Result<Actor, Refusal> {
        if self.actor.is_admin() {
            return Ok(self.actor);
        }
        Err(Refusal::error(StatusCode::FORBIDDEN, "Access denied. Admin privileges required."))
    }
}

fn refuse(error: AuthError) -> Refusal {
    let fault = match error {
        AuthError::Token(fault) => fault,
        AuthError::Store(error) => return error.into(),
    };
    let text = match fault {
        TokenFault::Missing => "Access denied. No token provided.",
        TokenFault::Refused | TokenFault::Inactive | TokenFault::Unknown => {
            "Invalid token. User not found."
        }
        TokenFault::Expired
        | TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::IncompleteClaims
        | TokenFault::Revoked
        | TokenFault::Undecided => "Invalid or expired token",
    };
    Refusal::error(StatusCode::UNAUTHORIZED, text)
}

impl<K, S> FromRequestParts<S> for Allowed<K>
where
    K: Counted,
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<RateLimits>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).map(str::to_owned);
        let identity = Arc::<Identity>::from_ref(state);
        let actor = recognise(&identity, token.as_deref(), parts).await.map_err(refuse)?;
        Arc::<RateLimits>::from_ref(state).check(&actor.user, K::KIND)?;
        Ok(Self { actor, kind: PhantomData })
    }
}
