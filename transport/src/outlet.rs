//! The way out to some sockets.

use std::sync::Arc;

use crate::{Conn, Frame, Tally, hub::Conns};

/// Sockets that were selected, each once.
pub struct Outlet(Conns);

impl Outlet {
    pub(crate) fn new(conns: Conns) -> Self {
        Self(conns)
    }

    /// Queues an event for each; gives how many took it.
    pub fn send(&self, frame: &Frame) -> usize {
        let mut tally = Tally::default();
        self.0.iter().filter(|conn| conn.send_counted(frame, &mut tally)).count()
    }

    /// The sockets themselves.
    #[must_use]
    pub fn conns(&self) -> &[Arc<Conn>] {
        &self.0
    }

    /// Closes each from the server's side, behind what was queued; gives how many there were.
    pub fn disconnect(&self) -> usize {
        self.0.iter().for_each(|conn| conn.disconnect());
        self.0.len()
    }
}
