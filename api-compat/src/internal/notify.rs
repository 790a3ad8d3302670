//! Notifications: stored ones, and alerts about messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Extension, Json, extract::State};
use futures_util::{StreamExt, TryStreamExt, stream};
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
use crate::{error::Refusal, kinds::title_of};

/// Longest word for a kind, id of a post, title, text, and additional data as JSON, in bytes.
pub(super) const MAX_KIND_BYTES: usize = 64;
pub(super) const MAX_POST_BYTES: usize = 256;
pub(super) const MAX_TITLE_BYTES: usize = 1024;
pub(super) const MAX_MESSAGE_BYTES: usize = 16 * 1024;
const MAX_DATA_BYTES: usize = 64 * 1024;

/// Longest text of the kinds of `contracts/social.md` section 3, in characters.
const MOST_MESSAGE_CHARS: usize = 500;

/// Users that one call notifies at most.
pub(super) const MOST_NOTIFIED: usize = 1000;

/// Notifications that are being stored at a time: enough for the store to write them together.
const AT_A_TIME: usize = 64;

/// A notification to store.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notify {
    /// The app's own id for it: a second one with the same id is the first.
    #[schema(value_type = Option<Id>)]
    id: Option<NotificationId>,
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    kind: String,
    /// One line; if absent that of the kind, or the kind itself.
    title: Option<String>,
    /// The text.
    message: String,
    /// Whatever the app adds.
    data: Option<Value>,
    /// The same under the name that other contracts have for it.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Who caused it.
    #[schema(value_type = Option<Id>)]
    from_user: Option<UserId>,
    /// The post it is about.
    post_id: Option<String>,
}

/// The same notification for several users.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotifyMany {
    /// Whose; each gets it once.
    #[schema(value_type = Vec<Id>, max_items = 1000)]
    user_ids: Vec<UserId>,
    /// The app's word for its kind.
    #[serde(rename = "type")]
    kind: String,
    /// One line; if absent that of the kind, or the kind itself.
    title: Option<String>,
    /// The text.
    message: String,
    /// Whatever the app adds.
    data: Option<Value>,
    /// The same under the name that other contracts have for it.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Who caused it.
    #[schema(value_type = Option<Id>)]
    from_user: Option<UserId>,
    /// The post it is about.
    post_id: Option<String>,
}

/// What a notification says, whosever it is. (Not one flattened struct: its schema could not name a wrong field.)
#[derive(Clone)]
struct Content {
    kind: String,
    title: Option<String>,
    message: String,
    data: Option<Value>,
    metadata: Option<Map<String, Value>>,
    from: Option<UserId>,
    post: Option<String>,
}

impl Content {
    fn check(&self) -> Result<(), Refusal> {
        check_text("type", &self.kind, MAX_KIND_BYTES)?;
        if let Some(title) = &self.title {
            check_text("title", title, MAX_TITLE_BYTES)?;
        }
        check_text("message", &self.message, MAX_MESSAGE_BYTES)?;
        if title_of(&self.kind).is_some() && self.message.chars().count() > MOST_MESSAGE_CHARS {
            let text = format!("message must have at most {MOST_MESSAGE_CHARS} characters");
            return Err(Refusal::field("message", text));
        }
        if let Some(post) = &self.post {
            check_text("postId", post, MAX_POST_BYTES)?;
        }
        if self.data.is_some() && self.metadata.is_some() {
            return Err(Refusal::field("metadata", "give one of data and metadata"));
        }
        check_data("data", self.data.as_ref().map_or(0, |data| data.to_string().len()))?;
        check_data("metadata", self.metadata.as_ref().map_or(0, size))
    }

    fn into_notification(self, user: UserId, id: Option<NotificationId>) -> NewNotification {
        let title = self.title.or_else(|| title_of(&self.kind).map(str::to_owned));
        NewNotification {
            user,
            title: title.unwrap_or_else(|| self.kind.clone()),
            kind: self.kind,
            message: self.message,
            data: self.data.or(self.metadata.map(Value::Object)),
            from: self.from,
            post: self.post,
            id,
        }
    }
}

