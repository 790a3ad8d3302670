use async_trait::async_trait;

use super::StoreResult;
use crate::{
    ids::UserId,
    push::{PushFault, Subscribed, Subscription, Unsubscribed},
    time::Timestamp,
};

/// Where browsers can be reached that are not connected.
#[async_trait]
pub trait PushStore: Send + Sync + 'static {
    /// Keeps a user's subscription. An endpoint is one browser's: another user's subscription with the same one
    /// ends. Of more than `most` the oldest end.
    async fn subscribe(
        &self,
        user: &UserId,
        subscription: &Subscription,
        most: u32,
        at: Timestamp,
    ) -> StoreResult<Subscribed>;
    /// Ends a user's subscription.
    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> StoreResult<Unsubscribed>;
    /// A user's subscriptions, oldest first.
    async fn subscriptions(&self, user: &UserId) -> StoreResult<Vec<Subscription>>;
}

/// Takes one encrypted message to one browser's push service (RFC 8030, RFC 8291, RFC 8292).
#[async_trait]
pub trait PushGateway: Send + Sync + 'static {
    /// The public half of the application server's key, as `applicationServerKey` takes it: base64url without padding.
    fn public_key(&self) -> &str;
    /// Whether this gateway may talk to that push service at all.
    fn accepts(&self, subscription: &Subscription) -> bool;
    /// Sends `payload`; done when the push service has taken it.
    async fn push(&self, to: &Subscription, payload: &[u8]) -> Result<(), PushFault>;
}
