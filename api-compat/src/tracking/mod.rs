//! The REST of `contracts/tracking.md` section 4.
//!
//! It stands under `/tracking` always, and at the bare `/api/socket/...` where that contract is the root's.

mod analytics;
mod caller;
mod documents;
mod messages;
mod notifications;
mod presence;
mod query;
mod speaking;
mod stamps;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, OriginalUri},
    http::{Method, StatusCode},
    routing::{get, post},
};
use serde_json::json;

pub(crate) use self::documents::TrackedDocument;
use self::stamps::Stamps;
use crate::{
    error::Refusal,
    state::{PublicState, Shared},
};

/// The name of the contract, as `ROOT_CONTRACT` has it.
pub(crate) const CONTRACT: &str = "tracking";

/// Bodies, in bytes: a title and a text.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Where they stand, under the contract's name or without it.
pub(crate) const PATH: &str = "/api/socket";

/// All routes of the contract, below [`PATH`].
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/stats", get(presence::stats))
        .route("/user/{id}/online", get(presence::is_online))
        .route("/online-count", get(presence::online_count))
        .route("/notify/{id}", post(speaking::notify))
        .route("/broadcast", post(speaking::broadcast))
        .route("/ping", post(speaking::ping))
        .route("/notifications", get(notifications::list))
        .route("/messages", get(messages::list))
        .route("/messages/{id}", get(messages::show))
        .route("/messages/{id}/recipients", get(messages::recipients))
        .route("/analytics/{kind}", get(analytics::show))
        .fallback(route_not_found)
        .method_not_allowed_fallback(route_not_found)
        .layer((DefaultBodyLimit::max(MAX_BODY_BYTES), Extension(Arc::new(Stamps::default()))))
}

/// A path that the contract does not have; a method that a path does not have is the same to its clients.
async fn route_not_found(method: Method, OriginalUri(uri): OriginalUri) -> Refusal {
    let message = format!("Cannot {method} {}", uri.path());
    let body = json!({ "error": "Route not found", "message": message });
    Refusal::object(StatusCode::NOT_FOUND, body)
}
