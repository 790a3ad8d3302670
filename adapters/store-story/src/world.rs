//! What a story is told in.

use std::sync::Arc;

use outrigger_domain::ports::{
    Bus, CommerceStore, FeedStore, LeaseStore, MailStore, Outbox, PushStore, QuizStore,
    StatusStore, Store, SupportStore, TrackingStore, WebhookStore,
};

use crate::{Heard, Told};

/// Everything that a store can do.
pub trait AnyStore:
    Store
    + FeedStore
    + LeaseStore
    + WebhookStore
    + StatusStore
    + PushStore
    + TrackingStore
    + CommerceStore
    + QuizStore
    + SupportStore
    + MailStore
{
}

impl<T> AnyStore for T where
    T: Store
        + FeedStore
        + LeaseStore
        + WebhookStore
        + StatusStore
        + PushStore
        + TrackingStore
        + CommerceStore
        + QuizStore
        + SupportStore
        + MailStore
{
}

/// What a store is opened with.
#[derive(Clone)]
pub struct Setting {
    /// Where it publishes.
    pub bus: Arc<dyn Bus>,
    /// What it asks for webhooks.
    pub outbox: Arc<dyn Outbox>,
    /// Events that it keeps of each user's feed.
    pub feed_events: u64,
    /// Webhooks that may wait.
    pub webhooks: u64,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting").finish_non_exhaustive()
    }
}

/// A store of one story, and what it said.
pub(crate) struct World {
    pub(crate) store: Arc<dyn AnyStore>,
    pub(crate) heard: Arc<Heard>,
    pub(crate) told: Arc<Told>,
}

/// Few enough for a story to reach the limit.
pub(crate) const FEED_EVENTS: u64 = 10;
/// The same for webhooks.
pub(crate) const WEBHOOKS: u64 = 10;

impl World {
    /// An empty store.
    pub(crate) async fn open(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) -> Self {
        let (heard, told) = (Arc::new(Heard::default()), Arc::new(Told::default()));
        let setting = Setting {
            bus: heard.clone(),
            outbox: told.clone(),
            feed_events: FEED_EVENTS,
            webhooks: WEBHOOKS,
        };
        Self { store: open(setting).await, heard, told }
    }
}
