//! Keeping subscriptions, and deciding what is pushed.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::{
    attempt::{Carrier, Job, Parts},
    message::PushMessage,
    sending,
    subscription::{Subscribed, Subscription, Unsubscribed},
};
use crate::{
    ids::UserId,
    notifications::Notification,
    ports::{PushGateway, PushStore, Store, StoreError},
    presence::{Presence, hidden},
    time::Clock,
};

/// Subscriptions of a user at most; of more the oldest end.
pub const MOST_SUBSCRIPTIONS: u32 = 20;

/// Messages that wait for their turn at most.
const QUEUE: usize = 8 * 1024;

/// Longest endpoint that is kept, in bytes; those of browsers have some 200 to 700.
const MOST_ENDPOINT_BYTES: usize = 2 * 1024;
/// Longest key and secret, as text; real ones have 87 and 22 characters (RFC 8291 section 2).
const MOST_KEY_BYTES: usize = 128;

/// Which notifications are pushed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PushWhen {
    /// Only those of users without a socket on this node: the others have been told already.
    #[default]
    Away,
    /// All of them.
    Always,
}

/// Why a subscription was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubscribeError {
    /// Nothing can be sent there: keys that are none, or a push service that may not be talked to. Nor is anything sent to
    /// users of the sidecar's own, guests among them (`identity::RESERVED_PREFIX`).
    #[error("the subscription cannot be used")]
    Unusable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Web push.
pub struct Push {
    parts: Arc<Parts>,
    clock: Arc<dyn Clock>,
    when: PushWhen,
    queue: mpsc::Sender<Job>,
    jobs: Mutex<Option<mpsc::Receiver<Job>>>,
}

impl Push {
    /// Sends nothing before it [runs](Self::run).
    #[must_use]
    pub fn new(
        store: Arc<dyn PushStore>,
        users: Arc<dyn Store>,
        presence: Arc<Presence>,
        gateway: Arc<dyn PushGateway>,
        clock: Arc<dyn Clock>,
        when: PushWhen,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let carrier = Arc::new(Carrier { store, gateway });
        let parts = Arc::new(Parts { carrier, users, presence });
        Self { parts, clock, when, queue, jobs: Mutex::new(Some(jobs)) }
    }

    /// What a browser subscribes with (`applicationServerKey`): base64url without padding.
    #[must_use]
    pub fn public_key(&self) -> &str {
        self.parts.carrier.gateway.public_key()
    }

    /// Keeps a user's subscription.
    ///
    /// # Errors
    /// [`SubscribeError`]; nothing was kept.
    pub async fn subscribe(
        &self,
        user: &UserId,
        subscription: Subscription,
    ) -> Result<Subscribed, SubscribeError> {
        let Subscription { endpoint, p256dh, auth } = &subscription;
        let bounded = endpoint.len() <= MOST_ENDPOINT_BYTES
            && p256dh.len() <= MOST_KEY_BYTES
            && auth.len() <= MOST_KEY_BYTES;
        if hidden(user) || !bounded || !self.parts.carrier.gateway.accepts(&subscription) {
            return Err(SubscribeError::Unusable);
        }
        let now = self.clock.now();
        Ok(self.parts.carrier.store.subscribe(user, &subscription, MOST_SUBSCRIPTIONS, now).await?)
    }

    /// Ends a user's subscription.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn unsubscribe(
        &self,
        user: &UserId,
        endpoint: &str,
    ) -> Result<Unsubscribed, StoreError> {
        self.parts.carrier.store.unsubscribe(user, endpoint).await
    }

    /// Pushes a notification, unless its user is there ([`PushWhen`]) or wants none pushed. Never waits.
    pub fn note(&self, notification: &Arc<Notification>) {
        let only_if_away = self.when == PushWhen::Away;
        // Asked here as well as later: whoever is told anyway takes no room from others.
        if only_if_away && self.parts.presence.is_online(&notification.user) {
            return;
        }
        self.enqueue(Job {
            user: notification.user.clone(),
            message: PushMessage::from(&**notification).trimmed(),
            at: notification.created_at,
            only_if_away,
        });
    }

    /// Pushes what the app asked for, whether the user is there or not, unless the user wants none of it pushed. Never
    /// waits; `false` if too much waits already.
    pub fn send(&self, user: UserId, message: PushMessage) -> bool {
        let (message, at) = (message.trimmed(), self.clock.now());
        self.enqueue(Job { user, message, at, only_if_away: false })
    }

    fn enqueue(&self, job: Job) -> bool {
        if hidden(&job.user) {
            return true;
        }
        let queued = self.queue.try_send(job).is_ok();
        if !queued {
            sending::count("dropped");
        }
        queued
    }

    /// Sends for ever. Run it once, as a task of its own, and drop it to end it: what waited then is not sent.
    pub async fn run(&self) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        match jobs {
            Some(jobs) => sending::run(&self.parts, jobs).await,
            None => tracing::error!("web push runs already"),
        }
    }
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("when", &self.when).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
