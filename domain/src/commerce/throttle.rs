//! The app's events that change faster than anybody reads: the first at once, then the last of each while
//! (`contracts/commerce.md` section 6).

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tracing::warn;

use super::CONTRACT;
use crate::{
    events::Audience,
    outreach::{Keeping, Outreach, OutreachError},
};

/// Events that are held back at the same time at most; those beyond it are told at once.
pub const MOST_THROTTLED: usize = 1_000;

/// What they may be in all, in bytes of JSON; what goes beyond it is told at once.
const MOST_HELD_BYTES: usize = 64 << 20;

/// Longest while.
pub const LONGEST_PACE: Duration = Duration::from_secs(3600);

/// How often an event is told at most, unless the app says otherwise (`contracts/commerce.md` section 6).
#[must_use]
pub fn pace(event: &str) -> Duration {
    Duration::from_secs(match event {
        "analytics:live_stats" => 5,
        "analytics:search" | "analytics:craft_view" => 2,
        _ => 1,
    })
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    /// It was told at once; otherwise it is told at the end of the while, unless another one takes its place.
    pub at_once: bool,
}

type Key = (Audience, String);

/// An event that was told, and is held back for a while.
struct Held {
    /// How long the next while is.
    every: Duration,
    /// What came last in this one.
    last: Option<Box<RawValue>>,
}

#[derive(Default)]
struct Whiles {
    held: HashMap<Arc<Key>, Held>,
    /// When each ends; with a number for those that end at the same instant.
    ends: BTreeMap<(Instant, u64), Arc<Key>>,
    number: u64,
    /// Of what waits.
    bytes: usize,
}

impl Whiles {
    /// Gives back what is to be told at once.
    fn take(
        &mut self,
        key: Key,
        data: Box<RawValue>,
        every: Duration,
        now: Instant,
    ) -> Option<Box<RawValue>> {
        if let Some(held) = self.held.get_mut(&key) {
            held.every = every;
            let before = held.last.take();
            self.bytes -= before.map_or(0, |before| before.get().len());
            if self.bytes + data.get().len() > MOST_HELD_BYTES {
                return Some(data);
            }
            self.bytes += data.get().len();
            held.last = Some(data);
            return None;
        }
        if self.held.len() < MOST_THROTTLED && every > Duration::ZERO {
            let key = Arc::new(key);
            self.held.insert(Arc::clone(&key), Held { every, last: None });
            self.end_at(now + every, key);
        }
        Some(data)
    }

    fn end_at(&mut self, instant: Instant, key: Arc<Key>) {
        self.number += 1;
        self.ends.insert((instant, self.number), key);
    }

    fn next(&self) -> Option<Instant> {
        self.ends.first_key_value().map(|((end, _), _)| *end)
    }

    /// Ends one that is over; gives what is to be told then, and with it the next one begins.
    fn end(&mut self, now: Instant) -> Option<(Arc<Key>, Box<RawValue>)> {
        while self.next().is_some_and(|end| end <= now) {
            let (_, key) = self.ends.pop_first()?;
            let held = self.held.get_mut(&key)?;
            if let Some(last) = held.last.take() {
                self.bytes -= last.get().len();
                let end = now + held.every;
                self.end_at(end, Arc::clone(&key));
                return Some((key, last));
            }
            self.held.remove(&key);
        }
        None
    }
}

/// Tells what changes often seldom enough: of each (audience, event) the first at once, and then at the end of each while
/// the last one that came in it.
///
/// At most 1,000 of them and 64 MiB of data are held back; what goes beyond that is told at once. What waits when the
/// process ends is not told.
pub struct Throttle {
    outreach: Arc<Outreach>,
    whiles: Mutex<Whiles>,
    begun: Notify,
}

impl Throttle {
    /// Holds nothing back yet. What is held back is not told before it [runs](Self::run).
    #[must_use]
    pub fn new(outreach: Arc<Outreach>) -> Self {
        Self { outreach, whiles: Mutex::default(), begun: Notify::new() }
    }

    fn whiles(&self) -> MutexGuard<'_, Whiles> {
        self.whiles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells an event of the app on sockets of the marketplace, at most once in `every` for this audience; `None` is the
    /// contract's own [`pace`], and nothing is longer than [`LONGEST_PACE`].
    ///
    /// # Errors
    /// [`OutreachError`]; it is not told, now or later.
    pub async fn send(
        &self,
        audience: Audience,
        event: &str,
        data: Box<RawValue>,
        every: Option<Duration>,
    ) -> Result<Throttled, OutreachError> {
        self.outreach.check(event, &data)?;
        let every = every.unwrap_or_else(|| pace(event)).min(LONGEST_PACE);
        let key = (audience.clone(), event.to_owned());
        let at_once = self.whiles().take(key, data, every, Instant::now());
        let Some(data) = at_once else { return Ok(Throttled { at_once: false }) };
        self.begun.notify_one();
        self.tell(audience, event, data).await?;
        Ok(Throttled { at_once: true })
    }

    /// Tells for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        loop {
            let next = self.whiles().next();
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.begun.notified() => continue,
            }
            let due = self.whiles().end(Instant::now());
            let Some((key, data)) = due else { continue };
            let (audience, event) = &*key;
            if let Err(error) = self.tell(audience.clone(), event, data).await {
                warn!(%error, event, "an event that was held back could not be told");
            }
        }
    }

    async fn tell(
        &self,
        audience: Audience,
        event: &str,
        data: Box<RawValue>,
    ) -> Result<(), OutreachError> {
        let contract = Some(CONTRACT.to_owned());
        self.outreach.send(audience, event, data, contract, None, Keeping::Passing).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
