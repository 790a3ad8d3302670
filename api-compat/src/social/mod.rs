//! The REST of `contracts/social.md` section 4.
//!
//! It stands under `/social` always, and at the bare paths where that contract is the root's; there it takes the paths
//! that the REST of `contracts/rooms.md` claims too.

mod answer;
mod caller;
mod conversations;
mod documents;
mod fields;
mod messages;
mod notifications;
mod preferences;
mod push;
mod request;
mod statuses;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, patch, post},
};

use crate::state::{PublicState, Shared};

/// The name of the contract, as `ROOT_CONTRACT` has it.
pub(crate) const CONTRACT: &str = "social";

/// Bodies, in bytes: JSON may write each of the 1000 characters of a message in twelve.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// All routes of the contract.
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/api/messages", get(conversations::list).post(messages::send))
        .route("/api/messages/{id}", get(conversations::history).delete(messages::delete))
        .route("/api/messages/{id}/read", patch(messages::mark_read))
        .route("/api/messages/{id}/seen", patch(messages::mark_seen))
        .route("/api/messages/conversation/{id}/seen", patch(conversations::mark_seen))
        .route("/api/conversation/{id}/seen", patch(conversations::mark_seen))
        .route("/api/notifications", get(notifications::list).delete(notifications::delete_all))
        .route("/api/notifications/read-all", patch(notifications::mark_all_read))
        .route("/api/notifications/delete-all", delete(notifications::delete_all))
        .route("/api/notifications/preferences", get(preferences::show).patch(preferences::change))
        .route("/api/notifications/subscribe", post(push::subscribe))
        .route("/api/notifications/unsubscribe", delete(push::unsubscribe))
        .route("/api/notifications/vapid-key", get(push::public_key))
        .route("/api/notifications/{id}", delete(notifications::delete))
        .route("/api/notifications/{id}/read", patch(notifications::mark_read))
        .route("/api/users/status", patch(statuses::set))
        .route("/api/users/{id}/status", get(statuses::show))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}
