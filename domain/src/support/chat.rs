//! What is said about a request.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ContactId, UserId},
    time::Timestamp,
};

/// In which capacity somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// Whoever asked.
    Submitter,
    /// An admin.
    Admin,
}

impl Speaker {
    /// As it stands in rows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Admin => "admin",
        }
    }
}

/// What somebody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSupportMessage {
    /// About what.
    pub contact: ContactId,
    /// Who; a guest has an id of the sidecar's own.
    pub sender: UserId,
    /// The name to show.
    pub sender_name: String,
    /// In which capacity.
    pub speaker: Speaker,
    /// The text.
    pub message: String,
    /// The client's word for its kind, e.g. `text`.
    pub kind: String,
}

/// It is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportMessage {
    /// Our id, `msg_<ms>_<9 characters>`.
    pub id: String,
    /// What was said.
    pub said: NewSupportMessage,
    /// When.
    pub at: Timestamp,
}
