//! Writing what waits, each connection once.
//!
//! A write costs a system call however little is in it. So whoever sends only queues, and what several broadcasts have
//! left at a connection by the time its turn comes goes out together.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::link::Link;

/// Connections that are written before others get a turn of the thread.
const TURN: usize = 32;

/// More writers than this would only wait for each other's sender.
const MOST: usize = 8;

/// The connections that have something to be written.
#[derive(Debug, Default)]
pub(crate) struct Flusher {
    list: Mutex<Vec<Arc<Link>>>,
    wake: Notify,
}

impl Flusher {
    /// Starts as many as there are threads to run them. Must be called within the runtime.
    pub(crate) fn start() -> Vec<Arc<Self>> {
        let count = std::thread::available_parallelism().map_or(1, usize::from).min(MOST);
        let flushers: Vec<_> = (0..count).map(|_| Arc::<Self>::default()).collect();
        for flusher in &flushers {
            tokio::spawn(Arc::clone(flusher).run());
        }
        flushers
    }

    /// Gives a connection its turn, which it does not have yet.
    pub(crate) fn add(&self, link: Arc<Link>) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(link);
        if list.len() == 1 {
            self.wake.notify_one();
        }
    }

    /// Connections that wait for their turn.
    fn waiting(&self) -> usize {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn run(self: Arc<Self>) {
        let mut turn = Vec::new();
        loop {
            self.wake.notified().await;
            // That is a broadcast. Others may have come by now, and what they leave at these connections before writing begins
            // goes out with it. A few connections are written at once: they would only wait.
            if self.waiting() > TURN {
                tokio::task::yield_now().await;
            }
            std::mem::swap(
                &mut turn,
                &mut *self.list.lock().unwrap_or_else(PoisonError::into_inner),
            );
            for (n, links) in turn.chunks(TURN).enumerate() {
                if n > 0 {
                    tokio::task::yield_now().await;
                }
                // All are looked at before the first is written, so that the waits for memory overlap.
                let writable: Vec<_> = links.iter().filter(|link| link.is_writable()).collect();
                writable.into_iter().for_each(Link::flush);
            }
            turn.clear();
            turn.shrink_to(TURN);
        }
    }
}
