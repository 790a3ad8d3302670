//! What each user's clients must not miss, and where they take it up again (`docs/RESUME.md`).

mod entry;
mod position;
mod service;

pub use entry::{Entry, EntryKind, Subject, Unreadable};
pub use position::{Asked, Position, ResetReason, Start};
pub use service::{Feed, Part};

use crate::events::Published;

/// An event of a feed.
#[derive(Debug, Clone)]
pub struct Fed {
    /// Its place.
    pub seq: u64,
    /// The event, for the user whose feed it is; `None` if what it was about is gone.
    pub event: Option<Published>,
}

/// A part of a feed.
#[derive(Debug, Clone, Default)]
pub struct FeedPage {
    /// The place of the oldest event that is kept; 0 if there never was one.
    pub oldest: u64,
    /// The place of the latest event; 0 if there never was one.
    pub head: u64,
    /// Events in order, without a gap between them.
    pub events: Vec<Fed>,
}
