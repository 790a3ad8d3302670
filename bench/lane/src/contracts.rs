//! As much of the contracts as is measured: of `quiz` rooms, and what is said in them and not stored; of `tracking` the
//! welcome.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{
    App,
    hub::{QUIZ, Room, Socket},
    token::Who,
};

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
/// Bytes of a room's name.
const MAX_NAME: usize = 256;

/// What `joinRoom` and `roomMessage` carry.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Said {
    Bare(String),
    Fields(Fields),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fields {
    #[serde(alias = "roomID")]
    room_id: Option<String>,
    room_name: Option<String>,
    room_type: Option<String>,
    #[serde(rename = "_id")]
    id: Option<String>,
    content: Option<String>,
    sender: Option<Value>,
    receiver: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Joined<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    room_id: &'a str,
    member_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_type: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewMessage<'a> {
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "roomID")]
    room_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room_name: Option<&'a str>,
    sender: Value,
    sender_name: &'a str,
    receiver: Option<&'a str>,
    content: &'a str,
    created_at: String,
}

/// An answer that says no more than yes or why not.
pub(crate) fn refused(error: &str) -> Option<Box<RawValue>> {
    to_raw_value(&serde_json::json!({ "success": false, "error": error })).ok()
}

impl Said {
    fn room_name(&self) -> Option<&str> {
        let name = match self {
            Self::Bare(name) => Some(name),
            Self::Fields(fields) => fields.room_id.as_ref().or(fields.room_name.as_ref()),
        };
        let reserved = ["user-", "quiz-", "contact-", "admins"];
        name.map(String::as_str).filter(|name| {
            !name.is_empty()
                && name.len() <= MAX_NAME
                && !reserved.iter().any(|word| name.starts_with(word))
        })
    }

    /// The room that is meant.
    pub(crate) fn room(&self) -> Option<Room> {
        Some(Room::Chat(Arc::from(self.room_name()?)))
    }

    /// What whoever joined is told, and how the call is acknowledged.
    pub(crate) fn joined(&self, members: usize) -> Option<(Box<RawValue>, Box<RawValue>)> {
        let kind = match self {
            Self::Bare(_) => None,
            Self::Fields(fields) => fields.room_type.as_deref(),
        };
        let room_id = self.room_name()?;
        let told = Joined {
            success: None,
            room_id,
            member_count: members,
            room_type: kind.or(Some("chat")),
        };
        let answer = Joined { success: Some(true), room_type: None, ..told };
        Some((to_raw_value(&told).ok()?, to_raw_value(&answer).ok()?))
    }

    /// What the others in the room are told.
    pub(crate) fn message(&self, who: &Who) -> Option<Box<RawValue>> {
        let Self::Fields(fields) = self else { return None };
        let content = fields.content.as_deref().filter(|text| !text.trim().is_empty())?;
        let sender = match &fields.sender {
            Some(Value::Object(_)) => serde_json::json!({ "_id": &*who.user, "name": who.shown() }),
            _ => Value::from(&*who.user),
        };
        let message = NewMessage {
            id: fields.id.as_deref(),
            room_id: self.room_name()?,
            room_name: fields.room_name.as_deref(),
            sender,
            sender_name: who.shown(),
            receiver: fields.receiver.as_deref(),
            content,
            created_at: OffsetDateTime::now_utc().format(TIME).ok()?,
        };
        to_raw_value(&message).ok()
    }
}

/// An event of a socket in the lane; how it is acknowledged.
pub(crate) fn event(
    app: &App,
    socket: &Socket,
    name: &str,
    data: &RawValue,
) -> Option<Box<RawValue>> {
    let said = || serde_json::from_str::<Said>(data.get()).ok();
    match name {
        "joinRoom" => {
            let Some((said, room)) =
                said().and_then(|said| Some((said.room()?, said))).map(|(room, said)| (said, room))
            else {
                return refused("Room not found");
            };
            let members = app.hub.join(QUIZ, socket, room);
            let (told, answer) = said.joined(members)?;
            app.hub.pulse.send(&socket.link, crate::frame::event("/quiz", "roomJoined", &told));
            Some(answer)
        }
        "roomMessage" => {
            let Some(said) = said() else { return refused("Invalid message") };
            let Some(room) = said.room().filter(|room| socket.is_in(room)) else {
                return refused("You are not in this room");
            };
            let Some(message) = said.message(&socket.who) else {
                return refused("Invalid message");
            };
            let (_, polled) =
                app.tell(QUIZ, Some(&room), Some(&socket.who.user), "newMessage", &message);
            if let Some(polled) = polled {
                tokio::spawn(polled);
            }
            done()
        }
        _ => None,
    }
}

/// What a socket of contract `tracking` hears first.
pub(crate) fn welcome() -> Option<Box<RawValue>> {
    let now = OffsetDateTime::now_utc();
    to_raw_value(&serde_json::json!({
        "id": format!("welcome_{}", now.unix_timestamp_nanos() / 1_000_000),
        "type": "system",
        "title": "Connected",
        "message": "Real-time updates are now active",
        "timestamp": now.format(TIME).ok()?,
        "read": false,
    }))
    .ok()
}

/// It was done.
pub(crate) fn done() -> Option<Box<RawValue>> {
    RawValue::from_string(r#"{"success":true}"#.to_owned()).ok()
}
