//! Who may see figures: admins, and the app.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
};
use outrigger_domain::{
    identity::{AuthError, Identity, TokenFault},
    limits::RateLimits,
    time::{Clock, Timestamp},
};
use serde_json::json;

use crate::{
    auth::{header_token, recognise},
    error::Refusal,
    internal::InternalApi,
};

/// What calls of admins count as.
const ALLOWANCE: &str = "quiz:read";

/// An admin with their token in a header, or the app with its secret.
pub(super) struct Inspector;

/// A refusal as the contract words it: `{success: false, error, code, timestamp}`.
fn failure(status: StatusCode, error: &str, code: &str, at: Timestamp) -> Refusal {
    let body = json!({ "success": false, "error": error, "code": code, "timestamp": at });
    Refusal::object(status, body)
}

fn refuse(error: AuthError, at: Timestamp) -> Refusal {
    let (text, code) = match error {
        AuthError::Token(TokenFault::Missing) => ("Authentication required", "NO_TOKEN"),
        AuthError::Token(TokenFault::Expired) => ("Authentication token expired", "TOKEN_EXPIRED"),
        AuthError::Token(_) => ("Invalid authentication token", "INVALID_TOKEN"),
        AuthError::Store(error) => {
            let text = "Service unavailable";
            let body =
                json!({ "success": false, "error": text, "code": "UNAVAILABLE", "timestamp": at });
            return Refusal::from(error).saying(body);
        }
    };
    failure(StatusCode::UNAUTHORIZED, text, code, at)
}

impl<S> FromRequestParts<S> for Inspector
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<RateLimits>: FromRef<S>,
    Arc<dyn Clock>: FromRef<S>,
    InternalApi: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if InternalApi::from_ref(state).admits(&parts.headers) {
            return Ok(Self);
        }
        let at = Arc::<dyn Clock>::from_ref(state).now();
        let identity = Arc::<Identity>::from_ref(state);
        let recognised = recognise(&identity, header_token(&parts.headers), parts).await;
        let actor = recognised.map_err(|error| refuse(error, at))?;
        if !actor.is_admin() {
            return Err(failure(StatusCode::FORBIDDEN, "Admin access required", "FORBIDDEN", at));
        }
        let counted = Arc::<RateLimits>::from_ref(state).check(&actor.user, ALLOWANCE);
        counted.map_err(|refused| {
            let status = StatusCode::TOO_MANY_REQUESTS;
            failure(status, "Rate limit exceeded", "RATE_LIMITED", at).after(refused.retry_after)
        })?;
        Ok(Self)
    }
}
