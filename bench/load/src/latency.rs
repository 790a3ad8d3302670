//! How long things took.

use hdrhistogram::Histogram;

use crate::fault::Fault;

/// Times in microseconds, told in milliseconds.
pub struct Latency(Histogram<u64>);

/// Longer is counted as this.
const LONGEST_US: u64 = 300_000_000;

impl Latency {
    /// None so far.
    ///
    /// # Errors
    /// Never, with these figures.
    pub fn new() -> Result<Self, Fault> {
        let made = Histogram::new_with_bounds(1, LONGEST_US, 3);
        made.map(Self).map_err(|error| Fault::call(error.to_string()))
    }

    /// One more.
    pub fn note(&mut self, micros: u64) {
        self.0.saturating_record(micros);
    }

    /// Begins again.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// So many of a hundred took at most this, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        self.0.value_at_percentile(percent) as f64 / 1000.0
    }

    /// The longest, in milliseconds.
    pub fn longest(&self) -> f64 {
        self.0.max() as f64 / 1000.0
    }
}
