//! What every client of the contract gets: `broadcastSystemNotification`, `pingAllClients`.

use std::sync::Arc;

use axum::extract::State;
use outrigger_domain::{events::Announcement, tracking::Tracking};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::Refusal,
    internal::{
        notify::{MAX_KIND_BYTES, MAX_MESSAGE_BYTES, MAX_TITLE_BYTES, check_data},
        payload::Payload,
        presence::Nothing,
        shapes::{Emitted, ErrorBody, check_text},
    },
};

/// The kind of an announcement that names none.
const USUAL_KIND: &str = "system";

/// Something for everyone to read.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct ForEveryone {
    /// `system` if absent, or another kind of notification.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// One line.
    title: String,
    /// The text.
    message: String,
    /// Whatever the app adds.
    data: Option<Value>,
}

/// Shows a notification to everyone connected; it is not stored (`broadcastSystemNotification`).
#[utoipa::path(post, path = "/internal/tracking/broadcast", tag = "tracking", operation_id = "broadcast_notification",
    request_body = ForEveryone,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn broadcast(
    State(tracking): State<Arc<Tracking>>,
    Payload(said): Payload<ForEveryone>,
) -> Result<Emitted, Refusal> {
    let ForEveryone { kind, title, message, data } = said;
    let kind = kind.unwrap_or_else(|| USUAL_KIND.to_owned());
    check_text("type", &kind, MAX_KIND_BYTES)?;
    check_text("title", &title, MAX_TITLE_BYTES)?;
    check_text("message", &message, MAX_MESSAGE_BYTES)?;
    check_data("data", data.as_ref().map_or(0, |data| data.to_string().len()))?;
    Ok(tracking.broadcast(Announcement { kind, title, message, data }).await.into())
}

/// Asks every client for a sign of life (`pingAllClients`).
#[utoipa::path(post, path = "/internal/tracking/ping", tag = "tracking", operation_id = "ping_all",
    request_body = Nothing, responses((status = 200, body = Emitted)))]
pub(in crate::internal) async fn ping(
    State(tracking): State<Arc<Tracking>>,
    Payload(Nothing {}): Payload<Nothing>,
) -> Emitted {
    tracking.ping_all().await.into()
}
