use async_trait::async_trait;

use super::StoreResult;
use crate::{
    events::Published,
    ids::WebhookId,
    time::Timestamp,
    webhooks::{Due, NewWebhook, Settled, Webhook, WebhookCounts, WebhookKind, WebhookState},
};

/// What an event does to the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posting {
    /// To be told to the app.
    pub add: Vec<NewWebhook>,
    /// Subjects whose waiting webhooks are no longer needed.
    pub cancel: Vec<String>,
}

/// Says which webhooks an event makes. Asked by a store inside its transaction: answers at once.
pub trait Outbox: Send + Sync + 'static {
    /// What the event does to the outbox.
    fn posting(&self, event: &Published) -> Posting;
    /// Some were committed: whoever sends them may look.
    fn posted(&self);
    /// One was left out, because the outbox has no room for it.
    fn left_out(&self, kind: WebhookKind);
}

/// Nobody wants to be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWebhooks;

impl Outbox for NoWebhooks {
    fn posting(&self, _event: &Published) -> Posting {
        Posting::default()
    }

    fn posted(&self) {}

    fn left_out(&self, _kind: WebhookKind) {}
}

/// Webhooks that wait to be sent, and those nobody took.
///
/// Those of one lane are due one after the other: the next one when the one before it is settled as sent, dead or
/// removed. One without a lane waits for nobody. Whatever is added wakes the [`Outbox`] after the commit.
#[async_trait]
pub trait WebhookStore: Send + Sync + 'static {
    /// Adds some that belong to no event.
    ///
    /// [`StoreError::Overloaded`](super::StoreError::Overloaded) if there is no room for all of them; none is added then.
    async fn post_webhooks(&self, new: Vec<NewWebhook>) -> StoreResult<()>;
    /// Those due, longest due first, at most `limit`. One stays due until it is settled.
    async fn due_webhooks(&self, now: Timestamp, limit: u32) -> StoreResult<Due>;
    /// Notes what became of an attempt. One that is gone meanwhile is no error. Of the dead ones the oldest are
    /// forgotten when there are more of them than may wait.
    async fn settle_webhook(
        &self,
        id: &WebhookId,
        settled: &Settled,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Those in a state in the order of their making, after one of them, at most `limit`.
    async fn webhooks(
        &self,
        state: WebhookState,
        after: Option<&WebhookId>,
        limit: u32,
    ) -> StoreResult<Vec<Webhook>>;
    /// How many there are.
    async fn webhook_counts(&self) -> StoreResult<WebhookCounts>;
    /// Makes a dead one (or all, without `id`) wait again from its first attempt; gives how many there were.
    async fn retry_webhooks(&self, id: Option<&WebhookId>, now: Timestamp) -> StoreResult<u64>;
    /// Gives one up, waiting or dead; whether there was one.
    async fn remove_webhook(&self, id: &WebhookId, now: Timestamp) -> StoreResult<bool>;
}
