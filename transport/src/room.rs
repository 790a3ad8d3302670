//! Waiting for a client to take what it was sent, for whoever has much to send.

use crate::Conn;

impl Conn {
    /// Bytes that were handed over to this connection, by all its namespaces, and that nobody has taken: for a
    /// websocket those that the kernel has not taken, for a polling client those since it last asked.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.engine.link.waiting()
    }

    /// Resolves when at most `low` bytes wait, `false` when the socket is gone instead.
    ///
    /// With `low` nought, all that was sent before has left the queue: as long as no more is sent in between than half
    /// of [`Limits::outbound_packets`], no amount of events lets that queue overflow.
    ///
    /// [`Limits::outbound_packets`]: crate::Limits::outbound_packets
    pub async fn room(&self, low: usize) -> bool {
        self.connected() && self.engine.link.room(low).await && self.connected()
    }
}
