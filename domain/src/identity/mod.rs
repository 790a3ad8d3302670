//! Identity: who a token speaks for, and whether it still does.

mod device;
mod revocation;
mod service;
mod token;

pub use device::{UNKNOWN_ADDRESS, device_id};
pub use revocation::{Revocation, Revocations, Revoked};
pub use service::{AuthError, Identity, SOCKET_PURPOSE, Use};
pub use token::{
    ClaimNames, Claims, LEEWAY_MS, MAX_TOKEN_BYTES, Minter, NewToken, RESERVED_PREFIX, TokenFault,
    Verifier, digest_id,
};
