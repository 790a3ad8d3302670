//! All HTTP of the sidecar except Socket.IO itself: the REST of `contracts/rooms.md`, `contracts/legacy.md`,
//! `contracts/social.md`, `contracts/tracking.md`, `contracts/commerce.md`, `contracts/quiz.md` and `contracts/contacts.md`,
//! health, the console, e-mail, and the internal API that the app calls.
//!
//! Architecture invariant: handlers turn HTTP into calls of the domain and its answers into HTTP. Nothing here
//! knows a socket, a database or another contract's words for an event.

mod auth;
mod commerce;
mod contacts;
mod email;
mod error;
mod input;
mod internal;
mod kinds;
mod public;
mod quiz;
mod signs;
mod social;
mod socket_names;
mod state;
mod tracking;

pub use auth::{ClientAddress, LimitedAddress};
pub use internal::{Entrance, InternalApi, internal_routes, openapi_json};
pub use public::public_router;
pub use state::{
    CommerceState, InternalState, Lifecycle, MailState, MetricsText, PublicSettings, PublicState,
    QuizState,
};
