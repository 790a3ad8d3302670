//! Names and payloads of contract `rooms` (`contracts/rooms.md` sections 2 and 3).

use std::sync::Arc;

use outrigger_domain::{ids::UserId, messaging::MessageDocument, time::Timestamp};
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use crate::contract::WireEvent;

/// Names of the events that clients send.
pub mod name {
    /// Shows a token after connecting.
    pub const AUTHENTICATE: &str = "authenticate";
    /// A device took a new token.
    pub const TOKEN_UPDATE_RECEIVED: &str = "tokenUpdateReceived";
    /// A device took note of the account's status.
    pub const STATUS_UPDATE_RECEIVED: &str = "statusUpdateReceived";
    /// A device took note of new designations.
    pub const DESIGNATIONS_UPDATE_RECEIVED: &str = "designationsUpdateReceived";
    /// Typing, or no longer.
    pub const TYPING: &str = "typing";
    /// Enters a chat.
    pub const JOIN_CHAT_ROOM: &str = "joinChatRoom";
    /// Leaves a chat.
    pub const LEAVE_CHAT_ROOM: &str = "leaveChatRoom";
    /// A message was read.
    pub const MESSAGE_READ: &str = "messageRead";
    /// Asks who is online; also the name of the answer.
    pub const GET_ONLINE_USERS: &str = "getOnlineUsers";
    /// Answers the application's heartbeat; also the name of the sidecar's answer to `ping`.
    pub const PONG: &str = "pong";
    /// The application's heartbeat, either way.
    pub const PING: &str = "ping";
    /// Asks for a `testResponse`.
    pub const TEST: &str = "test";
    /// The app's login route says that its user logged in.
    pub const USER_LOGGED_IN: &str = "userLoggedIn";
    /// Asks whether one user is online.
    pub const CHECK_USER_ONLINE: &str = "checkUserOnline";
    /// Speaks in a chat.
    pub const SEND_CHAT_MESSAGE: &str = "sendChatMessage";
}

/// Argument of `authenticate`.
#[derive(Deserialize, TS)]
pub struct Authenticate {
    /// The token.
    #[serde(default)]
    #[ts(optional)]
    pub token: Option<String>,
}

/// Argument of `tokenUpdateReceived` and `designationsUpdateReceived`.
#[derive(Deserialize, Serialize, TS)]
pub struct UpdateReceived {
    /// When the device got it, as it says.
    pub timestamp: String,
    /// Why it was sent, as the device understood it.
    pub reason: String,
}

/// Argument of `statusUpdateReceived`.
#[derive(Deserialize, Serialize, TS)]
pub struct StatusUpdateReceived {
    /// The status the device took note of.
    pub status: bool,
    /// When the device got it, as it says.
    pub timestamp: String,
}

/// Argument of `typing`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Typing {
    /// To whom.
    pub receiver_id: String,
    /// Typing, or no longer.
    pub is_typing: bool,
}

/// Argument of `joinChatRoom` and `leaveChatRoom`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatRoom {
    /// The chat, without `chat_`.
    pub chat_id: String,
}

/// Argument of `messageRead`. The sender that clients name beside it is not looked at: the store knows.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageRead {
    /// Which message.
    pub message_id: String,
}

/// Argument of `userLoggedIn` and `checkUserOnline`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneUser {
    /// Which user.
    pub user_id: String,
}

/// Argument of `sendChatMessage`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendChatMessage {
    /// The chat, without `chat_`.
    pub chat_id: String,
    /// What is said.
    pub message: String,
}

/// Acknowledgement of `checkUserOnline`.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OnlineAnswer {
    /// Whether any socket of the user is connected.
    pub is_online: bool,
}

