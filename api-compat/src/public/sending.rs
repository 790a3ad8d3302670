//! Sending messages.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use outrigger_domain::{
    ids::{ClientMessageId, UserId},
    messaging::{Draft, ImageFault, MessageDocument, Messaging, SendError, Stored},
};
use serde::Deserialize;

use crate::{
    auth::Caller,
    error::Refusal,
    input::{PublicJson, Segment},
};

/// What clients send; who writes and to whom is not theirs to say here (`contracts/rooms.md` section 4).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageBody {
    text: Option<String>,
    image: Option<String>,
    /// Made up anew at every try by stock clients, and a number in some.
    message_id: Option<serde_json::Value>,
    /// Stays the same when a client of ours tries again.
    client_message_id: Option<serde_json::Value>,
}

impl MessageBody {
    fn into_draft(self, headers: &HeaderMap) -> Draft {
        let usable = |text: &str| ClientMessageId::new(text).ok();
        let id_of =
            |value: Option<serde_json::Value>| value.as_ref().and_then(|id| usable(id.as_str()?));
        let header =
            headers.get("idempotency-key").and_then(|value| value.to_str().ok()).and_then(usable);
        let ours = id_of(self.client_message_id).or(header);
        let same_content_is_same_message = ours.is_none();
        let client_id = ours.or_else(|| id_of(self.message_id));
        Draft {
            text: self.text,
            image: self.image,
            client_id,
            same_content_is_same_message,
            ..Draft::default()
        }
    }
}

fn is_empty(draft: &Draft) -> bool {
    draft.text.as_ref().is_none_or(|text| text.trim().is_empty())
        && draft.image.as_ref().is_none_or(String::is_empty)
}

/// `POST /api/messages/send/{userId}` and `POST /api/messages/{userId}`: 201 with the new message, 200 with the
/// one that is there already.
pub(super) async fn send(
    Caller(actor): Caller,
    State(messaging): State<Arc<Messaging>>,
    Segment(to): Segment,
    headers: HeaderMap,
    body: Result<PublicJson<MessageBody>, Refusal>,
) -> Result<(StatusCode, Json<MessageDocument>), Refusal> {
    let PublicJson(body) = body.map_err(|refusal| match refusal.status() {
        // The limit has room for every text that is taken: it is the image.
        StatusCode::PAYLOAD_TOO_LARGE => refuse(SendError::Image(ImageFault::TooLarge)),
        _ => refusal,
    })?;
    let draft = body.into_draft(&headers);
    // Said before anything about the receiver, as the contract orders its texts.
    if is_empty(&draft) {
        return Err(refuse(SendError::Empty));
    }
    let to = UserId::new(to)
        .map_err(|_| Refusal::message(StatusCode::BAD_REQUEST, "Invalid receiver ID."))?;
    let stored = messaging.send(&actor.user, &to, draft).await.map_err(refuse)?;
    let status = match stored {
        Stored::New(..) => StatusCode::CREATED,
        Stored::Duplicate(_) => StatusCode::OK,
    };
    Ok((status, Json(MessageDocument::from(stored.message().as_ref()))))
}

/// `POST /api/messages/send` without anyone to send to.
pub(super) async fn without_receiver(_: Caller) -> Refusal {
    Refusal::message(StatusCode::BAD_REQUEST, "Receiver ID is required.")
}

/// The contract's words for why a message was not sent (`contracts/rooms.md` section 4).
pub(crate) fn refuse(error: SendError) -> Refusal {
    let (status, text) = match error {
        SendError::Empty => (StatusCode::BAD_REQUEST, "Text or image is required."),
        SendError::TextTooLong => (StatusCode::PAYLOAD_TOO_LARGE, "Text is too long."),
        // The contract answers 500 here; its clients show the text.
        SendError::Image(ImageFault::Unusable) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Failed to upload image.")
        }
        SendError::Image(ImageFault::TooLarge) => {
            (StatusCode::PAYLOAD_TOO_LARGE, "Image is too large.")
        }
        SendError::ToYourself => (StatusCode::BAD_REQUEST, "Cannot send messages to yourself."),
        SendError::UnknownReceiver | SendError::NotAMember => {
            (StatusCode::NOT_FOUND, "Receiver not found.")
        }
        SendError::Store(error) => return error.into(),
    };
    Refusal::message(status, text)
}
