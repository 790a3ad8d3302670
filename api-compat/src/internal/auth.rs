//! Who may call: the app, which knows the secret; on one old route an admin too.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName},
};
use outrigger_domain::{
    events::Secret,
    identity::{AuthError, Identity},
    ids::UserId,
};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::{
    auth::{bearer, recognise},
    error::Refusal,
};

/// The header for callers whose `Authorization` is taken.
pub(super) static SECRET_HEADER: HeaderName = HeaderName::from_static("x-internal-secret");

/// Who was let in; whose an `Idempotency-Key` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// The app.
    App,
    /// An admin of the app, with their own token.
    Admin(UserId),
}

/// Knows the secret, as a digest: comparing digests tells nothing of the secret's length.
pub(super) struct Gate {
    secret: [u8; 32],
    identity: Arc<Identity>,
}

impl Gate {
    pub(super) fn new(secret: &Secret, identity: Arc<Identity>) -> Self {
        Self { secret: Sha256::digest(secret.expose().as_bytes()).into(), identity }
    }

    /// Whether either header carries the secret.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(&SECRET_HEADER).and_then(|value| value.to_str().ok());
        self.admits_one_of([bearer(headers), header])
    }

    /// Whether either of these is the secret. Whatever is shown is compared in constant time, the one and the other.
    pub(super) fn admits_one_of(&self, shown: [Option<&str>; 2]) -> bool {
        let carries = |shown: &str| -> Choice {
            let digest: [u8; 32] = Sha256::digest(shown.as_bytes()).into();
            digest.ct_eq(&self.secret)
        };
        let shown = shown.into_iter().flatten();
        shown.map(carries).fold(Choice::from(0), |admits, carries| admits | carries).into()
    }

    /// The admin whose own token the request shows (`contracts/rooms.md` section 4, `/disconnect-user`).
    pub(super) async fn admin(&self, request: Request) -> (Request, Result<UserId, Refusal>) {
        let (parts, body) = request.into_parts();
        let recognised = recognise(&self.identity, bearer(&parts.headers), &parts).await;
        let admin = match recognised {
            Ok(actor) if actor.is_admin() => Ok(actor.user),
            Ok(_) => Err(Refusal::forbidden()),
            Err(AuthError::Token(_)) => Err(Refusal::unauthorized()),
            Err(AuthError::Store(error)) => Err(error.into()),
        };
        (Request::from_parts(parts, body), admin)
    }
}
