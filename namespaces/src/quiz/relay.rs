//! What is said in a room and not stored here: the app has stored it, or it is said in older words
//! (`contracts/quiz.md` section 2, `roomMessage`, `join_room`, `room_message`).

use std::sync::Arc;

use outrigger_domain::{ids::UserId, time::Timestamp};
use outrigger_transport::Frame;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use tracing::error;

use super::wire::{QuizBackRoomMessage, QuizNewMessage, QuizSender, QuizSpeaker, QuizWelcome};
use crate::contract::frame;

/// What passes in [`outrigger_domain::events::DomainEvent::ChatRelay`]: nothing in it that the client could have made up
/// about who said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum Relay {
    /// The app has stored it.
    Message {
        /// The app's id.
        id: Option<String>,
        /// Whether the client names people in full.
        in_full: bool,
        /// For whom the client says that it is.
        receiver: Option<String>,
        /// What the client calls the room.
        room_name: Option<String>,
        /// The text.
        content: String,
    },
    /// A text in older words, with nothing beside it.
    OldText {
        /// The text.
        text: String,
    },
    /// A text in older words, in an object.
    OldMessage {
        /// The text.
        text: String,
    },
    /// Somebody entered in older words.
    Welcome,
}

/// Where and by whom it was said, and when.
pub(super) struct Context<'a> {
    pub(super) room: &'a str,
    pub(super) user: &'a UserId,
    pub(super) name: &'a str,
    pub(super) at: Timestamp,
}

/// A sentence for people who hear that somebody came into a room.
pub(super) fn joined(name: &str) -> String {
    format!("{name} joined the room")
}

impl Relay {
    /// As it passes.
    pub(super) fn words(&self) -> Arc<RawValue> {
        let words = to_raw_value(self).unwrap_or_else(|fault| {
            error!(%fault, "what was said could not be encoded");
            RawValue::NULL.to_owned()
        });
        words.into()
    }

    /// As it passed; `None` if it is none of ours.
    pub(super) fn read(words: &RawValue) -> Option<Self> {
        serde_json::from_str(words.get()).ok()
    }

    /// In the words of those who hear it.
    pub(super) fn frame(self, context: &Context<'_>) -> Option<Frame> {
        let Context { room, user, name, at } = *context;
        match self {
            Self::Message { id, in_full, receiver, room_name, content } => {
                let speaker = || QuizSpeaker { id: user.to_string(), name: name.to_owned() };
                let sender = match in_full {
                    true => QuizSender::Speaker(speaker()),
                    false => QuizSender::Id(user.to_string()),
                };
                frame(&QuizNewMessage {
                    id,
                    room_id: room.to_owned(),
                    room_name,
                    sender,
                    sender_name: name.to_owned(),
                    receiver,
                    content,
                    created_at: at,
                })
            }
            Self::OldText { text } => frame(&QuizBackRoomMessage(text.into())),
            Self::OldMessage { text } => {
                let said = serde_json::json!({
                    "message": text,
                    "username": name,
                    "userId": user,
                    "roomName": room,
                });
                frame(&QuizBackRoomMessage(said))
            }
            Self::Welcome => {
                frame(&QuizWelcome { message: joined(name), username: name.to_owned() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_read_back() {
        let message = Relay::Message {
            id: Some("m1".into()),
            in_full: true,
            receiver: None,
            room_name: Some("Lobby".into()),
            content: "hi".into(),
        };
        let others = [
            Relay::OldText { text: "hi".into() },
            Relay::OldMessage { text: "hi".into() },
            Relay::Welcome,
        ];
        for relay in others.into_iter().chain([message]) {
            assert_eq!(Relay::read(&relay.words()), Some(relay));
        }
        assert_eq!(Relay::read(RawValue::NULL), None);
    }
}
