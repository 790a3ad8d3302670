//! What was counted, in a test whose tasks all run on its own thread.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, LocalRecorderGuard, Metadata, Recorder, SharedString,
    Unit,
};

#[derive(Default)]
pub struct Counts(Mutex<HashMap<Key, Arc<AtomicU64>>>);

impl Counts {
    /// A recorder that lives as long as the test.
    pub fn start() -> (&'static Self, LocalRecorderGuard<'static>) {
        let counts: &'static Self = Box::leak(Box::default());
        (counts, metrics::set_default_local_recorder(counts))
    }

    /// What a counter has come to, whatever its labels.
    pub fn of(&self, name: &str) -> u64 {
        self.sum(|key| key.name() == name)
    }

    /// The same with this `limit`.
    pub fn at(&self, name: &str, limit: &str) -> u64 {
        let is =
            |key: &Key| key.labels().any(|label| (label.key(), label.value()) == ("limit", limit));
        self.sum(|key| key.name() == name && is(key))
    }

    fn sum(&self, wanted: impl Fn(&Key) -> bool) -> u64 {
        let counts = self.0.lock().unwrap();
        counts.iter().filter(|(key, _)| wanted(key)).map(|(_, n)| n.load(Ordering::Acquire)).sum()
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(key.clone()).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
