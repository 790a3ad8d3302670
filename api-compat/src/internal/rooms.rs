//! Members of chats, as the app decides (`contracts/rooms.md` section 9, item 7, and `contracts/commerce.md` section 7).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{chats::Chats, connections::Connections, ids::UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    room_names,
    shapes::{Done, ErrorBody, Id, check_users},
};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
};

/// Whose clients spell the room so.
#[derive(Deserialize)]
pub(super) struct Spelling {
    contract: Option<String>,
}

/// Users whose membership changes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Members {
    /// Their ids.
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    user_ids: Vec<UserId>,
    /// Whose clients spell the room so, if the query does not say.
    contract: Option<String>,
}

impl Members {
    fn contract<'a>(&'a self, spelling: &'a Spelling) -> Option<&'a str> {
        spelling.contract.as_deref().or(self.contract.as_deref())
    }
}

/// Lets users join a chat. An open room of contract `commerce` or `quiz` is closed to all others by that.
#[utoipa::path(post, path = "/internal/rooms/{room}/grant", tag = "rooms", operation_id = "grant_room", request_body = Members,
    params(("room" = String, Path, description = "`chat_<id>`, `<prefix>:<id>`, or with `contract` any name that its clients use"),
        ("contract" = Option<String>, Query, description = "Whose clients spell it so")),
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(super) async fn grant(
    State(chats): State<Arc<Chats>>,
    Segment(room): Segment,
    SoundQuery(spelling): SoundQuery<Spelling>,
    Payload(members): Payload<Members>,
) -> Result<Json<Done>, Refusal> {
    let chat = room_names::chat(&room, members.contract(&spelling))?;
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
    params(("room" = String, Path, description = "`chat_<id>`, `<prefix>:<id>`, or with `contract` any name that its clients use"),
        ("contract" = Option<String>, Query, description = "Whose clients spell it so")),
    responses((status = 200, body = MembersRevoked), (status = 400, body = ErrorBody)))]
pub(super) async fn revoke(
    State(chats): State<Arc<Chats>>,
    Segment(room): Segment,
    SoundQuery(spelling): SoundQuery<Spelling>,
    Payload(members): Payload<Members>,
) -> Result<Json<MembersRevoked>, Refusal> {
    let chat = room_names::chat(&room, members.contract(&spelling))?;
    check_users("userIds", &members.user_ids)?;
    let revoked = chats.revoke(&chat, &members.user_ids).await?;
    Ok(Json(MembersRevoked { success: true, revoked }))
}

/// Who belongs to a chat, and who is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct Room {
    /// As it was asked for.
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
    params(("room" = String, Path, description = "`chat_<id>`, `<prefix>:<id>`, or with `contract` any name that its clients use"),
        ("contract" = Option<String>, Query, description = "Whose clients spell it so")),
    responses((status = 200, body = Room), (status = 400, body = ErrorBody)))]
pub(super) async fn members(
    State(chats): State<Arc<Chats>>,
    State(connections): State<Arc<dyn Connections>>,
    Segment(room): Segment,
    SoundQuery(spelling): SoundQuery<Spelling>,
) -> Result<Json<Room>, Refusal> {
    let chat = room_names::chat(&room, spelling.contract.as_deref())?;
    let members = chats.members(&chat).await?;
    Ok(Json(Room { room, members, present: connections.in_chat(&chat) }))
}

/// How many are in a room on this node.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomCount {
    /// As it was asked for.
    room: String,
    /// Sockets, those of guests too.
    count: usize,
    /// Users, each once.
    users: usize,
}

/// How many are in a room, be it that of a user or of a role (`getRoomUserCount`).
#[utoipa::path(get, path = "/internal/rooms/{room}/count", tag = "rooms", operation_id = "count_room",
    params(("room" = String, Path, description = "`chat_<id>`, `user_<id>`, `<prefix>:<id>`, or with `contract` any name that its clients use"),
        ("contract" = Option<String>, Query, description = "Whose clients spell it so")),
    responses((status = 200, body = RoomCount), (status = 400, body = ErrorBody)))]
pub(super) async fn count(
    State(connections): State<Arc<dyn Connections>>,
    Segment(room): Segment,
    SoundQuery(spelling): SoundQuery<Spelling>,
) -> Result<Json<RoomCount>, Refusal> {
    let audience = room_names::audience(&room, spelling.contract.as_deref())?;
    let gathered = connections.gathered(&audience);
    Ok(Json(RoomCount { room, count: gathered.sockets, users: gathered.users }))
}
