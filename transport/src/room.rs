//! Waiting for a client to take what it was sent, for whoever has much to send.

use std::time::Duration;

use crate::Conn;

/// Between two looks at a client that polls, at first.
const SHORTEST: Duration = Duration::from_millis(2);
/// And at most.
const LONGEST: Duration = Duration::from_millis(20);

impl Conn {
    /// Bytes that were handed over to this connection, by all its namespaces, and that nobody has taken: for a
    /// websocket those that the kernel has not taken, for a polling client those since it last asked.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.engine.waiting(&self.seat)
    }

    /// Resolves when at most `low` bytes wait, `false` when the socket is gone instead.
    ///
    /// With `low` nought, all that was sent before has left the queue: as long as no more is sent in between than half
    /// of [`Limits::outbound_packets`], no amount of events lets that queue overflow.
    ///
    /// [`Limits::outbound_packets`]: crate::Limits::outbound_packets
    pub async fn room(&self, low: usize) -> bool {
        let mut pause = SHORTEST;
        loop {
            if !self.connected() || self.engine.is_gone() {
                return false;
            }
            if let Some(link) = self.engine.queue_of(&self.seat) {
                return link.room(low).await && self.connected();
            }
            if self.engine.waiting(&self.seat) <= low {
                return true;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}
