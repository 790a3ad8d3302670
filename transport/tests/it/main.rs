//! A real server on a port of its own, driven from outside with raw HTTP and websockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod counts;
mod http;
mod polling;
mod recorder;
mod server;
mod websocket;

mod abuse;
mod acks;
mod calls;
mod drain;
mod farewell;
mod handshake;
mod inbox;
mod lane;
mod lifecycle;
mod limits;
mod longpoll;
mod opening;
mod order;
mod origins;
mod overload;
mod owners;
mod properties;
mod replay;
mod shutdown;
mod stalled;
mod upgrades;
mod vanishing;
