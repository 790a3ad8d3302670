//! Sessions: a user's devices.

mod service;
mod session;

pub use service::{DEFAULT_LOGOUT_REASON, Ending, Origin, Sessions};
pub use session::{Session, SessionFilter};
