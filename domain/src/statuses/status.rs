//! A user's status, as it is stored.

use crate::{ids::UserId, time::Timestamp};

/// Longest status and longest text beside it, in characters (`contracts/social.md` section 2, `set_status`).
pub const MOST_STATUS_CHARS: usize = 50;

/// Whoever says so is shown to nobody as online (`contracts/social.md` section 7).
pub const INVISIBLE_WORDS: [&str; 2] = ["invisible", "offline"];

/// What is known of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownStatus {
    /// Who.
    pub user: UserId,
    /// The user's own word, if there ever was one.
    pub status: Option<String>,
    /// The user's own text beside it.
    pub custom: Option<String>,
    /// When the user was last seen coming, going or staying; nothing of this is kept while the user hides.
    pub last_seen: Option<Timestamp>,
}

impl KnownStatus {
    /// Whether the user wants to be shown as away.
    #[must_use]
    pub fn is_invisible(&self) -> bool {
        self.status.as_deref().is_some_and(is_invisible)
    }
}

/// Whether this word hides whoever says it.
#[must_use]
pub(crate) fn is_invisible(word: &str) -> bool {
    INVISIBLE_WORDS.iter().any(|hiding| word.eq_ignore_ascii_case(hiding))
}

/// What changes; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusPatch {
    /// The word.
    pub status: Option<String>,
    /// The text beside it; empty removes it.
    pub custom: Option<String>,
}

/// Who hears how someone is (`SOCIAL_STATUS_AUDIENCE`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StatusAudience {
    /// Followers and partners of those whose followers the app gave; everyone of the others.
    #[default]
    Followers,
    /// Everyone.
    Everyone,
}
