//! How often a user may do what.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::ids::UserId;

/// So many times in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Times at once, and in each window.
    pub times: u32,
    /// The window.
    pub window: Duration,
}

impl Allowance {
    /// `times` in `secs` seconds.
    #[must_use]
    pub const fn per_secs(times: u32, secs: u64) -> Self {
        Self { times, window: Duration::from_secs(secs) }
    }

    fn quota(self) -> Option<Quota> {
        let times = NonZeroU32::new(self.times)?;
        Some(Quota::with_period(self.window / times.get())?.allow_burst(times))
    }
}

/// Too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too often; try again in {retry_after:?}")]
pub struct TooOften {
    /// When the next one will be let through.
    pub retry_after: Duration,
}

/// Counts per user and kind of event, over all connections and namespaces.
///
/// Kinds without an allowance are not limited. Keys that have recovered are dropped by [`Self::forget_idle`].
pub struct RateLimits {
    limiters: HashMap<&'static str, DefaultKeyedRateLimiter<UserId>>,
}

impl RateLimits {
    /// Limits these kinds.
    #[must_use]
    pub fn new(allowances: impl IntoIterator<Item = (&'static str, Allowance)>) -> Self {
        let limiters = allowances
            .into_iter()
            .filter_map(|(kind, allowance)| Some((kind, RateLimiter::keyed(allowance.quota()?))))
            .collect();
        Self { limiters }
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`TooOften`]; it was not counted.
    pub fn check(&self, user: &UserId, kind: &str) -> Result<(), TooOften> {
        let Some(limiter) = self.limiters.get(kind) else { return Ok(()) };
        limiter.check_key(user).map_err(|refused| TooOften {
            retry_after: refused.wait_time_from(governor::clock::DefaultClock::default().now()),
        })
    }

    /// Drops users who could do everything again.
    pub fn forget_idle(&self) {
        for limiter in self.limiters.values() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// How many (user, kind) pairs are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.limiters.values().map(RateLimiter::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_and_kind_is_counted_apart() {
        let limits = RateLimits::new([("typing", Allowance::per_secs(3, 60))]);
        let (ann, bob) = (UserId::new("ann").unwrap(), UserId::new("bob").unwrap());
        for _ in 0..3 {
            assert_eq!(limits.check(&ann, "typing"), Ok(()));
        }
        let refused = limits.check(&ann, "typing").unwrap_err();
        assert!(
            refused.retry_after > Duration::ZERO && refused.retry_after <= Duration::from_secs(20)
        );
        assert_eq!(limits.check(&bob, "typing"), Ok(()));
        assert_eq!(limits.check(&ann, "something else"), Ok(()));
        assert_eq!(limits.remembered(), 2);
    }
}
