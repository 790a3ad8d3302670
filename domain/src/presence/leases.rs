//! Keeps in the store who is connected, and tells the app of those who come and go.
//!
//! What the app is told is state: a user who comes and goes while the store does not answer, or within the same
//! instant, is no news.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until};
use tracing::{error, warn};

use super::{
    Follower, Presence,
    roll::{Roll, Step},
};
use crate::{
    ids::UserId,
    naming::Ids,
    ports::{LeaseChange, LeaseStore, StoreResult},
    time::{Clock, Timestamp},
    webhooks::{Absence, NewWebhook, Told, WebhookKind, store_pause, webhook},
};

/// How far a lease goes.
const LEASE: Duration = Duration::from_secs(60);

/// Between two extensions.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// How long users may be away without having been away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseGraces {
    /// After their last socket closed.
    pub left: Duration,
    /// After the process was lost that they were connected to, counted from the start of the next one.
    pub lost: Duration,
}

/// What [`Leases`] work with.
pub struct LeaseParts {
    /// Where they are kept.
    pub store: Arc<dyn LeaseStore>,
    /// Who is connected.
    pub presence: Arc<Presence>,
    /// Of these only what the app wants to be told.
    pub wanted: HashSet<WebhookKind>,
    /// Ids of webhooks.
    pub ids: Arc<dyn Ids>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The process, by a name that no other one had or has, itself before a restart included.
    pub node: String,
    /// How long users may be away.
    pub graces: LeaseGraces,
}

/// Who is connected, as the next process finds it (`docs/WEBHOOKS.md`, "Presence that survives a crash").
pub struct Leases {
    parts: LeaseParts,
    follower: Follower,
}

impl Leases {
    /// Hears of everyone from now on, and writes nothing before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: LeaseParts) -> Self {
        let follower = parts.presence.follow();
        Self { parts, follower }
    }

    /// Keeps the leases for ever. Run it once, as a task of its own, and drop it to end it.
    ///
    /// A process that ends on purpose drops it before it closes its connections: its leases then stay, and the next
    /// process takes them over from those who are back in time, as if nothing had been.
    pub async fn run(&self) {
        let mut roll = self.begin().await;
        let mut renew_at = Instant::now() + RENEW_EVERY;
        let (mut failures, mut retry_at) = (0, None);
        loop {
            let next = roll.next().map_or(renew_at, |next| next.min(renew_at));
            tokio::select! {
                biased;
                moved = self.follower.moved() => self.note(&mut roll, moved),
                () = sleep_until(retry_at.unwrap_or(next)) => {}
            }
            let now = Instant::now();
            if retry_at.is_some_and(|retry_at| now < retry_at) {
                continue;
            }
            match self.catch_up(&mut roll, &mut renew_at, now).await {
                Ok(()) => (failures, retry_at) = (0, None),
                Err(error) => {
                    warn!(%error, "who is connected could not be kept; trying again");
                    failures += 1;
                    retry_at = Some(Instant::now() + store_pause(failures));
                }
            }
        }
    }

    async fn begin(&self) -> Roll {
        let mut failures = 0;
        loop {
            match self.parts.store.leases().await {
                Ok(leases) => {
                    let (node, graces) = (self.parts.node.clone(), self.parts.graces);
                    return Roll::new(node, graces, leases, Instant::now());
                }
                Err(error) => {
                    warn!(%error, "who was connected could not be read; trying again");
                    failures += 1;
                    sleep(store_pause(failures)).await;
                }
            }
        }
    }

    fn note(&self, roll: &mut Roll, moved: HashSet<UserId>) {
        let now = Instant::now();
        for user in moved {
            let online = self.parts.presence.is_online(&user);
            roll.moved(user, online, now);
        }
    }

    async fn catch_up(
        &self,
        roll: &mut Roll,
        renew_at: &mut Instant,
        now: Instant,
    ) -> StoreResult<()> {
        let store = &self.parts.store;
        if now >= *renew_at {
            if roll.holds_any() {
                let until = self.parts.clock.now().plus(LEASE);
                store.renew_leases(&self.parts.node, until).await?;
            }
            *renew_at = now + RENEW_EVERY;
        }
        if roll.must_sort_out(now) {
            let leases = store.leases().await?;
            roll.sort_out(leases, now);
        }
        loop {
            let step = roll.step(now, |user| self.parts.presence.is_online(user));
            if step.is_empty() {
                return Ok(());
            }
            store.change_leases(self.change(&step)).await?;
            roll.done(step);
        }
    }

    fn change(&self, step: &Step) -> LeaseChange {
        let at = self.parts.clock.now();
        let mut webhooks = Vec::new();
        self.tell(&mut webhooks, at, &step.came, &Told::Connected {});
        self.tell(&mut webhooks, at, &step.left, &Told::Disconnected { reason: Absence::Left });
        self.tell(&mut webhooks, at, &step.lost, &Told::Disconnected { reason: Absence::Lost });
        LeaseChange {
            node: self.parts.node.clone(),
            came: step.came.iter().chain(&step.returned).cloned().collect(),
            left: step.left.iter().chain(&step.lost).cloned().collect(),
            at,
            until: at.plus(LEASE),
            webhooks,
        }
    }

    fn tell(
        &self,
        webhooks: &mut Vec<NewWebhook>,
        at: Timestamp,
        users: &[UserId],
        told: &Told<'_>,
    ) {
        if !self.parts.wanted.contains(&told.kind()) {
            return;
        }
        let made = users.iter().filter_map(|user| {
            webhook(&*self.parts.ids, at, user, told)
                .inspect_err(|error| error!(%error, "a webhook cannot be written"))
                .ok()
        });
        webhooks.extend(made);
    }
}

#[cfg(test)]
mod tests;
