//! What becomes of connections that cannot keep up, told in one way.

/// The names of transports, in what is told of connections.
pub(crate) const WEBSOCKET: &str = "websocket";
pub(crate) const POLLING: &str = "polling";

/// Packets that a polling client may have waiting for it before it is behind.
pub(crate) const BEHIND_PACKETS: usize = 32;
/// Bytes of them.
pub(crate) const BEHIND_BYTES: usize = 64 * 1024;

/// The limit at which a client that does not read is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// As many packets wait for it as may, and the next one must not be left out.
    Packets,
    /// So many bytes wait for it.
    Bytes,
    /// There was no room for an acknowledgement.
    Ack,
    /// A write made no progress for too long.
    Stall,
}

impl Limit {
    fn name(self) -> &'static str {
        match self {
            Self::Packets => "packets",
            Self::Bytes => "bytes",
            Self::Ack => "ack",
            Self::Stall => "stall",
        }
    }

    /// Counts and tells of a client that is let go.
    pub(crate) fn reached(self, path: &'static str, transport: &'static str) {
        let limit = self.name();
        metrics::counter!("outrigger_slow_consumers_total", "limit" => limit).increment(1);
        tracing::info!(limit, path, transport, "a client does not read; it is let go");
    }
}
