//! Messages that the app sends on behalf of its users.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::{Accounts, Profile},
    events::Receipt,
    ids::{ClientMessageId, UserId},
    messaging::{Draft, ImageFault, MessageDocument, Messaging, SendError, Stored},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    idempotency::RequestKey,
    payload::Payload,
    shapes::{Emitted, ErrorBody, Id, missing},
};
use crate::error::Refusal;

/// A message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewMessage {
    /// Who writes.
    #[schema(value_type = Id)]
    sender_id: UserId,
    /// To whom.
    #[schema(value_type = Id)]
    receiver_id: UserId,
    /// The text; this or `image`.
    text: Option<String>,
    /// An `https` URL, or a `data:` URL with a PNG, JPEG, GIF, WebP or AVIF image.
    image: Option<String>,
    /// A second message of the sender with the same id is the first.
    #[schema(value_type = Option<Id>)]
    client_message_id: Option<ClientMessageId>,
}

/// The message document of `contracts/rooms.md` section 6.
#[derive(Serialize, ToSchema)]
pub(super) struct Sent {
    /// Always true.
    success: bool,
    /// Its fields: `_id`, `senderId`, `receiverId`, `text`, `image`, `createdAt`, `updatedAt`, `status`,
    /// `isRead`, `metadata`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    document: MessageDocument,
}

/// Stores a message and tells both sides: 201, or 200 if it is there already.
#[utoipa::path(post, path = "/internal/messages", tag = "messages", operation_id = "send_message", request_body = NewMessage,
    responses((status = 201, body = Sent), (status = 200, body = Sent), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody)))]
pub(super) async fn send(
    State(messaging): State<Arc<Messaging>>,
    key: Option<Extension<RequestKey>>,
    Payload(new): Payload<NewMessage>,
) -> Result<(StatusCode, Json<Sent>), Refusal> {
    let from_key = key.and_then(|Extension(key)| ClientMessageId::new(key.as_id()).ok());
    let draft = Draft {
        text: new.text,
        image: new.image,
        client_id: new.client_message_id.or(from_key),
        ..Draft::default()
    };
    let stored = messaging.send(&new.sender_id, &new.receiver_id, draft).await.map_err(refuse)?;
    let status = match stored {
        Stored::New(..) => StatusCode::CREATED,
        Stored::Duplicate(_) => StatusCode::OK,
    };
    Ok((status, Json(Sent { success: true, document: stored.message().as_ref().into() })))
}

fn refuse(error: SendError) -> Refusal {
    let large = |field: &str, text: &str| {
        Refusal::field(field, text).with_status(StatusCode::PAYLOAD_TOO_LARGE)
    };
    match error {
        SendError::Empty => Refusal::field("text", "text or image is required"),
        SendError::TextTooLong => large("text", "text is too long"),
        SendError::Image(ImageFault::Unusable) => Refusal::field(
            "image",
            "image must be an https URL or a PNG, JPEG, GIF, WebP or AVIF data URL",
        ),
        SendError::Image(ImageFault::TooLarge) => large("image", "image is too large"),
        SendError::ToYourself => Refusal::field("receiverId", "receiverId must not be senderId"),
        SendError::UnknownReceiver | SendError::NotAMember => missing("Receiver not found"),
        SendError::Store(error) => error.into(),
    }
}

/// Someone is typing, or stopped.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Typing {
    /// Who types.
    #[schema(value_type = Id)]
    from: UserId,
    /// To whom.
    #[schema(value_type = Id)]
    to: UserId,
    /// Typing, or no longer.
    is_typing: bool,
}

/// Tells the other side that someone is typing (`userTyping`, `user_typing`), if they are there.
#[utoipa::path(post, path = "/internal/typing", tag = "messages", request_body = Typing,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn typing(
    State(messaging): State<Arc<Messaging>>,
    State(accounts): State<Arc<Accounts>>,
    Payload(typing): Payload<Typing>,
) -> Result<Emitted, Refusal> {
    let (receipt, reached) = Receipt::requested();
    let known = accounts.find(&typing.from).await?;
    let name = known.and_then(|user| Profile::from(&user).name);
    let Typing { from, to, is_typing } = typing;
    messaging.typing(&from, name.as_deref(), &to, is_typing, receipt).await;
    Ok(reached.await.unwrap_or_default().into())
}
