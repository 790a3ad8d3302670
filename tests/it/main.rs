//! The built binary, driven from outside.

mod commands;
mod configuration;
mod crash;
mod dev;
mod raw_client;
mod registry;
mod shutdown;
mod sidecar;
