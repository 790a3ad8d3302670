//! Contract `rooms`: `/api/socket`, namespace `/` (`contracts/rooms.md`).

pub(crate) mod desk;
pub(crate) mod inbound;
pub(crate) mod outbound;
mod requests;
pub(crate) mod wire;

pub use desk::{Desk, DeskParts};
pub use inbound::Rooms;
pub use outbound::RoomsVoice;
pub(crate) use requests::NotJoined;

use self::wire::{
    AuthError, Authenticated, DesignationsUpdated, ForceLogout, MessageAlert, MessageReadReceipt,
    MessageSent, NewMessage, OnlineUsers, Ping, Pong, ReceiveChatMessage, ServerShutdown,
    TestMessage, TestResponse, TokenUpdated, UserOnlineStatus, UserStatusChanged, UserTyping,
};
use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "rooms";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 18] = [
    Outgoing::of::<AuthError>(),
    Outgoing::of::<Authenticated>(),
    Outgoing::of::<DesignationsUpdated>(),
    Outgoing::of::<ForceLogout>(),
    Outgoing::of::<OnlineUsers>(),
    Outgoing::of::<MessageReadReceipt>(),
    Outgoing::of::<MessageSent>(),
    Outgoing::either::<NewMessage, MessageAlert>(),
    Outgoing::of::<Ping>(),
    Outgoing::of::<Pong>(),
    Outgoing::of::<ReceiveChatMessage>(),
    Outgoing::of::<ServerShutdown>(),
    Outgoing::of::<TestMessage>(),
    Outgoing::of::<TestResponse>(),
    Outgoing::of::<TokenUpdated>(),
    Outgoing::of::<UserOnlineStatus>(),
    Outgoing::of::<UserStatusChanged>(),
    Outgoing::of::<UserTyping>(),
];

/// The contract's part of the registry.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: inbound::TABLE.iter().map(Incoming::from).collect(),
        outgoing: OUTBOUND.to_vec(),
    }]
}
