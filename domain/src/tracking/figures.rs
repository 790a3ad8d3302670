//! Telling of figures, seldom enough: whoever subscribed hears of each kind at most once a second.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use moka::{policy::EvictionPolicy, sync::Cache};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};
use tracing::warn;

use super::stats::{Analytics, AnalyticsKind};
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published},
    ids::UserId,
    ports::{Bus, StoreError, StoreResult, TrackingStore},
    time::Clock,
    turns::{Turn, Turns},
    webhooks::store_pause,
};

/// From one telling of some figures to the next, at least.
const PACE: Duration = Duration::from_secs(1);

/// Before the first telling: what changes together is counted once.
const GATHER: Duration = Duration::from_millis(100);

/// Some figures are told so much less often than counting them takes, so that they cost a tenth of the time at most.
const REST: u32 = 9;

/// Figures that the app gave, in all, in bytes.
const GIVEN_BYTES: u64 = 64 << 20;

/// About what keeping one costs beside its own bytes.
const GIVEN_OVERHEAD: usize = 256;

/// A user's, or everyone's.
type Whose = Option<UserId>;

/// What [`Figures`] work with.
pub struct FiguresParts {
    /// Where figures come from.
    pub store: Arc<dyn TrackingStore>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// When some figures are told.
#[derive(Clone, Copy, Default)]
struct Pace {
    /// Not before this, after they were told.
    rest: Option<Instant>,
    /// They are to be told then.
    due: Option<Instant>,
}

/// Figures that somebody wants to see.
#[derive(Default)]
struct Watch {
    sockets: usize,
    paces: [Pace; AnalyticsKind::ALL.len()],
}

#[derive(Default)]
struct Watches {
    known: HashMap<Whose, Watch>,
    queue: BTreeSet<(Instant, Whose, AnalyticsKind)>,
}

impl Watches {
    fn enter(&mut self, whose: Whose) {
        self.known.entry(whose).or_default().sockets += 1;
    }

    fn leave(&mut self, whose: &Whose) {
        let Some(watch) = self.known.get_mut(whose) else { return };
        watch.sockets = watch.sockets.saturating_sub(1);
        if watch.sockets > 0 {
            return;
        }
        for (kind, pace) in AnalyticsKind::ALL.into_iter().zip(watch.paces) {
            if let Some(due) = pace.due {
                self.queue.remove(&(due, whose.clone(), kind));
            }
        }
        self.known.remove(whose);
    }

    /// They are to be told if somebody wants to see them.
    fn want(&mut self, whose: &Whose, kind: AnalyticsKind, now: Instant) {
        let Some(watch) = self.known.get_mut(whose) else { return };
        let pace = &mut watch.paces[kind as usize];
        if pace.due.is_none() {
            let due = pace.rest.map_or(now + GATHER, |rest| rest.max(now + GATHER));
            pace.due = Some(due);
            self.queue.insert((due, whose.clone(), kind));
        }
    }

    fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(due, ..)| *due)
    }

    fn pop_due(&mut self, now: Instant) -> Option<(Whose, AnalyticsKind)> {
        if self.next()? > now {
            return None;
        }
        let (_, whose, kind) = self.queue.pop_first()?;
        if let Some(watch) = self.known.get_mut(&whose) {
            watch.paces[kind as usize].due = None;
        }
        Some((whose, kind))
    }

    /// They were told, and are told again after `rest` at the soonest.
    fn rest(&mut self, whose: &Whose, kind: AnalyticsKind, rest: Instant) {
        let Some(watch) = self.known.get_mut(whose) else { return };
        let pace = &mut watch.paces[kind as usize];
        pace.rest = Some(rest);
        // Wanted again while they were told.
        if let Some(due) = pace.due.filter(|due| *due < rest) {
            self.queue.remove(&(due, whose.clone(), kind));
            pace.due = Some(rest);
            self.queue.insert((rest, whose.clone(), kind));
        }
    }
}

/// Figures of users' messages, and of everyone's (`contracts/tracking.md` sections 3 and 7, `analytics_update`).
///
/// After a change those who subscribed hear of each kind at most once a second, of the last state; counted then, or as
/// the app gave them since. Figures that take long to count are told less often. What is remembered is bounded by the
/// sockets that subscribed, and what the app gave by 64 MiB in all: beyond that what was given longest ago, or is larger,
/// is counted instead.
pub struct Figures {
    parts: FiguresParts,
    watches: Mutex<Watches>,
    given: Cache<(Whose, AnalyticsKind), Arc<RawValue>>,
    sooner: Notify,
    turns: Turns,
}

