//! What is done for all connections at once: writing, heartbeats, letting go of those that say nothing.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use slab::Slab;
use tokio::sync::Notify;

use crate::{
    frame,
    link::{Link, Pushed},
};

/// Between two heartbeats of one connection, in milliseconds.
pub(crate) const PING_INTERVAL_MS: u64 = 25_000;
/// Time to answer one.
pub(crate) const PING_TIMEOUT_MS: u64 = 20_000;
/// One look at a part of all connections.
const TICK_MS: u64 = 100;
/// Parts; each connection's place in the list says which is its own, so that a timer costs no byte.
const PARTS: usize = (PING_INTERVAL_MS / TICK_MS) as usize;
/// Time to join a namespace.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
/// A write without progress for so long ends the connection.
const STALL: Duration = Duration::from_secs(10);
/// Connections written to before others get their turn: what comes meanwhile leaves with the rest.
const BEFORE_OTHERS: usize = 64;

/// Those it is done for.
#[derive(Default)]
pub(crate) struct Pulse {
    links: Mutex<Slab<Arc<Link>>>,
    young: Mutex<VecDeque<(Instant, Weak<Link>)>>,
    dirty: Mutex<Vec<Arc<Link>>>,
    wake: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pulse {
    /// A new connection; its place.
    pub(crate) fn enter(&self, link: &Arc<Link>) -> usize {
        lock(&self.young).push_back((Instant::now(), Arc::downgrade(link)));
        lock(&self.links).insert(Arc::clone(link))
    }

    /// It is gone.
    pub(crate) fn leave(&self, place: usize) {
        lock(&self.links).try_remove(place);
    }

    /// Sends a frame to one.
    pub(crate) fn send(&self, link: &Arc<Link>, frame: Bytes) {
        if link.push(frame) == Pushed::Tell {
            lock(&self.dirty).push(Arc::clone(link));
            self.wake.notify_one();
        }
    }

    /// Sends a frame to many; to how many.
    pub(crate) fn send_all<'a>(
        &self,
        links: impl Iterator<Item = &'a Arc<Link>>,
        frame: &Bytes,
    ) -> usize {
        let mut count = 0;
        let counted = links.inspect(|_| count += 1);
        let told: Vec<_> =
            counted.filter(|link| link.push(frame.clone()) == Pushed::Tell).cloned().collect();
        if !told.is_empty() {
            lock(&self.dirty).extend(told);
            self.wake.notify_one();
        }
        count
    }

    /// Writes for ever.
    pub(crate) async fn flush(&self) {
        loop {
            self.wake.notified().await;
            // All that is ready to say something does, first: it leaves with the same write.
            tokio::task::yield_now().await;
            let dirty = mem::take(&mut *lock(&self.dirty));
            for (done, link) in dirty.into_iter().enumerate() {
                if done % BEFORE_OTHERS == BEFORE_OTHERS - 1 {
                    tokio::task::yield_now().await;
                }
                match link.flush() {
                    Ok(true) => {}
                    Ok(false) => drop(tokio::spawn(async move { link.drain(STALL).await })),
                    Err(_) => link.cut(),
                }
            }
        }
    }

    /// Asks everyone for a sign of life, a part at a time.
    pub(crate) async fn beat(&self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(TICK_MS));
        let answered = PARTS - (PING_TIMEOUT_MS / TICK_MS) as usize;
        for tick in 0_usize.. {
            ticks.tick().await;
            let part = |of: usize| {
                let links = lock(&self.links);
                let last = links.iter().next_back().map_or(0, |(place, _)| place + 1);
                let places = (of % PARTS..last).step_by(PARTS);
                places.filter_map(|place| links.get(place).cloned()).collect::<Vec<_>>()
            };
            let silent = |link: &&Arc<Link>| link.asked.load(Ordering::Acquire);
            part(tick + answered).iter().filter(silent).for_each(|link| link.cut());
            let asked = part(tick);
            self.send_all(asked.iter().filter(|link| link.ask()), &frame::HEARTBEAT);
            self.end_idle();
        }
    }

    fn end_idle(&self) {
        let mut young = lock(&self.young);
        while young.front().is_some_and(|(since, _)| since.elapsed() > JOIN_TIMEOUT) {
            let link = young.pop_front().and_then(|(_, link)| link.upgrade());
            if let Some(link) = link.filter(|link| !link.joined.load(Ordering::Acquire)) {
                link.cut();
            }
        }
    }
}
