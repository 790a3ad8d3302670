//! A user's stored notifications (`contracts/tracking.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::notifications::{MOST_NOTIFICATIONS, Notifications};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    caller::{Allowed, Look},
    documents::NotificationDocument,
    query::{bad, whole},
};
use crate::{error::Refusal, input::SoundQuery};

#[derive(Deserialize)]
pub(super) struct ListQuery {
    limit: Option<String>,
    unread: Option<String>,
}

/// `GET /api/socket/notifications?limit=50&unread=true`: newest first.
pub(super) async fn list(
    Allowed { actor, .. }: Allowed<Look>,
    State(notifications): State<Arc<Notifications>>,
    SoundQuery(query): SoundQuery<ListQuery>,
) -> Result<Json<Value>, Refusal> {
    let most = MOST_NOTIFICATIONS;
    let limit = whole("limit", query.limit.as_deref(), most, 1..=most)?;
    let unread_only = match query.unread.as_deref() {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(_) => return Err(bad("unread must be true or false")),
    };
    let page = notifications.list(&actor.user, Some(limit), None, unread_only).await?;
    let page: Vec<_> = page.into_iter().map(NotificationDocument::from).collect();
    let unread = notifications.unread(&actor.user).await?;
    Ok(Json(json!({ "notifications": page, "unreadCount": unread })))
}
