//! Sends what waits.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::{Id as TaskId, JoinError, JoinSet},
    time::{Instant, sleep},
};
use tracing::{debug, error, warn};

use super::{
    backoff::{self, store_pause},
    endpoint::{AppEndpoint, NotTaken},
    webhook::{Settled, Webhook},
};
use crate::{
    ids::{UserId, WebhookId},
    ports::{StoreResult, WebhookStore},
    presence::Presence,
    time::{Clock, Timestamp},
};

/// Nothing is slept through for longer: clocks are set, and not everything that makes a webhook due rings.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Between two readings of the gauges.
const GAUGES_EVERY: Duration = Duration::from_secs(5);

/// Webhooks asked for at once at most.
const MOST_DUE: usize = 4096;

/// How webhooks are sent.
#[derive(Debug, Clone, Copy)]
pub struct SendingLimits {
    /// Attempts before one is dead; at least 1.
    pub attempts: u32,
    /// Attempts under way at the same time; at least 1.
    pub concurrency: usize,
    /// So long after the start nobody counts as away who was there when it happened: users need time to come back
    /// to a process that was restarted.
    pub settling: Duration,
}

/// What a [`Sender`] works with.
pub struct SenderParts {
    /// Where they wait.
    pub store: Arc<dyn WebhookStore>,
    /// Where they go.
    pub endpoint: Arc<dyn AppEndpoint>,
    /// Who is there after all.
    pub presence: Arc<Presence>,
    /// When they are due.
    pub clock: Arc<dyn Clock>,
    /// Rings when there are new ones ([`Rules::wake`](super::Rules::wake)).
    pub wake: Arc<Notify>,
    /// How.
    pub limits: SendingLimits,
}

/// Sends webhooks at least once: those of one lane one after the other, in all at most so many at a time.
pub struct Sender {
    parts: Arc<SenderParts>,
    started: Instant,
}

/// What is under way.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    webhooks: HashMap<TaskId, (WebhookId, Option<UserId>)>,
    ids: HashSet<WebhookId>,
    lanes: HashSet<UserId>,
}

impl UnderWay {
    /// Also if its lane is busy with one that was given up while it was under way; the store cannot know.
    fn has(&self, webhook: &Webhook) -> bool {
        self.ids.contains(&webhook.id)
            || webhook.lane.as_ref().is_some_and(|lane| self.lanes.contains(lane))
    }

    fn start(&mut self, parts: &Arc<SenderParts>, webhook: Webhook) {
        let (id, lane) = (webhook.id.clone(), webhook.lane.clone());
        self.ids.insert(id.clone());
        self.lanes.extend(lane.clone());
        let task = self.tasks.spawn(attempt(Arc::clone(parts), webhook));
        self.webhooks.insert(task.id(), (id, lane));
    }

    fn ended(&mut self, task: Result<(TaskId, ()), JoinError>) {
        let task = match task {
            Ok((task, ())) => task,
            Err(error) => {
                error!(%error, "an attempt to send a webhook died; it is made again");
                error.id()
            }
        };
        let Some((id, lane)) = self.webhooks.remove(&task) else { return };
        self.ids.remove(&id);
        if let Some(lane) = lane {
            self.lanes.remove(&lane);
        }
    }
}

