//! Something for many to read, kept for a while for those whose socket is down (`contracts/commerce.md` section 4,
//! `/api/notifications/updates`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::CommerceEvent;
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published},
    ids::NotificationId,
    ports::Tells,
    time::Timestamp,
};

/// How much a notice wants to be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// As others do.
    #[default]
    Normal,
    /// More.
    High,
}

impl Priority {
    /// As it stands in rows and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// What `data.priority` of a notification says; anything but `high` and `urgent` is normal.
    #[must_use]
    pub fn of(data: Option<&Value>) -> Self {
        match data.and_then(|data| data.get("priority")).and_then(Value::as_str) {
            Some("high" | "urgent") => Self::High,
            _ => Self::Normal,
        }
    }
}

/// Who reads a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Readers {
    /// Everyone.
    Everyone,
    /// Everyone with exactly this role.
    Role(Role),
}

/// Something for many to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Our id.
    pub id: NotificationId,
    /// Who reads it.
    pub readers: Readers,
    /// The word for its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    pub data: Option<Value>,
    /// How much it wants to be seen.
    pub priority: Priority,
    /// Whether it is told as an announcement to everyone as well (`system:announcement`).
    pub announced: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// It is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Noticed(pub Arc<Notice>);

impl Tells for Noticed {
    fn tells(&self) -> Vec<Published> {
        let audience = match self.0.readers {
            Readers::Everyone => Audience::All,
            Readers::Role(role) => Audience::Role(role),
        };
        let event = DomainEvent::Commerce(CommerceEvent::Notice(Arc::clone(&self.0)));
        vec![Published::new(self.0.created_at, audience, event)]
    }
}
