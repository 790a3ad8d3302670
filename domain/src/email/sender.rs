//! Sends what waits in the outbox.

mod attempt;
mod pace;

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    task::{Id as TaskId, JoinError, JoinSet},
    time::{Instant, sleep},
};
use tracing::{debug, error, info, warn};

use self::{attempt::Outcome, pace::Pacer};
use super::{mail::QueuedMail, template::MailKind, unsubscribe::Unsubscribe};
use crate::{
    ids::MailId,
    ports::{MailRenderer, MailStore, Mailer, StoreResult},
    time::Clock,
    webhooks::store_pause,
};

/// Nothing is slept through for longer: clocks are set, and not everything that makes a mail due rings.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Between two readings of the gauges.
const GAUGES_EVERY: Duration = Duration::from_secs(5);

/// Attempts under way at the same time.
const CONCURRENCY: usize = 4;

/// While the mail server is away: until the first look whether it is back, and between two of them at most.
const AWAY: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// How fast mail goes out, and how often it is tried.
#[derive(Debug, Clone, Copy)]
pub struct MailPace {
    /// Mails handed to the server in any minute; list mail takes half of it at most. At least 1.
    pub per_minute: u32,
    /// Between two of list mail (`contracts/quiz.md` section 7).
    pub list_spacing: Duration,
    /// Attempts before one is dead; at least 1.
    pub attempts: u32,
    /// To the second attempt; to each later one it is ten times as long.
    pub first_retry: Duration,
}

impl Default for MailPace {
    fn default() -> Self {
        Self {
            per_minute: 60,
            list_spacing: Duration::from_secs(2),
            attempts: 3,
            first_retry: Duration::from_secs(60),
        }
    }
}

/// What a [`MailSender`] works with.
pub struct MailSenderParts {
    /// Where they wait.
    pub store: Arc<dyn MailStore>,
    /// Who takes them.
    pub mailer: Arc<dyn Mailer>,
    /// Fills them.
    pub renderer: Arc<dyn MailRenderer>,
    /// When they are due.
    pub clock: Arc<dyn Clock>,
    /// Rings when there are new ones ([`MailsParts::wake`](super::MailsParts::wake)).
    pub wake: Arc<Notify>,
    /// Makes the links that list mail ends with, unless the app gave its own.
    pub unsubscribe: Option<Arc<Unsubscribe>>,
    /// How fast.
    pub pace: MailPace,
}

/// Sends mail at least once, what somebody waits for before list mail, a few at the same time.
///
/// A mail that was not taken is tried again and then dead. While the server is away nothing is: everything waits, and
/// one mail now and then finds out whether it is back.
pub struct MailSender {
    parts: Arc<MailSenderParts>,
}

/// What is under way.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<Outcome>,
    mails: HashMap<TaskId, MailId>,
}

impl UnderWay {
    fn has(&self, mail: &QueuedMail) -> bool {
        self.mails.values().any(|id| *id == mail.mail.id)
    }

    fn start(&mut self, parts: &Arc<MailSenderParts>, mail: QueuedMail) {
        let id = mail.mail.id.clone();
        let task = self.tasks.spawn(attempt::attempt(Arc::clone(parts), mail));
        self.mails.insert(task.id(), id);
    }

    fn ended(&mut self, task: Result<(TaskId, Outcome), JoinError>) -> Option<Outcome> {
        let (task, outcome) = match task {
            Ok((task, outcome)) => (task, Some(outcome)),
            Err(error) => {
                error!(%error, "an attempt to send a mail died; it is made again");
                (error.id(), None)
            }
        };
        self.mails.remove(&task);
        outcome
    }
}

/// Whether the mail server is there.
#[derive(Default)]
struct Reach {
    failures: u32,
    until: Option<Instant>,
}

