//! Who calls: the token from cookie or header, and the device it comes from.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, TokenFault, UNKNOWN_ADDRESS, Use, device_id},
    sessions::Origin,
};
use tower_cookies::Cookie;

use crate::{error::Refusal, state::PublicSettings};

/// Where a request comes from: the address that a trusted proxy gives, else the peer's; `None` if unknown.
/// A request extension, set by the process before it hands the request to a router of this crate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<String>);

/// Whose allowance a request without a token takes: the address that the last trusted proxy saw, or the peer's. Unlike
/// [`ClientAddress`] it is nothing that a client can choose. A request extension, set by the process as that one is; where it
/// is absent, that one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitedAddress(pub String);

/// Prefixes under which browsers keep a cookie to stricter rules (RFC 6265bis section 4.1.3).
const COOKIE_PREFIXES: [&str; 3] = ["", "__Host-", "__Secure-"];

/// Longest description of a program that is looked at, in bytes.
const MAX_USER_AGENT_BYTES: usize = 512;

/// The token of a request: the app's cookie, else `Authorization: Bearer`. Never from the URL, which ends in
/// logs and histories (`contracts/OVERVIEW.md` section 4).
fn shown_token(headers: &HeaderMap, cookie: &str) -> Option<String> {
    cookie_value(headers, cookie).or_else(|| bearer(headers).map(str::to_owned))
}

/// A cookie under any of its names.
pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| {
            let bare = COOKIE_PREFIXES
                .iter()
                .any(|prefix| cookie.name().strip_prefix(prefix) == Some(name));
            bare && !cookie.value().is_empty()
        })
        .map(|cookie| cookie.value().to_owned())
}

/// The credentials of `Authorization: Bearer` (RFC 6750 section 2.1); the scheme's case does not matter.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    bearer_in(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// The same of the header itself.
pub(crate) fn bearer_in(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Where the clients of `contracts/quiz.md` section 4 and `contracts/contacts.md` section 4 have their token.
const TOKEN_HEADER: &str = "x-auth-token";

/// The token of `x-auth-token`, else of `Authorization: Bearer`. What a page's script writes there for want of one is none.
pub(crate) fn header_token(headers: &HeaderMap) -> Option<&str> {
    let named = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()).map(str::trim);
    let is_one = |token: &&str| !matches!(*token, "" | "null" | "undefined");
    named.filter(is_one).or_else(|| bearer(headers).filter(is_one))
}

/// The program and address a request comes from.
#[derive(Debug, Clone)]
pub(crate) struct RequestOrigin(pub(crate) Origin);

impl RequestOrigin {
    pub(crate) fn of(parts: &Parts) -> Self {
        let user_agent =
            parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let address = parts.extensions.get::<ClientAddress>().and_then(|address| address.0.clone());
        Self(Origin {
            user_agent: user_agent
                .filter(|text| text.len() <= MAX_USER_AGENT_BYTES)
                .unwrap_or_default()
                .into(),
            address: address.unwrap_or_else(|| UNKNOWN_ADDRESS.to_owned()),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for RequestOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// Recognises who shows `token` from where `parts` come.
pub(crate) async fn recognise(
    identity: &Identity,
    token: Option<&str>,
    parts: &Parts,
) -> Result<Actor, AuthError> {
    let Origin { user_agent, address } = RequestOrigin::of(parts).0;
    identity.authenticate(token, &device_id(&user_agent, &address), Use::Rest).await
}

/// Whoever shows a token that holds, whether or not it names an address: for what every contract's clients fetch.
pub(crate) struct Holder(pub(crate) Actor);

impl Holder {
    async fn recognise<S>(parts: &Parts, state: &S) -> Result<Self, AuthError>
    where
        Arc<Identity>: FromRef<S>,
        Arc<PublicSettings>: FromRef<S>,
    {
        let settings = Arc::<PublicSettings>::from_ref(state);
        let token = shown_token(&parts.headers, &settings.auth_cookie);
        recognise(&Arc::<Identity>::from_ref(state), token.as_deref(), parts).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for Holder
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Self::recognise(parts, state).await.map_err(refuse)
    }
}

/// A logged-in user whose token names an address, which `contracts/rooms.md` section 1 asks of it.
pub(crate) struct Caller(pub(crate) Actor);

impl Caller {
    /// Recognises the caller, for routes that have refusals of their own.
    pub(crate) async fn recognise<S>(parts: &Parts, state: &S) -> Result<Self, AuthError>
    where
        Arc<Identity>: FromRef<S>,
        Arc<PublicSettings>: FromRef<S>,
    {
        let Holder(actor) = Holder::recognise(parts, state).await?;
        if actor.email.is_empty() {
            return Err(TokenFault::IncompleteClaims.into());
        }
        Ok(Self(actor))
    }
}

fn refuse(error: AuthError) -> Refusal {
    match error {
        AuthError::Token(_) => Refusal::unauthorized(),
        AuthError::Store(error) => error.into(),
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        Self::recognise(parts, state).await.map_err(refuse)
    }
}

/// A logged-in admin; the refusals are those of `/api/socket-test` (`contracts/rooms.md` section 4).
pub(crate) struct Admin(pub(crate) Actor);

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller =
            Caller::from_request_parts(parts, state).await.map_err(Refusal::unsuccessful)?;
        if caller.0.is_admin() {
            Ok(Self(caller.0))
        } else {
            Err(Refusal::error(StatusCode::FORBIDDEN, "Admin access required").unsuccessful())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn token(headers: &HeaderMap) -> Option<String> {
        shown_token(headers, "authToken")
    }

    #[test]
    fn the_cookie_comes_before_the_header_under_each_of_its_names() {
        for name in ["authToken=a", "__Host-authToken=a", "x=1; __Secure-authToken=a; y=2"] {
            let headers = headers(&[(header::COOKIE, name), (header::AUTHORIZATION, "Bearer b")]);
            assert_eq!(token(&headers).as_deref(), Some("a"), "{name}");
        }
        let others =
            headers(&[(header::COOKIE, "xauthToken=a"), (header::AUTHORIZATION, "bearer b")]);
        assert_eq!(token(&others).as_deref(), Some("b"));
    }

    #[test]
    fn the_header_of_its_own_comes_before_the_usual_one_and_may_say_nothing() {
        let of = |own: &'static str, usual: &'static str| {
            let own = (header::HeaderName::from_static(TOKEN_HEADER), own);
            header_token(&headers(&[own, (header::AUTHORIZATION, usual)])).map(str::to_owned)
        };
        assert_eq!(of("a", "Bearer b").as_deref(), Some("a"));
        for none in ["", "null", "undefined"] {
            assert_eq!(of(none, "Bearer b").as_deref(), Some("b"), "{none:?}");
            assert_eq!(of(none, "Bearer null"), None, "{none:?}");
        }
    }

    #[test]
    fn an_empty_cookie_or_another_scheme_is_no_token() {
        assert_eq!(token(&headers(&[(header::COOKIE, "authToken=")])), None);
        assert_eq!(token(&headers(&[(header::AUTHORIZATION, "Basic YTpi")])), None);
        assert_eq!(token(&headers(&[(header::AUTHORIZATION, "Bearer ")])), None);
    }
}
