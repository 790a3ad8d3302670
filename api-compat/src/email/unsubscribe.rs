//! Ending list mail by the link that it ends with (RFC 8058, and RFC 2369 section 3.2).
//!
//! Programs that look into mail follow its links, so a `GET` changes nothing: it shows a button. The button, and mail
//! programs by themselves, `POST`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use outrigger_domain::email::Address;
use serde::Deserialize;

use super::page::{Page, page};
use crate::{error::Refusal, input::SoundQuery, state::MailState};

#[derive(Deserialize)]
pub(super) struct Link {
    token: Option<String>,
}

impl Link {
    /// Whose mail it ends, or with which status it is refused.
    fn address(self, mails: &MailState) -> Result<Address, StatusCode> {
        // Where no mail is sent, no link is ours.
        let links = mails.unsubscribe.as_ref().ok_or(StatusCode::NOT_FOUND)?;
        self.token.and_then(|token| links.read(&token)).ok_or(StatusCode::BAD_REQUEST)
    }
}

/// The query as far as it can be read; one that cannot is that of no link.
type Query = Result<SoundQuery<Link>, Refusal>;

fn link(query: Query) -> Link {
    query.map_or(Link { token: None }, |SoundQuery(link)| link)
}

/// `GET /email/unsubscribe?token=`.
pub(super) async fn ask(State(mails): State<MailState>, query: Query) -> Response {
    match link(query).address(&mails) {
        Ok(address) => page(&Page::Ask(address.as_str())),
        Err(status) => (status, page(&Page::BadLink)).into_response(),
    }
}

/// `POST /email/unsubscribe?token=`; the body of RFC 8058 section 3.2 is welcome, and says nothing new. Done again it is as
/// done once.
pub(super) async fn end(State(mails): State<MailState>, query: Query) -> Response {
    let address = match link(query).address(&mails) {
        Ok(address) => address,
        Err(status) => return (status, page(&Page::BadLink)).into_response(),
    };
    let later = || (StatusCode::SERVICE_UNAVAILABLE, page(&Page::Later)).into_response();
    let Some(mails) = &mails.mails else { return later() };
    match mails.unsubscribe(&address).await {
        Ok(()) => page(&Page::Done(address.as_str())),
        Err(error) => {
            tracing::warn!(%error, "somebody could not be unsubscribed");
            later()
        }
    }
}
