//! Members of chats, as the app decides (`contracts/rooms.md` section 9, item 7).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{chats::Chats, connections::Connections, ids::UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{Done, ErrorBody, Id, chat_in_path, check_users},
};
use crate::{error::Refusal, input::Segment};

/// Users whose membership changes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Members {
    /// Their ids.
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    user_ids: Vec<UserId>,
}

/// Lets users join a chat.
#[utoipa::path(post, path = "/internal/rooms/{room}/grant", tag = "rooms", operation_id = "grant_room", request_body = Members,
    params(("room" = String, Path, description = "`chat_<id>`")),
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(super) async fn grant(
    State(chats): State<Arc<Chats>>,
    Segment(room): Segment,
    Payload(members): Payload<Members>,
) -> Result<Json<Done>, Refusal> {
    let chat = chat_in_path(&room)?;
    check_users("userIds", &members.user_ids)?;
    chats.grant(&chat, &members.user_ids).await?;
    Ok(Json(Done::new()))
}

/// Memberships that ended.
#[derive(Serialize, ToSchema)]
pub(super) struct MembersRevoked {
    /// Always true.
    success: bool,
    /// How many of the users were members.
    revoked: u64,
}

/// Ends memberships; sockets in the chat leave it at once.
#[utoipa::path(post, path = "/internal/rooms/{room}/revoke", tag = "rooms", operation_id = "revoke_room", request_body = Members,
    params(("room" = String, Path, description = "`chat_<id>`")),
    responses((status = 200, body = MembersRevoked), (status = 400, body = ErrorBody)))]
pub(super) async fn revoke(
    State(chats): State<Arc<Chats>>,
    Segment(room): Segment,
    Payload(members): Payload<Members>,
) -> Result<Json<MembersRevoked>, Refusal> {
    let chat = chat_in_path(&room)?;
    check_users("userIds", &members.user_ids)?;
    let revoked = chats.revoke(&chat, &members.user_ids).await?;
    Ok(Json(MembersRevoked { success: true, revoked }))
}

/// Who belongs to a chat, and who is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct Room {
    /// As clients spell it.
    room: String,
    /// Those whom the app let in.
    #[schema(value_type = Vec<String>)]
    members: Vec<UserId>,
    /// Those with a socket in it on this node.
    #[schema(value_type = Vec<String>)]
    present: Vec<UserId>,
}

/// A chat's members.
#[utoipa::path(get, path = "/internal/rooms/{room}/members", tag = "rooms", operation_id = "room_members",
    params(("room" = String, Path, description = "`chat_<id>`")),
    responses((status = 200, body = Room), (status = 400, body = ErrorBody)))]
pub(super) async fn members(
    State(chats): State<Arc<Chats>>,
    State(connections): State<Arc<dyn Connections>>,
    Segment(room): Segment,
) -> Result<Json<Room>, Refusal> {
    let chat = chat_in_path(&room)?;
    let members = chats.members(&chat).await?;
    Ok(Json(Room { room, members, present: connections.in_chat(&chat) }))
}
