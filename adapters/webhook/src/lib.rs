//! Calls the app over HTTP, signed (`docs/WEBHOOKS.md`): posts webhooks to it, and asks it for users.
//!
//! Architecture invariant: nothing else calls the app. It knows nothing of what webhooks tell, nor when they are sent.

mod address;
mod client;
mod endpoint;
mod lookup;
mod signature;
mod user_answer;

pub use address::BadAddress;
pub use endpoint::{EndpointError, HttpEndpoint};
pub use lookup::{HttpLookup, LookupLimits};
pub use signature::BadSecret;
