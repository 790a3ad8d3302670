//! Requests for help, as the app makes them and looks after them (`contracts/contacts.md` section 5).

mod claiming;
mod creating;
mod documents;
mod figures;
mod listing;
mod telling;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::{InternalState, Shared};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(creating::create, listing::list))
        .routes(routes!(figures::stats))
        .routes(routes!(figures::chats))
        .routes(routes!(telling::notify_admins))
        .routes(routes!(telling::send_to_user))
        .routes(routes!(listing::show))
        .routes(routes!(claiming::assign))
        .routes(routes!(claiming::release))
        .routes(routes!(claiming::resolve))
}
