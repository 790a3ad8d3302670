//! Addresses that keep showing tokens that do not hold.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered at most; when there are more, those whose minute is over go, then nobody new is counted.
const MOST: usize = 50_000;

/// Counts refusals for each address and minute.
pub(crate) struct Failures {
    most: u32,
    by_address: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

impl Failures {
    pub(crate) fn new(most: u32) -> Self {
        Self { most, by_address: Mutex::default() }
    }

    /// Whether nothing more is looked at from there for now.
    pub(crate) fn too_many(&self, address: IpAddr) -> bool {
        let by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        by_address
            .get(&address)
            .is_some_and(|(count, since)| *count >= self.most && since.elapsed() < WINDOW)
    }

    pub(crate) fn count(&self, address: IpAddr) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if by_address.len() >= MOST {
            by_address.retain(|_, (_, since)| since.elapsed() < WINDOW);
            if by_address.len() >= MOST {
                return;
            }
        }
        let (count, since) = by_address.entry(address).or_insert((0, Instant::now()));
        if since.elapsed() >= WINDOW {
            (*count, *since) = (0, Instant::now());
        }
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_after_its_share_and_others_are_not() {
        let failures = Failures::new(3);
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        for _ in 0..3 {
            assert!(!failures.too_many(one));
            failures.count(one);
        }
        assert!(failures.too_many(one));
        assert!(!failures.too_many(other));
    }
}
