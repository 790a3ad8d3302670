//! What became of sockets and of what they were refused, for admins to look at (`contracts/commerce.md` section 6).

use crate::{ids::UserId, time::Timestamp};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditKind {
    /// A socket opened.
    Connected,
    /// A socket closed.
    Disconnected,
    /// Something of ours failed.
    Error,
    /// A handshake was refused for another reason than its token.
    ConnectionFailed,
    /// A socket took up where another one of the client had ended.
    Reconnected,
    /// A handshake was refused for its token.
    AuthFailed,
    /// An admin or the app closed a user's sockets.
    ForceDisconnect,
    /// An event was refused for the role of its sender.
    UnauthorizedEvent,
    /// The map of events to roles was changed.
    MappingChanged,
}

impl AuditKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Connected,
        Self::Disconnected,
        Self::Error,
        Self::ConnectionFailed,
        Self::Reconnected,
        Self::AuthFailed,
        Self::ForceDisconnect,
        Self::UnauthorizedEvent,
        Self::MappingChanged,
    ];

    /// As it stands in rows and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "socket:connected",
            Self::Disconnected => "socket:disconnected",
            Self::Error => "socket:error",
            Self::ConnectionFailed => "socket:connection_failed",
            Self::Reconnected => "socket:reconnected",
            Self::AuthFailed => "socket:auth_failed",
            Self::ForceDisconnect => "socket:force_disconnect",
            Self::UnauthorizedEvent => "socket:unauthorized_event",
            Self::MappingChanged => "socket:mapping_changed",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Connected | Self::Disconnected | Self::Reconnected => Severity::Low,
            Self::ConnectionFailed | Self::AuthFailed | Self::UnauthorizedEvent => Severity::Medium,
            Self::Error | Self::ForceDisconnect | Self::MappingChanged => Severity::High,
        }
    }
}

/// How much an entry matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It happens all the time.
    Low,
    /// Worth a look if there are many.
    Medium,
    /// Worth a look.
    High,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// As it stands in rows and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct SocketAudit {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AuditKind,
    /// Whom it is about, if anybody was recognised.
    pub user: Option<UserId>,
    /// More, without secrets: an object.
    pub detail: serde_json::Value,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this kind.
    pub kind: Option<AuditKind>,
    /// Only about this user.
    pub user: Option<UserId>,
    /// Only those that matter so much or more.
    pub least: Option<Severity>,
    /// Only older ones.
    pub before: Option<Timestamp>,
}
