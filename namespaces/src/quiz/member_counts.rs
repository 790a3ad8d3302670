//! How many are in a room, without walking through it each time somebody enters.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use outrigger_domain::ids::ChatId;
use tokio::time::Instant;

/// Rooms with fewer are counted each time.
const MANY: usize = 256;

/// Those with more are counted so often. Between that, those who come and go in this contract are added and taken off; what
/// happens in others shows with the next count.
const EVERY: Duration = Duration::from_millis(200);

/// Rooms that are remembered; those counted too long ago are forgotten before.
const MOST: usize = 1_000;

struct Counted {
    members: usize,
    at: Instant,
}

/// The last counts of large rooms.
#[derive(Default)]
pub(super) struct MemberCounts(Mutex<HashMap<ChatId, Counted>>);

impl MemberCounts {
    fn rooms(&self) -> MutexGuard<'_, HashMap<ChatId, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are in a room, as `count` finds if it has to.
    pub(super) fn of(&self, chat: &ChatId, count: impl FnOnce() -> usize) -> usize {
        let now = Instant::now();
        let is_fresh = |counted: &Counted| now.saturating_duration_since(counted.at) < EVERY;
        if let Some(counted) = self.rooms().get(chat).filter(|counted| is_fresh(counted)) {
            return counted.members;
        }
        let members = count();
        let mut rooms = self.rooms();
        rooms.remove(chat);
        if members >= MANY {
            if rooms.len() >= MOST {
                rooms.retain(|_, counted| is_fresh(counted));
            }
            if rooms.len() < MOST {
                rooms.insert(chat.clone(), Counted { members, at: now });
            }
        }
        members
    }

    /// One more came.
    pub(super) fn came(&self, chat: &ChatId) {
        if let Some(counted) = self.rooms().get_mut(chat) {
            counted.members += 1;
        }
    }

    /// One went.
    pub(super) fn went(&self, chat: &ChatId) {
        if let Some(counted) = self.rooms().get_mut(chat) {
            counted.members = counted.members.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lobby() -> ChatId {
        ChatId::new(":lobby").unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_room_is_counted_each_time() {
        let counts = MemberCounts::default();
        for members in [1, 2, MANY - 1] {
            assert_eq!(counts.of(&lobby(), || members), members);
            counts.came(&lobby());
        }
        assert!(counts.rooms().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_room_is_counted_a_few_times_a_second_however_many_come() {
        let counts = MemberCounts::default();
        let (mut there, mut walks) = (MANY, 0);
        for _ in 0..1_000 {
            there += 1;
            counts.came(&lobby());
            let found = counts.of(&lobby(), || {
                walks += 1;
                there
            });
            assert_eq!(found, there);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(walks <= 6, "{walks} walks");
        counts.of(&lobby(), || there);
        counts.went(&lobby());
        assert_eq!(counts.of(&lobby(), || unreachable!("it was counted just now")), there - 1);
        tokio::time::sleep(EVERY).await;
        assert_eq!(counts.of(&lobby(), || 3), 3, "what others did is seen at last");
        assert!(counts.rooms().is_empty());
    }
}
