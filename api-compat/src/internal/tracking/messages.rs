//! Messages as a whole: `registerMessage`, `broadcastMessageUpdate`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::{TrackedId, UserId},
    tracking::{MessageUpdate, Registered, Registration, Tracking, Updated},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{cost, count, instant, message_status, other_owner};
use crate::{
    error::Refusal,
    input::Segment,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id, missing, optional_text},
    },
    tracking::TrackedDocument,
};

/// Longest subject, content (1600 characters of four bytes fit, and long mail), word for a kind, and id of a template,
/// in bytes.
const MAX_SUBJECT_BYTES: usize = 1024;
const MAX_CONTENT_BYTES: usize = 16 * 1024;
const MAX_KIND_BYTES: usize = 64;
const MAX_TEMPLATE_BYTES: usize = 256;

/// What the app tells of a message; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewTracked {
    /// The app's id.
    #[schema(value_type = Id)]
    message_id: TrackedId,
    /// Who sends it, and may see what becomes of it; the first one named stays so.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// `DRAFT`, `SCHEDULED`, `SENDING`, `SENT`, `FAILED`, `DELIVERED` or `CANCELLED`; a new one is a draft.
    status: Option<String>,
    /// Its subject, of mail.
    subject: Option<String>,
    /// What it says.
    content: Option<String>,
    /// `SMS`, `EMAIL`, or another word of the app's.
    message_type: Option<String>,
    /// The app's id of the template it was made from.
    template_id: Option<String>,
    /// How many it goes to.
    total_recipients: Option<u64>,
    /// When it is to be sent.
    #[schema(format = DateTime)]
    scheduled_at: Option<String>,
}

/// What is known of a message now.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct RegisteredMessage {
    /// Always true.
    success: bool,
    /// The message.
    message: TrackedDocument,
}

/// Makes a message known, so that its owner can track it, or tells more of it (`registerMessage`).
#[utoipa::path(post, path = "/internal/tracking/messages", tag = "tracking", operation_id = "register_message",
    request_body = NewTracked,
    responses((status = 200, body = RegisteredMessage), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn register(
    State(tracking): State<Arc<Tracking>>,
    Payload(new): Payload<NewTracked>,
) -> Result<Json<RegisteredMessage>, Refusal> {
    let status = new.status.as_deref().map(|word| message_status("status", word)).transpose()?;
    let registration = Registration {
        id: new.message_id,
        owner: new.user_id,
        status,
        subject: optional_text("subject", new.subject, MAX_SUBJECT_BYTES)?,
        content: optional_text("content", new.content, MAX_CONTENT_BYTES)?,
        kind: optional_text("messageType", new.message_type, MAX_KIND_BYTES)?,
        template: optional_text("templateId", new.template_id, MAX_TEMPLATE_BYTES)?,
        total: count("totalRecipients", new.total_recipients)?,
        scheduled_at: instant("scheduledAt", new.scheduled_at.as_deref())?,
    };
    match tracking.register(&registration).await? {
        Registered::Now(tracked) => {
            Ok(Json(RegisteredMessage { success: true, message: (&*tracked).into() }))
        }
        Registered::OtherOwner => Err(other_owner()),
    }
}

/// How far a message has come.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct TrackedChange {
    /// Who sends it.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Which; an unknown one becomes known.
    #[schema(value_type = Id)]
    message_id: TrackedId,
    /// `DRAFT`, `SCHEDULED`, `SENDING`, `SENT`, `FAILED`, `DELIVERED` or `CANCELLED`.
    status: String,
    /// How many have got it; shown while no recipient is known.
    success_count: Option<u64>,
    /// How many will not; the same.
    failed_count: Option<u64>,
    /// What it cost.
    cost: Option<f64>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct UpdatedMessage {
    /// Always true.
    success: bool,
    /// Whether it was news; not if it was known, or led backwards.
    changed: bool,
    /// The message.
    message: TrackedDocument,
}

/// Says how far a message has come, and tells its owner (`broadcastMessageUpdate`).
#[utoipa::path(post, path = "/internal/tracking/message-update", tag = "tracking",
    operation_id = "update_message", request_body = TrackedChange,
    responses((status = 200, body = UpdatedMessage), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn update(
    State(tracking): State<Arc<Tracking>>,
    Payload(change): Payload<TrackedChange>,
) -> Result<Json<UpdatedMessage>, Refusal> {
    let update = MessageUpdate {
        id: change.message_id,
        owner: change.user_id,
        status: message_status("status", &change.status)?,
        success: count("successCount", change.success_count)?,
        failed: count("failedCount", change.failed_count)?,
        cost: cost("cost", change.cost)?,
    };
    let (changed, tracked) = match tracking.update(&update).await? {
        Updated::Now(tracked, ..) => (true, tracked),
        Updated::Before(tracked) => (false, tracked),
        Updated::OtherOwner => return Err(other_owner()),
    };
    Ok(Json(UpdatedMessage { success: true, changed, message: (&*tracked).into() }))
}

/// A message, whosever it is.
#[utoipa::path(get, path = "/internal/tracking/messages/{id}", tag = "tracking", operation_id = "get_tracked_message",
    params(("id" = String, Path, description = "The app's id of the message")),
    responses((status = 200, body = TrackedDocument), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn show(
    State(tracking): State<Arc<Tracking>>,
    Segment(id): Segment,
) -> Result<Json<TrackedDocument>, Refusal> {
    let unknown = || missing("Message not found");
    let id = TrackedId::new(id).map_err(|_| unknown())?;
    let tracked = tracking.look_up(&id).await?.ok_or_else(unknown)?;
    Ok(Json((&tracked).into()))
}
