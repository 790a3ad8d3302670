//! A request for help.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ContactId, UserId},
    time::Timestamp,
};

/// How soon it wants to be answered; ordered.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ContactPriority {
    /// Some time.
    Low,
    /// As others.
    #[default]
    Normal,
    /// Soon.
    High,
    /// Now.
    Urgent,
}

impl ContactPriority {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// As it stands in rows and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactStatus {
    /// Nobody looks after it.
    Pending,
    /// An admin does.
    InProgress,
    /// It is done.
    Resolved,
}

impl ContactStatus {
    /// As it stands in rows and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Resolved => "resolved",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Pending, Self::InProgress, Self::Resolved]
            .into_iter()
            .find(|one| one.as_str() == name)
    }
}

/// The admin who looks after a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assigned {
    /// Who.
    pub id: UserId,
    /// The name to show.
    pub name: String,
    /// The address, if known.
    pub email: String,
    /// Since when.
    pub claimed_at: Timestamp,
}

/// The admin who was done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resolver {
    /// Who.
    pub id: UserId,
    /// The name to show.
    pub name: String,
}

/// A request for help (`contracts/contacts.md` section 3, `Contact`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Our id, `contact_<ms>_<9 characters>`.
    pub id: ContactId,
    /// Who asks, as they said.
    pub name: String,
    /// Their address, as they said: it proves nothing.
    pub email: String,
    /// What about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text.
    pub message: String,
    /// How soon.
    pub priority: ContactPriority,
    /// Their telephone, as they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// How far it is.
    pub status: ContactStatus,
    /// When it came.
    pub submitted_at: Timestamp,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_admin: Option<Assigned>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<Resolver>,
    /// Which user asks, if a token said so.
    #[serde(skip)]
    pub user: Option<UserId>,
    /// SHA-256 of the token that lets whoever asked come back to it.
    #[serde(skip)]
    pub access_digest: [u8; 32],
    /// When it is given to an admin if nobody took it.
    #[serde(skip)]
    pub assign_at: Timestamp,
}

/// What somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// Who asks, as they said.
    pub name: String,
    /// Their address, as they said.
    pub email: String,
    /// What about.
    pub subject: Option<String>,
    /// The text.
    pub message: String,
    /// How soon.
    pub priority: ContactPriority,
    /// Their telephone.
    pub phone: Option<String>,
}

/// What became of claiming one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is theirs now.
    Now(Contact),
    /// It was theirs before.
    Before(Contact),
    /// Another admin has it.
    By(Assigned),
    /// It is done.
    Resolved,
    /// There is none.
    Missing,
}

/// What became of giving one back.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each call, and mostly it is the large one"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released {
    /// It waits again.
    Now(Contact),
    /// It was not this admin's.
    NotYours,
    /// There is none.
    Missing,
}

/// What became of being done with one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It is done now.
    Now(Contact),
    /// It was done before.
    Before(Contact),
    /// There is none.
    Missing,
}

/// Figures of the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SupportCounts {
    /// Requests that ever came.
    pub total: u64,
    /// Those that wait.
    pub pending: u64,
    /// Those that an admin looks after.
    pub in_progress: u64,
    /// Messages that were exchanged.
    pub messages: u64,
    /// Those that are done.
    pub resolved: u64,
    /// From coming to being done, in milliseconds, over those that are done; 0 if there is none.
    pub average_response_ms: u64,
}
