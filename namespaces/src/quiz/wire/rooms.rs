//! Rooms, in the words of newer and of older clients.

use outrigger_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// This socket is in a room.
    "roomJoined" => QuizRoomJoined {
        /// Which, as the client named it.
        room_id: String,
        /// Users in it.
        member_count: usize,
        /// The client's word for its kind.
        room_type: String,
    }
}
wire! {
    /// Someone came into a room.
    "userJoinedRoom" => QuizUserJoinedRoom {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Which room.
        room_id: String,
        /// A sentence for people.
        message: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Someone went out of a room.
    "userLeftRoom" => QuizUserLeftRoom {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Which room.
        room_id: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Something was said in a room; also for whoever said it.
    "roomMessage" => QuizRoomMessage {
        /// Our id.
        message_id: String,
        /// Who said it.
        sender_id: String,
        /// What they are called.
        sender_name: String,
        /// The text.
        message: String,
        /// What it is.
        #[serde(rename = "type")]
        #[ts(type = "'text' | 'image'")]
        kind: &'static str,
        /// In which room.
        room_id: String,
        /// When it was stored.
        timestamp: Timestamp,
    }
}

/// Someone, as newer clients name people.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct QuizSpeaker {
    /// Who.
    #[serde(rename = "_id")]
    pub id: String,
    /// What they are called.
    pub name: String,
}

/// Who said something: as the client that said it names people.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum QuizSender {
    /// By id.
    Id(String),
    /// In full.
    Speaker(QuizSpeaker),
}

wire! {
    /// Something that the app has stored was said in a room; for the others in it.
    "newMessage" => QuizNewMessage {
        /// The app's id, as the client said it.
        #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
        /// In which room.
        #[serde(rename = "roomID")]
        room_id: String,
        /// What the client calls the room.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        room_name: Option<String>,
        /// Who said it.
        sender: QuizSender,
        /// What they are called.
        sender_name: String,
        /// For whom the client says that it is, by id.
        receiver: Option<String>,
        /// The text.
        content: String,
        /// When it came.
        created_at: Timestamp,
    }
}

/// Who is typing, in newer words.
#[derive(Clone, Serialize, TS)]
pub struct QuizTypist {
    /// Who.
    pub id: String,
    /// What they are called.
    pub name: String,
}

wire! {
    /// Someone is typing in a room, or no longer; for the others in it.
    "userTyping" state => QuizUserTyping {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Typing, or no longer.
        is_typing: bool,
        /// The same in newer words.
        user: QuizTypist,
        /// In which room.
        room_id: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Someone is no longer typing in a room; always beside `userTyping`.
    "userStoppedTyping" state => QuizUserStoppedTyping {
        /// Who.
        user: QuizTypist,
        /// In which room.
        room_id: String,
    }
}
wire! {
    /// Someone entered a room in older words; for both sides.
    "welcome_room_message" => QuizWelcome {
        /// A sentence for people.
        message: String,
        /// Who came.
        username: String,
    }
}

/// Something was said in a room in older words; also for whoever said it.
#[derive(Serialize, TS)]
#[ts(type = "string | { message: string; username: string; userId: string; roomName: string }")]
pub struct QuizBackRoomMessage(pub Value);

impl WireEvent for QuizBackRoomMessage {
    const NAME: &'static str = "backRoomMessage";
}

wire! {
    /// A request for help was replied to, in older words; for admins and whoever asked.
    "replyReceived" => QuizReplyReceived {
        /// To which.
        contact_id: String,
        /// Who replied.
        #[serde(rename = "reply_name")]
        reply_name: String,
        /// The text.
        message: String,
        /// When it came.
        #[serde(rename = "reply_date")]
        reply_date: Timestamp,
    }
}
wire! {
    /// Something was said about a request for help, in older words; for admins and whoever asked.
    "contactMsgServer" => QuizContactMessage {
        /// About which.
        contact_id: String,
        /// Who said it.
        #[serde(rename = "contact_name")]
        contact_name: String,
        /// The text.
        message: String,
        /// When it came.
        #[serde(rename = "contact_date")]
        contact_date: Timestamp,
    }
}
