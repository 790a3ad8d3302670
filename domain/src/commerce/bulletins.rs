//! What admins are told by the clock (`contracts/commerce.md` sections 3 and 6: `connection:stats`,
//! `dashboard:stats:update`).

use std::{sync::Arc, time::Duration};

use serde_json::value::RawValue;
use tokio::{
    sync::Mutex,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{crowd::Crowd, event::CommerceEvent};
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published, Reach, Receipt},
    ports::Bus,
    time::Clock,
};

/// From one telling to the next.
pub const BULLETIN_PERIOD: Duration = Duration::from_secs(30);

/// How many are there, and the app's own figures, for admins.
pub struct Bulletins {
    crowd: Arc<Crowd>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    /// The app's last figures. Held while they are told, so that older ones are never told after newer ones.
    given: Mutex<Option<Arc<RawValue>>>,
}

impl Bulletins {
    /// The app gave no figures yet. Nothing is told by the clock before it [runs](Self::run).
    #[must_use]
    pub fn new(crowd: Arc<Crowd>, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self { crowd, bus, clock, given: Mutex::default() }
    }

    /// The app says what its figures are: told at once, and then by the clock. That they fit into a packet is the caller's
    /// business.
    pub async fn give(&self, data: Arc<RawValue>) -> Reach {
        let (receipt, reached) = Receipt::requested();
        {
            let mut given = self.given.lock().await;
            *given = Some(Arc::clone(&data));
            self.tell(CommerceEvent::Dashboard(data), receipt).await;
        }
        reached.await.unwrap_or_default()
    }

    /// Tells every [`BULLETIN_PERIOD`] if an admin is there. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        let mut ticks = interval_at(Instant::now() + BULLETIN_PERIOD, BULLETIN_PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if !self.crowd.has_admin() {
                continue;
            }
            let stats = Arc::new(self.crowd.stats(self.clock.now()));
            self.tell(CommerceEvent::Stats(stats), Receipt::default()).await;
            let given = self.given.lock().await;
            if let Some(data) = &*given {
                self.tell(CommerceEvent::Dashboard(Arc::clone(data)), Receipt::default()).await;
            }
        }
    }

    async fn tell(&self, event: CommerceEvent, receipt: Receipt) {
        let event = DomainEvent::Commerce(event);
        let admins = Audience::Role(Role::Admin);
        self.bus.publish(Published::asking(self.clock.now(), admins, event, receipt)).await;
    }
}

#[cfg(test)]
mod tests;
