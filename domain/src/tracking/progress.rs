//! Telling the owner of a message what becomes of its recipients, at a pace that clients bear.
//!
//! It is state, not history: only where the telling stands is remembered of a message, and what is told is how its
//! recipients are when the turn comes. A recipient that changes again meanwhile is told once, a hundred thousand at once
//! cost no memory, and none is left out, since the store numbers their changes.

mod paces;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until, timeout_at},
};
use tracing::warn;

use self::paces::{Due, Next, Paces};
use super::{recipient::Recipient, tracked::Tracked};
use crate::{
    events::{Audience, DomainEvent, Published},
    ids::TrackedId,
    ports::{Bus, StoreResult, TrackingStore},
    presence::Presence,
    time::Clock,
    turns::{Turn, Turns},
    webhooks::store_pause,
};

/// Recipients told of in one [`DomainEvent::Recipients`] at most.
pub const MOST_TOLD_AT_ONCE: u32 = 100;

/// One more waits so long for a place; then its recipients are not told of before the next change.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What [`Progress`] works with.
pub struct ProgressParts {
    /// Where messages are kept.
    pub store: Arc<dyn TrackingStore>,
    /// Who is there to be told.
    pub presence: Arc<Presence>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Paces what is told of recipients: for each message whose owner is connected, every 200 ms at most
/// [`MOST_TOLD_AT_ONCE`] of them, as they are by then, in the order of their last changes, and behind them one
/// [`DomainEvent::TrackedMessage`] with the counts of then. That is 500 recipients and 5 messages a second for each
/// message, and 2,000 recipients a second for each owner: of more than four messages at full pace each is told less often,
/// in turn. Of a message whose owner has no socket nothing is told: whoever comes back asks for its state.
///
/// At most 10,000 messages are under way at a time. The update of one more waits up to 5 s for a place; after that it is
/// counted in `outrigger_tracking_untold_total` and told no more.
pub struct Progress {
    parts: ProgressParts,
    paces: Mutex<Paces>,
    /// Something is to be told, maybe sooner than all else.
    sooner: Notify,
    /// A message was forgotten.
    room: Notify,
    turns: Turns,
}

impl Progress {
    /// Nothing is told before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: ProgressParts) -> Self {
        Self {
            parts,
            paces: Mutex::default(),
            sooner: Notify::new(),
            room: Notify::new(),
            turns: Turns::new(),
        }
    }

    fn paces(&self) -> MutexGuard<'_, Paces> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else tells of this message. Take it after the socket has joined and before the state of the
    /// message is read, and keep it until that state is queued for the socket: then nothing newer was queued before.
    /// See [`Turn`].
    pub async fn turn(&self, message: &TrackedId) -> Turn<'_> {
        self.turns.of(message.as_str()).await
    }

    /// Recipients of a message changed, just now: `changed` in any order, `tracked` after it.
    pub(super) async fn touched(&self, tracked: &Tracked, changed: &[Recipient]) {
        let Some(first) = changed.iter().map(|recipient| recipient.revision).min() else { return };
        if !self.parts.presence.is_online(&tracked.owner) {
            return;
        }
        let deadline = Instant::now() + LONGEST_WAIT;
        while !self.paces().put(tracked, first.saturating_sub(1), Instant::now()) {
            if timeout_at(deadline, self.room.notified()).await.is_err() {
                warn!(message = %tracked.id, "recipients are not told of: too many messages are under way");
                metrics::counter!("outrigger_tracking_untold_total")
                    .increment(changed.len() as u64);
                return;
            }
        }
        self.sooner.notify_one();
    }

    /// Tells for ever. Run it once, as a task of its own, and drop it to end it. What a failing store hinders is tried
    /// again.
    pub async fn run(&self) {
        let mut failures = 0;
        loop {
            let next = self.paces().next();
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.sooner.notified() => continue,
            }
            // Each statement locks for itself.
            let next = self.paces().pop(Instant::now());
            match next {
                Next::Nothing | Next::PutOff => {}
                Next::Forgotten => self.room.notify_one(),
                Next::Due(due) => match self.tell(&due).await {
                    Ok((told, recipients)) => {
                        failures = 0;
                        self.paces().told(due, told, recipients, Instant::now());
                    }
                    Err(error) => {
                        warn!(%error, "recipients could not be told of; trying again");
                        failures += 1;
                        self.paces().again(due, Instant::now());
                        sleep(store_pause(failures)).await;
                    }
                },
            }
        }
    }

    /// Tells what is due. Gives the change up to which nothing is left to tell, and of how many recipients it told.
    async fn tell(&self, due: &Due) -> StoreResult<(u64, u32)> {
        let _turn = self.turn(&due.message).await;
        if !self.parts.presence.is_online(&due.owner) {
            return Ok((due.latest, 0));
        }
        let store = &self.parts.store;
        let changed = store.recipients_since(&due.message, due.told, MOST_TOLD_AT_ONCE).await?;
        // Read behind them, so that its counts know them.
        let tracked = store.tracked(&due.message).await?.map(Arc::new);
        let (Some(tracked), Some(last)) = (tracked, changed.last()) else {
            return Ok((due.latest, 0));
        };
        let recipients = u32::try_from(changed.len()).unwrap_or(u32::MAX);
        let all = recipients < MOST_TOLD_AT_ONCE;
        let told = if all { last.revision.max(due.latest) } else { last.revision };
        let changed = changed.into();
        let event = DomainEvent::Recipients { tracked: Arc::clone(&tracked), changed };
        self.publish(&tracked, event).await;
        self.publish(&tracked, DomainEvent::TrackedMessage(Arc::clone(&tracked))).await;
        Ok((told, recipients))
    }

    async fn publish(&self, tracked: &Tracked, event: DomainEvent) {
        let audience =
            Audience::Tracked { owner: tracked.owner.clone(), message: tracked.id.clone() };
        self.parts.bus.publish(Published::new(self.parts.clock.now(), audience, event)).await;
    }
}

#[cfg(test)]
mod tests;
