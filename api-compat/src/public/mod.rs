//! The public routes (`contracts/rooms.md` section 4, `contracts/legacy.md` section 5, `contracts/social.md` section 4,
//! `contracts/tracking.md` section 4, `contracts/commerce.md` section 4, `contracts/quiz.md` section 4,
//! `contracts/contacts.md` section 4).

mod console;
mod images;
mod messages;
mod notifications;
mod people;
mod preference;
mod presence;
mod sending;
mod session_document;
mod sessions;
mod socket_test;
mod socket_token;
mod status;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    routing::{get, patch, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{
    commerce, contacts, email,
    error::{method_not_allowed, not_found},
    quiz, social,
    state::{PublicState, Shared},
    tracking,
};

/// Bodies of all routes but those that take messages, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a message's body may have beside text and image: names, ids, JSON escapes.
const BODY_SLACK_BYTES: usize = 64 * 1024;

/// All public routes. Those of a contract stand under its name too (`/rooms/api/messages/...`), where another contract's
/// REST cannot take their place; a bare path that two of them claim is that of the root's contract. Origins (CORS) are
/// the business of the process, which has one rule for sockets and REST.
pub fn public_router(state: PublicState) -> Router {
    let contract = contract_routes(&state).merge(claimed_routes());
    let tracking = tracking::routes();
    let bare = match state.settings.root {
        social::CONTRACT => contract_routes(&state).merge(social::routes()),
        // Nothing else claims what stands below `/api/socket`.
        tracking::CONTRACT => contract.clone().nest(tracking::PATH, tracking.clone()),
        commerce::CONTRACT => {
            let bare = contract.clone().merge(commerce::notification_routes());
            commerce::PATHS.iter().fold(bare, |bare, path| bare.nest(path, commerce::routes()))
        }
        quiz::CONTRACT => contract.clone().merge(quiz::routes()),
        _ => contract.clone(),
    };
    let named = |path: &str| format!("/{}{path}", commerce::CONTRACT);
    let marketplace = commerce::PATHS
        .iter()
        .fold(Router::new(), |router, path| router.nest(&named(path), commerce::routes()));
    let router = Router::new()
        .route("/", get(status::root))
        .route("/_console/contracts.json", get(console::contracts))
        .route("/_console/{name}", get(console::asset))
        .route("/health", get(status::health))
        .route("/ready", get(status::ready))
        .merge(bare)
        // Nothing else claims these.
        .merge(contacts::routes())
        .merge(email::routes())
        .nest("/rooms", contract.clone())
        .nest("/legacy", contract)
        .nest("/social", social::routes())
        // In one step: the fallback of a router within a router within a router is not asked.
        .nest(&format!("/{}{}", tracking::CONTRACT, tracking::PATH), tracking)
        .merge(marketplace)
        .nest(&named(""), commerce::notification_routes())
        .nest(&format!("/{}", quiz::CONTRACT), quiz::named_routes())
        .nest(&format!("/{}", contacts::CONTRACT), contacts::named_routes());
    let router = match state.settings.root {
        quiz::CONTRACT => router.fallback(quiz::route_not_found),
        _ => router.fallback(not_found),
    };
    router
        .method_not_allowed_fallback(method_not_allowed)
        // What is said here is said to one user, now; routes that know better say so themselves.
        .layer((
            SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-store"),
            ),
            SetResponseHeaderLayer::if_not_present(
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
        ))
        .with_state(Shared::new(state))
}

/// Routes that `contracts/social.md` claims as well, in other shapes.
fn claimed_routes() -> Router<Shared<PublicState>> {
    Router::new()
        .route("/api/messages/{id}", get(messages::conversation))
        .route("/api/messages/{id}/read", patch(messages::mark_read))
        .route("/api/notifications", get(notifications::list))
        .route("/api/notifications/{id}/read", patch(notifications::mark_read))
}

/// The other routes of `contracts/rooms.md` and `contracts/legacy.md`.
fn contract_routes(state: &PublicState) -> Router<Shared<PublicState>> {
    let limits = state.messaging.limits();
    // base64 makes four bytes of three; JSON may escape every byte of a text as `\u00xx`.
    let message_bytes = limits.image_bytes / 3 * 4 + limits.text_bytes * 6 + BODY_SLACK_BYTES;

    let messages = Router::new()
        .route("/api/messages/send", post(sending::without_receiver))
        .route("/api/messages/send/", post(sending::without_receiver))
        .route("/api/messages/send/{id}", post(sending::send))
        .route("/api/messages/{id}", post(sending::send))
        .layer(DefaultBodyLimit::max(message_bytes));

    Router::new()
        .route("/api/socket", get(status::socket))
        .route("/api/socket/", get(status::socket))
        .route("/api/socket-namespaces", get(status::socket_namespaces))
        .route("/api/socket-namespaces/", get(status::socket_namespaces))
        .route("/api/socket-test", get(socket_test::run).post(socket_test::act))
        .route("/api/auth/socket-token", get(socket_token::issue))
        .route(
            "/api/auth/sessions",
            get(sessions::list).post(sessions::open).patch(sessions::update).delete(sessions::end),
        )
        .route("/api/messages/chats", get(people::chats))
        .route("/api/messages/contacts", get(people::contacts))
        .route("/api/messages/unread", get(people::unread))
        .route("/api/messages/images/{id}", get(images::show))
        .route("/api/notifications/read-all", post(notifications::mark_all_read))
        .route("/api/users/{id}/online", get(presence::is_online))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .merge(messages)
}
