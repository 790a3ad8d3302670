//! Rooms as the marketplace spells them (`contracts/commerce.md` section 7).

use crate::{
    actor::Role,
    events::Audience,
    ids::{ChatId, UserId},
};

use super::words::role_named;

const USER: &str = "user:";
const ROLE: &str = "role:";
const PRODUCT: &str = "product:";
const CHAT: &str = "chat:";
/// Stands before every name but those of chats, which other contracts know as well: what begins so is never the chat of two
/// users, `a_b` ([`crate::chats::pairs`]), so that nobody comes into a room by a name that ends like their own.
pub(crate) const ROOM: &str = ":";

/// What a room's name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomName {
    /// All that concerns one user. Nobody joins or leaves it.
    User(UserId),
    /// Everyone with a role. Nobody joins or leaves it.
    Role(Role),
    /// Those who watch a product: whoever wants to.
    Product(ChatId),
    /// A chat that other contracts know as well: only its members.
    Chat(ChatId),
    /// A room without a prefix: whoever wants to, unless the app has closed it or named its members.
    Open(ChatId),
    /// Another room with a prefix: only those whom the app named.
    Granted(ChatId),
}

impl RoomName {
    /// Reads a name; `None` if no room can be called so.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        if let Some(id) = name.strip_prefix(USER) {
            UserId::new(id).ok().map(Self::User)
        } else if let Some(word) = name.strip_prefix(ROLE) {
            role_named(word).map(Self::Role)
        } else if let Some(id) = name.strip_prefix(CHAT) {
            ChatId::new(id).ok().filter(|_| !id.contains(':')).map(Self::Chat)
        } else if name.strip_prefix(PRODUCT).is_some_and(|id| !id.is_empty()) {
            own(name).map(Self::Product)
        } else if name.starts_with(PRODUCT) || name.starts_with(ROOM) || name.is_empty() {
            None
        } else if name.contains(':') {
            own(name).map(Self::Granted)
        } else {
            own(name).map(Self::Open)
        }
    }

    /// Who is in it.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::User(user) => Audience::User(user.clone()),
            Self::Role(role) => Audience::Role(*role),
            Self::Product(chat) | Self::Chat(chat) | Self::Open(chat) | Self::Granted(chat) => {
                Audience::Chat(chat.clone())
            }
        }
    }

    /// How clients of the marketplace call a chat.
    #[must_use]
    pub fn spell(chat: &ChatId) -> String {
        let id = chat.as_str();
        id.strip_prefix(ROOM).map_or_else(|| format!("{CHAT}{id}"), str::to_owned)
    }
}

/// The chat behind a room that only the marketplace, and what shares its rooms, calls so.
fn own(name: &str) -> Option<ChatId> {
    ChatId::new(format!("{ROOM}{name}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(id: &str) -> ChatId {
        ChatId::new(id).unwrap()
    }

    #[test]
    fn a_name_means_one_room_and_a_chat_has_one_name() {
        for (name, room) in [
            ("product:7", RoomName::Product(chat(":product:7"))),
            ("chat:ann_bob", RoomName::Chat(chat("ann_bob"))),
            ("lobby", RoomName::Open(chat(":lobby"))),
            ("ann_bob", RoomName::Open(chat(":ann_bob"))),
            ("auction:3", RoomName::Granted(chat(":auction:3"))),
        ] {
            assert_eq!(RoomName::read(name), Some(room.clone()), "{name}");
            let Audience::Chat(id) = room.audience() else { panic!("{name} is a chat") };
            assert_eq!(RoomName::spell(&id), name);
        }
        assert_eq!(RoomName::read("user:ann"), Some(RoomName::User(UserId::new("ann").unwrap())));
        assert_eq!(RoomName::read("role:seller"), Some(RoomName::Role(Role::Staff)));
    }

    #[test]
    fn some_names_are_no_rooms() {
        for name in
            ["", "user:", "role:boss", "product:", "chat:", "chat::lobby", ":lobby", "two words"]
        {
            assert_eq!(RoomName::read(name), None, "{name}");
        }
    }
}
