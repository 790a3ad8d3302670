//! When what failed is tried again.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::ids::WebhookId;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);

/// Before the spread: with it, an hour at most.
const LONGEST: Duration = Duration::from_secs(3000);

/// A `Retry-After` counts as this much at most.
const LONGEST_WISH: Duration = Duration::from_secs(3600);

/// After a failure of the store, at first and at most.
const STORE_PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// Before the store is asked again after so many failures in a row.
pub(crate) fn store_pause(failures: u32) -> Duration {
    let (first, longest) = STORE_PAUSES;
    first.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(longest)
}

/// From the `failed`th failure to the next attempt: 1 s, 2 s, 4 s ... an hour at most, each within 20 % of that, so
/// that what failed together does not come back together. What the app wished for is waited for as well.
///
/// The spread comes from the webhook and the attempt: nothing here is left to chance.
pub(super) fn pause(id: &WebhookId, failed: u32, wish: Option<Duration>) -> Duration {
    let doublings = failed.saturating_sub(1).min(31);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let spread = 800 + share(id, failed) % 401;
    let pause = pause.saturating_mul(spread) / 1000;
    pause.max(wish.unwrap_or_default().min(LONGEST_WISH))
}

fn share(id: &WebhookId, failed: u32) -> u32 {
    let digest = Sha256::new().chain_update(id.as_str()).chain_update(failed.to_le_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(digest.finalize());
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> WebhookId {
        WebhookId::new(format!("webhook-{number}")).unwrap()
    }

    #[test]
    fn it_doubles_up_to_an_hour_within_a_fifth() {
        for number in 0..200 {
            for failed in 1..60 {
                let plain = f64::from(2_u32.pow((failed - 1).min(20))).min(3000.0);
                let pause = pause(&id(number), failed, None).as_secs_f64();
                assert!((pause / plain - 1.0).abs() <= 0.2001, "{failed}: {pause}");
                assert!(pause <= 3600.0);
            }
        }
        assert!(pause(&id(0), u32::MAX, None) <= Duration::from_secs(3600));
    }

    #[test]
    fn it_is_the_same_again_and_another_for_others() {
        let pauses: Vec<_> = (0..100).map(|number| pause(&id(number), 3, None)).collect();
        assert_eq!(pauses, (0..100).map(|number| pause(&id(number), 3, None)).collect::<Vec<_>>());
        let least = pauses.iter().min().unwrap();
        let most = pauses.iter().max().unwrap();
        assert!(*least < Duration::from_millis(3400) && *most > Duration::from_millis(4600));
    }

    #[test]
    fn a_wish_makes_it_longer_but_not_longer_than_an_hour_and_never_shorter() {
        let wish = |secs| pause(&id(1), 1, Some(Duration::from_secs(secs)));
        assert_eq!(wish(120), Duration::from_secs(120));
        assert_eq!(wish(1_000_000), Duration::from_secs(3600));
        assert_eq!(wish(0), pause(&id(1), 1, None));
    }
}
