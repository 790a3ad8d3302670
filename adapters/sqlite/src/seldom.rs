//! Complaints that would come hundreds of times a second, told once a second.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Between two complaints of one kind.
const PAUSE: Duration = Duration::from_secs(1);

/// One kind of complaint.
pub(crate) struct Seldom(Mutex<State>);

struct State {
    told: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { told: None, left_out: 0 }))
    }

    /// How many were left out since the last one that was told, if this one is to be told.
    pub(crate) fn turn(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.told.is_some_and(|told| told.elapsed() < PAUSE) {
            state.left_out += 1;
            return None;
        }
        state.told = Some(Instant::now());
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        let seldom = Seldom::new();
        assert_eq!(seldom.turn(), Some(0));
        assert_eq!(seldom.turn(), None);
        assert_eq!(seldom.turn(), None);
        seldom.0.lock().unwrap().told = Instant::now().checked_sub(PAUSE);
        assert_eq!(seldom.turn(), Some(2));
    }
}
