//! The REST of `contracts/contacts.md` section 4, as far as it concerns requests for help.
//!
//! It stands at the bare paths, which no other contract claims, and under `/contacts`. What that section calls broadcasts,
//! chat rooms and room messages is the app's own.

mod answer;
mod caller;
mod chat;
mod documents;
mod health;
mod listing;
mod submitting;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    routing::{get, post},
};

use self::answer::failure;
pub(crate) use self::{
    documents::{MessageDocument, chat_room},
    submitting::{Form, said_of},
};
use crate::{
    error::Refusal,
    state::{PublicState, Shared},
};

/// The name of the contract, as its namespace has it.
pub(crate) const CONTRACT: &str = "contacts";

/// Bodies, in bytes: JSON may write each of the 5000 characters of a message in twelve.
const MAX_BODY_BYTES: usize = 128 * 1024;

/// All routes of the contract at their bare paths.
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/api/contacts", post(submitting::submit).get(listing::list))
        .route("/api/contacts/sender/{id}", get(listing::of_sender))
        .route("/api/contacts/{id}", get(chat::show).put(chat::reply).delete(chat::delete))
        .route("/api/contacts/{id}/chat", get(chat::history))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// The same under the contract's name, with its sign of life.
pub(crate) fn named_routes() -> Router<Shared<PublicState>> {
    routes()
        .route("/health", get(health::show))
        .fallback(route_not_found)
        .method_not_allowed_fallback(route_not_found)
}

/// A path that the contract does not have; a method that a path does not have is the same to its clients.
async fn route_not_found() -> Refusal {
    failure(StatusCode::NOT_FOUND, "Route not found")
}
