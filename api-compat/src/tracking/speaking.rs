//! Saying something to one user or to everyone (`contracts/tracking.md` section 4).

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{FromRequest, Request, State},
    http::StatusCode,
};
use outrigger_domain::{
    events::Announcement,
    ids::{NotificationId, UserId},
    notifications::{NewNotification, Notifications},
    time::Clock,
    tracking::Tracking,
};
use serde_json::{Map, Value, json};

use super::{
    caller::{Act, Allowed},
    documents::OTHER_KIND,
    query::bad,
    stamps::Stamps,
};
use crate::{
    error::Refusal,
    input::{Segment, read_bytes},
};

/// Longest title, text, and word for a kind, in bytes: as the internal API takes them.
const MAX_TITLE_BYTES: usize = 1024;
const MAX_MESSAGE_BYTES: usize = 16 * 1024;
const MAX_KIND_BYTES: usize = 64;

/// What is said. Anything that is no text counts as absent, and so does an empty body.
#[derive(Default)]
pub(super) struct Words(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Words {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = read_bytes(request, state).await.map_err(|status| match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::error(status, "The request body is too large")
            }
            _ => Refusal::error(status, "The request body broke off"),
        })?;
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|_| bad("Invalid request body"))
    }
}

/// The same, checked.
struct Said {
    title: String,
    message: String,
    kind: String,
}

impl Words {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn check(&self) -> Result<Said, Refusal> {
        let (Some(title), Some(message)) = (self.text("title"), self.text("message")) else {
            return Err(bad("Title and message are required"));
        };
        let kind = self.text("type").unwrap_or(OTHER_KIND);
        let bounds = [
            ("Title", title, MAX_TITLE_BYTES),
            ("Message", message, MAX_MESSAGE_BYTES),
            ("Type", kind, MAX_KIND_BYTES),
        ];
        if let Some((name, _, most)) = bounds.into_iter().find(|(_, text, most)| text.len() > *most)
        {
            return Err(bad(format!("{name} must have at most {most} bytes")));
        }
        Ok(Said { title: title.to_owned(), message: message.to_owned(), kind: kind.to_owned() })
    }
}

/// `POST /api/socket/notify/{userId}`: stores a notification for oneself, or, by an admin, for anyone.
pub(super) async fn notify(
    Allowed { actor, .. }: Allowed<Act>,
    State(notifications): State<Arc<Notifications>>,
    State(clock): State<Arc<dyn Clock>>,
    Extension(stamps): Extension<Arc<Stamps>>,
    Segment(id): Segment,
    words: Words,
) -> Result<Json<Value>, Refusal> {
    let user = UserId::new(id).ok().filter(|user| actor.may_act_for(user)).ok_or_else(|| {
        let text = "You can only send notifications to yourself";
        Refusal::error(StatusCode::FORBIDDEN, text)
    })?;
    let Said { title, message, kind } = words.check()?;
    // Without white space and short: an id always.
    let id = NotificationId::new(format!("manual_{}", stamps.next(clock.now()))).ok();
    let new =
        NewNotification { user, kind, title, message, data: None, from: None, post: None, id };
    notifications.notify(new).await?;
    Ok(Json(json!({ "message": "Notification sent successfully" })))
}

/// `POST /api/socket/broadcast`: a notification for everyone connected, by an admin; not stored.
pub(super) async fn broadcast(
    allowed: Allowed<Act>,
    State(tracking): State<Arc<Tracking>>,
    words: Words,
) -> Result<Json<Value>, Refusal> {
    allowed.admin()?;
    let Said { title, message, kind } = words.check()?;
    tracking.broadcast(Announcement { kind, title, message, data: None }).await;
    Ok(Json(json!({ "message": "System notification broadcasted successfully" })))
}

/// `POST /api/socket/ping`: asks every client for a sign of life, by an admin.
pub(super) async fn ping(
    allowed: Allowed<Act>,
    State(tracking): State<Arc<Tracking>>,
    State(clock): State<Arc<dyn Clock>>,
) -> Result<Json<Value>, Refusal> {
    allowed.admin()?;
    tracking.ping_all().await;
    Ok(Json(json!({ "message": "Ping sent to all clients", "timestamp": clock.now() })))
}
