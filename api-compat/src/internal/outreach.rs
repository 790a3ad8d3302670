//! The app's own events, to whomever (`contracts/rooms.md` section 5).

use std::sync::Arc;

use axum::{Extension, extract::State};
use outrigger_domain::{events::Audience, ids::UserId, outreach::Outreach};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    emission::{Emission, keeping, null},
    idempotency::RequestKey,
    payload::Payload,
    room_names::audience,
    shapes::{Emitted, ErrorBody, Id, check_users, role},
};
use crate::error::Refusal;

/// An event for one user.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToUser {
    /// To whom.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Only in this namespace.
    namespace: Option<String>,
    /// Only for this contract's clients.
    contract: Option<String>,
    /// Whether it waits in the user's feed for clients that are away (`docs/RESUME.md`).
    #[serde(default)]
    durable: bool,
}

/// Sends an event to one user.
#[utoipa::path(post, path = "/internal/send-to-user", tag = "emit", request_body = ToUser,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn send_to_user(
    State(outreach): State<Arc<Outreach>>,
    key: Option<Extension<RequestKey>>,
    Payload(to): Payload<ToUser>,
) -> Result<Emitted, Refusal> {
    let emission = Emission {
        event: to.event,
        data: to.data,
        contract: to.contract,
        namespace: to.namespace,
        keeping: keeping(to.durable, key),
    };
    emission.send(&outreach, Audience::User(to.user_id)).await
}

/// An event for several users.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToUsers {
    /// To whom; each gets it once.
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    user_ids: Vec<UserId>,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Only in this namespace.
    namespace: Option<String>,
    /// Only for this contract's clients.
    contract: Option<String>,
    /// Whether it waits in the users' feeds for clients that are away (`docs/RESUME.md`).
    #[serde(default)]
    durable: bool,
}

/// Sends an event to several users.
#[utoipa::path(post, path = "/internal/send-to-users", tag = "emit", request_body = ToUsers,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn send_to_users(
    State(outreach): State<Arc<Outreach>>,
    key: Option<Extension<RequestKey>>,
    Payload(to): Payload<ToUsers>,
) -> Result<Emitted, Refusal> {
    check_users("userIds", &to.user_ids)?;
    let emission = Emission {
        event: to.event,
        data: to.data,
        contract: to.contract,
        namespace: to.namespace,
        keeping: keeping(to.durable, key),
    };
    emission.send(&outreach, Audience::Users(to.user_ids)).await
}

/// An event for everyone with a role.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToRole {
    /// `guest`, `user`, `staff`, `admin`, or an app's word for one of them (`seller`, `moderator`, ...).
    role: String,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Only in this namespace.
    namespace: Option<String>,
    /// Only for this contract's clients.
    contract: Option<String>,
    /// Must not be true: only events to users are kept.
    #[serde(default)]
    durable: bool,
}

/// Sends an event to everyone with a role.
#[utoipa::path(post, path = "/internal/send-to-role", tag = "emit", request_body = ToRole,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn send_to_role(
    State(outreach): State<Arc<Outreach>>,
    Payload(to): Payload<ToRole>,
) -> Result<Emitted, Refusal> {
    let role = role(&to.role)?;
    let emission = Emission {
        event: to.event,
        data: to.data,
        contract: to.contract,
        namespace: to.namespace,
        keeping: keeping(to.durable, None),
    };
    emission.send(&outreach, Audience::Role(role)).await
}

/// An event for a room.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToRoom {
    /// As clients spell it: `chat_<id>` or `user_<id>`; `chat:<id>`, `user:<id>`, `role:<word>`, `product:<id>` or another
    /// name with a prefix; with `contract: "commerce"`, `"quiz"` or `"contacts"` as that contract's clients mean it.
    room: String,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Only in this namespace.
    namespace: Option<String>,
    /// Only for this contract's clients.
    contract: Option<String>,
    /// Whether it waits for clients that are away; only in the room of one user.
    #[serde(default)]
    durable: bool,
}

/// Sends an event to a room.
#[utoipa::path(post, path = "/internal/send-to-room", tag = "emit", request_body = ToRoom,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn send_to_room(
    State(outreach): State<Arc<Outreach>>,
    key: Option<Extension<RequestKey>>,
    Payload(to): Payload<ToRoom>,
) -> Result<Emitted, Refusal> {
    let audience = audience(&to.room, to.contract.as_deref())?;
    let emission = Emission {
        event: to.event,
        data: to.data,
        contract: to.contract,
        namespace: to.namespace,
        keeping: keeping(to.durable, key),
    };
    emission.send(&outreach, audience).await
}

/// An event for everyone.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToAll {
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
    /// Not these users.
    #[serde(default)]
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    except: Vec<UserId>,
    /// Only in this namespace.
    namespace: Option<String>,
    /// Only for this contract's clients.
    contract: Option<String>,
    /// Must not be true: only events to users are kept.
    #[serde(default)]
    durable: bool,
}

/// Sends an event to everyone connected.
#[utoipa::path(post, path = "/internal/send-to-all", tag = "emit", request_body = ToAll,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(super) async fn send_to_all(
    State(outreach): State<Arc<Outreach>>,
    Payload(to): Payload<ToAll>,
) -> Result<Emitted, Refusal> {
    check_users("except", &to.except)?;
    let audience = if to.except.is_empty() {
        Audience::All
    } else {
        Audience::Except { of: Box::new(Audience::All), users: to.except }
    };
    let emission = Emission {
        event: to.event,
        data: to.data,
        contract: to.contract,
        namespace: to.namespace,
        keeping: keeping(to.durable, None),
    };
    emission.send(&outreach, audience).await
}
