//! What each template looks like, for admins in the console. With sample data: nobody's own is shown.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::email::MailTemplate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    caller::Admin,
    documents::{RenderedDocument, refuse, templates},
};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
    state::MailState,
};

/// Looks as it does in a mail program: styles in line, no scripts, nothing from elsewhere, and no part of this site
/// (Content Security Policy Level 3, `sandbox`).
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'";

/// `GET /api/email/templates`.
pub(super) async fn list(
    State(MailState { mails, .. }): State<MailState>,
    _: Admin,
) -> Json<Value> {
    Json(json!({ "configured": mails.is_some(), "templates": templates() }))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    format: Option<String>,
}

/// `GET` or `POST /api/email/preview/{template}?format=html|text|json`; HTML if nothing is said.
pub(super) async fn show(
    State(MailState { previews, .. }): State<MailState>,
    Segment(name): Segment,
    SoundQuery(Wanted { format }): SoundQuery<Wanted>,
    _: Admin,
) -> Result<Response, Refusal> {
    let missing = || Refusal::error(StatusCode::NOT_FOUND, "There is no such template");
    let template = MailTemplate::named(&name).ok_or_else(missing)?;
    let rendered = previews.render(template, &template.sample());
    let rendered = rendered.map_err(|fault| refuse(&fault))?;
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    let kind = |kind| (header::CONTENT_TYPE, kind);
    Ok(match format.as_deref() {
        None | Some("html") => {
            ([kind("text/html; charset=utf-8"), policy], rendered.html).into_response()
        }
        Some("text") => {
            ([kind("text/plain; charset=utf-8"), policy], rendered.text).into_response()
        }
        Some("json") => Json(RenderedDocument::from(rendered)).into_response(),
        Some(_) => {
            let text = "format must be html, text or json";
            return Err(Refusal::error(StatusCode::BAD_REQUEST, text));
        }
    })
}
