//! Messages that were read or deleted, said by the app for its users (`contracts/social.md` section 5).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::{MessageId, UserId},
    messaging::{Deleted, Messaging, Read, Reading},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{Done, ErrorBody, Id, missing},
};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
};

fn message_in_path(id: &str) -> Result<MessageId, Refusal> {
    MessageId::new(id).map_err(|_| missing("Message not found"))
}

/// Who read a message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reader {
    /// The user it was sent to.
    #[schema(value_type = Id)]
    reader_id: UserId,
    /// Whether it was only shown, which some contracts have a word of its own for (`message_seen`); false if absent.
    #[serde(default)]
    seen: bool,
}

/// The message was read.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageRead {
    /// Always true.
    success: bool,
    /// Whether that is new; otherwise nobody is told again.
    newly_read: bool,
    /// When it was read for the first time.
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Timestamp>,
}

/// Marks a message as read by its receiver and tells its sender.
#[utoipa::path(post, path = "/internal/messages/{id}/read", tag = "messages", operation_id = "read_message",
    request_body = Reader, params(("id" = String, Path, description = "The message's id")),
    responses((status = 200, body = MessageRead), (status = 400, body = ErrorBody),
        (status = 403, description = "It was not sent to this user", body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn mark_read(
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
    Payload(reader): Payload<Reader>,
) -> Result<Json<MessageRead>, Refusal> {
    let id = message_in_path(&id)?;
    let reading = if reader.seen { Reading::Seen } else { Reading::Read };
    let (newly_read, message) = match messaging.mark_read(&reader.reader_id, &id, reading).await? {
        Read::Now(message, _) => (true, message),
        Read::Before(message) => (false, message),
        Read::NotYours => {
            let text = "You can only mark messages sent to you as read";
            return Err(Refusal::error(StatusCode::FORBIDDEN, text));
        }
        Read::Missing => return Err(missing("Message not found")),
    };
    Ok(Json(MessageRead { success: true, newly_read, read_at: message.read_at }))
}

/// Who deletes a message, in the body or, for clients that send none with `DELETE`, in the query.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sender {
    /// The user who sent it.
    #[schema(value_type = Option<Id>)]
    sender_id: Option<UserId>,
}

/// The query of a deletion.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SenderQuery {
    sender_id: Option<String>,
}

/// Deletes a message of its sender and tells both sides (`message_deleted`).
#[utoipa::path(delete, path = "/internal/messages/{id}", tag = "messages", operation_id = "delete_message",
    request_body = Sender,
    params(("id" = String, Path, description = "The message's id"),
        ("senderId" = Option<String>, Query, description = "Who sent it, if the body does not say")),
    responses((status = 200, body = Done), (status = 400, body = ErrorBody),
        (status = 403, description = "It was not this user who sent it", body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn delete(
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
    SoundQuery(query): SoundQuery<SenderQuery>,
    Payload(sender): Payload<Sender>,
) -> Result<Json<Done>, Refusal> {
    let in_query = query.sender_id.and_then(|id| UserId::new(id).ok());
    let sender = sender.sender_id.or(in_query);
    let sender = sender.ok_or_else(|| Refusal::field("senderId", "senderId is required"))?;
    let id = message_in_path(&id)?;
    match messaging.delete(&sender, &id).await? {
        Deleted::Now(..) => Ok(Json(Done::new())),
        Deleted::NotYours => {
            let text = "You can only delete your own messages";
            Err(Refusal::error(StatusCode::FORBIDDEN, text))
        }
        Deleted::Missing => Err(missing("Message not found")),
    }
}
