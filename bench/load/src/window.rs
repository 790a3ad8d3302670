//! The time that is measured: between a warm-up and an end after which only what is under way may still arrive.

use std::time::Duration;

use crate::{
    meter::{Mark, Meter, Use, rounded},
    net::Net,
};

/// The time that is measured.
pub struct Window {
    from: u64,
    to: u64,
    begun: Option<(Mark, u64, u64)>,
    measured: Option<Measured>,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// How many were done.
    pub done: u64,
    /// Bytes that clients heard.
    pub heard: u64,
    /// What was used.
    pub used: Use,
}

impl Measured {
    /// So many a second.
    pub fn rate(&self) -> f64 {
        rounded(self.done as f64 / self.used.wall, 1)
    }

    /// Seconds of CPU of the server for a million of them.
    pub fn cpu_per_million(&self) -> Option<f64> {
        self.used.server.map(|used| rounded(used * 1e6 / self.done.max(1) as f64, 3))
    }
}

/// What changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// It has just begun: figures from before do not count.
    Begun,
    /// Nothing.
    None,
}

impl Window {
    /// From now on.
    pub fn new(net: &Net, warmup: Duration, length: Duration) -> Self {
        let from = net.after(warmup);
        Self { from, to: from + length.as_micros() as u64, begun: None, measured: None }
    }

    /// Looks at the time; `done` is how many there are so far.
    pub fn look(&mut self, net: &Net, meter: &Meter, done: u64) -> Turn {
        match &self.begun {
            None if net.at >= self.from => {
                self.begun = Some((meter.mark(), done, net.heard));
                return Turn::Begun;
            }
            Some((mark, before, heard)) if self.measured.is_none() && net.at >= self.to => {
                let (done, heard) = (done - before, net.heard - heard);
                self.measured = Some(Measured { done, heard, used: meter.since(mark) });
            }
            Some(_) | None => {}
        }
        Turn::None
    }

    /// Whether what comes now counts.
    pub fn is_open(&self) -> bool {
        self.begun.is_some() && self.measured.is_none()
    }

    /// Whether it is over.
    pub fn measured(&self) -> Option<&Measured> {
        self.measured.as_ref()
    }

    /// When there is something to look at.
    pub fn next(&self) -> Option<u64> {
        match (&self.begun, &self.measured) {
            (None, _) => Some(self.from),
            (Some(_), None) => Some(self.to),
            (Some(_), Some(_)) => None,
        }
    }
}
