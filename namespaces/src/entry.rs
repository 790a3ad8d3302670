//! Letting sockets in. Contracts differ in where a token may stand, what it must say, and in their words for one that
//! does not hold.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, TokenFault, UNKNOWN_ADDRESS, Use, device_id},
    naming::Ids,
    sessions::Origin,
};
use outrigger_transport::{Admission, Handshake, Refusal};
use serde_json::Value;

use crate::{audience::own_rooms, standing::Standing};

/// Sockets that one user may have open.
pub const MAX_SOCKETS_PER_USER: usize = 200;

/// How a contract lets sockets in.
pub struct Manner {
    /// Whether a token may stand in the header `Authorization` as well.
    pub header: bool,
    /// Whether it may stand in a cookie as well.
    pub cookie: bool,
    /// Whether a token without an address is refused.
    pub needs_email: bool,
    /// Whether the app's record of a user counts more than what the token says, and must be there if the app can be asked.
    pub by_record: bool,
    /// Whether a name that the token says counts more than the one on record.
    pub named_by_token: bool,
    /// Whether someone without any token is let in, as a guest.
    pub guests: bool,
    /// The contract's text for a token that does not hold; clients compare it.
    pub text: fn(TokenFault) -> &'static str,
    /// The contract's text for when the store cannot be asked.
    pub unavailable: &'static str,
}

/// The manner of `rooms` and `legacy` (`contracts/rooms.md` section 1).
pub const ROOMS: Manner = Manner {
    header: false,
    cookie: true,
    needs_email: true,
    by_record: false,
    named_by_token: false,
    guests: false,
    text: refusal_text,
    unavailable: UNAVAILABLE,
};

/// Recognises who opens a socket.
pub struct Door {
    identity: Arc<Identity>,
    auth_cookie: String,
    sockets_per_user: usize,
    ids: Arc<dyn Ids>,
}

impl Door {
    /// A door that reads tokens from `auth.token`, then from the header, then from the cookie `auth_cookie`, where the
    /// contract says so. `ids` names guests.
    #[must_use]
    pub fn new(
        identity: Arc<Identity>,
        auth_cookie: String,
        sockets_per_user: usize,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { identity, auth_cookie, sockets_per_user, ids }
    }

    /// Admits whoever shows a token that holds. Someone without any token is let in as nobody with `pending`, and as a
    /// guest where the contract says so; whoever shows a token that does not hold is neither.
    ///
    /// # Errors
    /// The contract's text for what is wrong with the token.
    pub async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
        manner: &Manner,
        pending: bool,
    ) -> Result<Admission, Refusal> {
        let origin = origin(handshake);
        let token = match auth.and_then(|auth| auth.get("token")) {
            Some(Value::String(token)) if !token.is_empty() => {
                Some(without_scheme(token).to_owned())
            }
            // Anything else under that name is not "no token".
            Some(Value::String(_) | Value::Null) | None => self.sent_along(handshake, manner),
            Some(_) => Some("not a token".to_owned()),
        };
        if token.is_none() && pending {
            return Ok(nobody(handshake));
        }
        let actor = if token.is_none() && manner.guests {
            Actor::guest(&*self.ids, device_id(&origin.user_agent, &origin.address))
        } else {
            self.recognise(token.as_deref(), &origin, manner).await.map_err(
                |error| match error {
                    AuthError::Token(fault) => {
                        tracing::debug!(%fault, path = handshake.path, "a handshake was refused");
                        // Whoever comes while the app does not answer has shown nothing wrong.
                        let counts_as_failure = fault != TokenFault::Undecided;
                        Refusal { message: (manner.text)(fault).into(), counts_as_failure }
                    }
                    AuthError::Store(error) => {
                        tracing::error!(%error, "a handshake could not be checked");
                        Refusal { message: manner.unavailable.into(), counts_as_failure: false }
                    }
                },
            )?
        };
        Ok(Admission {
            rooms: own_rooms(&actor),
            owner: Some(actor.user.as_str().into()),
            owner_limit: self.sockets_per_user,
            state: Arc::new(Standing::new(Some(actor), origin)),
        })
    }

    /// The token that came with the request which opened the connection.
    fn sent_along(&self, handshake: &Handshake, manner: &Manner) -> Option<String> {
        let header = handshake.authorization.as_deref().filter(|shown| !shown.trim().is_empty());
        let header = header.filter(|_| manner.header).map(|shown| without_scheme(shown).to_owned());
        let cookie = || handshake.cookie(&self.auth_cookie).filter(|_| manner.cookie);
        header.or_else(cookie)
    }

    /// Recognises whoever shows `token` from there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn recognise(
        &self,
        token: Option<&str>,
        origin: &Origin,
        manner: &Manner,
    ) -> Result<Actor, AuthError> {
        let device = device_id(&origin.user_agent, &origin.address);
        let mut actor = if manner.by_record {
            self.identity.authenticate_by_record(token, &device, Use::Socket).await?
        } else {
            self.identity.authenticate(token, &device, Use::Socket).await?
        };
        if manner.needs_email && actor.email.is_empty() {
            return Err(TokenFault::IncompleteClaims.into());
        }
        if let Some(token) = token.filter(|_| manner.named_by_token) {
            actor.profile = self.identity.read(token)?.profile.or(actor.profile);
        }
        Ok(actor)
    }

    /// Sockets that one user may have open.
    #[must_use]
    pub fn sockets_per_user(&self) -> usize {
        self.sockets_per_user
    }

    /// The identity behind the door.
    #[must_use]
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }
}

