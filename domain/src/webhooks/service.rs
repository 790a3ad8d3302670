//! Looking after webhooks, and handing the app what it decides about.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::{
    body::{Told, webhook},
    webhook::{Webhook, WebhookCounts, WebhookState},
};
use crate::{
    actor::Actor,
    ids::WebhookId,
    naming::Ids,
    ports::{StoreError, StoreResult, WebhookStore},
    presence::hidden,
    time::Clock,
};

/// Webhooks of a page at most.
pub const MOST_WEBHOOKS: u32 = 500;

/// The webhooks there are.
pub struct Webhooks {
    store: Arc<dyn WebhookStore>,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
}

impl Webhooks {
    /// Those in this store.
    #[must_use]
    pub fn new(store: Arc<dyn WebhookStore>, ids: Arc<dyn Ids>, clock: Arc<dyn Clock>) -> Self {
        Self { store, ids, clock }
    }

    /// Has the app told of an event that a client sent, for the app to decide about (`client.event`). `args` is the
    /// array of its arguments. Committed when this returns; the app learns of the events of one user in their order. Of users of
    /// the sidecar's own, guests among them, it learns nothing.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] when too many webhooks wait already, or the store failed: the app will not hear of it.
    pub async fn act(
        &self,
        actor: &Actor,
        contract: &str,
        event: &str,
        args: &RawValue,
    ) -> StoreResult<()> {
        if hidden(&actor.user) {
            return Ok(());
        }
        let told = Told::Action { event, args, device_id: &actor.device, contract };
        let new = webhook(&*self.ids, self.clock.now(), &actor.user, &told);
        self.store.post_webhooks(vec![new.map_err(StoreError::failed)?]).await
    }

    /// Those in a state in the order of their making, after one of them, at most `limit` and [`MOST_WEBHOOKS`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn list(
        &self,
        state: WebhookState,
        after: Option<&WebhookId>,
        limit: u32,
    ) -> StoreResult<Vec<Webhook>> {
        self.store.webhooks(state, after, limit.clamp(1, MOST_WEBHOOKS)).await
    }

    /// How many there are.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn counts(&self) -> StoreResult<WebhookCounts> {
        self.store.webhook_counts().await
    }

    /// Tries a dead one again, from its first attempt; whether there was one.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn retry(&self, id: &WebhookId) -> StoreResult<bool> {
        Ok(self.store.retry_webhooks(Some(id), self.clock.now()).await? > 0)
    }

    /// Tries all dead ones again; how many there were.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn retry_all(&self) -> StoreResult<u64> {
        self.store.retry_webhooks(None, self.clock.now()).await
    }

    /// Gives one up, waiting or dead; whether there was one.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn remove(&self, id: &WebhookId) -> StoreResult<bool> {
        self.store.remove_webhook(id, self.clock.now()).await
    }
}

#[cfg(test)]
mod tests;
