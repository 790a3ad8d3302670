//! Takes messages to the push services of browsers: encrypted (RFC 8291), signed (RFC 8292), over HTTPS (RFC 8030).
//!
//! Architecture invariant: nothing else talks to push services, and this talks to nobody but those it was given. It
//! knows nothing of what is pushed, nor to whom.

mod base64url;
mod encryption;
mod gateway;
mod origins;
mod vapid;

pub use gateway::{PushSettings, SettingsError, WebPush};
pub use origins::{BadOrigin, DEFAULT_ORIGINS};
pub use vapid::{BadKey, BadSubject, KeyPair};
