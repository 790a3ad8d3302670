//! Notes which messages reached a device of their receiver.
//!
//! A note is worth less than the message: whoever delivers never waits for one, and when more come than the store
//! takes, some are left out and counted.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{
    sync::{Mutex, mpsc},
    time::{Instant, sleep, timeout_at},
};
use tracing::{debug, warn};

use super::message::{Message, Recipient};
use crate::{
    ids::MessageId,
    ports::{Store, StoreResult},
    time::{Clock, Timestamp},
};

/// Notes that may wait.
const QUEUE: usize = 8192;

/// Notes within this time are written together, at most [`MOST_AT_ONCE`].
const GATHER: Duration = Duration::from_millis(100);

/// Messages in one write.
const MOST_AT_ONCE: usize = 500;

/// Before the second, third ... attempt to write; after the last one the notes are lost.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// All that this uses of a store.
#[async_trait]
trait Ledger: Send + Sync + 'static {
    async fn mark(&self, ids: &[MessageId], at: Timestamp) -> StoreResult<()>;
}

#[async_trait]
impl Ledger for Arc<dyn Store> {
    async fn mark(&self, ids: &[MessageId], at: Timestamp) -> StoreResult<()> {
        self.mark_delivered(ids, at).await.map(drop)
    }
}

/// Takes note of messages that were handed to a device.
pub struct Deliveries {
    ledger: Box<dyn Ledger>,
    clock: Arc<dyn Clock>,
    notes: mpsc::Sender<MessageId>,
    queue: Mutex<mpsc::Receiver<MessageId>>,
}

impl Deliveries {
    /// Writes into this store; nothing before it [runs](Self::run).
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self::over(Box::new(store), clock)
    }

    fn over(ledger: Box<dyn Ledger>, clock: Arc<dyn Clock>) -> Self {
        let (notes, queue) = mpsc::channel(QUEUE);
        Self { ledger, clock, notes, queue: Mutex::new(queue) }
    }

    /// A device of its receiver has this message. Never waits. Messages of chats and those known to be delivered or
    /// read are nothing new.
    pub fn note(&self, message: &Message) {
        let is_news = matches!(message.recipient, Recipient::User(_))
            && message.delivered_at.is_none()
            && message.read_at.is_none();
        if is_news && self.notes.try_send(message.id.clone()).is_err() {
            debug!(message = %message.id, "a delivery is not recorded: too many wait");
            unrecorded(1);
        }
    }

    /// Writes for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        let mut queue = self.queue.lock().await;
        // It ends with `self.notes`, which lives as long as this runs.
        while let Some(first) = queue.recv().await {
            let gathered = gather(first, &mut queue).await;
            self.record(&gathered).await;
        }
    }

    async fn record(&self, ids: &[MessageId]) {
        let at = self.clock.now();
        let mut pauses = PAUSES.iter();
        while let Err(error) = self.ledger.mark(ids, at).await {
            let Some(pause) = pauses.next() else {
                warn!(%error, lost = ids.len(), "deliveries are not recorded");
                unrecorded(ids.len());
                return;
            };
            debug!(%error, "deliveries could not be recorded; trying again");
            sleep(*pause).await;
        }
    }
}

/// Each once: a user's devices all have it at about the same time.
async fn gather(first: MessageId, queue: &mut mpsc::Receiver<MessageId>) -> Vec<MessageId> {
    let deadline = Instant::now() + GATHER;
    let mut seen = HashSet::from([first.clone()]);
    let mut ids = vec![first];
    while ids.len() < MOST_AT_ONCE {
        match timeout_at(deadline, queue.recv()).await {
            Ok(Some(id)) => {
                if seen.insert(id.clone()) {
                    ids.push(id);
                }
            }
            Ok(None) | Err(_) => break,
        }
    }
    ids
}

fn unrecorded(count: usize) {
    metrics::counter!("outrigger_deliveries_unrecorded_total").increment(count as u64);
}

#[cfg(test)]
mod tests;
