//! How often a user may do what.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use moka::{ops::compute::Op, policy::EvictionPolicy, sync::Cache};

use crate::ids::UserId;

/// Users remembered of each kind. Beyond, whoever did it longest ago starts anew.
const MOST_REMEMBERED: u64 = 100_000;

/// So many times in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Times in each window; with 0 the kind is not limited.
    pub times: u32,
    /// How long a window is, from the first time in it.
    pub window: Duration,
}

impl Allowance {
    /// `times` in `secs` seconds.
    #[must_use]
    pub const fn per_secs(times: u32, secs: u64) -> Self {
        Self { times, window: Duration::from_secs(secs) }
    }
}

/// Too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too often; try again in {retry_after:?}")]
pub struct TooOften {
    /// What is left of the window: after that the next one is let through.
    pub retry_after: Duration,
}

/// What a user did of one kind.
#[derive(Debug, Clone, Copy)]
struct Window {
    opened: Instant,
    used: u32,
}

/// One kind.
struct Limiter {
    allowance: Allowance,
    /// Windows that may be open. The cache only bounds the memory; whether a window is open is decided here, by the
    /// instant that came with the question. An entry goes one window after its last change, thus never too early.
    windows: Cache<UserId, Window>,
}

impl Limiter {
    fn new(allowance: Allowance) -> Self {
        let windows = Cache::builder()
            .max_capacity(MOST_REMEMBERED)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(allowance.window)
            .build();
        Self { allowance, windows }
    }

    fn check(&self, user: &UserId, now: Instant) -> Result<(), TooOften> {
        let Allowance { times, window } = self.allowance;
        let mut verdict = Ok(());
        // One at a time for each user, so that no two share the last place.
        self.windows.entry_by_ref(user).and_compute_with(|known| {
            let open = known
                .map(moka::Entry::into_value)
                .filter(|known| left(known, window, now) > Duration::ZERO);
            match open {
                None => Op::Put(Window { opened: now, used: 1 }),
                Some(open) if open.used < times => Op::Put(Window { used: open.used + 1, ..open }),
                Some(open) => {
                    verdict = Err(TooOften { retry_after: left(&open, window, now) });
                    Op::Nop
                }
            }
        });
        verdict
    }
}

/// What is left of a window. An instant before its beginning counts as its beginning: another thread may have read the
/// clock later and come first.
fn left(open: &Window, window: Duration, now: Instant) -> Duration {
    window.saturating_sub(now.saturating_duration_since(open.opened))
}

/// Counts per user and kind of event, over all connections, namespaces and HTTP.
///
/// Fixed windows (`contracts/social.md` section 2, "Rate window"): the first one opens a window, and so many are let
/// through in it; refused ones do not count. Kinds without an allowance are not limited.
pub struct RateLimits {
    limiters: HashMap<&'static str, Limiter>,
}

impl RateLimits {
    /// Limits these kinds.
    #[must_use]
    pub fn new(allowances: impl IntoIterator<Item = (&'static str, Allowance)>) -> Self {
        let limited = allowances
            .into_iter()
            .filter(|(_, allowance)| allowance.times > 0 && allowance.window > Duration::ZERO);
        let limiters = limited.map(|(kind, allowance)| (kind, Limiter::new(allowance)));
        Self { limiters: limiters.collect() }
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`TooOften`]; it was not counted.
    pub fn check(&self, user: &UserId, kind: &str) -> Result<(), TooOften> {
        self.check_at(user, kind, tokio::time::Instant::now().into_std())
    }

    /// Counts one that happens at that instant.
    ///
    /// # Errors
    /// [`TooOften`]; it was not counted.
    pub fn check_at(&self, user: &UserId, kind: &str, now: Instant) -> Result<(), TooOften> {
        self.limiters.get(kind).map_or(Ok(()), |limiter| limiter.check(user, now))
    }

    /// Gives back the memory of windows that are over (`contracts/social.md` section 6).
    pub fn forget_idle(&self) {
        self.limiters.values().for_each(|limiter| limiter.windows.run_pending_tasks());
    }

    /// About how many (user, kind) pairs are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        let counts = self.limiters.values().map(|limiter| limiter.windows.entry_count());
        usize::try_from(counts.sum::<u64>()).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn too_often(secs: u64) -> Result<(), TooOften> {
        Err(TooOften { retry_after: Duration::from_secs(secs) })
    }

    #[test]
    fn each_user_and_kind_is_counted_apart() {
        let limits = RateLimits::new([("typing", Allowance::per_secs(3, 60))]);
        let (ann, bob) = (user("ann"), user("bob"));
        for _ in 0..3 {
            assert_eq!(limits.check(&ann, "typing"), Ok(()));
        }
        let refused = limits.check(&ann, "typing").unwrap_err();
        assert!(refused.retry_after > Duration::from_secs(59));
        assert_eq!(limits.check(&bob, "typing"), Ok(()));
        assert_eq!(limits.check(&ann, "something else"), Ok(()));
        limits.forget_idle();
        assert_eq!(limits.remembered(), 2);
    }

    #[test]
    fn a_window_begins_with_the_first_and_ends_as_a_whole() {
        let limits = RateLimits::new([("status", Allowance::per_secs(2, 300))]);
        let start = Instant::now();
        let at = |secs| limits.check_at(&user("ann"), "status", start + Duration::from_secs(secs));
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(299), Ok(()));
        assert_eq!(at(299), too_often(1), "what was refused does not count");
        assert_eq!(at(300), Ok(()));
        assert_eq!(at(300), Ok(()), "the whole allowance is back at once");
        assert_eq!(at(310), too_often(290));
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_ends_by_the_timers_clock() {
        let limits = RateLimits::new([("typing", Allowance::per_secs(1, 30))]);
        let ann = user("ann");
        assert_eq!(limits.check(&ann, "typing"), Ok(()));
        assert_eq!(limits.check(&ann, "typing"), too_often(30));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(limits.check(&ann, "typing"), Ok(()));
    }

    #[test]
    fn no_more_are_remembered_than_allowed_and_newcomers_are_counted() {
        let limits = RateLimits::new([("typing", Allowance::per_secs(1, 3600))]);
        for number in 0..MOST_REMEMBERED + 5_000 {
            let user = user(&format!("u{number}"));
            assert_eq!(limits.check(&user, "typing"), Ok(()));
        }
        limits.forget_idle();
        assert!(limits.remembered() as u64 <= MOST_REMEMBERED);
        let last = user(&format!("u{}", MOST_REMEMBERED + 4_999));
        assert!(limits.check(&last, "typing").is_err(), "the latest are remembered");
    }

    #[test]
    fn many_threads_share_one_allowance() {
        let limits = RateLimits::new([("typing", Allowance::per_secs(100, 3600))]);
        let passed: usize = std::thread::scope(|scope| {
            let threads = [(); 4].map(|()| {
                scope.spawn(|| {
                    (0..100).filter(|_| limits.check(&user("ann"), "typing").is_ok()).count()
                })
            });
            threads.map(|thread| thread.join().unwrap()).into_iter().sum()
        });
        assert_eq!(passed, 100);
    }

    #[test]
    fn whoever_is_gone_costs_nothing() {
        let window = Duration::from_millis(20);
        let limits = RateLimits::new([("typing", Allowance { times: 1, window })]);
        limits.check(&user("ann"), "typing").unwrap();
        std::thread::sleep(window * 3);
        limits.forget_idle();
        assert_eq!(limits.remembered(), 0);
    }
}
