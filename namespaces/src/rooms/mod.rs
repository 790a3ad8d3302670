//! Contract `rooms`: `/api/socket`, namespace `/` (`contracts/rooms.md`).

pub(crate) mod desk;
pub(crate) mod inbound;
pub(crate) mod outbound;
mod requests;
pub(crate) mod wire;

pub use desk::{Desk, DeskParts};
pub use inbound::Rooms;
pub use outbound::RoomsVoice;

use self::wire::{
    AuthError, Authenticated, DesignationsUpdated, ForceLogout, MessageReadReceipt, MessageSent,
    NewMessage, OnlineUsers, Ping, Pong, ReceiveChatMessage, ServerShutdown, TestMessage,
    TestResponse, TokenUpdated, UserOnlineStatus, UserStatusChanged, UserTyping,
};
use crate::{
    contract::WireEvent,
    registry::{EventSpec, From},
};

/// The contract's name.
pub const CONTRACT: &str = "rooms";

/// Events that this contract's server sends.
const OUTBOUND: [&str; 18] = [
    AuthError::NAME,
    Authenticated::NAME,
    DesignationsUpdated::NAME,
    ForceLogout::NAME,
    OnlineUsers::NAME,
    MessageReadReceipt::NAME,
    MessageSent::NAME,
    NewMessage::NAME,
    Ping::NAME,
    Pong::NAME,
    ReceiveChatMessage::NAME,
    ServerShutdown::NAME,
    TestMessage::NAME,
    TestResponse::NAME,
    TokenUpdated::NAME,
    UserOnlineStatus::NAME,
    UserStatusChanged::NAME,
    UserTyping::NAME,
];

/// The contract's part of the registry.
pub(crate) fn events() -> Vec<EventSpec> {
    let spec = |from| move |event| EventSpec { contract: CONTRACT, namespace: "/", from, event };
    let inbound = inbound::TABLE.iter().map(|row| row.event).map(spec(From::Client));
    inbound.chain(OUTBOUND.into_iter().map(spec(From::Server))).collect()
}
