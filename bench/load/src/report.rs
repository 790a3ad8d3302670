//! The one line that is printed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    checker::Tally,
    latency::Latency,
    meter::{Use, rounded},
    window::Measured,
};

/// What is told of a run.
#[derive(Default)]
pub struct Report {
    fields: Map<String, Value>,
    tally: Tally,
    failures: u64,
}

impl Report {
    /// One figure.
    pub fn put(&mut self, name: &str, value: impl Serialize) {
        // Figures that are none (not a number) are told as `null`.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.fields.insert(name.to_owned(), value);
    }

    /// The chief figure: so many of `unit` a second, and what they cost.
    pub fn measured(&mut self, unit: &str, measured: &Measured) {
        self.put("rate", measured.rate());
        self.put("unit", unit);
        self.put("measured", measured.done);
        self.put("server_cpu_s_per_million", measured.cpu_per_million());
        self.put("received_bytes", measured.heard);
        self.used(&measured.used);
    }

    /// What was used.
    pub fn used(&mut self, used: &Use) {
        if let Ok(Value::Object(fields)) = serde_json::to_value(used) {
            self.fields.extend(fields);
        }
    }

    /// Times: `p50_ms`, `p99_ms`, `max_ms` behind a prefix.
    pub fn times(&mut self, prefix: &str, latency: &Latency) {
        if latency.count() > 0 {
            self.put(&format!("{prefix}p50_ms"), rounded(latency.percentile(50.0), 3));
            self.put(&format!("{prefix}p99_ms"), rounded(latency.percentile(99.0), 3));
            self.put(&format!("{prefix}max_ms"), rounded(latency.longest(), 3));
        }
    }

    /// What was wrong with deliveries.
    pub fn tally(&mut self, tally: Tally) {
        self.tally = self.tally.and(tally);
    }

    /// What was refused, cut off or never came, other than deliveries.
    pub fn failures(&mut self, name: &str, count: u64) {
        self.failures += count;
        self.put(name, count);
    }

    /// Whether all was as it should be.
    pub fn is_clean(&self) -> bool {
        self.tally.is_clean() && self.failures == 0
    }

    /// The line.
    pub fn line(mut self) -> String {
        let tally = self.tally;
        if let Ok(Value::Object(fields)) = serde_json::to_value(tally) {
            self.fields.extend(fields);
        }
        Value::Object(self.fields).to_string()
    }
}
