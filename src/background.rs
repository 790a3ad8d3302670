//! What goes on all the time.

use std::{sync::Arc, time::Duration};

use outrigger_api_compat::{CommerceState, QuizState};
use outrigger_domain::{
    commerce::AuditLog,
    connections::Connections,
    email::MailSender,
    identity::Identity,
    limits::RateLimits,
    messaging::{Deliveries, TypingTimers},
    ports::{Horizon, Store},
    presence::{Leases, Presence},
    push::Push,
    statuses::Statuses,
    support::SupportDesk,
    time::Clock,
    tracking::{Figures, Progress},
    webhooks::Sender,
};
use outrigger_namespaces::{Warden, monitor::Feed};
use tokio::task::{JoinError, JoinSet};
use tracing::warn;

/// Between two rounds of forgetting what is old.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Answers under an `Idempotency-Key` are kept so long.
const KEEP_ANSWERS: Duration = Duration::from_secs(24 * 3600);
/// The audit trail is kept so long.
const KEEP_AUDIT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Webhooks that nobody took are kept so long.
const KEEP_DEAD: Duration = Duration::from_secs(30 * 24 * 3600);
/// Between two readings of the gauges.
const GAUGES_EVERY: Duration = Duration::from_secs(5);

/// What the background works with.
pub(crate) struct Background {
    pub(crate) presence: Arc<Presence>,
    pub(crate) warden: Warden,
    pub(crate) feed: Arc<Feed>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) limits: Arc<RateLimits>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) connections: Arc<dyn Connections>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Events in feeds are kept so long.
    pub(crate) feed_age: Duration,
    pub(crate) sender: Option<Sender>,
    pub(crate) deliveries: Option<Arc<Deliveries>>,
    pub(crate) leases: Option<Leases>,
    pub(crate) statuses: Arc<Statuses>,
    pub(crate) typing: Arc<TypingTimers>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) commerce: CommerceState,
    pub(crate) quiz: QuizState,
    pub(crate) support: Arc<SupportDesk>,
    pub(crate) mail_sender: Option<MailSender>,
    pub(crate) push: Option<Arc<Push>>,
}

/// The tasks. None of them ends by itself: one that does has failed.
pub(crate) struct Running {
    tasks: JoinSet<()>,
    leases: JoinSet<()>,
    log: Arc<AuditLog>,
}

impl Running {
    /// Resolves when a task has failed.
    pub(crate) async fn ended(&mut self) -> Option<Result<(), JoinError>> {
        tokio::select! {
            Some(ended) = self.leases.join_next() => Some(ended),
            ended = self.tasks.join_next() => ended,
        }
    }

    /// From now on who leaves is not noted any more.
    pub(crate) async fn keep_leases(&mut self) {
        self.leases.shutdown().await;
    }

    /// Ends them all; what the audit log still holds is written.
    pub(crate) async fn shutdown(&mut self) {
        self.log.finish().await;
        self.leases.shutdown().await;
        self.tasks.shutdown().await;
    }
}

impl Background {
    /// Starts everything.
    pub(crate) fn start(self) -> Running {
        let mut tasks = JoinSet::new();
        let presence = Arc::clone(&self.presence);
        tasks.spawn(async move { presence.announce_changes().await });
        tasks.spawn(self.warden.walk());
        tasks.spawn(async move { self.feed.run().await });
        tasks.spawn(prune(self.identity, self.limits, self.store, self.clock, self.feed_age));
        tasks.spawn(gauges(self.presence, self.connections));
        if let Some(sender) = self.sender {
            tasks.spawn(async move { sender.run().await });
        }
        if let Some(deliveries) = self.deliveries {
            tasks.spawn(async move { deliveries.run().await });
        }
        if let Some(push) = self.push {
            tasks.spawn(async move { push.run().await });
        }
        tasks.spawn(async move { self.statuses.run().await });
        tasks.spawn(async move { self.typing.run().await });
        tasks.spawn(async move { self.progress.run().await });
        tasks.spawn(async move { self.figures.run().await });
        let CommerceState { audit, throttle, bulletins, .. } = self.commerce;
        let log = Arc::clone(&audit);
        tasks.spawn(async move { audit.run().await });
        tasks.spawn(async move { throttle.run().await });
        tasks.spawn(async move { bulletins.run().await });
        let QuizState { quizzes, roster, stats } = self.quiz;
        tasks.spawn(async move { quizzes.run().await });
        tasks.spawn(async move { roster.run().await });
        tasks.spawn(async move { stats.run().await });
        tasks.spawn(async move { self.support.run().await });
        if let Some(mail_sender) = self.mail_sender {
            tasks.spawn(mail_sender.run());
        }
        let mut leases = JoinSet::new();
        if let Some(kept) = self.leases {
            leases.spawn(async move { kept.run().await });
        }
        Running { tasks, leases, log }
    }
}

async fn prune(
    identity: Arc<Identity>,
    limits: Arc<RateLimits>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    feed_age: Duration,
) {
    loop {
        tokio::time::sleep(PRUNE_EVERY).await;
        identity.prune();
        limits.forget_idle();
        let now = clock.now();
        let horizon = Horizon {
            now,
            answers: now.minus(KEEP_ANSWERS),
            audit: now.minus(KEEP_AUDIT),
            feed: now.minus(feed_age),
            dead_webhooks: now.minus(KEEP_DEAD),
        };
        if let Err(error) = store.prune(&horizon).await {
            warn!(%error, "old rows could not be removed; trying again later");
        }
    }
}

async fn gauges(presence: Arc<Presence>, connections: Arc<dyn Connections>) {
    loop {
        let totals = connections.totals();
        metrics::gauge!("outrigger_connections").set(totals.connections as f64);
        metrics::gauge!("outrigger_sockets").set(totals.sockets as f64);
        metrics::gauge!("outrigger_users_online").set(presence.online_count() as f64);
        tokio::time::sleep(GAUGES_EVERY).await;
    }
}
