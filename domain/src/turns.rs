//! Who may change something or tell of it at the moment: what is read or committed under a turn is told in the order in which
//! it was read or committed.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use tokio::sync::{Mutex, MutexGuard};

/// Names told of at the same time at most.
const STRIPES: usize = 64;

/// The turns of all names. Some names share one: whoever has a turn must not wait for another.
pub(crate) struct Turns([Mutex<()>; STRIPES]);

impl Turns {
    pub(crate) fn new() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }

    /// Waits for the turn of `name`.
    pub(crate) async fn of(&self, name: &str) -> Turn<'_> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
        Turn(self.0[hash as usize % STRIPES].lock().await)
    }
}

/// While this is held nobody else tells of the same thing, nor changes it where changes take a turn as well. Whoever reads a
/// state and hands it to a socket under it can be overtaken neither by an older state nor by a newer one. Hold it briefly:
/// not over a call to [`crate::tracking::Tracking`] or [`crate::support::SupportDesk`] that changes something, nor over a
/// second turn.
#[must_use = "the turn ends when this is dropped"]
pub struct Turn<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Turns;

    #[tokio::test(start_paused = true)]
    async fn one_name_has_one_turn_at_a_time() {
        let turns = Turns::new();
        let first = turns.of("a").await;
        let wait = Duration::from_secs(1);
        assert!(timeout(wait, turns.of("a")).await.is_err());
        drop(first);
        assert!(timeout(wait, turns.of("a")).await.is_ok());
    }
}