fn size(fields: &Map<String, Value>) -> usize {
    fields.iter().map(|(name, value)| name.len() + value.to_string().len()).sum()
}

pub(super) fn check_data(field: &str, bytes: usize) -> Result<(), Refusal> {
    if bytes <= MAX_DATA_BYTES {
        return Ok(());
    }
    Err(Refusal::field(field, format!("{field} must have at most {MAX_DATA_BYTES} bytes")))
}

/// What became of a notification.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredNotification {
    /// Always true.
    success: bool,
    /// Whether it was stored; not if its user wants none of its kind.
    stored: bool,
    /// Its id, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
    /// Unread ones of the user, this one included, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread_count: Option<u64>,
}

/// Stores a notification and tells the user.
#[utoipa::path(post, path = "/internal/notify", tag = "notifications", request_body = Notify,
    responses((status = 200, body = StoredNotification), (status = 400, body = ErrorBody)))]
pub(super) async fn notify(
    State(notifications): State<Arc<Notifications>>,
    key: Option<Extension<RequestKey>>,
    Payload(new): Payload<Notify>,
) -> Result<Json<StoredNotification>, Refusal> {
    let Notify { id, user_id, kind, title, message, data, metadata, from_user, post_id } = new;
    let content = Content { kind, title, message, data, metadata, from: from_user, post: post_id };
    content.check()?;
    let id = id.or_else(|| key.and_then(|Extension(key)| NotificationId::new(key.as_id()).ok()));
    let stored = notifications.notify(content.into_notification(user_id, id)).await?;
    Ok(Json(StoredNotification {
        success: true,
        stored: stored.is_some(),
        notification_id: stored.as_ref().map(|stored| stored.notification.id.to_string()),
        unread_count: stored.map(|stored| stored.unread),
    }))
}

/// What became of several.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredNotifications {
    /// Always true.
    success: bool,
    /// For how many users it was stored.
    stored: usize,
    /// How many want none of its kind.
    refused: usize,
    /// By user; those who want none are left out.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    notification_ids: BTreeMap<UserId, NotificationId>,
}

/// Stores the same notification for several users and tells them. If it fails midway some have it: the same call under
/// the same key stores it for the others only.
#[utoipa::path(post, path = "/internal/notify-many", tag = "notifications", request_body = NotifyMany,
    responses((status = 200, body = StoredNotifications), (status = 400, body = ErrorBody)))]
pub(super) async fn notify_many(
    State(notifications): State<Arc<Notifications>>,
    key: Option<Extension<RequestKey>>,
    Payload(new): Payload<NotifyMany>,
) -> Result<Json<StoredNotifications>, Refusal> {
    let NotifyMany { user_ids, kind, title, message, data, metadata, from_user, post_id } = new;
    if user_ids.len() > MOST_NOTIFIED {
        let text = format!("userIds must have at most {MOST_NOTIFIED} ids");
        return Err(Refusal::field("userIds", text));
    }
    let content = Content { kind, title, message, data, metadata, from: from_user, post: post_id };
    content.check()?;
    let users: BTreeSet<UserId> = user_ids.into_iter().collect();
    let asked = users.len();
    // In order of the ids, so that a repeated call names each user's notification as the first one did.
    let each = users.into_iter().enumerate().map(|(index, user)| {
        let id = key
            .as_ref()
            .and_then(|Extension(key)| NotificationId::new(key.of_call(index).as_id()).ok());
        notifications.notify(content.clone().into_notification(user, id))
    });
    let stored = stream::iter(each).buffer_unordered(AT_A_TIME).try_collect::<Vec<_>>().await?;
    let notification_ids: BTreeMap<_, _> = stored
        .into_iter()
        .flatten()
        .map(|stored| (stored.notification.user.clone(), stored.notification.id.clone()))
        .collect();
    let stored = notification_ids.len();
    Ok(Json(StoredNotifications {
        success: true,
        stored,
        refused: asked - stored,
        notification_ids,
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
) -> Result<Emitted, Refusal> {
    check_data("data", size(&alert.data))?;
    Ok(notifications.alert(&alert.user_id, MessageAlert { fields: alert.data }).await.into())
}
