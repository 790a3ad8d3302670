//! Recipients of a message, one by one or in batches: `broadcastRecipientUpdate`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::{RecipientId, TrackedId, UserId},
    tracking::{
        Found, MOST_RECIPIENT_UPDATES, RecipientUpdate, RecipientsUpdated, Tracked, Tracking,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{cost, other_owner, recipient_status};
use crate::{
    error::Refusal,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id, optional_text},
    },
};

/// Longest number, address (RFC 5321 section 4.5.3.1), name, and reason, in bytes.
const MAX_PHONE_BYTES: usize = 64;
const MAX_EMAIL_BYTES: usize = 320;
const MAX_NAME_BYTES: usize = 256;
const MAX_ERROR_BYTES: usize = 1024;

/// How far a message has come for one recipient.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct RecipientChange {
    /// The app's id; an unknown one becomes known.
    #[schema(value_type = Id)]
    recipient_id: RecipientId,
    /// The number.
    phone: Option<String>,
    /// The address.
    email: Option<String>,
    /// What they are called.
    name: Option<String>,
    /// `PENDING`, `SENDING`, `SENT`, `DELIVERED`, `FAILED` or `BOUNCED`.
    status: String,
    /// Why it failed.
    error_message: Option<String>,
    /// What it cost.
    cost: Option<f64>,
}

impl RecipientChange {
    /// Checks it; `within` is where it stands in the body (`""`, or `updates[3].`).
    fn check(self, within: &str) -> Result<RecipientUpdate, Refusal> {
        let at = |field: &str| format!("{within}{field}");
        Ok(RecipientUpdate {
            id: self.recipient_id,
            phone: optional_text(&at("phone"), self.phone, MAX_PHONE_BYTES)?,
            email: optional_text(&at("email"), self.email, MAX_EMAIL_BYTES)?,
            name: optional_text(&at("name"), self.name, MAX_NAME_BYTES)?,
            status: recipient_status(&at("status"), &self.status)?,
            error: optional_text(&at("errorMessage"), self.error_message, MAX_ERROR_BYTES)?,
            cost: cost(&at("cost"), self.cost)?,
        })
    }
}

/// One of them. (Not one flattened struct: its schema could not name a wrong field.)
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct OneRecipient {
    /// Who sends the message.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Which; an unknown one becomes known, as one that is being sent.
    #[schema(value_type = Id)]
    message_id: TrackedId,
    /// The app's id; an unknown one becomes known.
    #[schema(value_type = Id)]
    recipient_id: RecipientId,
    /// The number.
    phone: Option<String>,
    /// The address.
    email: Option<String>,
    /// What they are called.
    name: Option<String>,
    /// `PENDING`, `SENDING`, `SENT`, `DELIVERED`, `FAILED` or `BOUNCED`.
    status: String,
    /// Why it failed.
    error_message: Option<String>,
    /// What it cost.
    cost: Option<f64>,
}

/// Several of them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ManyRecipients {
    /// Who sends the message.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Which; an unknown one becomes known, as one that is being sent.
    #[schema(value_type = Id)]
    message_id: TrackedId,
    /// The last of several for one recipient counts.
    #[schema(inline, max_items = 5000)]
    updates: Vec<RecipientChange>,
}

/// What became of them, and how the message stands now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct UpdatedRecipients {
    /// Always true.
    success: bool,
    /// How many recipients changed.
    changed: usize,
    /// How many updates changed nothing: they were known, led backwards, or were followed by another one for the same.
    ignored: usize,
    /// How many have got it.
    success_count: u64,
    /// How many will not.
    failed_count: u64,
    /// How many it goes to.
    total: u64,
}

impl UpdatedRecipients {
    fn new(changed: usize, ignored: usize, tracked: Option<&Tracked>) -> Self {
        Self {
            success: true,
            changed,
            ignored,
            success_count: tracked.and_then(Tracked::success_count).unwrap_or_default(),
            failed_count: tracked.and_then(Tracked::failed_count).unwrap_or_default(),
            total: tracked.map_or(0, Tracked::total_recipients),
        }
    }
}

async fn take(
    tracking: &Tracking,
    message: &TrackedId,
    owner: &UserId,
    updates: Vec<RecipientUpdate>,
) -> Result<Json<UpdatedRecipients>, Refusal> {
    let given = updates.len();
    match tracking.update_recipients(message, owner, updates).await? {
        RecipientsUpdated::Now(tracked, changed) => {
            let ignored = given.saturating_sub(changed.len());
            Ok(Json(UpdatedRecipients::new(changed.len(), ignored, Some(&tracked))))
        }
        RecipientsUpdated::OtherOwner => Err(other_owner()),
    }
}

/// How a message stands of which nothing is said: nothing becomes known by that.
async fn take_none(
    tracking: &Tracking,
    message: &TrackedId,
    owner: &UserId,
) -> Result<Json<UpdatedRecipients>, Refusal> {
    match tracking.find(owner, message).await? {
        Found::Yes(tracked) => Ok(Json(UpdatedRecipients::new(0, 0, Some(&tracked)))),
        Found::Unknown => Ok(Json(UpdatedRecipients::new(0, 0, None))),
        Found::NotYours => Err(other_owner()),
    }
}

/// Says how far a message has come for one recipient (`broadcastRecipientUpdate`). Its owner is told a moment later, of
/// how it stands then.
#[utoipa::path(post, path = "/internal/tracking/recipient-update", tag = "tracking",
    operation_id = "update_recipient", request_body = OneRecipient,
    responses((status = 200, body = UpdatedRecipients), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn update(
    State(tracking): State<Arc<Tracking>>,
    Payload(one): Payload<OneRecipient>,
) -> Result<Json<UpdatedRecipients>, Refusal> {
    let OneRecipient { recipient_id, phone, email, name, status, error_message, cost, .. } = one;
    let change = RecipientChange { recipient_id, phone, email, name, status, error_message, cost };
    take(&tracking, &one.message_id, &one.user_id, vec![change.check("")?]).await
}

/// Says how far a message has come for up to 5000 recipients: all are taken, or none.
#[utoipa::path(post, path = "/internal/tracking/recipient-updates", tag = "tracking",
    operation_id = "update_recipients", request_body = ManyRecipients,
    responses((status = 200, body = UpdatedRecipients), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn update_many(
    State(tracking): State<Arc<Tracking>>,
    Payload(many): Payload<ManyRecipients>,
) -> Result<Json<UpdatedRecipients>, Refusal> {
    if many.updates.len() > MOST_RECIPIENT_UPDATES {
        let text = format!("updates must have at most {MOST_RECIPIENT_UPDATES} entries");
        return Err(Refusal::field("updates", text));
    }
    if many.updates.is_empty() {
        return take_none(&tracking, &many.message_id, &many.user_id).await;
    }
    let checked = many.updates.into_iter().enumerate();
    let checked = checked.map(|(index, update)| update.check(&format!("updates[{index}].")));
    let updates = checked.collect::<Result<Vec<_>, _>>()?;
    take(&tracking, &many.message_id, &many.user_id, updates).await
}
