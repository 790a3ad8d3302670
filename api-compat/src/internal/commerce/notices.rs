//! Something to read for a user, a role or everyone: `sendToUser`, `sendToAdmins`, `broadcastSystemNotification`.

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    commerce::{NewNotice, NotifyWhom},
    ids::UserId,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::{Noticed, priority};
use crate::{
    error::Refusal,
    internal::{
        notify::{MAX_KIND_BYTES, MAX_MESSAGE_BYTES, MAX_TITLE_BYTES, check_data},
        payload::Payload,
        shapes::{ErrorBody, Id, check_text, role},
    },
    state::CommerceState,
};

/// What there is to read.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Content {
    /// The app's word for its kind.
    #[serde(rename = "type")]
    kind: String,
    /// One line.
    title: String,
    /// The text.
    message: String,
    /// Whatever the app adds.
    data: Option<Value>,
    /// `normal` if absent, or `high`.
    priority: Option<String>,
}

impl Content {
    fn check(self) -> Result<NewNotice, Refusal> {
        let Self { kind, title, message, data, priority: word } = self;
        check_text("notification.type", &kind, MAX_KIND_BYTES)?;
        check_text("notification.title", &title, MAX_TITLE_BYTES)?;
        check_text("notification.message", &message, MAX_MESSAGE_BYTES)?;
        check_data("notification.data", data.as_ref().map_or(0, |data| data.to_string().len()))?;
        let priority = priority("notification.priority", word.as_deref())?;
        Ok(NewNotice { kind, title, message, data, priority })
    }
}

/// Something to read, for one of `userId`, `role` and `everyone`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NotifyMarket {
    /// For this user, who finds it later too.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
    /// For everyone with exactly this role.
    role: Option<String>,
    /// For everyone.
    everyone: Option<bool>,
    /// What there is to read.
    #[schema(inline)]
    notification: Content,
}

fn whom(
    user: Option<UserId>,
    word: Option<&str>,
    everyone: Option<bool>,
) -> Result<NotifyWhom, Refusal> {
    match (user, word, everyone.unwrap_or_default()) {
        (Some(user), None, false) => Ok(NotifyWhom::User(user)),
        (None, Some(word), false) => role(word).map(NotifyWhom::Role),
        (None, None, true) => Ok(NotifyWhom::Everyone),
        _ => {
            let text = "give one of userId, role, and everyone: true";
            Err(Refusal::error(StatusCode::BAD_REQUEST, text))
        }
    }
}

/// Notifies a user, a role or everyone. What many read is kept for a week for those whose socket is down
/// (`GET /api/notifications/updates`).
#[utoipa::path(post, path = "/internal/commerce/notify", tag = "commerce", operation_id = "notify_market",
    request_body = NotifyMarket,
    responses((status = 200, body = Noticed), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn notify(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(new): Payload<NotifyMarket>,
) -> Result<Json<Noticed>, Refusal> {
    let NotifyMarket { user_id, role, everyone, notification } = new;
    let whom = whom(user_id, role.as_deref(), everyone)?;
    Ok(Json(market.notify(whom, notification.check()?).await?.into()))
}

/// An announcement.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct MarketAnnouncement {
    /// One line.
    title: String,
    /// The text.
    message: String,
    /// `normal` if absent, or `high`.
    priority: Option<String>,
}

/// Announces something to everyone (`system:announcement`), and notifies everyone of it.
#[utoipa::path(post, path = "/internal/commerce/announcement", tag = "commerce", operation_id = "announce",
    request_body = MarketAnnouncement,
    responses((status = 200, body = Noticed), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn announce(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(said): Payload<MarketAnnouncement>,
) -> Result<Json<Noticed>, Refusal> {
    let MarketAnnouncement { title, message, priority: word } = said;
    check_text("title", &title, MAX_TITLE_BYTES)?;
    check_text("message", &message, MAX_MESSAGE_BYTES)?;
    let priority = priority("priority", word.as_deref())?;
    let noticed = market.announce(title, message, priority).await?;
    Ok(Json(Some(noticed).into()))
}
