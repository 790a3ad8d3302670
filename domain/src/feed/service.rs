//! Reading a feed on from a position.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{Asked, Fed, FeedPage, ResetReason, Start};
use crate::{
    digest::first_digits,
    ids::UserId,
    ports::{FeedStore, StoreError},
    time::Clock,
};

/// Feeds read at the same time: when thousands come back at once they take turns, instead of all waiting for
/// the same few connections of the store until their time is up.
const READERS: usize = 16;

/// Events of one part.
const PART: u32 = 128;

/// Reads feeds.
pub struct Feed {
    store: Arc<dyn FeedStore>,
    clock: Arc<dyn Clock>,
    keep: Duration,
    origin: String,
    turns: Semaphore,
}

/// A part of a feed, or the news that it cannot be read on from here.
#[derive(Debug)]
pub enum Part {
    /// Events behind the position, in order; there may be more if `more`.
    Events {
        /// The events.
        events: Vec<Fed>,
        /// Whether the feed went further than this when it was read.
        more: bool,
    },
    /// Events behind the position are gone.
    Expired,
}

impl Feed {
    /// Feeds of this store. What is older than `keep` is not told any more, dropped yet or not.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn load(
        store: Arc<dyn FeedStore>,
        clock: Arc<dyn Clock>,
        keep: Duration,
    ) -> Result<Self, StoreError> {
        let origin = store.feed_origin().await?;
        Ok(Self { store, clock, keep, origin, turns: Semaphore::new(READERS) })
    }

    /// The name of a user's feed. It tells nothing about the user, and no other feed has it.
    #[must_use]
    pub fn name(&self, user: &UserId) -> String {
        let mut digest = Sha256::new();
        digest.update(self.origin.as_bytes());
        digest.update([0]);
        digest.update(user.as_str());
        first_digits(digest, 16)
    }

    async fn page(&self, user: &UserId, after: u64, limit: u32) -> Result<FeedPage, StoreError> {
        // Never closed, so a turn always comes; without one it would be read all the same.
        let _turn = self.turns.acquire().await;
        self.store.feed_after(user, after, limit).await
    }

    /// Where a client that asks for this begins, and the end of its feed now.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn start(&self, user: &UserId, asked: &Asked) -> Result<(Start, u64), StoreError> {
        let after = match asked {
            Asked::Since { position, .. } => position.seq,
            Asked::FromNow { .. } | Asked::Invalid => u64::MAX,
        };
        let FeedPage { oldest, head, events } = self.page(user, after, 1).await?;
        let start = match asked {
            Asked::Invalid => Start::Reset(ResetReason::Invalid),
            Asked::FromNow { .. } => Start::Now,
            Asked::Since { position, .. } => {
                let other = position.feed.as_ref().is_some_and(|feed| *feed != self.name(user));
                let next = events.first().and_then(|fed| fed.event.as_ref());
                let too_old = self.clock.now().minus(self.keep);
                if other || position.seq > head {
                    Start::Reset(ResetReason::Unknown)
                } else if position.seq + 1 < oldest || next.is_some_and(|next| next.at < too_old) {
                    Start::Reset(ResetReason::Expired)
                } else {
                    Start::Behind(position.seq)
                }
            }
        };
        Ok((start, head))
    }

    /// What comes behind a position.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn read(&self, user: &UserId, after: u64) -> Result<Part, StoreError> {
        let FeedPage { head, events, .. } = self.page(user, after, PART).await?;
        // Whatever the store dropped meanwhile: a gap is never passed over.
        let unbroken = events.iter().zip(after + 1..).all(|(fed, seq)| fed.seq == seq);
        let last = events.last().map_or(after, |fed| fed.seq);
        if !unbroken || (events.is_empty() && head > after) {
            return Ok(Part::Expired);
        }
        Ok(Part::Events { events, more: last < head })
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::{
        events::{Audience, DomainEvent, Published},
        feed::Position,
        ports::StoreResult,
        time::Timestamp,
    };

    const KEEP: Duration = Duration::from_secs(60);

    /// It is always the same time.
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_ms(1_000_000)
        }
    }

    /// A feed of which the places `kept` are left.
    struct Kept(std::ops::RangeInclusive<u64>);

    #[async_trait]
    impl FeedStore for Kept {
        async fn feed_origin(&self) -> StoreResult<String> {
            Ok("origin".to_owned())
        }

        async fn feed_after(&self, _: &UserId, after: u64, limit: u32) -> StoreResult<FeedPage> {
            let events = self.0.clone().filter(|seq| *seq > after).take(limit as usize);
            let events = events.map(|seq| Fed { seq, event: None }).collect();
            Ok(FeedPage { oldest: *self.0.start(), head: *self.0.end(), events })
        }

        async fn record(&self, _: Published) -> StoreResult<()> {
            Ok(())
        }

        async fn record_once(&self, _: &str, _: Published) -> StoreResult<()> {
            Ok(())
        }
    }

    async fn feed(kept: std::ops::RangeInclusive<u64>) -> (Feed, UserId) {
        (
            Feed::load(Arc::new(Kept(kept)), Arc::new(Still), KEEP).await.unwrap(),
            UserId::new("ann").unwrap(),
        )
    }

    fn since(seq: u64, feed: Option<String>) -> Asked {
        Asked::Since { position: Position { seq, feed }, chats: Vec::new() }
    }

    #[tokio::test]
    async fn a_position_holds_as_long_as_what_follows_it_is_kept() {
        let (feed, ann) = feed(5..=9).await;
        let mut starts = Vec::new();
        for seq in [3, 4, 9, 10] {
            starts.push(feed.start(&ann, &since(seq, None)).await.unwrap().0);
        }
        assert_eq!(
            starts,
            [
                Start::Reset(ResetReason::Expired),
                Start::Behind(4),
                Start::Behind(9),
                Start::Reset(ResetReason::Unknown),
            ]
        );
    }

    #[tokio::test]
    async fn a_position_of_another_user_or_database_is_unknown() {
        let (feed, ann) = feed(5..=9).await;
        let bob = UserId::new("bob").unwrap();
        let own = since(7, Some(feed.name(&ann)));
        assert_eq!(feed.start(&ann, &own).await.unwrap(), (Start::Behind(7), 9));
        assert_ne!(feed.name(&ann), feed.name(&bob));
        let start = feed.start(&bob, &own).await.unwrap().0;
        assert_eq!(start, Start::Reset(ResetReason::Unknown));
    }

    #[tokio::test]
    async fn whoever_never_had_an_event_can_resume_from_nothing() {
        #[expect(clippy::reversed_empty_ranges, reason = "a feed that was never written to")]
        let (feed, ann) = feed(1..=0).await;
        assert_eq!(feed.start(&ann, &since(0, None)).await.unwrap(), (Start::Behind(0), 0));
    }

    /// A feed of one event, which happened so long ago.
    struct Old(Duration);

    #[async_trait]
    impl FeedStore for Old {
        async fn feed_origin(&self) -> StoreResult<String> {
            Ok("origin".to_owned())
        }

        async fn feed_after(&self, user: &UserId, after: u64, _: u32) -> StoreResult<FeedPage> {
            let to = Audience::User(user.clone());
            let event = Published::new(Still.now().minus(self.0), to, DomainEvent::UnreadCount(1));
            let events = vec![Fed { seq: 1, event: Some(event) }];
            let events = if after == 0 { events } else { Vec::new() };
            Ok(FeedPage { oldest: 1, head: 1, events })
        }

        async fn record(&self, _: Published) -> StoreResult<()> {
            Ok(())
        }

        async fn record_once(&self, _: &str, _: Published) -> StoreResult<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_is_too_old_is_not_told_though_it_is_still_there() {
        let ann = UserId::new("ann").unwrap();
        let mut starts = Vec::new();
        for (age, seq) in [(KEEP, 0), (KEEP + Duration::from_millis(1), 0), (KEEP * 2, 1)] {
            let feed = Feed::load(Arc::new(Old(age)), Arc::new(Still), KEEP).await.unwrap();
            starts.push(feed.start(&ann, &since(seq, None)).await.unwrap().0);
        }
        let expired = Start::Reset(ResetReason::Expired);
        assert_eq!(starts, [Start::Behind(0), expired, Start::Behind(1)]);
    }

    #[tokio::test]
    async fn parts_follow_each_other_and_a_gap_is_never_passed_over() {
        let (feed, ann) = feed(5..=300).await;
        let Part::Events { events, more } = feed.read(&ann, 4).await.unwrap() else { panic!() };
        assert_eq!((events.len(), events[0].seq, more), (128, 5, true));
        let Part::Events { events, more } = feed.read(&ann, 290).await.unwrap() else { panic!() };
        assert_eq!((events.len(), more), (10, false));
        assert!(matches!(feed.read(&ann, 3).await.unwrap(), Part::Expired));
    }
}
