//! Rooms as the clients of each contract spell them.

use outrigger_domain::{
    actor::Role,
    commerce::RoomName,
    events::Audience,
    ids::{ChatId, ContactId, QuizId, UserId},
};

use crate::{commerce::CONTRACT, contacts, error::Refusal, quiz};

/// What a room's name means, and what clients of `contract` may call it: `chat_<id>` and `user_<id>`
/// (`contracts/rooms.md` section 2), and names with a prefix before a colon (`contracts/commerce.md` section 7). To clients
/// of the latter, and to those of `contracts/quiz.md`, any name is a room's: where one of them is the contract, names are
/// read as its clients do, and only so.
fn read(room: &str, contract: Option<&str>) -> Option<Audience> {
    match contract {
        Some(CONTRACT) => return RoomName::read(room).map(|name| name.audience()),
        Some(quiz::CONTRACT) => return hyphenated(room).unwrap_or_else(|| plain(room)),
        Some(contacts::CONTRACT) => return hyphenated(room).flatten(),
        _ => {}
    }
    if let Some(id) = room.strip_prefix("chat_") {
        return ChatId::new(id).ok().map(Audience::Chat);
    }
    if let Some(id) = room.strip_prefix("user_") {
        return UserId::new(id).ok().map(Audience::User);
    }
    RoomName::read(room).filter(|_| room.contains(':')).map(|name| name.audience())
}

/// Rooms that nobody joins by name: `user-<id>`, `quiz-<id>` and `admins` (`contracts/quiz.md` sections 1, 2 and 8),
/// `contact-<id>` (`contracts/contacts.md` section 1). `None` if it is another's name, `Some(None)` if it names nothing.
fn hyphenated(room: &str) -> Option<Option<Audience>> {
    if let Some(id) = room.strip_prefix("user-") {
        return Some(UserId::new(id).ok().map(Audience::User));
    }
    if let Some(id) = room.strip_prefix("quiz-") {
        return Some(QuizId::new(id).ok().map(Audience::Quiz));
    }
    if let Some(id) = room.strip_prefix("contact-") {
        return Some(ContactId::new(id).ok().map(Audience::Support));
    }
    match room.strip_prefix("admins") {
        Some("") => Some(Some(Audience::Role(Role::Admin))),
        // What begins so is no room (section 8 of the former).
        Some(_) => Some(None),
        None => None,
    }
}

/// A room that clients of contract `quiz` can be in.
fn plain(room: &str) -> Option<Audience> {
    match RoomName::read(room)? {
        RoomName::User(_) | RoomName::Role(_) | RoomName::Product(_) => None,
        name @ (RoomName::Chat(_) | RoomName::Open(_) | RoomName::Granted(_)) => {
            Some(name.audience())
        }
    }
}

/// Who is in a room.
pub(super) fn audience(room: &str, contract: Option<&str>) -> Result<Audience, Refusal> {
    read(room, contract).ok_or_else(|| {
        let text =
            "room must be chat_<id>, user_<id>, <prefix>:<id>, or a room of the contract that is named";
        Refusal::field("room", text)
    })
}

/// A room that has members: not that of a user or of a role.
pub(super) fn chat(room: &str, contract: Option<&str>) -> Result<ChatId, Refusal> {
    match read(room, contract) {
        Some(Audience::Chat(chat)) => Ok(chat),
        _ => {
            let text = "room must be chat_<id>, <prefix>:<id>, or a room of the contract that is named; not of a user or a role";
            Err(Refusal::field("room", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_chat(id: &str) -> Audience {
        Audience::Chat(ChatId::new(id).unwrap())
    }

    #[test]
    fn a_name_is_read_as_the_clients_of_its_contract_spell_it() {
        let ann = || Audience::User(UserId::new("ann").unwrap());
        for (room, contract, expected) in [
            ("chat_a_b", None, Some(is_chat("a_b"))),
            ("chat_a_b", Some("rooms"), Some(is_chat("a_b"))),
            ("chat:a_b", None, Some(is_chat("a_b"))),
            ("user_ann", None, Some(ann())),
            ("user:ann", None, Some(ann())),
            ("role:seller", None, Some(Audience::Role(Role::Staff))),
            ("product:7", None, Some(is_chat(":product:7"))),
            ("auction:3", None, Some(is_chat(":auction:3"))),
            ("lobby", None, None),
            ("lobby", Some("rooms"), None),
            ("chat_", None, None),
            ("role:boss", None, None),
            (":lobby", None, None),
            ("lobby", Some("commerce"), Some(is_chat(":lobby"))),
            ("chat_a_b", Some("commerce"), Some(is_chat(":chat_a_b"))),
            ("chat:a_b", Some("commerce"), Some(is_chat("a_b"))),
            ("lobby", Some("quiz"), Some(is_chat(":lobby"))),
            ("class:7", Some("quiz"), Some(is_chat(":class:7"))),
            ("user-ann", Some("quiz"), Some(ann())),
            ("quiz-7", Some("quiz"), Some(Audience::Quiz(QuizId::new("7").unwrap()))),
            ("admins", Some("quiz"), Some(Audience::Role(Role::Admin))),
            ("admins-7", Some("quiz"), None),
            ("product:7", Some("quiz"), None),
            ("quiz-", Some("quiz"), None),
            ("user-ann", Some("contacts"), Some(ann())),
            ("contact-7", Some("contacts"), Some(Audience::Support(ContactId::new("7").unwrap()))),
            ("lobby", Some("contacts"), None),
            ("quiz-7", None, None),
            ("", Some("commerce"), None),
        ] {
            assert_eq!(read(room, contract), expected, "{room} {contract:?}");
        }
    }

    #[test]
    fn only_chats_have_members() {
        assert_eq!(chat("product:7", None).unwrap().as_str(), ":product:7");
        for room in ["user:ann", "user_ann", "role:admin", "lobby"] {
            assert!(chat(room, None).is_err(), "{room}");
        }
    }
}
