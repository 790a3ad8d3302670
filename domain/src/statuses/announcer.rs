//! Telling of those who come and go, and noting when they did.
//!
//! It is state, not history: a user waits here once, however often that user comes and goes, and what is told is how it
//! is when the turn comes. What a tick may cost is bounded, so a storm is told over a while.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use super::service::Statuses;
use crate::{
    events::Audience, ids::UserId, ports::StoreResult, presence::pace, time::Timestamp,
    webhooks::store_pause,
};

/// About what one change costs each of those who hear of it, in bytes.
const CHANGE_BYTES: usize = 100;

/// Changes told in one tick at most: each asks the store who hears of it.
const MOST_A_TICK: usize = 64;

/// Users noted as seen in one write at most.
const MOST_SEEN_AT_ONCE: usize = 500;

/// Whoever stays is noted as seen so often, so that a crash makes nobody seem gone since yesterday.
const SEEN_EVERY: Duration = Duration::from_secs(300);

/// Users who moved and of whom it was not yet told, the longest waiting first.
#[derive(Default)]
struct Pending {
    queue: VecDeque<UserId>,
    /// When each one last moved.
    since: HashMap<UserId, Timestamp>,
}

impl Pending {
    fn add(&mut self, user: UserId, at: Timestamp) {
        if self.since.insert(user.clone(), at).is_none() {
            self.queue.push_back(user);
        }
    }

    fn first(&self) -> Option<(UserId, Timestamp)> {
        let user = self.queue.front()?;
        Some((user.clone(), *self.since.get(user)?))
    }

    fn done(&mut self) {
        if let Some(user) = self.queue.pop_front() {
            self.since.remove(&user);
        }
    }

    /// The first one waits behind the others.
    fn put_off(&mut self) {
        self.queue.rotate_left(1.min(self.queue.len()));
    }

    fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// What is still to be done.
struct Round {
    pending: Pending,
    /// Who is to be noted as seen, by when.
    seen: HashMap<UserId, Timestamp>,
    everyone_seen_at: Instant,
    /// Who heard of the last changes, at most.
    hearers: usize,
}

impl Statuses {
    /// Tells others of those who come and go, and keeps when they did, for ever. Run it once, as a task of its own, and
    /// drop it to end it. What a failing store hinders is tried again.
    pub async fn run(&self) {
        let everyone_seen_at = Instant::now() + SEEN_EVERY;
        let (pending, seen) = (Pending::default(), HashMap::new());
        let mut round = Round { pending, seen, everyone_seen_at, hearers: 0 };
        let mut failures = 0;
        loop {
            if round.pending.is_empty() && round.seen.is_empty() {
                tokio::select! {
                    moved = self.follower.moved() => self.take(&mut round, moved),
                    () = sleep_until(round.everyone_seen_at) => {}
                }
            }
            sleep(pace::TICK).await;
            self.take(&mut round, self.follower.moved_by_now());
            match self.work(&mut round).await {
                Ok(()) => {
                    failures = 0;
                    sleep(pace::news_pause(round.hearers).saturating_sub(pace::TICK)).await;
                }
                Err(error) => {
                    warn!(%error, "how users are could not be told; trying again");
                    failures += 1;
                    sleep(store_pause(failures)).await;
                }
            }
        }
    }

    fn take(&self, round: &mut Round, moved: HashSet<UserId>) {
        let now = self.parts.clock.now();
        moved.into_iter().for_each(|user| round.pending.add(user, now));
    }

    async fn work(&self, round: &mut Round) -> StoreResult<()> {
        if Instant::now() >= round.everyone_seen_at {
            let now = self.parts.clock.now();
            round.seen.extend(self.told_online().await.into_iter().map(|user| (user, now)));
            round.everyone_seen_at = Instant::now() + SEEN_EVERY;
        }
        let told = self.tell_some(round).await;
        self.note_seen(&mut round.seen).await?;
        told
    }

    async fn tell_some(&self, round: &mut Round) -> StoreResult<()> {
        let everyone = self.parts.presence.online_count();
        let (mut bytes, mut changes) = (0, 0);
        round.hearers = 0;
        while let Some((user, at)) = round.pending.first() {
            if self.has_changed(&user).await {
                let most = pace::news_bytes(pace::news_pause(round.hearers));
                if changes == MOST_A_TICK || bytes >= most {
                    break;
                }
                let audience =
                    self.audience(&user).await.inspect_err(|_| round.pending.put_off())?;
                let heard_by = match &audience {
                    Some(Audience::Users(users)) => users.len().min(everyone),
                    Some(_) => everyone,
                    None => 0,
                };
                self.tell_change(&user, at, audience).await;
                round.seen.insert(user, at);
                changes += 1;
                round.hearers = round.hearers.max(heard_by);
                bytes += heard_by * CHANGE_BYTES;
            }
            round.pending.done();
        }
        Ok(())
    }

    /// Each is noted for the time it was, and users of one time together.
    async fn note_seen(&self, seen: &mut HashMap<UserId, Timestamp>) -> StoreResult<()> {
        let mut by_time = HashMap::<Timestamp, Vec<UserId>>::new();
        for (user, at) in seen.iter() {
            by_time.entry(*at).or_default().push(user.clone());
        }
        for (at, users) in by_time {
            for users in users.chunks(MOST_SEEN_AT_ONCE) {
                self.parts.store.note_seen(users, at).await?;
                for user in users {
                    seen.remove(user);
                }
            }
        }
        Ok(())
    }
}
