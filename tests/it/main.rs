//! The built binary, driven from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod commands;
mod configuration;
mod crash;
mod dev;
mod log;
mod raw_client;
mod registry;
mod shutdown;
mod sidecar;
