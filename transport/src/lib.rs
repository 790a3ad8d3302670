//! Connections: accept loop, admission, limits, sockets, rooms, and the one way out.
//!
//! Architecture invariant: this crate knows bytes, connections and sockets; no contract, no user, no store.

mod admission;
mod args;
mod calls;
mod conn;
mod connect;
mod engine;
mod failures;
mod flusher;
mod frame;
mod handler;
mod handshake;
mod hub;
mod inbox;
mod lane;
mod limits;
mod link;
mod listener;
mod meters;
mod opening;
mod origin;
mod outbound;
mod outlet;
mod overload;
mod parting;
mod room;
mod server;
mod shutdown;
mod start;
mod stream;
mod sweep;
mod upgrade;
mod wire;

pub use args::{Args, BadArgument};
pub use calls::{Call, Shortcut};
pub use conn::{Conn, ConnKey, EngineKey};
pub use frame::{Class, Frame};
pub use handler::{Admission, Gone, NamespaceHandler, Refusal, Reply};
pub use handshake::Handshake;
pub use hub::{Counts, Hub, JoinRefused, MountId, MountSockets, Room, Selection};
pub use limits::Limits;
pub use link::Link;
pub use listener::{listen, serve, serve_calls};
pub use meters::Tally;
pub use origin::{BadProxy, OriginPolicy, TrustedProxies};
pub use outlet::Outlet;
pub use server::{DuplicateMount, SocketServer, Sockets};
pub use shutdown::Pace;
