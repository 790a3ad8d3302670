//! A user's notifications (`contracts/social.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::NotificationId,
    notifications::{NotificationFilter, Notifications},
    paging::Slice,
};
use serde_json::json;

use super::{
    answer::{Answer, Failure, Paging},
    caller::{
        Allowed, DeleteAllNotifications, DeleteNotification, Look, ReadAllNotifications,
        ReadNotification,
    },
    documents::NotificationDocument,
    request::Asked,
};
use crate::{input::Segment, kinds::KINDS};

/// Notifications of a page at most.
const MOST_ON_PAGE: u32 = 50;

fn unknown() -> Failure {
    Failure::missing("Notification not found")
}

/// `GET /api/notifications?page=1&limit=20&type&isRead`: newest first.
pub(super) async fn list(
    Allowed { actor, .. }: Allowed<Look>,
    State(notifications): State<Arc<Notifications>>,
    Asked(mut fields): Asked,
) -> Answer {
    let page = fields.whole("page", 1, 1..=u32::MAX);
    let limit = fields.whole("limit", 20, 1..=MOST_ON_PAGE);
    let kind = fields.one_of("type", &KINDS).map(str::to_owned);
    let filter = NotificationFilter { kind, read: fields.flag("isRead") };
    let (page, limit) = fields.finish(Some((page, limit)))?;
    let part = notifications.slice(&actor.user, &filter, Slice::page(page, limit)).await?;
    let documents: Vec<_> = part.items.into_iter().map(NotificationDocument::from).collect();
    Ok(Json(json!({
        "status": "success",
        "notifications": documents,
        "pagination": Paging::numbered(page, limit, part.total).document("totalNotifications"),
    })))
}

/// `PATCH /api/notifications/{id}/read`: as `mark_notification_read`.
pub(super) async fn mark_read(
    Allowed { actor, .. }: Allowed<ReadNotification>,
    State(notifications): State<Arc<Notifications>>,
    Segment(id): Segment,
) -> Answer {
    let id = NotificationId::new(id).map_err(|_| unknown())?;
    if !notifications.mark_read(&actor.user, None, Some(&id)).await?.found {
        return Err(unknown());
    }
    let notification = notifications.find(&actor.user, &id).await?.ok_or_else(unknown)?;
    Ok(Json(json!({
        "status": "success",
        "message": "Notification marked as read",
        "notification": NotificationDocument::from(notification),
    })))
}

/// `PATCH /api/notifications/read-all`: as `mark_all_notifications_read`.
pub(super) async fn mark_all_read(
    Allowed { actor, .. }: Allowed<ReadAllNotifications>,
    State(notifications): State<Arc<Notifications>>,
) -> Answer {
    let marked = notifications.mark_read(&actor.user, None, None).await?.newly_read.len();
    Ok(Json(json!({
        "status": "success",
        "message": "All notifications marked as read",
        "modifiedCount": marked,
        "updatedCount": marked,
    })))
}

/// `DELETE /api/notifications/{id}`: as `delete_notification`.
pub(super) async fn delete(
    Allowed { actor, .. }: Allowed<DeleteNotification>,
    State(notifications): State<Arc<Notifications>>,
    Segment(id): Segment,
) -> Answer {
    let id = NotificationId::new(id).map_err(|_| unknown())?;
    if notifications.delete(&actor.user, None, Some(&id)).await?.deleted.is_empty() {
        return Err(unknown());
    }
    Ok(Json(json!({ "status": "success", "message": "Notification deleted successfully" })))
}

/// `DELETE /api/notifications`, and under its other name `DELETE /api/notifications/delete-all`.
pub(super) async fn delete_all(
    Allowed { actor, .. }: Allowed<DeleteAllNotifications>,
    State(notifications): State<Arc<Notifications>>,
) -> Answer {
    let deleted = notifications.delete(&actor.user, None, None).await?.deleted.len();
    Ok(Json(json!({
        "status": "success",
        "message": "All notifications deleted successfully",
        "deletedCount": deleted,
    })))
}
