//! Waiting for a client to take what it was sent, for whoever has much to send.

use std::time::Duration;

use crate::Conn;

/// Before the second of two looks that must be the same.
const BLINK: Duration = Duration::from_millis(1);
/// Between two looks, at first.
const SHORTEST: Duration = Duration::from_millis(2);
/// And at most.
const LONGEST: Duration = Duration::from_millis(20);

impl Conn {
    /// Bytes that were handed over to this connection, by all its namespaces, and that nobody has taken: for a
    /// websocket those that the kernel has not taken, for a polling client those since it last asked. Rather too
    /// many for a websocket, whose framing is reckoned at its most.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        if self.engine.settled().is_some() { 0 } else { self.engine.waiting() }
    }

    /// Resolves when at most `low` bytes wait, `false` when the socket is gone instead.
    ///
    /// With `low` nought, all that was sent before has left the library's queue: as long as no more is sent in
    /// between than half of [`Limits::outbound_packets`], no amount of events lets that queue overflow.
    ///
    /// [`Limits::outbound_packets`]: crate::Limits::outbound_packets
    pub async fn room(&self, low: usize) -> bool {
        let mut pause = SHORTEST;
        let mut seen = None;
        loop {
            if !self.connected() || self.engine.is_gone() {
                return false;
            }
            if self.engine.waiting() <= low {
                return true;
            }
            let settled = self.engine.settled();
            if settled.is_some() && settled == seen {
                return true;
            }
            seen = settled;
            if settled.is_some() {
                tokio::time::sleep(BLINK).await;
                continue;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}
