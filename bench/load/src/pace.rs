//! When the next one is due.

use std::collections::VecDeque;

/// How many things are done.
pub enum Pace {
    /// The next as soon as one before it is done.
    Closed,
    /// So many a second, whatever happens to those before.
    Fixed(Beat),
}

/// A fixed rate.
pub struct Beat {
    every_us: f64,
    next_us: f64,
    /// When each was due that could not be begun yet.
    waiting: VecDeque<u64>,
}

impl Beat {
    /// So many a second, from `start` on.
    pub fn new(rate: f64, start: u64) -> Self {
        Self { every_us: 1e6 / rate, next_us: start as f64, waiting: VecDeque::new() }
    }

    /// Notes what has become due.
    pub fn advance(&mut self, now: u64) {
        while self.next_us <= now as f64 {
            // A tick of ours that comes late is no fault of the server: the time counts from here.
            self.waiting.push_back(now);
            self.next_us += self.every_us;
        }
    }

    /// Since when the next one has waited.
    pub fn take(&mut self) -> Option<u64> {
        self.waiting.pop_front()
    }

    /// Whether any is due.
    pub fn is_due(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many could not be begun when they were due.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// When the next becomes due.
    pub fn next(&self) -> u64 {
        self.next_us.ceil() as u64
    }
}

impl Pace {
    /// That rate, or none.
    pub fn new(rate: Option<f64>, start: u64) -> Self {
        rate.map_or(Self::Closed, |rate| Self::Fixed(Beat::new(rate, start)))
    }

    /// When the loop must look again.
    pub fn next(&self) -> Option<u64> {
        match self {
            Self::Closed => None,
            Self::Fixed(beat) => Some(beat.next()),
        }
    }

    /// How many wait for their turn.
    pub fn waiting(&self) -> usize {
        match self {
            Self::Closed => 0,
            Self::Fixed(beat) => beat.waiting(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_kept_though_ticks_come_late() {
        let mut beat = Beat::new(1000.0, 0);
        beat.advance(10_000);
        assert_eq!((beat.waiting(), beat.next()), (11, 11_000));
        assert_eq!(beat.take(), Some(10_000));
        beat.advance(10_500);
        assert_eq!(beat.waiting(), 10);
    }
}
