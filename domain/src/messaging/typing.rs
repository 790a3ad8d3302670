//! Who is typing to whom, and for how long that is believed (`contracts/social.md` section 6, "typing auto-stop").

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Mutex, Notify},
    time::{Instant, sleep_until},
};

use super::service::Messaging;
use crate::{
    actor::Actor,
    events::{Audience, DomainEvent, Published, Reach, Receipt},
    ids::UserId,
    ports::Bus,
    presence::Presence,
    time::Clock,
};

/// Whoever does not say it again within this time has stopped.
const BELIEVED: Duration = Duration::from_secs(10);

/// Users one user is typing to at most, as far as it is timed.
const MOST_OF_ONE: usize = 100;

/// Pairs in all.
const MOST: usize = 100_000;

/// Tells of typing.
pub(super) struct TypingNews {
    presence: Arc<Presence>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

impl TypingNews {
    pub(super) fn new(presence: Arc<Presence>, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self { presence, bus, clock }
    }

    /// Tells the other side, if it is there.
    pub(super) async fn tell(
        &self,
        from: &UserId,
        name: Option<&str>,
        to: &UserId,
        typing: bool,
        receipt: Receipt,
    ) {
        if !self.presence.is_online(to) {
            receipt.answer(Reach::default());
            return;
        }
        let name = name.map(str::to_owned);
        let event = DomainEvent::Typing { from: from.clone(), name, typing };
        let audience = Audience::User(to.clone());
        self.bus.publish(Published::asking(self.clock.now(), audience, event, receipt)).await;
    }
}

/// Who is typing to whom, and until when.
#[derive(Default)]
struct Pairs {
    deadlines: HashMap<UserId, HashMap<UserId, Instant>>,
    queue: BTreeSet<(Instant, UserId, UserId)>,
}

impl Pairs {
    /// Begins or renews, unless there are too many.
    fn put(&mut self, from: &UserId, to: &UserId, deadline: Instant) {
        self.remove(from, to);
        let of_one = self.deadlines.get(from).map_or(0, HashMap::len);
        if of_one < MOST_OF_ONE && self.queue.len() < MOST {
            self.deadlines.entry(from.clone()).or_default().insert(to.clone(), deadline);
            self.queue.insert((deadline, from.clone(), to.clone()));
        }
    }

    fn remove(&mut self, from: &UserId, to: &UserId) {
        let Some(of_one) = self.deadlines.get_mut(from) else { return };
        if let Some(deadline) = of_one.remove(to) {
            self.queue.remove(&(deadline, from.clone(), to.clone()));
        }
        if of_one.is_empty() {
            self.deadlines.remove(from);
        }
    }

    fn remove_all(&mut self, from: &UserId) -> Vec<UserId> {
        let of_one = self.deadlines.remove(from).unwrap_or_default();
        let each = of_one.into_iter().map(|(to, deadline)| {
            self.queue.remove(&(deadline, from.clone(), to.clone()));
            to
        });
        each.collect()
    }

    fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(deadline, ..)| *deadline)
    }

    /// The one that is over longest, if any is.
    fn pop_over(&mut self, now: Instant) -> Option<(UserId, UserId)> {
        let (_, from, to) = self.queue.first().filter(|(deadline, ..)| *deadline <= now)?.clone();
        self.remove(&from, &to);
        Some((from, to))
    }
}

/// Ends typing that nobody ends. Each pair is told in the order of what happened, whoever made it happen.
pub struct TypingTimers {
    news: Arc<TypingNews>,
    /// Held while something is told, so that what is told last is so: whoever empties the bus must not wait for it.
    pairs: Mutex<Pairs>,
    sooner: Notify,
}

impl TypingTimers {
    /// Nobody is typing yet.
    #[must_use]
    pub fn new(messaging: Arc<Messaging>) -> Self {
        Self::over(Arc::clone(&messaging.typing))
    }

    fn over(news: Arc<TypingNews>) -> Self {
        Self { news, pairs: Mutex::default(), sooner: Notify::new() }
    }

    /// Someone is typing to another: told each time, and believed for 10 s. To oneself is ignored.
    pub async fn start(&self, from: &Actor, to: &UserId) {
        if from.user == *to {
            return;
        }
        let mut pairs = self.pairs.lock().await;
        let was_idle = pairs.queue.is_empty();
        pairs.put(&from.user, to, Instant::now() + BELIEVED);
        if was_idle {
            self.sooner.notify_one();
        }
        self.tell(&from.user, from.profile.name.as_deref(), to, true).await;
    }

    /// Someone stopped; told even if nothing was known of a start, since that may have been on another connection.
    pub async fn stop(&self, from: &Actor, to: &UserId) {
        if from.user == *to {
            return;
        }
        let mut pairs = self.pairs.lock().await;
        pairs.remove(&from.user, to);
        self.tell(&from.user, from.profile.name.as_deref(), to, false).await;
    }

    /// The last connection of a user is gone on which there could be typing: all of it has stopped.
    pub async fn gone(&self, user: &UserId) {
        let mut pairs = self.pairs.lock().await;
        for to in pairs.remove_all(user) {
            self.tell(user, None, &to, false).await;
        }
    }

    /// Ends what was not renewed, for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        loop {
            let next = self.pairs.lock().await.next();
            match next {
                // A deadline that is added later is never sooner than one that is there.
                Some(next) => sleep_until(next).await,
                None => self.sooner.notified().await,
            }
            let mut pairs = self.pairs.lock().await;
            while let Some((from, to)) = pairs.pop_over(Instant::now()) {
                self.tell(&from, None, &to, false).await;
            }
        }
    }

    async fn tell(&self, from: &UserId, name: Option<&str>, to: &UserId, typing: bool) {
        self.news.tell(from, name, to, typing, Receipt::default()).await;
    }
}

#[cfg(test)]
mod tests;
