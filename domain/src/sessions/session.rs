//! A user's standing on one device, over connections and restarts.

use crate::{
    ids::{DeviceId, TokenId, UserId},
    time::Timestamp,
};

/// One device of a user (`contracts/rooms.md` section 6). The token is known by its id only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// Which device.
    pub device: DeviceId,
    /// The last token seen from it.
    pub token: Option<TokenId>,
    /// The program's own description.
    pub user_agent: String,
    /// Where it last came from; `unknown` behind a proxy that does not say.
    pub ip_address: String,
    /// When its token ends.
    pub expires_at: Timestamp,
    /// First seen.
    pub created_at: Timestamp,
    /// Last seen, to the minute.
    pub updated_at: Timestamp,
    /// Whether it may still be used.
    pub active: bool,
    /// When it was ended.
    pub logout_at: Option<Timestamp>,
    /// Why it was ended.
    pub deactivated_reason: Option<String>,
}

/// Which sessions are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Only this device.
    pub device: Option<DeviceId>,
    /// Only those that may still be used.
    pub active_only: bool,
}
