use async_trait::async_trait;

use super::StoreResult;
use crate::{events::Published, feed::FeedPage, ids::UserId};

/// The feeds: what each user's clients must not miss, in order.
///
/// A store numbers the events of a user 1, 2, 3 … in the order of their commits and never uses a number twice. How
/// many of them it keeps is its own setting; it drops the oldest.
#[async_trait]
pub trait FeedStore: Send + Sync + 'static {
    /// A name that no other database has: positions of one mean nothing in another.
    async fn feed_origin(&self) -> StoreResult<String>;
    /// The events of a user after a position, oldest first, at most `limit`, with the ends of the whole feed.
    async fn feed_after(&self, user: &UserId, after: u64, limit: u32) -> StoreResult<FeedPage>;
    /// Puts an event that has no row of its own into the feeds of its audience, and publishes it.
    async fn record(&self, event: Published) -> StoreResult<()>;
    /// The same, unless an event was put under this key before; then nothing happens, and its receipt is never
    /// answered. Keys are kept as long as kept answers ([`Horizon`](super::Horizon)).
    async fn record_once(&self, key: &str, event: Published) -> StoreResult<()>;
}
