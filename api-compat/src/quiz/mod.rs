//! The REST of `contracts/quiz.md` section 4.
//!
//! It stands under `/quiz` always, and at the bare paths where that contract is the root's.

mod caller;
mod documents;
mod health;
mod metrics;

use axum::{
    Router,
    extract::{DefaultBodyLimit, OriginalUri},
    http::StatusCode,
    routing::get,
};

pub(crate) use self::documents::{DirectoryDocument, RowDocument, StatsDocument, rows};
use crate::{
    error::Refusal,
    state::{PublicState, Shared},
};

/// The name of the contract, as `ROOT_CONTRACT` has it.
pub(crate) const CONTRACT: &str = "quiz";

/// Bodies, in bytes: no route takes one.
const MAX_BODY_BYTES: usize = 1024;

/// The routes of the contract at their bare paths.
pub(crate) fn routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/api/health", get(health::services))
        .route("/api/metrics", get(metrics::show))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// The routes of the contract under its name.
pub(crate) fn named_routes() -> Router<Shared<PublicState>> {
    routes()
        .route("/health", get(health::service))
        .fallback(route_not_found)
        .method_not_allowed_fallback(route_not_found)
}

/// A path that the contract does not have; a method that a path does not have is the same to its clients.
pub(crate) async fn route_not_found(OriginalUri(uri): OriginalUri) -> Refusal {
    let url = uri.path_and_query().map_or("/", |url| url.as_str());
    Refusal::error(StatusCode::NOT_FOUND, format!("Route {url} does not exist"))
}
