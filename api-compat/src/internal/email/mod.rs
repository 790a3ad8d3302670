//! E-mail that the app wants sent, and what becomes of it (`contracts/quiz.md` sections 5 and 7).

mod outbox;
mod previews;
mod sending;
mod suppressions;

use std::sync::Arc;

use axum::http::StatusCode;
use outrigger_domain::email::Mails;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::Refusal,
    state::{InternalState, MailState, Shared},
};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(sending::send, outbox::list))
        .routes(routes!(previews::preview))
        .routes(routes!(previews::templates))
        .routes(routes!(outbox::retry))
        .routes(routes!(suppressions::show, suppressions::remove))
}

/// The outbox, if there is a mail server.
fn configured(MailState { mails, .. }: MailState) -> Result<Arc<Mails>, Refusal> {
    let text = "E-mail is not configured";
    mails.ok_or_else(|| Refusal::error(StatusCode::SERVICE_UNAVAILABLE, text))
}
