//! The public and internal routes over a real store.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod accounts;
mod batch;
mod commerce_events;
mod commerce_gate;
mod commerce_internal;
mod commerce_live;
mod commerce_notices;
mod commerce_sockets;
mod contacts_chat;
mod contacts_gate;
mod contacts_internal;
mod email_internal;
mod email_pages;
mod emits;
mod gate;
mod idempotency;
mod images;
mod messages;
mod notifications;
mod openapi;
mod push_service;
mod quiz_internal;
mod quiz_public;
mod sessions;
mod social_conversations;
mod social_gate;
mod social_internal;
mod social_messages;
mod social_notifications;
mod social_push;
mod social_statuses;
mod socket_test;
mod status;
mod tokens;
mod tracking_gate;
mod tracking_internal;
mod tracking_lists;
mod tracking_recipients;
mod tracking_speaking;
mod validation;
mod webhooks;
mod world;
