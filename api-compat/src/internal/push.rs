//! Web push in the app's own words (`contracts/social.md` section 5, `sendPushNotification`).

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::{Accounts, Profile},
    ids::UserId,
    push::{Push, PushMessage},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    notify::{MAX_KIND_BYTES, MAX_POST_BYTES, MOST_NOTIFIED, check_data},
    payload::Payload,
    shapes::{ErrorBody, Id, check_text},
};
use crate::error::Refusal;

/// Longest line, and text; what does not fit into a push message is cut (RFC 8030 section 7.2).
const MAX_TITLE_BYTES: usize = 1024;
const MAX_BODY_BYTES: usize = 16 * 1024;

/// What to show in the browsers of one user or several.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPush {
    /// Whose.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
    /// The same for several users.
    #[serde(default)]
    #[schema(value_type = Vec<Id>, max_items = 1000)]
    user_ids: Vec<UserId>,
    /// One line.
    title: String,
    /// The text; cut if it does not fit.
    body: String,
    /// The app's word for its kind; `system` if absent. Who refused pushes of a kind gets none.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Who caused it.
    #[schema(value_type = Option<Id>)]
    from_user: Option<UserId>,
    /// The post it is about.
    post_id: Option<String>,
    /// Whatever the app adds; left out if it does not fit.
    data: Option<Value>,
}

/// They wait to be sent.
#[derive(Serialize, ToSchema)]
pub(super) struct Queued {
    /// Whether all of them do.
    success: bool,
    /// For how many users; those without a subscription are counted too.
    queued: usize,
}

/// Shows something in users' browsers, whether the page is open or not; nothing is stored.
#[utoipa::path(post, path = "/internal/push", tag = "notifications", request_body = NewPush,
    responses((status = 200, body = Queued), (status = 400, body = ErrorBody),
        (status = 503, description = "Push is not configured, or too much waits", body = ErrorBody)))]
pub(super) async fn push(
    State(push): State<Option<Arc<Push>>>,
    State(accounts): State<Arc<Accounts>>,
    Payload(new): Payload<NewPush>,
) -> Result<Json<Queued>, Refusal> {
    let push = push.ok_or_else(|| {
        let text = "Push notifications are not configured";
        Refusal::error(StatusCode::SERVICE_UNAVAILABLE, text)
    })?;
    let kind = new.kind.unwrap_or_else(|| "system".to_owned());
    check_text("title", &new.title, MAX_TITLE_BYTES)?;
    check_text("body", &new.body, MAX_BODY_BYTES)?;
    check_text("type", &kind, MAX_KIND_BYTES)?;
    if let Some(post) = &new.post_id {
        check_text("postId", post, MAX_POST_BYTES)?;
    }
    check_data("data", new.data.as_ref().map_or(0, |data| data.to_string().len()))?;
    if new.user_ids.len() > MOST_NOTIFIED {
        let text = format!("userIds must have at most {MOST_NOTIFIED} ids");
        return Err(Refusal::field("userIds", text));
    }
    let users: BTreeSet<UserId> = new.user_ids.into_iter().chain(new.user_id).collect();
    if users.is_empty() {
        return Err(Refusal::field("userId", "userId or userIds is required"));
    }
    let from_profile = match &new.from_user {
        Some(from) => accounts.find(from).await?.as_ref().map(Profile::from).unwrap_or_default(),
        None => Profile::default(),
    };
    let message = PushMessage {
        title: new.title,
        body: new.body,
        kind,
        from: new.from_user,
        from_profile,
        post: new.post_id,
        data: new.data,
    };
    let asked = users.len();
    let queued = users.into_iter().filter(|user| push.send(user.clone(), message.clone())).count();
    if queued == 0 {
        return Err(Refusal::unavailable());
    }
    Ok(Json(Queued { success: queued == asked, queued }))
}
