//! The public and internal routes over a real store.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod accounts;
mod batch;
mod emits;
mod gate;
mod idempotency;
mod images;
mod messages;
mod notifications;
mod openapi;
mod sessions;
mod socket_test;
mod status;
mod tokens;
mod validation;
mod webhooks;
mod world;
