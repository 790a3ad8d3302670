//! A user's own notifications.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::NotificationId,
    notifications::{Notification, Notifications},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    auth::Caller,
    error::Refusal,
    input::{Segment, SoundQuery},
};

/// A notification as clients see it (`contracts/legacy.md` section 4).
#[derive(Serialize)]
pub(crate) struct NotificationDocument {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    title: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    timestamp: Timestamp,
    read: bool,
}

impl From<Notification> for NotificationDocument {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id.to_string(),
            kind: notification.kind,
            title: notification.title,
            message: notification.message,
            data: notification.data,
            timestamp: notification.created_at,
            read: notification.read_at.is_some(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListQuery {
    limit: Option<String>,
    before: Option<String>,
    unread_only: Option<String>,
}

fn bad(text: &str) -> Refusal {
    Refusal::error(StatusCode::BAD_REQUEST, text)
}

/// `GET /api/notifications?limit&before&unreadOnly`: newest first.
pub(super) async fn list(
    Caller(actor): Caller,
    State(notifications): State<Arc<Notifications>>,
    SoundQuery(query): SoundQuery<ListQuery>,
) -> Result<Json<Value>, Refusal> {
    let limit = query
        .limit
        .map(|limit| limit.parse::<u32>())
        .transpose()
        .map_err(|_| bad("Invalid limit"))?;
    let before = query
        .before
        .map(NotificationId::new)
        .transpose()
        .map_err(|_| bad("Invalid notification ID"))?;
    let unread_only = query.unread_only.as_deref() == Some("true");
    let page = notifications.list(&actor.user, limit, before.as_ref(), unread_only).await?;
    let page: Vec<NotificationDocument> = page.into_iter().map(Into::into).collect();
    let unread = notifications.unread(&actor.user).await?;
    Ok(Json(json!({ "notifications": page, "unreadCount": unread })))
}

/// `PATCH /api/notifications/{id}/read`.
pub(super) async fn mark_read(
    Caller(actor): Caller,
    State(notifications): State<Arc<Notifications>>,
    Segment(id): Segment,
) -> Result<Json<Value>, Refusal> {
    let unknown = || Refusal::error(StatusCode::NOT_FOUND, "Notification not found");
    let id = NotificationId::new(id).map_err(|_| unknown())?;
    let read = notifications.mark_read(&actor.user, Some(&actor.device), Some(&id)).await?;
    if !read.found {
        return Err(unknown());
    }
    Ok(Json(json!({ "success": true, "unreadCount": read.unread })))
}

/// `POST /api/notifications/read-all`.
pub(super) async fn mark_all_read(
    Caller(actor): Caller,
    State(notifications): State<Arc<Notifications>>,
) -> Result<Json<Value>, Refusal> {
    let read = notifications.mark_read(&actor.user, Some(&actor.device), None).await?;
    Ok(Json(json!({
        "success": true,
        "modifiedCount": read.newly_read.len(),
        "unreadCount": read.unread,
    })))
}
