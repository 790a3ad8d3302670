//! Rooms as clients of this contract name them (`contracts/tracking.md` section 2, `join_room`).

use outrigger_domain::ids::{ChatId, TrackedId, UserId};

/// Longest name, in bytes (`contracts/tracking.md` section 7).
const MOST_BYTES: usize = 128;

const USER: &str = "user_";
const ANALYTICS: &str = "analytics_";
const MESSAGE: &str = "message_";
const CHAT: &str = "chat_";

/// What a name means for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RoomName {
    /// All that concerns this user.
    Own,
    /// The figures of this user.
    Analytics,
    /// What becomes of a message.
    Message(TrackedId),
    /// A room that only the app gives away.
    Granted(ChatId),
    /// A room of somebody else, or no room's name.
    Foreign,
}

impl RoomName {
    /// Reads a name that `user` said. Nothing that looks like a room of this contract is a room of the app: otherwise the
    /// app could be made to give away what belongs to somebody else.
    pub(super) fn read(name: &str, user: &UserId) -> Self {
        if name.len() > MOST_BYTES {
            return Self::Foreign;
        }
        let own = |owner: &str, room| if owner == user.as_str() { room } else { Self::Foreign };
        if let Some(owner) = name.strip_prefix(USER) {
            own(owner, Self::Own)
        } else if let Some(owner) = name.strip_prefix(ANALYTICS) {
            own(owner, Self::Analytics)
        } else if let Some(id) = name.strip_prefix(MESSAGE) {
            TrackedId::new(id).map_or(Self::Foreign, Self::Message)
        } else {
            let chat = ChatId::new(name.strip_prefix(CHAT).unwrap_or(name));
            chat.map_or(Self::Foreign, Self::Granted)
        }
    }
}

/// Whether a message's id leaves room for the prefix of its room's name.
pub(super) fn can_be_tracked(id: &TrackedId) -> bool {
    id.as_str().len() <= MOST_BYTES - MESSAGE.len()
}

/// The name of everything that concerns this user.
pub(super) fn own(user: &UserId) -> String {
    format!("{USER}{user}")
}

/// The name of this user's figures.
pub(super) fn analytics(user: &UserId) -> String {
    format!("{ANALYTICS}{user}")
}

/// The name of what becomes of a message.
pub(super) fn message(id: &TrackedId) -> String {
    format!("{MESSAGE}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> RoomName {
        RoomName::read(name, &UserId::new("ann").unwrap())
    }

    fn granted(id: &str) -> RoomName {
        RoomName::Granted(ChatId::new(id).unwrap())
    }

    #[test]
    fn rooms_of_others_are_foreign() {
        assert_eq!(read("user_ann"), RoomName::Own);
        assert_eq!(read("analytics_ann"), RoomName::Analytics);
        for foreign in
            ["user_bob", "user_", "analytics_bob", "analytics_", "message_", "message_a b"]
        {
            assert_eq!(read(foreign), RoomName::Foreign, "{foreign}");
        }
        assert_eq!(read("User_bob"), granted("User_bob"), "which is no room of this contract");
    }

    #[test]
    fn other_rooms_are_what_the_app_gives() {
        assert_eq!(read("message_m_1"), RoomName::Message(TrackedId::new("m_1").unwrap()));
        assert_eq!(read("chat_team"), granted("team"));
        assert_eq!(read("team"), granted("team"));
        assert_eq!(
            read("chat_user_bob"),
            granted("user_bob"),
            "a chat of that name, no user's room"
        );
        for none in ["", "chat_", "two words", &"x".repeat(MOST_BYTES + 1)] {
            assert_eq!(read(none), RoomName::Foreign, "{none}");
        }
    }

    #[test]
    fn what_can_be_tracked_has_a_room_with_a_name() {
        for length in [1, 120, 121, 128] {
            let id = TrackedId::new("x".repeat(length)).unwrap();
            let named = read(&message(&id)) == RoomName::Message(id.clone());
            assert_eq!(can_be_tracked(&id), named, "{length}");
        }
    }
}