macro_rules! wire {
    ($(#[$doc:meta])* $name:literal $($state:ident)? => $type:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Serialize, TS)]
        #[serde(rename_all = "camelCase")]
        pub struct $type { $($(#[$fdoc])* pub $field: $ty,)* }

        impl WireEvent for $type {
            const NAME: &'static str = $name;
            $(wire!(@ $state);)?
        }
    };
    (@ state) => { const STATE: bool = true; };
}
pub(crate) use wire;

wire! {
    /// The token shown was taken.
    "authenticated" => Authenticated {
        /// Whose it is.
        user_id: String,
        /// Their address.
        email: String,
        /// Whether they may act on others.
        is_admin: bool,
        /// The client's own socket.
        socket_id: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The token does not hold; the socket closes behind this.
    "authError" => AuthError {
        /// The contract's text.
        message: &'static str,
        /// The same for programs.
        code: &'static str,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// A new token for this user.
    "tokenUpdated" => TokenUpdated {
        /// The token.
        new_token: String,
        /// When.
        timestamp: Timestamp,
        /// Why.
        reason: String,
    }
}
wire! {
    /// The account was activated or deactivated.
    "userStatusChanged" => UserStatusChanged {
        /// Active now.
        status: bool,
        /// When.
        timestamp: Timestamp,
        /// Why.
        reason: String,
        /// The sockets will be closed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        forced_disconnect: Option<bool>,
    }
}
wire! {
    /// The user's designations were replaced.
    "designationsUpdated" => DesignationsUpdated {
        /// The whole list.
        designations: Vec<String>,
        /// When.
        timestamp: Timestamp,
        /// Why.
        reason: String,
    }
}
wire! {
    /// Someone is typing, or stopped.
    "userTyping" state => UserTyping {
        /// Who.
        user_id: String,
        /// Typing, or no longer.
        is_typing: bool,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The receiver read a message.
    "messageReadReceipt" => MessageReadReceipt {
        /// Which.
        message_id: String,
        /// Who read it.
        read_by: String,
        /// When.
        read_at: Timestamp,
    }
}
wire! {
    /// A user came online or went offline.
    "userOnlineStatus" state => UserOnlineStatus {
        /// Who.
        user_id: String,
        /// The state now.
        is_online: bool,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The application's heartbeat.
    "ping" state => Ping {
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The answer to a client's `ping`.
    "pong" => Pong {
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The answer to `test`.
    "testResponse" => TestResponse {
        /// Always `Test successful!`.
        message: &'static str,
        /// The asking user.
        user_id: String,
        /// The asking socket.
        socket_id: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// What the self test says.
    "testMessage" => TestMessage {
        /// The text.
        message: String,
        /// When.
        timestamp: Timestamp,
        /// Who asked for it.
        from: String,
    }
}
wire! {
    /// The user is logged out; the socket closes behind this.
    "force_logout" => ForceLogout {
        /// Why.
        reason: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// The process ends.
    "server_shutdown" => ServerShutdown {
        /// Always `Server is shutting down`.
        message: &'static str,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Someone spoke in a chat.
    "receiveChatMessage" => ReceiveChatMessage {
        /// Who.
        user_id: String,
        /// What.
        message: String,
        /// When.
        timestamp: Timestamp,
    }
}

/// A message document with the time of the event (`contracts/rooms.md` section 3).
#[derive(Serialize, TS)]
pub struct TimedMessage {
    /// The document.
    #[serde(flatten)]
    pub document: MessageDocument,
    /// When.
    pub timestamp: Timestamp,
}

/// A message arrived.
#[derive(Serialize, TS)]
pub struct NewMessage(pub TimedMessage);

impl WireEvent for NewMessage {
    const NAME: &'static str = "newMessage";
}

/// A message of this user was stored.
#[derive(Serialize, TS)]
pub struct MessageSent(pub TimedMessage);

impl WireEvent for MessageSent {
    const NAME: &'static str = "messageSent";
}

/// An alert about a message: the app's fields, with `timestamp` and `notification: true`.
#[derive(Serialize, TS)]
pub struct MessageAlert {
    /// The app's fields.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// When.
    pub timestamp: Timestamp,
    /// Always `true`: tells the alert from a document.
    pub notification: bool,
}

impl WireEvent for MessageAlert {
    const NAME: &'static str = NewMessage::NAME;
}

/// Everyone online: a bare array of ids.
#[derive(TS)]
pub struct OnlineUsers(#[ts(as = "Vec<String>")] pub Arc<[UserId]>);

/// Without a text of its own for each id: the list is long, and made often.
impl Serialize for OnlineUsers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(UserId::as_str))
    }
}

impl WireEvent for OnlineUsers {
    const NAME: &'static str = name::GET_ONLINE_USERS;
    const STATE: bool = true;
}
