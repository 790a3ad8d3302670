//! Counters for whoever looks for a fault (`contracts/commerce.md` section 4, `/debug/stats`).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::time::Instant;
use tracing::info;

/// Names that are counted at most; all others count as [`OTHER`].
pub const MOST_COUNTED_NAMES: usize = 1_100;

/// The name under which events are counted that have no room.
pub const OTHER: &str = "other";

/// Names among the most frequent.
const TOP: usize = 10;

/// What was counted.
#[derive(Debug, Clone, PartialEq)]
pub struct DebugStats {
    /// Since it counts, in whole seconds: since the start, or since it was last reset.
    pub uptime_secs: u64,
    /// Events that clients sent.
    pub total_events: u64,
    /// On average since it counts; less than a minute counts as that much of it, less than a second as a second.
    pub events_per_minute: f64,
    /// Of each name.
    pub event_counts: BTreeMap<String, u64>,
    /// Answers with an error, of each code.
    pub error_counts: BTreeMap<String, u64>,
    /// The most frequent, with those that came most often first, at most ten.
    pub top_events: Vec<(String, u64)>,
    /// Whether each event is logged.
    pub debug_enabled: bool,
}

struct Counts {
    since: Instant,
    total: u64,
    events: HashMap<Box<str>, u64>,
    errors: HashMap<Box<str>, u64>,
}

impl Counts {
    fn new() -> Self {
        Self { since: Instant::now(), total: 0, events: HashMap::new(), errors: HashMap::new() }
    }
}

/// Counts events of clients by name and errors by code, at most [`MOST_COUNTED_NAMES`] of each.
pub struct DebugCounters {
    counts: Mutex<Counts>,
    enabled: AtomicBool,
}

impl Default for DebugCounters {
    fn default() -> Self {
        Self::new()
    }
}

impl DebugCounters {
    /// Counts from now on; events are not logged.
    #[must_use]
    pub fn new() -> Self {
        Self { counts: Mutex::new(Counts::new()), enabled: AtomicBool::new(false) }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client sent an event. Names that are not in the map are the client's invention: count them as [`OTHER`].
    pub fn count_event(&self, name: &str) {
        {
            let mut counts = self.counts();
            counts.total += 1;
            count(&mut counts.events, name);
        }
        if self.is_enabled() {
            info!(event = name, "[SOCKET] event");
        }
    }

    /// A client was answered with an error of that code.
    pub fn count_error(&self, code: &str) {
        count(&mut self.counts().errors, code);
    }

    /// What was counted until now.
    #[must_use]
    pub fn snapshot(&self) -> DebugStats {
        let counts = self.counts();
        let passed = counts.since.elapsed();
        let mut top: Vec<_> = counts.events.iter().collect();
        top.sort_unstable_by_key(|(name, times)| (Reverse(**times), *name));
        top.truncate(TOP);
        #[expect(clippy::cast_precision_loss, reason = "an average, for people")]
        let per_minute = counts.total as f64 * 60.0 / passed.as_secs_f64().max(1.0);
        DebugStats {
            uptime_secs: passed.as_secs(),
            total_events: counts.total,
            events_per_minute: (per_minute * 100.0).round() / 100.0,
            event_counts: owned(&counts.events),
            error_counts: owned(&counts.errors),
            top_events: top.into_iter().map(|(name, times)| (name.to_string(), *times)).collect(),
            debug_enabled: self.is_enabled(),
        }
    }

    /// Counts anew.
    pub fn reset(&self) {
        *self.counts() = Counts::new();
    }

    /// From now on each event is logged by its name, or no longer.
    pub fn toggle(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    /// Whether each event is logged.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }
}

fn count(counts: &mut HashMap<Box<str>, u64>, name: &str) {
    let has_room = counts.len() < MOST_COUNTED_NAMES;
    if let Some(times) = counts.get_mut(name) {
        *times += 1;
    } else {
        let name = if has_room { name } else { OTHER };
        *counts.entry(name.into()).or_default() += 1;
    }
}

fn owned(counts: &HashMap<Box<str>, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, times)| (name.to_string(), *times)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_counts_names_and_codes_since_it_was_reset() {
        let counters = DebugCounters::new();
        advance(Duration::from_secs(90)).await;
        for _ in 0..3 {
            counters.count_event("chat:message");
        }
        counters.count_event("ping");
        counters.count_error("RATE_LIMITED");
        let stats = counters.snapshot();
        assert_eq!((stats.uptime_secs, stats.total_events), (90, 4));
        assert!((stats.events_per_minute - 2.67).abs() < 1e-9, "{}", stats.events_per_minute);
        assert_eq!(stats.top_events, [("chat:message".to_owned(), 3), ("ping".to_owned(), 1)]);
        assert_eq!(stats.event_counts["chat:message"], 3);
        assert_eq!(stats.error_counts, [("RATE_LIMITED".to_owned(), 1)].into());
        counters.reset();
        let stats = counters.snapshot();
        assert_eq!((stats.uptime_secs, stats.total_events), (0, 0));
        assert!(stats.event_counts.is_empty() && stats.error_counts.is_empty());
    }

    #[test]
    fn many_names_take_a_bounded_place_and_every_event_counts() {
        let counters = DebugCounters::new();
        for number in 0..2_000 {
            counters.count_event(&format!("e{number:04}"));
        }
        let stats = counters.snapshot();
        assert_eq!(stats.total_events, 2_000);
        assert_eq!(stats.event_counts.values().sum::<u64>(), 2_000);
        assert_eq!(stats.event_counts.len(), MOST_COUNTED_NAMES + 1);
        assert_eq!(stats.event_counts[OTHER], 900);
        assert_eq!(stats.top_events.len(), TOP);
        assert_eq!(stats.top_events[0], (OTHER.to_owned(), 900));
    }

    #[test]
    fn logging_is_turned_on_and_off_and_outlives_a_reset() {
        let counters = DebugCounters::default();
        assert!(!counters.is_enabled());
        counters.toggle(true);
        counters.reset();
        assert!(counters.snapshot().debug_enabled);
        counters.toggle(false);
        assert!(!counters.is_enabled());
    }
}
