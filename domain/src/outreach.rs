//! The app says anything to anyone: any event name, within limits.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{
    events::{Audience, CustomEvent, DomainEvent, Published, Reach, Receipt},
    ports::{Bus, FeedStore, StoreError},
    time::Clock,
};

/// Names that Socket.IO clients keep for themselves (Socket.IO protocol, "reserved event names").
pub const RESERVED_EVENTS: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Longest event name, in bytes.
pub const MAX_EVENT_BYTES: usize = 128;

/// Why an event was not sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OutreachError {
    /// No name, or one longer than [`MAX_EVENT_BYTES`].
    #[error("the event needs a name of 1 to 128 bytes")]
    BadName,
    /// One of [`RESERVED_EVENTS`]: a client would close on it.
    #[error("the event name is reserved by Socket.IO")]
    ReservedName,
    /// More data than a packet may have.
    #[error("the event's data is too large")]
    TooLarge,
    /// Only users have feeds.
    #[error("only events to users can be durable")]
    NotForUsers,
    /// It was to be durable, and the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether an event may be called so.
///
/// # Errors
/// [`OutreachError::BadName`] or [`OutreachError::ReservedName`].
pub fn check_name(name: &str) -> Result<(), OutreachError> {
    if name.is_empty() || name.len() > MAX_EVENT_BYTES {
        return Err(OutreachError::BadName);
    }
    if RESERVED_EVENTS.contains(&name) {
        return Err(OutreachError::ReservedName);
    }
    Ok(())
}

/// What becomes of an event for those who are away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Keeping {
    /// Nothing.
    #[default]
    Passing,
    /// It is in their feeds.
    Durable {
        /// An event under the same key is the same event, also after a crash.
        key: Option<String>,
    },
}

/// Sends the app's events.
pub struct Outreach {
    bus: Arc<dyn Bus>,
    feeds: Arc<dyn FeedStore>,
    clock: Arc<dyn Clock>,
    max_bytes: usize,
}

impl Outreach {
    /// Sends events whose data has at most `max_bytes` bytes of JSON.
    #[must_use]
    pub fn new(
        bus: Arc<dyn Bus>,
        feeds: Arc<dyn FeedStore>,
        clock: Arc<dyn Clock>,
        max_bytes: usize,
    ) -> Self {
        Self { bus, feeds, clock, max_bytes }
    }

    /// Whether such an event could be sent now.
    ///
    /// # Errors
    /// [`OutreachError`], as from [`Self::send`].
    pub fn check(&self, name: &str, data: &RawValue) -> Result<(), OutreachError> {
        check_name(name)?;
        if data.get().len() > self.max_bytes { Err(OutreachError::TooLarge) } else { Ok(()) }
    }

    /// Sends an event of the app.
    ///
    /// # Errors
    /// [`OutreachError`]; nobody got it.
    pub async fn send(
        &self,
        audience: Audience,
        name: &str,
        data: Box<RawValue>,
        contract: Option<String>,
        namespace: Option<String>,
        keeping: Keeping,
    ) -> Result<Reach, OutreachError> {
        self.check(name, &data)?;
        let custom = CustomEvent { name: name.into(), data: data.into(), contract, namespace };
        let event = DomainEvent::Custom(custom);
        match (keeping, &audience) {
            (Keeping::Passing, _) => Ok(self.tell(audience, event).await),
            (Keeping::Durable { key }, Audience::User(_) | Audience::Users(_)) => {
                let (receipt, reached) = Receipt::requested();
                let kept = Published::asking(self.clock.now(), audience, event, receipt);
                match key {
                    Some(key) => self.feeds.record_once(&key, kept).await?,
                    None => self.feeds.record(kept).await?,
                }
                Ok(reached.await.unwrap_or_default())
            }
            (Keeping::Durable { .. }, _) => Err(OutreachError::NotForUsers),
        }
    }

    /// Sends the self test's message.
    pub async fn test_message(&self, audience: Audience, message: String, from: String) -> Reach {
        self.tell(audience, DomainEvent::TestMessage { message, from }).await
    }

    async fn tell(&self, audience: Audience, event: DomainEvent) -> Reach {
        let (receipt, reached) = Receipt::requested();
        self.bus.publish(Published::asking(self.clock.now(), audience, event, receipt)).await;
        reached.await.unwrap_or_default()
    }
}
