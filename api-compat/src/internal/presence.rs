//! Who is online.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use outrigger_domain::{events::Receipt, ids::UserId, presence::Presence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{Emitted, ErrorBody, Id, check_users, user_in_path},
};
use crate::{error::Refusal, input::Segment};

/// Nothing needs to be said.
#[derive(Deserialize, ToSchema)]
pub(super) struct Nothing {}

/// Sends everyone the list of users online (`getOnlineUsers`).
#[utoipa::path(post, path = "/internal/emit-online-users", tag = "presence", request_body = Nothing,
    responses((status = 200, body = Emitted)))]
pub(super) async fn emit_online_users(
    State(presence): State<Arc<Presence>>,
    Payload(Nothing {}): Payload<Nothing>,
) -> Emitted {
    let (receipt, reached) = Receipt::requested();
    presence.announce_list(receipt).await;
    reached.await.unwrap_or_default().into()
}

/// Everyone online.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Online {
    /// Their ids, in order.
    #[schema(value_type = Vec<String>)]
    online_users: Arc<[UserId]>,
    /// How many.
    count: usize,
}

/// Who is online.
#[utoipa::path(get, path = "/internal/online", tag = "presence", responses((status = 200, body = Online)))]
pub(super) async fn online(State(presence): State<Arc<Presence>>) -> Json<Online> {
    let online_users = presence.online();
    Json(Online { count: online_users.len(), online_users })
}

/// Whether one user is online.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserOnline {
    /// Who.
    #[schema(value_type = String)]
    user_id: UserId,
    /// Whether any socket of theirs is connected and they do not hide (`contracts/social.md` section 7).
    is_online: bool,
}

/// Whether one user is online, as others may know it.
#[utoipa::path(get, path = "/internal/users/{id}/online", tag = "presence",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserOnline), (status = 400, body = ErrorBody)))]
pub(super) async fn user_online(
    State(presence): State<Arc<Presence>>,
    Segment(id): Segment,
) -> Result<Json<UserOnline>, Refusal> {
    let user_id = user_in_path(&id)?;
    let is_online = presence.is_visible(&user_id);
    Ok(Json(UserOnline { user_id, is_online }))
}

/// Users to ask about.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusQuestion {
    /// Their ids.
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    user_ids: Vec<UserId>,
}

/// Whether each is online.
#[derive(Serialize, ToSchema)]
pub(super) struct Statuses {
    /// By id.
    #[schema(value_type = std::collections::BTreeMap<String, bool>)]
    statuses: BTreeMap<UserId, bool>,
}

/// Whether each of several users is online, as others may know it.
#[utoipa::path(post, path = "/internal/online-status", tag = "presence", request_body = StatusQuestion,
    responses((status = 200, body = Statuses), (status = 400, body = ErrorBody)))]
pub(super) async fn online_status(
    State(presence): State<Arc<Presence>>,
    Payload(question): Payload<StatusQuestion>,
) -> Result<Json<Statuses>, Refusal> {
    check_users("userIds", &question.user_ids)?;
    let status = |user: UserId| {
        let online = presence.is_visible(&user);
        (user, online)
    };
    Ok(Json(Statuses { statuses: question.user_ids.into_iter().map(status).collect() }))
}
