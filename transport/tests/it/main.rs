//! A real server on a port of its own, driven from outside with raw HTTP and websockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod http;
mod polling;
mod recorder;
mod server;
mod websocket;

mod abuse;
mod acks;
mod farewell;
mod handshake;
mod inbox;
mod lifecycle;
mod limits;
mod order;
mod origins;
mod owners;
mod properties;
mod shutdown;
mod stalled;
mod upgrades;
mod vanishing;
