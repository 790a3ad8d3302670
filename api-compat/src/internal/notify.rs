//! Notifications: stored ones, and alerts about messages.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use outrigger_domain::{
    events::MessageAlert,
    ids::{NotificationId, UserId},
    notifications::{NewNotification, Notifications},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    idempotency::RequestKey,
    payload::Payload,
    shapes::{Emitted, ErrorBody, Id, check_text},
};
use crate::error::Refusal;

/// Longest word for a kind, title, text, and additional data as JSON, in bytes.
const MAX_KIND_BYTES: usize = 64;
const MAX_TITLE_BYTES: usize = 1024;
const MAX_MESSAGE_BYTES: usize = 16 * 1024;
const MAX_DATA_BYTES: usize = 64 * 1024;

/// A notification to store.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notify {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    kind: String,
    /// One line.
    title: String,
    /// The text.
    message: String,
    /// Whatever the app adds.
    data: Option<Value>,
}

/// A notification was stored.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredNotification {
    /// Always true.
    success: bool,
    /// Its id.
    notification_id: String,
    /// Unread ones of the user, this one included.
    unread_count: u64,
}

/// Stores a notification and tells the user.
#[utoipa::path(post, path = "/internal/notify", tag = "notifications", request_body = Notify,
    responses((status = 200, body = StoredNotification), (status = 400, body = ErrorBody)))]
pub(super) async fn notify(
    State(notifications): State<Arc<Notifications>>,
    key: Option<Extension<RequestKey>>,
    Payload(new): Payload<Notify>,
) -> Result<Json<StoredNotification>, Refusal> {
    check_text("type", &new.kind, MAX_KIND_BYTES)?;
    check_text("title", &new.title, MAX_TITLE_BYTES)?;
    check_text("message", &new.message, MAX_MESSAGE_BYTES)?;
    if new.data.as_ref().is_some_and(|data| data.to_string().len() > MAX_DATA_BYTES) {
        return Err(Refusal::field(
            "data",
            format!("data must have at most {MAX_DATA_BYTES} bytes"),
        ));
    }
    let id = key.and_then(|Extension(key)| NotificationId::new(key.as_id()).ok());
    let notified = notifications
        .notify(NewNotification {
            user: new.user_id,
            kind: new.kind,
            title: new.title,
            message: new.message,
            data: new.data,
            id,
        })
        .await?;
    Ok(Json(StoredNotification {
        success: true,
        notification_id: notified.notification.id.to_string(),
        unread_count: notified.unread,
    }))
}

/// An alert about a message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewMessageAlert {
    /// For whom.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Passed through; clients read `from` and `content`.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// Tells a user of a message in the app's own words; nothing is stored (`notifyNewMessage`).
#[utoipa::path(post, path = "/internal/notify-new-message", tag = "notifications",
    request_body = NewMessageAlert,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn notify_new_message(
    State(notifications): State<Arc<Notifications>>,
    Payload(alert): Payload<NewMessageAlert>,
) -> Result<Json<Emitted>, Refusal> {
    let bytes: usize =
        alert.data.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
    if bytes > MAX_DATA_BYTES {
        return Err(Refusal::field(
            "data",
            format!("data must have at most {MAX_DATA_BYTES} bytes"),
        ));
    }
    Ok(Json(notifications.alert(&alert.user_id, MessageAlert { fields: alert.data }).await.into()))
}
