//! One of those a message is sent to.

use crate::{
    ids::{RecipientId, TrackedId},
    time::Timestamp,
    tracking::status::RecipientStatus,
};

/// One of those a message is sent to (`contracts/tracking.md` section 6).
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    /// The app's id, of its own in each message.
    pub id: RecipientId,
    /// Of which message.
    pub message: TrackedId,
    /// The number, as the app writes it; empty if it was never told. Never logged.
    pub phone: String,
    /// The address. Never logged.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// How far it has come.
    pub status: RecipientStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What it cost.
    pub cost: Option<f64>,
    /// When the provider had it.
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The number of that change among those of the message.
    pub revision: u64,
}

/// What the app, or its provider through it, tells of a recipient (`broadcastRecipientUpdate`). An unknown recipient becomes
/// known by it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipientUpdate {
    /// Which.
    pub id: RecipientId,
    /// The number.
    pub phone: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// How far it has come.
    pub status: RecipientStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What it cost.
    pub cost: Option<f64>,
}

/// Which recipients are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecipientFilter {
    /// Only those with this status.
    pub status: Option<RecipientStatus>,
}
