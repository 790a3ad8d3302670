//! What only clients are sent that asked for their feed (`docs/RESUME.md`).

use outrigger_domain::{feed::ResetReason, ids::ChatId};
use serde::Serialize;
use ts_rs::TS;

use crate::contract::WireEvent;

/// The feed was taken up, or begins.
#[derive(Serialize, TS)]
pub struct Resume {
    /// Whether all that was missed has just been sent.
    pub recovered: bool,
    /// The position the client said it was at; without one, where it begins.
    #[ts(type = "number")]
    pub from: u64,
    /// The position it is at now.
    #[ts(type = "number")]
    pub to: u64,
    /// The feed's name.
    pub feed: String,
    /// Events sent again to this namespace.
    #[ts(type = "number")]
    pub missed: u64,
    /// Chats the socket is in again.
    #[ts(type = "string[]")]
    pub chats: Vec<ChatId>,
}

impl WireEvent for Resume {
    const NAME: &'static str = "resume";
}

/// What was missed cannot be told any more.
#[derive(Serialize, TS)]
pub struct Reset {
    /// Why.
    pub reason: ResetReason,
    /// The position the client is at now.
    #[ts(type = "number")]
    pub to: u64,
    /// The feed's name.
    pub feed: String,
}

impl WireEvent for Reset {
    const NAME: &'static str = "reset";
}

/// The feed moved on with events that this namespace does not speak of.
#[derive(Serialize, TS)]
pub struct Moved {
    /// The position the client is at now.
    #[ts(type = "number")]
    pub seq: u64,
}

impl WireEvent for Moved {
    const NAME: &'static str = "outrigger:position";
    const STATE: bool = true;
}
/// Names by which clients keep their place.
pub(crate) const NAMES: [&str; 3] = [Resume::NAME, Reset::NAME, Moved::NAME];
