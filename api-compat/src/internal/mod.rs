//! The internal API: what the app calls, on an address of its own, with the shared secret.
//!
//! Each route stands once, in the annotation of its handler: the router and the OpenAPI document are both made
//! from [`routes`].

mod accounts;
mod auth;
mod batch;
mod commerce;
mod connections;
mod contacts;
mod email;
mod emission;
mod entrance;
mod followers;
mod idempotency;
mod legacy;
mod loopback;
mod messages;
mod notify;
mod openapi;
mod outreach;
mod payload;
mod presence;
mod push;
mod quiz;
mod receipts;
mod revoke;
mod room_names;
mod rooms;
mod running;
mod shapes;
mod status;
mod straight;
mod tracking;
mod user_status;
mod users;
mod webhooks;

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use entrance::Entrance;
pub use loopback::InternalApi;
pub use openapi::openapi_json;

use self::{auth::Gate, batch::Calls, entrance::Rules, idempotency::Keeper, straight::Straight};
use crate::{
    error::{method_not_allowed, not_found},
    state::{InternalState, Shared},
};

/// Needs no secret.
const HEALTH: &str = "/health";

/// Bodies of all internal routes, in bytes.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// Everything that needs the secret, but for batches.
fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(accounts::emit_token_update))
        .routes(routes!(accounts::emit_user_status_change))
        .routes(routes!(accounts::emit_designations_update))
        .routes(routes!(accounts::force_logout))
        .routes(routes!(outreach::send_to_user))
        .routes(routes!(outreach::send_to_users))
        .routes(routes!(outreach::send_to_role))
        .routes(routes!(outreach::send_to_room))
        .routes(routes!(outreach::send_to_all))
        .routes(routes!(notify::notify))
        .routes(routes!(notify::notify_many))
        .routes(routes!(notify::notify_new_message))
        .routes(routes!(push::push))
        .routes(routes!(messages::send))
        .routes(routes!(receipts::mark_read))
        .routes(routes!(receipts::delete))
        .routes(routes!(messages::typing))
        .routes(routes!(presence::emit_online_users))
        .routes(routes!(presence::online))
        .routes(routes!(presence::user_online))
        .routes(routes!(presence::online_status))
        .routes(routes!(connections::of_user))
        .routes(routes!(connections::totals))
        .routes(routes!(users::upsert, users::show))
        .routes(routes!(followers::replace, followers::show))
        .routes(routes!(user_status::set))
        .routes(routes!(rooms::grant))
        .routes(routes!(rooms::revoke))
        .routes(routes!(rooms::members))
        .routes(routes!(rooms::count))
        .routes(routes!(revoke::revoke))
        .merge(tracking::routes())
        .merge(commerce::routes())
        .merge(quiz::routes())
        .merge(contacts::routes())
        .merge(email::routes())
        .routes(routes!(webhooks::list))
        .routes(routes!(webhooks::retry_all))
        .routes(routes!(webhooks::retry))
        .routes(routes!(webhooks::remove))
        .routes(routes!(status::status))
        .routes(routes!(status::metrics))
        .routes(routes!(openapi::document))
        .routes(routes!(legacy::emit_message))
        .routes(routes!(legacy::emit_token_update))
        .routes(routes!(legacy::emit_user_status_change))
        .routes(routes!(legacy::emit_designations_update))
}

/// Those of [`routes`] that an app calls more often than all others.
fn straight(state: &Shared<InternalState>) -> Straight {
    Straight::default()
        .post::<outreach::__path_send_to_user, _, _>(state, |outreach, to| {
            outreach::send_to_user(State(outreach), None, to)
        })
        .post::<outreach::__path_send_to_users, _, _>(state, |outreach, to| {
            outreach::send_to_users(State(outreach), None, to)
        })
        .post::<outreach::__path_send_to_room, _, _>(state, |outreach, to| {
            outreach::send_to_room(State(outreach), None, to)
        })
        .post::<outreach::__path_send_to_all, _, _>(state, |outreach, to| {
            outreach::send_to_all(State(outreach), to)
        })
}

/// What an admin's token opens too.
fn admin_routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new().routes(routes!(legacy::disconnect_user))
}

/// Calls in one request.
fn batch_routes() -> OpenApiRouter<Calls> {
    OpenApiRouter::new().routes(routes!(batch::run))
}

/// All internal routes, and a `/health` that needs no secret.
pub fn internal_routes(api: &InternalApi) -> Entrance {
    api.entrance()
}

fn compose(state: InternalState, gate: Arc<Gate>) -> Entrance {
    let keeper = Arc::new(Keeper::new(Arc::clone(&state.store), Arc::clone(&state.clock)));
    let state = Shared::new(state);
    let straight = straight(&state);
    let health = Router::new().route(HEALTH, get(status::health)).with_state(state.clone());
    let routes = Router::from(routes()).with_state(state.clone());
    let (admin, documented) = admin_routes().split_for_parts();
    let admin = admin.with_state(state);
    let calls = Calls::new(routes.clone().merge(admin.clone()).fallback(not_found));
    let batch = Router::from(batch_routes()).with_state(calls);
    let routes = routes
        .merge(batch)
        .merge(admin)
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .merge(health);
    let admins = documented.paths.paths.into_keys().collect();
    Entrance::new(Rules { gate, keeper, admins, open: HEALTH }, routes, straight)
}
