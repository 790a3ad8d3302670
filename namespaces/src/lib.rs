//! Socket.IO: one folder for each contract, and what they share.
//!
//! Architecture invariants: only this crate and `transport` know Socket.IO; no handler sends to a socket but
//! through `transport`; every contract decides about every domain event, because `render` matches without a
//! wildcard.

#![deny(clippy::wildcard_enum_match_arm)]

mod actions;
mod audience;
pub mod catalogue;
pub mod commerce;
pub mod contacts;
mod contract;
mod dispatch;
pub mod entry;
mod follower;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod growth;
pub mod legacy;
mod lists;
pub mod monitor;
pub mod mount;
mod open_sockets;
mod pending;
mod probe;
pub mod quiz;
mod reached;
pub mod registry;
mod resume;
pub mod rooms;
mod shape;
pub mod social;
mod standing;
pub mod tracking;
pub mod typescript;
mod warden;

pub use actions::{ACTION_ALLOWANCE, Actions};
pub use contract::{Voice, WireEvent};
pub use dispatch::Dispatcher;
pub use follower::Follower;
pub use open_sockets::OpenSockets;
pub use probe::Probe;
pub use resume::Passing;
pub use warden::Warden;
