//! Posts webhooks to the app over HTTP, signed (`docs/WEBHOOKS.md`).
//!
//! Architecture invariant: this is the only crate that calls out over HTTP. It knows nothing of what webhooks tell, nor
//! when they are sent.

mod address;
mod endpoint;
mod signature;

pub use address::BadAddress;
pub use endpoint::{EndpointError, HttpEndpoint};
pub use signature::BadSecret;