/// Told when the store cannot be asked; clients try again after it.
pub const UNAVAILABLE: &str = "Service unavailable";

/// The texts of `contracts/rooms.md` section 1; clients compare them.
#[must_use]
pub fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Authentication error: No token provided",
        TokenFault::IncompleteClaims => "Authentication error: Invalid token data",
        TokenFault::Expired => "Authentication error: Token expired",
        TokenFault::BadSignature | TokenFault::Malformed | TokenFault::Undecided => {
            "Authentication error: Invalid token signature"
        }
        TokenFault::Revoked | TokenFault::Inactive | TokenFault::Unknown | TokenFault::Refused => {
            "Authentication error: Invalid token"
        }
    }
}

/// The same for programs, in `authError`.
#[must_use]
pub fn refusal_code(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "NO_TOKEN",
        TokenFault::IncompleteClaims => "INVALID_TOKEN_DATA",
        TokenFault::Expired => "TOKEN_EXPIRED",
        TokenFault::BadSignature | TokenFault::Malformed | TokenFault::Undecided => {
            "INVALID_TOKEN_SIGNATURE"
        }
        TokenFault::Revoked => "TOKEN_REVOKED",
        TokenFault::Inactive | TokenFault::Unknown | TokenFault::Refused => "INVALID_TOKEN",
    }
}

/// Tokens come with and without the scheme of RFC 6750, whose case says nothing (RFC 9110 section 11.1).
fn without_scheme(token: &str) -> &str {
    const SCHEME: &str = "Bearer ";
    match token.split_at_checked(SCHEME.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => rest.trim_start(),
        _ => token,
    }
}

/// Lets in someone who has shown no token and is in no room.
#[must_use]
pub fn nobody(handshake: &Handshake) -> Admission {
    let state = Arc::new(Standing::new(None, origin(handshake)));
    Admission { rooms: Vec::new(), state, owner: None, owner_limit: usize::MAX }
}

fn origin(handshake: &Handshake) -> Origin {
    let forwarded = handshake.forwarded.clone();
    // Behind a proxy that names nobody, every client would have the proxy's address: it says nothing.
    let address =
        forwarded.or_else(|| (!handshake.peer.is_loopback()).then(|| handshake.peer.to_string()));
    Origin {
        user_agent: handshake.user_agent.clone().unwrap_or_default(),
        address: address.unwrap_or_else(|| UNKNOWN_ADDRESS.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::without_scheme;

    #[test]
    fn a_token_comes_with_and_without_its_scheme() {
        for token in ["a.b.c", "Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c"] {
            assert_eq!(without_scheme(token), "a.b.c", "{token}");
        }
        for odd in ["Bearer", "Basic a.b.c", "Bearér a", "", "Bearera.b.c"] {
            assert_eq!(without_scheme(odd), odd);
        }
        assert_eq!(without_scheme("Bearer "), "");
    }
}
