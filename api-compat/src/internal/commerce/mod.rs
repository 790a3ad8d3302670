//! What the app tells of the marketplace, and what it decides there (`contracts/commerce.md` section 5).

mod audit;
mod disconnect;
mod event_map;
mod fields;
mod live;
mod moderation;
mod notices;
mod orders;
mod stock;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::{InternalState, Shared};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(orders::register))
        .routes(routes!(orders::set_status))
        .routes(routes!(moderation::of_product))
        .routes(routes!(moderation::of_seller))
        .routes(routes!(stock::low))
        .routes(routes!(notices::notify))
        .routes(routes!(notices::announce))
        .routes(routes!(live::give_figures))
        .routes(routes!(live::send_throttled))
        .routes(routes!(disconnect::disconnect))
        .routes(routes!(event_map::list, event_map::set))
        .routes(routes!(event_map::remove))
        .routes(routes!(audit::list))
}
