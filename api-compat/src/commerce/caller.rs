//! Who calls, with which standing, and how often they may (`contracts/commerce.md` sections 1 and 4).

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
};
use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, TokenFault, Use, device_id},
    limits::RateLimits,
    sessions::Origin,
};
use serde_json::json;

use super::answer::{not_allowed, too_often, unavailable};
use crate::{
    auth::{RequestOrigin, bearer},
    error::Refusal,
};

/// A kind of call: who may make it, and what it is counted as.
pub(super) trait Kind {
    /// Whether only admins may.
    const ADMINS: bool;
    /// The name of its allowance.
    const ALLOWANCE: &'static str;
}

/// A user looks at what is the user's own.
pub(super) struct Look;

/// An admin looks.
pub(super) struct Inspect;

/// An admin does something.
pub(super) struct Act;

impl Kind for Look {
    const ADMINS: bool = false;
    const ALLOWANCE: &'static str = "commerce:read";
}

impl Kind for Inspect {
    const ADMINS: bool = true;
    const ALLOWANCE: &'static str = "commerce:read";
}

impl Kind for Act {
    const ADMINS: bool = true;
    const ALLOWANCE: &'static str = "commerce:write";
}

/// Whoever may make a call of this kind. The token comes in the header alone, as this contract's clients send it: no page
/// of another site can make a browser send it along. The app's record says what its holder may do.
pub(super) struct Allowed<K> {
    /// Who.
    pub(super) actor: Actor,
    kind: PhantomData<K>,
}

fn refuse(error: AuthError) -> Refusal {
    let fault = match error {
        AuthError::Token(fault) => fault,
        AuthError::Store(error) => return unavailable(error),
    };
    let (error, code) = match fault {
        TokenFault::Missing => ("Authentication token required", "NO_TOKEN"),
        TokenFault::Expired => ("Authentication token expired", "TOKEN_EXPIRED"),
        TokenFault::Unknown => ("User not found", "AUTH_FAILED"),
        TokenFault::Inactive => ("User account is inactive", "AUTH_FAILED"),
        TokenFault::Undecided => ("Authentication failed", "AUTH_FAILED"),
        TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::IncompleteClaims
        | TokenFault::Revoked
        | TokenFault::Refused => ("Invalid authentication token", "INVALID_TOKEN"),
    };
    let body = json!({ "success": false, "error": error, "code": code });
    Refusal::object(StatusCode::UNAUTHORIZED, body)
}

impl<K, S> FromRequestParts<S> for Allowed<K>
where
    K: Kind,
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<RateLimits>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Origin { user_agent, address } = RequestOrigin::of(parts).0;
        let device = device_id(&user_agent, &address);
        let identity = Arc::<Identity>::from_ref(state);
        let token = bearer(&parts.headers);
        let actor = identity.authenticate_by_record(token, &device, Use::Rest).await;
        let actor = actor.map_err(refuse)?;
        if K::ADMINS && !actor.is_admin() {
            return Err(not_allowed());
        }
        let counted = Arc::<RateLimits>::from_ref(state).check(&actor.user, K::ALLOWANCE);
        counted.map_err(too_often)?;
        Ok(Self { actor, kind: PhantomData })
    }
}
