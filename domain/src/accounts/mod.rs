//! Accounts: who there is, and what an admin changes while they are connected.

mod profile;
mod service;
mod user;

pub use profile::Profile;
pub use service::{
    ACTIVATED, Accounts, DEACTIVATED, DEFAULT_DESIGNATIONS_REASON, DEFAULT_TOKEN_REASON,
    TokenUpdateError,
};
pub use user::{TokenUser, User, UserPatch};
