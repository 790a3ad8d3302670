//! The REST of `contracts/commerce.md` section 4.
//!
//! It stands under `/commerce` always, and at the bare paths where that contract is the root's.

mod answer;
mod audit;
mod body;
mod broadcast;
mod caller;
mod debug;
mod event_map;
mod figures;
mod presence;
mod updates;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    routing::{delete, get, post},
};

use self::answer::failure;
pub(crate) use self::{
    audit::{AuditDocument, AuditQuery},
    event_map::{MappingsDocument, roles_named},
};
use crate::{
    error::Refusal,
    state::{PublicState, Shared},
};

/// The name of the contract, as `ROOT_CONTRACT` has it.
pub(crate) const CONTRACT: &str = "commerce";

/// Bodies, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Where the routes of sockets stand, with and without a version, under the contract's name or without it.
pub(crate) const PATHS: [&str; 2] = ["/api/socket", "/api/v1/socket"];

/// Routes about sockets, below each of [`PATHS`].
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/stats", get(figures::stats))
        .route("/health", get(figures::health))
        .route("/user/{id}", get(presence::user))
        .route("/users", get(presence::users))
        .route("/disconnect/{id}", post(presence::disconnect))
        .route("/broadcast", post(broadcast::broadcast))
        .route("/events", get(event_map::list))
        .route("/events/role/{role}", get(event_map::of_role))
        .route("/events/mapping", post(event_map::set))
        .route("/events/mapping/{event}", delete(event_map::remove))
        .route("/debug/stats", get(debug::stats))
        .route("/debug/reset", post(debug::reset))
        .route("/debug/toggle", post(debug::toggle))
        .route("/audit", get(audit::list))
        .fallback(route_not_found)
        .method_not_allowed_fallback(route_not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// Routes about notifications, beside those of other contracts: whole paths.
pub(crate) fn notification_routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/api/notifications/updates", get(updates::list))
        .route("/api/notifications/health", get(updates::health))
}

/// A path that the contract does not have; a method that a path does not have is the same to its clients.
async fn route_not_found() -> Refusal {
    failure(StatusCode::NOT_FOUND, "Route not found")
}