impl Sender {
    /// Sends nothing before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: SenderParts) -> Self {
        Self { parts: Arc::new(parts), started: Instant::now() }
    }

    /// Sends for ever. Run it once, as a task of its own, and drop it to end it: what was under way then is sent
    /// again by the next process, with the same id.
    pub async fn run(&self) {
        tokio::join!(self.send_due(), self.gauge());
    }

    async fn send_due(&self) {
        let mut under_way = UnderWay::default();
        let mut held = HashSet::new();
        let mut failures = 0;
        loop {
            while let Some(ended) = under_way.tasks.try_join_next_with_id() {
                under_way.ended(ended);
            }
            let free = self.parts.limits.concurrency.max(1) > under_way.webhooks.len();
            let mut nap = LONGEST_SLEEP;
            if free {
                nap = match self.start_due(&mut under_way, &mut held).await {
                    Ok(nap) => {
                        failures = 0;
                        nap
                    }
                    Err(error) => {
                        warn!(%error, "webhooks that are due could not be read; trying again");
                        failures += 1;
                        store_pause(failures)
                    }
                };
            }
            // What rings during a failure of the store must not make it asked again at once.
            let listening = free && failures == 0;
            tokio::select! {
                Some(ended) = under_way.tasks.join_next_with_id() => under_way.ended(ended),
                () = self.parts.wake.notified(), if listening => {}
                () = sleep(nap), if free => {}
            }
        }
    }

    /// Starts as many as there is room for; gives how long nothing else is due.
    async fn start_due(
        &self,
        under_way: &mut UnderWay,
        held: &mut HashSet<WebhookId>,
    ) -> StoreResult<Duration> {
        let concurrency = self.parts.limits.concurrency.max(1);
        let settled_in = self.started.elapsed() >= self.parts.limits.settling;
        if settled_in {
            held.clear();
        }
        // Those under way and those held back are due as well, and come first.
        let limit = (concurrency + held.len()).min(MOST_DUE);
        let now = self.parts.clock.now();
        let due =
            self.parts.store.due_webhooks(now, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
        let (read, mut newly_held) = (due.webhooks.len(), false);
        for webhook in due.webhooks {
            if !settled_in && webhook.unless_online && webhook.attempts == 0 {
                newly_held |= held.insert(webhook.id);
            } else if under_way.webhooks.len() < concurrency && !under_way.has(&webhook) {
                under_way.start(&self.parts, webhook);
            }
        }
        if newly_held && read == limit && limit < MOST_DUE {
            return Ok(Duration::ZERO);
        }
        let nap = due.next.map_or(LONGEST_SLEEP, |next| time_between(now, next));
        Ok(nap.clamp(Duration::from_millis(1), LONGEST_SLEEP))
    }

    async fn gauge(&self) {
        loop {
            match self.parts.store.webhook_counts().await {
                Ok(counts) => {
                    metrics::gauge!("outrigger_webhooks_waiting").set(counts.waiting as f64);
                    metrics::gauge!("outrigger_webhooks_dead").set(counts.dead as f64);
                }
                Err(error) => debug!(%error, "webhooks could not be counted"),
            }
            sleep(GAUGES_EVERY).await;
        }
    }
}

/// One attempt, and noting what became of it.
async fn attempt(parts: Arc<SenderParts>, webhook: Webhook) {
    // A later attempt is not weighed again: the user was away when it was due.
    let needless =
        webhook.unless_online && webhook.attempts == 0 && parts.presence.is_online(&webhook.user);
    let settled = if needless { Settled::Done } else { post(&parts, &webhook).await };
    // Until it is noted it stays here: it would be due again, and sent again, at once.
    let mut failures = 0;
    while let Err(error) =
        parts.store.settle_webhook(&webhook.id, &settled, parts.clock.now()).await
    {
        warn!(webhook = %webhook.id, %error, "what became of a webhook could not be noted; trying again");
        failures += 1;
        sleep(store_pause(failures)).await;
    }
}

async fn post(parts: &SenderParts, webhook: &Webhook) -> Settled {
    let not_taken = match parts.endpoint.post(webhook).await {
        Ok(()) => {
            metrics::counter!("outrigger_webhooks_sent_total", "type" => webhook.kind.as_str())
                .increment(1);
            return Settled::Done;
        }
        Err(not_taken) => not_taken,
    };
    metrics::counter!("outrigger_webhooks_failed_total").increment(1);
    let (id, kind, error) = (&webhook.id, webhook.kind.as_str(), not_taken.to_string());
    let failed = webhook.attempts.saturating_add(1);
    match not_taken {
        NotTaken::Now { retry_after, .. } if failed < parts.limits.attempts => {
            debug!(webhook = %id, kind, failed, error, "a webhook was not taken; trying again");
            let pause = backoff::pause(id, failed, retry_after);
            Settled::Again { due_at: parts.clock.now().plus(pause), error }
        }
        NotTaken::Now { .. } | NotTaken::Ever => {
            warn!(webhook = %id, kind, failed, error, "a webhook is dead; it is kept");
            Settled::Dead { error }
        }
    }
}

fn time_between(now: Timestamp, next: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(next.ms() - now.ms()).unwrap_or_default())
}

#[cfg(test)]
mod tests;
