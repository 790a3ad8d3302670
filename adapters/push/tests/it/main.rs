//! Pushes to a real server, as a browser's push service would be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod browser;
mod delivering;
mod push_service;
mod refusing;
mod settings;
mod sidecar;
mod story;
