//! E-mail over HTTP: links that end list mail, and what the templates look like (`contracts/quiz.md` section 7).

mod caller;
mod documents;
mod page;
mod previews;
mod unsubscribe;

use axum::{Router, extract::DefaultBodyLimit, routing::get};

pub(crate) use self::documents::{RenderedDocument, TemplateDocument, refuse, template, templates};
use crate::state::{PublicState, Shared};

/// Bodies, in bytes: a token.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// All routes, at their bare paths only.
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/email/unsubscribe", get(unsubscribe::ask).post(unsubscribe::end))
        .route("/api/email/templates", get(previews::list))
        .route("/api/email/preview/{template}", get(previews::show).post(previews::show))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}
