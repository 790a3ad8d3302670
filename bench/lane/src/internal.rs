//! The internal calls that are measured: an event to a user, to a room, to everyone.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    App,
    hub::{NAMESPACES, QUIZ, Reached, Room},
    token::Role,
};

const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
const MAX_EVENT: usize = 128;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Emit<'a> {
    user_id: Option<String>,
    room: Option<String>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    namespace: Option<String>,
    contract: Option<String>,
}

enum To {
    User,
    Room,
    All,
}

pub(crate) fn router(app: Arc<App>) -> Router {
    let call = |to: fn() -> To| {
        post(move |state: State<Arc<App>>, headers: HeaderMap, body: Bytes| {
            emit(state, headers, body, to())
        })
    };
    Router::new()
        .route("/internal/send-to-user", call(|| To::User))
        .route("/internal/send-to-room", call(|| To::Room))
        .route("/internal/send-to-all", call(|| To::All))
        .with_state(app)
}

/// A room as clients spell it.
fn room(name: &str, contract: Option<&str>) -> Option<Room> {
    let after = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
    if let Some(id) = after(&["user_", "user:", "user-"]) {
        return Some(Room::User(id.into()));
    }
    if let Some(word) = after(&["role:"]) {
        return Some(Room::Role(Role::from_word(word)));
    }
    let plain = contract == Some("quiz") || name.contains(':');
    let chat = after(&["chat_", "chat:"]).or_else(|| plain.then_some(name));
    chat.map(|chat| Room::Chat(chat.into()))
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, axum::Json(json!({ "success": false, "error": error }))).into_response()
}

async fn emit(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes, to: To) -> Response {
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !bool::from(Sha256::digest(shown).ct_eq(&app.secret)) {
        return refuse(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let Ok(emit) = serde_json::from_slice::<Emit<'_>>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "The request body is not valid");
    };
    let name = &*emit.event;
    if name.is_empty() || name.len() > MAX_EVENT || RESERVED.contains(&name) {
        return refuse(StatusCode::BAD_REQUEST, "the event needs another name");
    }
    let contract = emit.contract.as_deref();
    let room = match to {
        To::All => None,
        To::User => Some(emit.user_id.map(|id| Room::User(id.into()))),
        To::Room => Some(emit.room.and_then(|name| room(&name, contract))),
    };
    let room = match room {
        Some(None) => return refuse(StatusCode::BAD_REQUEST, "to whom?"),
        Some(room) => room,
        None => None,
    };
    let mut reached = Reached::default();
    for (namespace, mounted) in NAMESPACES.iter().enumerate() {
        let of_contract =
            contract.is_none_or(|contract| (contract == "quiz") == (namespace == QUIZ));
        if !of_contract || emit.namespace.as_ref().is_some_and(|only| only != mounted) {
            continue;
        }
        let data = emit.data.unwrap_or(RawValue::NULL);
        let (here, polled) = app.tell(namespace, room.as_ref(), None, name, data);
        if let Some(polled) = polled {
            polled.await;
        }
        reached.sockets += here.sockets;
        reached.devices += here.devices;
    }
    let reached = json!({ "sockets": reached.sockets, "devices": reached.devices });
    axum::Json(json!({ "success": true, "reached": reached })).into_response()
}
