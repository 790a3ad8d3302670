//! Milliseconds that name things.

use std::sync::atomic::{AtomicI64, Ordering};

use outrigger_domain::time::Timestamp;

/// Gives each millisecond once, because the contract names notifications by nothing else (`manual_<ms>`), and a second
/// notification under the same name would be taken for the first.
#[derive(Debug, Default)]
pub(super) struct Stamps(AtomicI64);

impl Stamps {
    /// The present millisecond, or the next one that was not given yet.
    pub(super) fn next(&self, now: Timestamp) -> i64 {
        // Whoever comes in between takes a later one: the number only grows, and each step of it is given once.
        self.0.fetch_max(now.ms() - 1, Ordering::Relaxed);
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_given_twice_even_if_the_clock_goes_back() {
        let stamps = Stamps::default();
        let given = [5, 5, 4, 9, 9].map(|ms| stamps.next(Timestamp::from_ms(ms)));
        assert_eq!(given, [5, 6, 7, 9, 10]);
    }
}
