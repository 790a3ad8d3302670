//! Who is there, and who is sent away (`contracts/commerce.md` section 4).

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{commerce::role_word, ids::UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    answer::{Answer, bad, done, failure, found, invalid},
    body::{Body, optional_text},
    caller::{Act, Allowed, Inspect},
};
use crate::{error::Refusal, input::Segment, socket_names::socket_name, state::CommerceState};

/// Users that a list names at most.
const MOST_USERS: usize = 1000;

/// Longest reason, in bytes.
const MAX_REASON_BYTES: usize = 1024;

/// The reason of an admin who gives none.
const USUAL_REASON: &str = "Disconnected by admin";

/// A user's sockets, under names that are no credentials.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserSockets {
    user_id: UserId,
    is_connected: bool,
    connection_count: usize,
    socket_ids: Vec<String>,
}

fn user_named(id: &str) -> Result<UserId, Refusal> {
    UserId::new(id).map_err(|_| invalid("userId"))
}

/// `GET /api/socket/user/{userId}`.
pub(super) async fn user(
    _: Allowed<Inspect>,
    State(CommerceState { crowd, .. }): State<CommerceState>,
    Segment(id): Segment,
) -> Result<Json<Answer<UserSockets>>, Refusal> {
    let user_id = user_named(&id)?;
    let socket_ids: Vec<_> = crowd.of(&user_id).into_iter().map(socket_name).collect();
    let connection_count = socket_ids.len();
    Ok(found(UserSockets {
        user_id,
        is_connected: connection_count > 0,
        connection_count,
        socket_ids,
    }))
}

/// `GET /api/socket/users`: everyone who is there, as `admin:user_list` answers.
pub(super) async fn users(
    _: Allowed<Inspect>,
    State(CommerceState { crowd, .. }): State<CommerceState>,
) -> Json<Value> {
    let listed = crowd.list(MOST_USERS);
    let data: Vec<_> = listed
        .into_iter()
        .map(|one| {
            json!({
                "userId": one.user,
                "userName": one.name,
                "userEmail": one.email,
                "userRole": role_word(one.role),
                "connections": one.connections,
            })
        })
        .collect();
    Json(json!({ "success": true, "count": data.len(), "data": data }))
}

#[derive(Deserialize)]
pub(super) struct Farewell {
    reason: Option<Value>,
}

/// Who was sent away, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Disconnected {
    user_id: UserId,
    reason: String,
}

/// `POST /api/socket/disconnect/{userId}`: closes a user's sockets, as `admin:force_disconnect` does.
pub(super) async fn disconnect(
    Allowed { actor, .. }: Allowed<Act>,
    State(CommerceState { market, .. }): State<CommerceState>,
    Segment(id): Segment,
    Body(Farewell { reason }): Body<Farewell>,
) -> Result<Json<Answer<Disconnected>>, Refusal> {
    let user_id = user_named(&id)?;
    let reason = optional_text("reason", reason)?.unwrap_or_else(|| USUAL_REASON.to_owned());
    if reason.len() > MAX_REASON_BYTES {
        return Err(invalid("reason"));
    }
    if user_id == actor.user {
        return Err(bad("Cannot disconnect yourself"));
    }
    if market.disconnect(Some(&actor.user), &user_id, &reason).await == 0 {
        return Err(failure(StatusCode::NOT_FOUND, "User is not currently connected"));
    }
    Ok(done("User disconnected successfully", Disconnected { user_id, reason }))
}
