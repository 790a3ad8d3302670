//! How often it is told who is there, and how much of it at a time.
//!
//! What everyone is told of everyone grows with the square of their number. So it is told the less often, the more hear it:
//! what grows is the time until the last one knows, and neither the bytes nor the work of a second.

use std::time::Duration;

use tokio::time::Instant;

/// Changes within this time are told together, while few hear of them.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// However many hear of changes, none waits longer to be told.
const LONGEST_TICK: Duration = Duration::from_secs(1);

/// So many are woken by news in a second: each waking costs more than what it brings.
const WAKINGS: u64 = 25_000;

/// What news may cost in all, in bytes a second; and what lists may.
const BUDGET: u64 = 32 << 20;

/// Of what lists may cost, so much can be spent at once after a silence: the part of a second.
const AHEAD: u64 = 4;

/// Changes told one by one at a time, at most: the queue of a connection has room for more.
const MOST_SINGLY: usize = 64;

/// From one telling of changes to the next: 100 ms for up to 2,500 who hear of them, 400 ms for 10,000.
pub(crate) fn news_pause(hearers: usize) -> Duration {
    Duration::from_millis((hearers as u64).saturating_mul(1000) / WAKINGS).clamp(TICK, LONGEST_TICK)
}

/// So many changes within `pause` are told one by one, if each costs so many bytes; if there are more, only lists tell them.
pub(crate) fn told_singly(hearers: usize, bytes: u64, pause: Duration) -> usize {
    let each = (hearers as u64).max(1).saturating_mul(bytes);
    let most = BUDGET.saturating_mul(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)) / 1000;
    usize::try_from(most / each).unwrap_or(usize::MAX).clamp(1, MOST_SINGLY)
}

/// What the changes of one telling may cost, in bytes.
pub(crate) fn news_bytes(pause: Duration) -> usize {
    let bytes = BUDGET.saturating_mul(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)) / 1000;
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// From one list for everyone to the next: as long as it takes to hand out one of so many bytes.
pub(crate) fn list_pause(
    hearers: usize,
    bytes: u64,
    (least, most): (Duration, Duration),
) -> Duration {
    let all = (hearers as u64).saturating_mul(bytes);
    Duration::from_millis(all.saturating_mul(1000) / BUDGET).clamp(least, most)
}

/// What may be spent on lists: so much a second, and a little ahead after a silence. Whoever takes the last of it may take
/// more than there was; that is made up for before anything else is spent.
#[derive(Debug)]
pub struct Allowance {
    left: i64,
    at: Instant,
}

impl Allowance {
    const AHEAD: i64 = (BUDGET / AHEAD) as i64;

    /// Nothing was spent for a while.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { left: Self::AHEAD, at: now }
    }

    /// Takes so many bytes, unless nothing is left; whether it did.
    pub fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let some = self.is_left(now);
        if some {
            self.left = self.left.saturating_sub(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        some
    }

    /// Whether anything is left.
    pub fn is_left(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_micros();
        let more = i64::try_from(passed * u128::from(BUDGET) / 1_000_000).unwrap_or(i64::MAX);
        if more > 0 {
            self.at = now;
            self.left = self.left.saturating_add(more).min(Self::AHEAD);
        }
        self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_hear_of_it_the_longer_it_is_gathered() {
        let ms = |hearers| news_pause(hearers).as_millis();
        assert_eq!([0, 2_500, 5_000, 10_000, 1_000_000].map(ms), [100, 100, 200, 400, 1_000]);
        let singly = |hearers| told_singly(hearers, 100, news_pause(hearers));
        assert_eq!([1, 500, 10_000, usize::MAX].map(singly), [64, 64, 13, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_spent_in_a_second_is_bounded_whatever_is_wanted() {
        let mut allowance = Allowance::new(Instant::now());
        let list = 270_000;
        let (mut spent, began) = (0, Instant::now());
        for _ in 0..1_000 {
            while allowance.take(list, Instant::now()) {
                spent += list as u64;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let most = BUDGET * began.elapsed().as_secs() + BUDGET / AHEAD + list as u64;
        assert!(spent <= most && spent > most * 9 / 10, "{spent} of {most}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_large_is_taken_once_and_made_up_for() {
        let mut allowance = Allowance::new(Instant::now());
        let large = usize::try_from(BUDGET).unwrap() * 2;
        assert!(allowance.take(large, Instant::now()));
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        assert!(!allowance.take(1, Instant::now()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(allowance.take(1, Instant::now()));
    }
}
