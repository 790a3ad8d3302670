//! The bus of a single process: a bounded channel.

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{
    events::{Published, Reach},
    ports::Bus,
};

/// Events that may wait for the dispatcher before publishers wait too.
const CAPACITY: usize = 16 * 1024;

/// Takes events to the one dispatcher of this process.
pub struct LocalBus(mpsc::Sender<Published>);

impl LocalBus {
    /// A bus and the place where its events come out.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Published>) {
        let (sender, events) = mpsc::channel(CAPACITY);
        (Self(sender), events)
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, event: Published) {
        if let Err(mpsc::error::SendError(event)) = self.0.send(event).await {
            // Only while the process ends: the sockets are gone, so nobody was reached.
            tracing::debug!("an event was published after the dispatcher had stopped");
            event.receipt.answer(Reach::default());
        }
    }
}
