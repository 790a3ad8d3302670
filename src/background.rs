//! What goes on all the time.

use std::{sync::Arc, time::Duration};

use outrigger_domain::{
    connections::Connections, identity::Identity, limits::RateLimits, ports::Store,
    presence::Presence, time::Clock,
};
use outrigger_namespaces::{Warden, monitor::Feed};
use tokio::task::JoinSet;
use tracing::warn;

/// Between two rounds of forgetting what is old.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Answers under an `Idempotency-Key` are kept so long.
const KEEP_ANSWERS: Duration = Duration::from_secs(24 * 3600);
/// The audit trail is kept so long.
const KEEP_AUDIT: Duration = Duration::from_secs(90 * 24 * 3600);
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
}

impl Background {
    /// Starts everything. None of the tasks ends by itself: one that does has failed.
    pub(crate) fn start(self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let presence = Arc::clone(&self.presence);
        tasks.spawn(async move { presence.announce_changes().await });
        tasks.spawn(self.warden.walk());
        tasks.spawn(async move { self.feed.run().await });
        tasks.spawn(prune(self.identity, self.limits, self.store, self.clock));
        tasks.spawn(gauges(self.presence, self.connections));
        tasks
    }
}

async fn prune(
    identity: Arc<Identity>,
    limits: Arc<RateLimits>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) {
    loop {
        tokio::time::sleep(PRUNE_EVERY).await;
        identity.prune();
        limits.forget_idle();
        let now = clock.now();
        if let Err(error) = store.prune(now, now.minus(KEEP_ANSWERS), now.minus(KEEP_AUDIT)).await {
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
