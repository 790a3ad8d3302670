//! What the sidecar knows and decides: identity, presence, chats, messaging, notifications, sessions;
//! the events it publishes and the ports it needs.
//!
//! Architecture invariant: nothing here knows axum, socketioxide, sqlx or any contract's words for an event.

pub mod accounts;
pub mod actor;
pub mod chats;
pub mod commerce;
pub mod connections;
mod digest;
pub mod email;
pub mod events;
pub mod feed;
mod finishing;
pub mod identity;
pub mod ids;
pub mod lately;
pub mod limits;
pub mod local_bus;
pub mod messaging;
pub mod naming;
pub mod notifications;
pub mod outreach;
pub mod paging;
pub mod ports;
pub mod presence;
pub mod push;
pub mod quiz;
pub mod selftest;
pub mod sessions;
pub mod social_documents;
pub mod statuses;
pub mod support;
pub mod time;
pub mod tracking;
mod turns;
pub mod webhooks;
