//! Single messages: sent, read, seen, deleted (`contracts/social.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::{ClientMessageId, MessageId, UserId},
    messaging::{Deleted, Draft, Message, Messaging, Read, Reading, SendError, Stored},
    social_documents::{SocialMessage, SocialSeen},
};
use serde_json::{Value, json};

use super::{
    answer::{Answer, Failure},
    caller::{Allowed, DeleteMessage, MessageRead, Seen, SendMessage},
    request::Body,
};
use crate::input::Segment;

/// Longest message, in characters (section 2, `send_message`).
const MOST_MESSAGE_CHARS: usize = 1000;

fn unknown() -> Failure {
    Failure::missing("Message not found")
}

/// `POST /api/messages {receiverId, message, clientMessageId?}`: as `send_message`; 201 with the new message, 200 with
/// the one of that client id that is there already.
pub(super) async fn send(
    Allowed { actor, .. }: Allowed<SendMessage>,
    State(messaging): State<Arc<Messaging>>,
    Body(mut fields): Body,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let to = fields.id::<UserId>("receiverId");
    let text = fields.text("message", MOST_MESSAGE_CHARS);
    let client_id = fields.optional_id::<ClientMessageId>("clientMessageId");
    let (to, text) = fields.finish(to.zip(text))?;
    let draft = Draft {
        text: Some(text),
        every_one_counts: client_id.is_none(),
        client_id,
        notify: true,
        ..Draft::default()
    };
    let stored = messaging.send(&actor.user, &to, draft).await.map_err(refuse)?;
    let status = match stored {
        Stored::New(..) => StatusCode::CREATED,
        Stored::Duplicate(_) => StatusCode::OK,
    };
    let document = SocialMessage::new(stored.message());
    let answer = json!({
        "status": "success",
        "message": "Message sent successfully",
        "data": document,
    });
    Ok((status, Json(answer)))
}

fn refuse(error: SendError) -> Failure {
    let bad = |text| Failure::new(StatusCode::BAD_REQUEST, text);
    match error {
        SendError::ToYourself => bad("You cannot send a message to yourself"),
        SendError::UnknownReceiver | SendError::NotAMember => {
            Failure::missing("Receiver not found")
        }
        SendError::Empty | SendError::TextTooLong | SendError::Image(_) => {
            bad("Invalid message data")
        }
        SendError::Store(error) => error.into(),
    }
}

async fn read(
    messaging: &Messaging,
    reader: &UserId,
    id: String,
    reading: Reading,
) -> Result<Arc<Message>, Failure> {
    let id = MessageId::new(id).map_err(|_| unknown())?;
    match messaging.mark_read(reader, &id, reading).await? {
        Read::Now(message, _) | Read::Before(message) => Ok(message),
        Read::NotYours => Err(Failure::new(
            StatusCode::FORBIDDEN,
            "You can only mark messages sent to you as read",
        )),
        Read::Missing => Err(unknown()),
    }
}

/// `PATCH /api/messages/{id}/read`: as `message_read`.
pub(super) async fn mark_read(
    Allowed { actor, .. }: Allowed<MessageRead>,
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
) -> Answer {
    read(&messaging, &actor.user, id, Reading::Read).await?;
    Ok(Json(json!({ "status": "success", "message": "Message marked as read" })))
}

/// `PATCH /api/messages/{id}/seen`: its sender is told with `message_seen`.
pub(super) async fn mark_seen(
    Allowed { actor, .. }: Allowed<Seen>,
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
) -> Answer {
    let message = read(&messaging, &actor.user, id, Reading::Seen).await?;
    Ok(Json(json!({
        "status": "success",
        "message": "Message marked as seen",
        "seenBy": SocialSeen::of(&message),
        "isRead": message.read_at.is_some(),
    })))
}

/// `DELETE /api/messages/{id}`: as `delete_message`.
pub(super) async fn delete(
    Allowed { actor, .. }: Allowed<DeleteMessage>,
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
) -> Answer {
    let id = MessageId::new(id).map_err(|_| unknown())?;
    match messaging.delete(&actor.user, &id).await? {
        Deleted::Now(..) => {
            Ok(Json(json!({ "status": "success", "message": "Message deleted successfully" })))
        }
        Deleted::NotYours => {
            Err(Failure::new(StatusCode::FORBIDDEN, "You can only delete your own messages"))
        }
        Deleted::Missing => Err(unknown()),
    }
}
