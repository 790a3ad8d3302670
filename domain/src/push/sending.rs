//! How much is under way at once, and what waits for its next attempt.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};
use tracing::error;

use super::attempt::{Delivery, Job, Next, Parts, address, deliver};

/// Steps under way at the same time.
const CONCURRENCY: usize = 32;

/// Messages that wait for another attempt at most; those beyond it are given up.
const MOST_WAITING: usize = 4 * 1024;

pub(super) fn count(result: &'static str) {
    metrics::counter!("outrigger_push_total", "result" => result).increment(1);
}

/// What failed, by when it is tried again and, for that of one instant, by its turn.
struct Waiting<T> {
    deliveries: BTreeMap<(Instant, u64), T>,
    turn: u64,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { deliveries: BTreeMap::new(), turn: 0 }
    }
}

impl<T> Waiting<T> {
    fn add(&mut self, delivery: T, until: Instant) {
        if self.deliveries.len() >= MOST_WAITING {
            count("dropped");
            return;
        }
        self.turn += 1;
        self.deliveries.insert((until, self.turn), delivery);
    }

    fn next(&self) -> Option<Instant> {
        self.deliveries.keys().next().map(|(until, _)| *until)
    }

    fn take_due(&mut self) -> Option<T> {
        let first = self.deliveries.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }
}

/// Everything on its way.
#[derive(Default)]
struct UnderWay {
    steps: JoinSet<Next>,
    /// Addressed: the subscriptions of as many users as there are steps at most.
    ready: VecDeque<Delivery>,
    waiting: Waiting<Delivery>,
}

impl UnderWay {
    fn has_room(&self) -> bool {
        self.steps.len() < CONCURRENCY
    }

    /// Starts what is ready or due while there is room.
    fn start(&mut self, parts: &Arc<Parts>) {
        while self.has_room() {
            let Some(delivery) = self.ready.pop_front().or_else(|| self.waiting.take_due()) else {
                break;
            };
            self.steps.spawn(deliver(Arc::clone(&parts.carrier), delivery));
        }
    }

    fn ended(&mut self, step: Result<Next, JoinError>) {
        match step {
            Ok(Next::Deliver(deliveries)) => self.ready.extend(deliveries),
            Ok(Next::Again(delivery, pause)) => self.waiting.add(delivery, Instant::now() + pause),
            Ok(Next::Done) => {}
            Err(error) => {
                error!(%error, "an attempt to push a message died");
                count("failed");
            }
        }
    }
}

/// Sends what comes, until nothing more can come.
pub(super) async fn run(parts: &Arc<Parts>, mut jobs: mpsc::Receiver<Job>) {
    let mut under_way = UnderWay::default();
    loop {
        under_way.start(parts);
        let room = under_way.has_room();
        let due = under_way.waiting.next().unwrap_or_else(Instant::now);
        tokio::select! {
            Some(step) = under_way.steps.join_next() => under_way.ended(step),
            Some(job) = jobs.recv(), if room => {
                under_way.steps.spawn(address(Arc::clone(parts), job));
            }
            () = sleep_until(due), if room && under_way.waiting.next().is_some() => {}
            else => break,
        }
    }
}

#[cfg(test)]
mod tests;
