//! What the domain may ask about open connections.

use crate::{
    actor::Role,
    events::{Audience, SocketKey},
    ids::{ChatId, DeviceId, TokenId, UserId},
};

/// How much is open on this node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Engine.IO connections: browsers and programs.
    pub connections: usize,
    /// Socket.IO sockets: one for each namespace of a connection.
    pub sockets: usize,
}

/// One socket of a user, without its id, which is a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSocket {
    /// Which one, on this node.
    pub key: SocketKey,
    /// Whose.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// With which standing.
    pub role: Role,
    /// With which token.
    pub token: TokenId,
    /// On which path.
    pub path: &'static str,
    /// In which namespace.
    pub namespace: &'static str,
    /// `websocket` or `polling`.
    pub transport: &'static str,
}

/// How many an audience is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Users, each once.
    pub users: usize,
    /// Socket.IO sockets.
    pub sockets: usize,
}

/// Open connections, as the layer that holds them sees them.
pub trait Connections: Send + Sync + 'static {
    /// How much is open.
    fn totals(&self) -> Totals;
    /// A user's sockets.
    fn of_user(&self, user: &UserId) -> Vec<OpenSocket>;
    /// Users with a socket in a chat, each once, in order.
    fn in_chat(&self, chat: &ChatId) -> Vec<UserId>;
    /// How many sockets of how many users an audience means now, guests among the sockets only
    /// (`contracts/commerce.md` section 5, `getRoomUserCount`).
    fn gathered(&self, audience: &Audience) -> Gathered;
}
