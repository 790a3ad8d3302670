//! Who may see what templates look like: admins.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, Request},
    http::Method,
};
use outrigger_domain::identity::{AuthError, Identity};

use crate::{
    auth::{cookie_value, header_token, recognise},
    error::Refusal,
    input::read_bytes,
    state::PublicSettings,
};

/// An admin, by the token in a header, in the body of a form (`token=…`), or in the app's cookie, in this order.
///
/// A page shows a preview in a frame of its own, and a frame cannot be given headers; what is posted into it can bring the
/// token without putting it into the address. A cookie opens no more than a look at sample data.
pub(super) struct Admin;

/// The token that a form says. No character of one is written otherwise in a form.
fn posted(body: &Bytes) -> Option<&str> {
    let token = std::str::from_utf8(body).ok()?.trim().strip_prefix("token=")?;
    (!token.is_empty()).then_some(token)
}

impl<S> FromRequest<S> for Admin
where
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let body = if parts.method == Method::POST {
            let request = Request::from_parts(parts.clone(), body);
            let refuse = |status| Refusal::error(status, "The request body cannot be read");
            read_bytes(request, state).await.map_err(refuse)?
        } else {
            Bytes::new()
        };
        let settings = Arc::<PublicSettings>::from_ref(state);
        let cookie = cookie_value(&parts.headers, &settings.auth_cookie);
        let token = header_token(&parts.headers).or(posted(&body)).or(cookie.as_deref());
        let identity = Arc::<Identity>::from_ref(state);
        match recognise(&identity, token, &parts).await {
            Ok(actor) if actor.is_admin() => Ok(Self),
            Ok(_) => Err(Refusal::forbidden()),
            Err(AuthError::Token(_)) => Err(Refusal::unauthorized()),
            Err(AuthError::Store(error)) => Err(error.into()),
        }
    }
}
