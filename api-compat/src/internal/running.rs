//! Keys of calls that are under way: a second call with the same key waits for the first.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

/// Keys that may be under way at once.
const MOST_RUNNING: usize = 10_000;

type Turns = HashMap<String, Arc<tokio::sync::Mutex<()>>>;

/// The keys under way.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Turns>>);

/// The right to work under a key, until dropped. The key is forgotten with the last one that holds or awaits it.
pub(super) struct Turn {
    key: String,
    running: Running,
    guard: Option<OwnedMutexGuard<()>>,
}

/// More keys are under way than are looked after.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Running {
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for this key's turn.
    pub(super) async fn turn(&self, key: &str) -> Result<Turn, TooMany> {
        let mutex = {
            let mut turns = self.turns();
            if !turns.contains_key(key) && turns.len() >= MOST_RUNNING {
                return Err(TooMany);
            }
            Arc::clone(turns.entry(key.to_owned()).or_default())
        };
        // Made before the wait, so that one who gives up waiting leaves no key behind.
        let mut turn = Turn { key: key.to_owned(), running: self.clone(), guard: None };
        turn.guard = Some(mutex.lock_owned().await);
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut turns = self.running.turns();
        if turns.get(&self.key).is_some_and(|mutex| Arc::strong_count(mutex) == 1) {
            turns.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_key_is_one_call_at_a_time_and_is_forgotten_afterwards() {
        let running = Running::default();
        let first = running.turn("a").await.unwrap();
        let other = running.turn("b").await.unwrap();
        let second = tokio::spawn({
            let running = running.clone();
            async move { running.turn("a").await.map(drop) }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
        drop(other);
        assert!(running.turns().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_gives_up_waiting_leaves_nothing_behind() {
        let running = Running::default();
        let first = running.turn("a").await.unwrap();
        let waiting = tokio::time::timeout(Duration::from_secs(1), running.turn("a")).await;
        assert!(waiting.is_err());
        drop(first);
        assert!(running.turns().is_empty());
    }
}
