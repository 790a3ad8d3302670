//! What the app tells of messages sent to many (`contracts/tracking.md` section 5).

mod analytics;
mod everyone;
mod fields;
mod messages;
mod recipients;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::{InternalState, Shared};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(messages::register))
        .routes(routes!(messages::show))
        .routes(routes!(messages::update))
        .routes(routes!(recipients::update))
        .routes(routes!(recipients::update_many))
        .routes(routes!(analytics::give))
        .routes(routes!(analytics::give_global))
        .routes(routes!(everyone::broadcast))
        .routes(routes!(everyone::ping))
}
