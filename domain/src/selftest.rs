//! What the self test (`/api/socket-test`) does, whoever carries it out.

use async_trait::async_trait;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Works, with something to look at.
    Warn,
}

/// One check and what it saw.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Check {
    /// How it ended.
    pub status: Verdict,
    /// What was seen, for people.
    pub message: String,
    /// Figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

/// The four checks that need a socket (`contracts/rooms.md` section 4).
#[derive(Debug, Clone, PartialEq)]
pub struct SocketChecks {
    /// A client can connect.
    pub socket_server: Check,
    /// It is counted while it is there, and no longer when it is gone.
    pub connection_tracking: Check,
    /// What is sent to its user reaches it.
    pub messaging: Check,
    /// What is sent to everyone reaches it.
    pub broadcast: Check,
}

/// Connects to this very process as a client would, and looks whether what it is promised arrives.
#[async_trait]
pub trait SelfTest: Send + Sync + 'static {
    /// Runs the checks, in bounded time.
    async fn run(&self) -> SocketChecks;
}
