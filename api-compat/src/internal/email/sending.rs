//! The app wants an e-mail sent: `sendEmail`.

use std::time::Duration;

use axum::{Extension, Json, extract::State, http::StatusCode};
use outrigger_domain::{
    email::{MailError, NewLetter, Queued},
    ids::MailId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{configured, outbox::kept_key};
use crate::{
    email::{refuse as refuse_fault, template},
    error::Refusal,
    internal::{
        idempotency::RequestKey,
        payload::Payload,
        shapes::{ErrorBody, check_text},
    },
    state::MailState,
};

/// Longest key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// Mails go out all the time; then there is room for others.
const ROOM_RETRY: Duration = Duration::from_secs(60);

/// An e-mail.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct NewEmail {
    /// The name of its template.
    template: String,
    /// To whom: one address, without a name.
    to: String,
    /// What it is filled with: texts of at most 10 kB, and numbers; all of them are escaped.
    #[serde(default)]
    #[schema(value_type = Object)]
    vars: Map<String, Value>,
    /// A second one under the same key is the first, for as long as that is remembered; the `Idempotency-Key` if absent.
    key: Option<String>,
}

/// An e-mail that waits to be sent.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct QueuedEmail {
    /// Always true.
    success: bool,
    /// Our id, also in its `Message-ID`.
    #[schema(value_type = String)]
    id: MailId,
    /// Whether it was put there by this call, and not under the same key before.
    queued: bool,
}

fn refuse(error: MailError) -> Refusal {
    match error {
        MailError::BadAddress => Refusal::field("to", "to must be an e-mail address"),
        MailError::Suppressed(why) => {
            let text = "Nothing of this kind is sent to this address any more";
            let body = json!({ "error": text, "reason": why.as_str() });
            Refusal::object(StatusCode::CONFLICT, body)
        }
        MailError::Render(fault) => refuse_fault(&fault),
        MailError::Full => {
            let text = "Too many e-mails wait";
            Refusal::error(StatusCode::SERVICE_UNAVAILABLE, text).after(ROOM_RETRY)
        }
        MailError::Store(error) => error.into(),
    }
}

/// Has an e-mail sent: it is in the outbox when this is answered, and goes out at least once (`sendEmail`).
#[utoipa::path(post, path = "/internal/email", tag = "email", operation_id = "send_email", request_body = NewEmail,
    responses((status = 202, body = QueuedEmail), (status = 400, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn send(
    State(mails): State<MailState>,
    request_key: Option<Extension<RequestKey>>,
    Payload(NewEmail { template: name, to, vars, key }): Payload<NewEmail>,
) -> Result<(StatusCode, Json<QueuedEmail>), Refusal> {
    let mails = configured(mails)?;
    let template = template("template", &name)?;
    if let Some(key) = &key {
        check_text("key", key, MAX_KEY_BYTES)?;
    }
    let key = kept_key(key, request_key.as_ref().map(|Extension(key)| key.as_id()));
    let letter = NewLetter { template, to: &to, vars, key };
    let Queued { id, new } = mails.send(letter).await.map_err(refuse)?;
    Ok((StatusCode::ACCEPTED, Json(QueuedEmail { success: true, id, queued: new })))
}