impl Reach {
    fn learn(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Reached if self.failures > 0 => {
                info!("the mail server is back");
                *self = Self::default();
            }
            Outcome::Reached | Outcome::Unsent => {}
            Outcome::Away(why) => {
                // Those under way at the same time are one failure.
                if self.until.is_some_and(|until| until > Instant::now()) {
                    return;
                }
                let (first, longest) = AWAY;
                let pause = first.saturating_mul(1 << self.failures.min(8)).min(longest);
                warn!(why, ?pause, "the mail server is away; mail waits");
                self.failures = self.failures.saturating_add(1);
                self.until = Some(Instant::now() + pause);
            }
        }
        metrics::gauge!("outrigger_mail_server_away").set(f64::from(u8::from(self.failures > 0)));
    }

    /// How many may be under way at the same time.
    fn room(&self) -> usize {
        if self.failures > 0 { 1 } else { CONCURRENCY }
    }

    /// How long nothing is sent.
    fn pause(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

impl MailSender {
    /// Sends nothing before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: MailSenderParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Sends for ever. Run it once, as a task of its own, and drop it to end it: what was under way then is sent
    /// again by the next process, with the same id.
    pub async fn run(self) {
        tokio::join!(self.send_due(), self.gauge());
    }

    async fn send_due(&self) {
        let (mut under_way, mut reach) = (UnderWay::default(), Reach::default());
        let mut pacer = Pacer::new(self.parts.pace);
        let mut failures = 0;
        loop {
            while let Some(ended) = under_way.tasks.try_join_next_with_id() {
                under_way.ended(ended).into_iter().for_each(|outcome| reach.learn(outcome));
            }
            let free = reach.room() > under_way.mails.len();
            let mut nap = LONGEST_SLEEP;
            if let Some(pause) = reach.pause() {
                nap = nap.min(pause);
            } else if free {
                nap = match self.start_due(&mut under_way, &mut pacer, reach.room()).await {
                    Ok(nap) => {
                        failures = 0;
                        nap
                    }
                    Err(error) => {
                        warn!(%error, "mail that is due could not be read; trying again");
                        failures += 1;
                        store_pause(failures)
                    }
                };
            }
            // What rings while the store fails or the server is away must not make either asked again at once.
            let listening = free && failures == 0 && reach.pause().is_none();
            tokio::select! {
                Some(ended) = under_way.tasks.join_next_with_id() => {
                    under_way.ended(ended).into_iter().for_each(|outcome| reach.learn(outcome));
                }
                () = self.parts.wake.notified(), if listening => {}
                () = sleep(nap), if free => {}
            }
        }
    }

    /// Starts as many as there is room for, what somebody waits for first; gives how long to sleep.
    async fn start_due(
        &self,
        under_way: &mut UnderWay,
        pacer: &mut Pacer,
        room: usize,
    ) -> StoreResult<Duration> {
        let mut nap = LONGEST_SLEEP;
        for kind in [MailKind::Direct, MailKind::List] {
            if let Some(wait) = pacer.wait(kind) {
                nap = nap.min(wait);
                continue;
            }
            let mut wait = None;
            // Those under way are due as well, and come first.
            let limit = u32::try_from(room + under_way.mails.len()).unwrap_or(u32::MAX);
            let now = self.parts.clock.now();
            for mail in self.parts.store.mail_due(kind, now, limit).await? {
                if under_way.mails.len() >= room || wait.is_some() {
                    break;
                }
                if !under_way.has(&mail) {
                    pacer.started(kind);
                    under_way.start(&self.parts, mail);
                    wait = pacer.wait(kind);
                }
            }
            nap = nap.min(wait.unwrap_or(LONGEST_SLEEP));
        }
        Ok(nap.max(Duration::from_millis(1)))
    }

    async fn gauge(&self) {
        loop {
            match self.parts.store.mail_counts().await {
                Ok((waiting, dead)) => {
                    metrics::gauge!("outrigger_mail_waiting").set(waiting as f64);
                    metrics::gauge!("outrigger_mail_dead").set(dead as f64);
                }
                Err(error) => debug!(%error, "mail could not be counted"),
            }
            sleep(GAUGES_EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests;
