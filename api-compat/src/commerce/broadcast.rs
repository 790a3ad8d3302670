//! An admin says something to everyone, or to a room (`contracts/commerce.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    commerce::RoomName,
    events::Audience,
    outreach::{Keeping, Outreach, OutreachError},
    time::Clock,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{
    CONTRACT,
    answer::{Answer, bad, done, failure, invalid, unavailable},
    body::{Body, optional_text},
    caller::{Act, Allowed},
};
use crate::error::Refusal;

/// What an answer calls the room of everyone.
const EVERYONE: &str = "all";

#[derive(Deserialize)]
pub(super) struct Said {
    event: Option<Value>,
    data: Option<Box<RawValue>>,
    room: Option<Value>,
}

/// What was said, and where.
#[derive(Serialize)]
pub(super) struct Broadcast {
    event: String,
    room: String,
    timestamp: i64,
}

fn refuse(error: OutreachError) -> Refusal {
    match error {
        OutreachError::BadName | OutreachError::ReservedName | OutreachError::NotForUsers => {
            invalid("event")
        }
        OutreachError::TooLarge => failure(StatusCode::PAYLOAD_TOO_LARGE, "Payload too large"),
        OutreachError::Store(error) => unavailable(error),
    }
}

/// `POST /api/socket/broadcast`: an event of any name for clients of this contract, as `admin:broadcast` sends it.
pub(super) async fn broadcast(
    _: Allowed<Act>,
    State(outreach): State<Arc<Outreach>>,
    State(clock): State<Arc<dyn Clock>>,
    Body(Said { event, data, room }): Body<Said>,
) -> Result<Json<Answer<Broadcast>>, Refusal> {
    let event = optional_text("event", event)?.ok_or_else(|| bad("Event name is required"))?;
    let room = optional_text("room", room)?;
    let audience = match &room {
        None => Audience::All,
        Some(name) => RoomName::read(name).ok_or_else(|| invalid("room"))?.audience(),
    };
    let data = data.unwrap_or_else(|| RawValue::NULL.to_owned());
    let contract = Some(CONTRACT.to_owned());
    let sent = outreach.send(audience, &event, data, contract, None, Keeping::Passing).await;
    sent.map_err(refuse)?;
    let room = room.unwrap_or_else(|| EVERYONE.to_owned());
    let timestamp = clock.now().ms();
    Ok(done("Message broadcasted successfully", Broadcast { event, room, timestamp }))
}