impl Figures {
    /// Nobody subscribed yet. Nothing is told before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: FiguresParts) -> Self {
        let weigh = |_: &(Whose, AnalyticsKind), data: &Arc<RawValue>| {
            u32::try_from(data.get().len() + GIVEN_OVERHEAD).unwrap_or(u32::MAX)
        };
        let given = Cache::builder()
            .max_capacity(GIVEN_BYTES)
            .weigher(weigh)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { parts, watches: Mutex::default(), given, sooner: Notify::new(), turns: Turns::new() }
    }

    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket subscribed to the figures of its user. Call it once for each socket, when it joins the room of
    /// [`Audience::Subscribers`], and [`Self::unsubscribed`] when it leaves the room or is gone.
    pub fn subscribed(&self, user: &UserId) {
        self.watches().enter(Some(user.clone()));
    }

    /// Such a socket left.
    pub fn unsubscribed(&self, user: &UserId) {
        self.watches().leave(&Some(user.clone()));
    }

    /// A socket of an admin connected that can show figures of everyone: while there is none, they are not counted.
    /// Call it once for each socket, and [`Self::admin_left`] when it is gone.
    pub fn admin_entered(&self) {
        self.watches().enter(None);
    }

    /// Such a socket is gone.
    pub fn admin_left(&self) {
        self.watches().leave(&None);
    }

    /// The figures of a user's messages, or of everyone's: as the app gave them since the last change, else counted now.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn of(
        &self,
        owner: Option<&UserId>,
        kind: AnalyticsKind,
    ) -> Result<Analytics, StoreError> {
        let data = match self.given.get(&(owner.cloned(), kind)) {
            Some(given) => given,
            None => self.counted(owner, kind).await?,
        };
        Ok(Analytics { kind, data, global: owner.is_none() })
    }

    async fn counted(
        &self,
        owner: Option<&UserId>,
        kind: AnalyticsKind,
    ) -> StoreResult<Arc<RawValue>> {
        let FiguresParts { store, clock, .. } = &self.parts;
        match kind {
            AnalyticsKind::Dashboard => raw(&store.dashboard(owner, clock.now()).await?),
            AnalyticsKind::Messages => raw(&store.message_stats(owner).await?),
            AnalyticsKind::Usage => raw(&store.usage(owner, clock.now()).await?),
        }
    }

    /// Waits until nobody else tells of this user's figures. Take it after the socket has joined and before its figures
    /// are read, and keep it until they are queued for the socket: then nothing newer was queued before. See [`Turn`].
    pub async fn turn(&self, user: &UserId) -> Turn<'_> {
        self.turns.of(user.as_str()).await
    }

    /// The app says what a user's figures, or everyone's, are (`broadcastAnalyticsUpdate`, `broadcastGlobalAnalytics`).
    /// They stand until the next change. That they fit into a packet is the caller's business.
    pub fn give(&self, owner: Option<UserId>, kind: AnalyticsKind, data: Arc<RawValue>) {
        self.given.insert((owner.clone(), kind), data);
        self.watches().want(&owner, kind, Instant::now());
        self.sooner.notify_one();
    }

    /// Something of a user's messages changed: what the app gave holds no longer.
    pub fn touched(&self, owner: &UserId) {
        let now = Instant::now();
        for whose in [Some(owner.clone()), None] {
            for kind in AnalyticsKind::ALL {
                self.given.invalidate(&(whose.clone(), kind));
                self.watches().want(&whose, kind, now);
            }
        }
        self.sooner.notify_one();
    }

    /// Tells for ever. Run it once, as a task of its own, and drop it to end it. What a failing store hinders is tried
    /// again.
    pub async fn run(&self) {
        let mut failures = 0;
        loop {
            let next = self.watches().next();
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.sooner.notified() => continue,
            }
            let began = Instant::now();
            // Each statement locks for itself.
            let due = self.watches().pop_due(began);
            let Some((whose, kind)) = due else { continue };
            let told = self.tell(&whose, kind).await;
            let pause = PACE.max(began.elapsed() * REST);
            self.watches().rest(&whose, kind, Instant::now() + pause);
            match told {
                Ok(()) => failures = 0,
                Err(error) => {
                    warn!(%error, "figures could not be told; trying again");
                    self.watches().want(&whose, kind, Instant::now());
                    failures += 1;
                    sleep(store_pause(failures)).await;
                }
            }
        }
    }

    async fn tell(&self, whose: &Whose, kind: AnalyticsKind) -> StoreResult<()> {
        let _turn = self.turns.of(whose.as_ref().map_or("", UserId::as_str)).await;
        let analytics = self.of(whose.as_ref(), kind).await?;
        let audience = match whose {
            Some(user) => Audience::Subscribers(user.clone()),
            None => Audience::Role(Role::Admin),
        };
        let event = DomainEvent::Analytics(analytics);
        self.parts.bus.publish(Published::new(self.parts.clock.now(), audience, event)).await;
        Ok(())
    }
}

fn raw(figures: &impl Serialize) -> StoreResult<Arc<RawValue>> {
    to_raw_value(figures).map(Arc::from).map_err(StoreError::failed)
}

#[cfg(test)]
mod tests;
