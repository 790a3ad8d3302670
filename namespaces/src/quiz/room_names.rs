//! What clients of this contract call rooms (`contracts/quiz.md` sections 2 and 8).

use outrigger_domain::{actor::Actor, commerce::RoomName, ids::ChatId};

/// Before a user's id in the name of the room that is the user's own.
const OWN: &str = "user-";

/// Names that begin so mean something else, and nobody enters a room by them.
const RESERVED: [&str; 4] = [OWN, "quiz-", "contact-", "admins"];

/// How newer and older clients call the field that names a room.
pub(super) const ROOM_FIELDS: [&str; 4] = ["roomId", "roomID", "roomName", "roomOrContactId"];

/// The chat of that name, if it is one that can be entered by it.
pub(super) fn chat_named(name: &str) -> Option<(RoomName, ChatId)> {
    if RESERVED.iter().any(|reserved| name.starts_with(reserved)) {
        return None;
    }
    let room = RoomName::read(name)?;
    let chat = match &room {
        RoomName::User(_) | RoomName::Role(_) | RoomName::Product(_) => return None,
        RoomName::Chat(chat) | RoomName::Open(chat) | RoomName::Granted(chat) => chat.clone(),
    };
    Some((room, chat))
}

/// Whether it is the name of the room that is this user's own.
pub(super) fn is_own(name: &str, actor: &Actor) -> bool {
    !actor.is_guest() && name.strip_prefix(OWN) == Some(actor.user.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_rooms_and_reserved_ones_are_none() {
        let chat = |name: &str| chat_named(name).map(|(_, chat)| chat.to_string());
        for (name, id) in [
            ("lobby", ":lobby"),
            ("ann@x.example_bob@x.example", ":ann@x.example_bob@x.example"),
            ("class:7", ":class:7"),
            ("chat:ann_bob", "ann_bob"),
        ] {
            assert_eq!(chat(name).as_deref(), Some(id));
        }
        for none in [
            "user-ann",
            "quiz-1",
            "contact-1",
            "admins",
            "user:ann",
            "role:admin",
            "product:7",
            ":lobby",
            "",
            "two words",
        ] {
            assert_eq!(chat(none), None, "{none}");
        }
    }
}
