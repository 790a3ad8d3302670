//! The app says anything to anyone: any event name, within limits.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{
    events::{Audience, CustomEvent, DomainEvent, Published, Reach, Receipt},
    ports::Bus,
    time::Clock,
};

/// Names that Socket.IO clients keep for themselves (Socket.IO protocol, "reserved event names").
pub const RESERVED_EVENTS: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Longest event name, in bytes.
pub const MAX_EVENT_BYTES: usize = 128;

/// Why an event was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
}

/// Sends the app's events.
pub struct Outreach {
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    max_bytes: usize,
}

impl Outreach {
    /// Sends events whose data has at most `max_bytes` bytes of JSON.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, clock: Arc<dyn Clock>, max_bytes: usize) -> Self {
        Self { bus, clock, max_bytes }
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
    ) -> Result<Reach, OutreachError> {
        if name.is_empty() || name.len() > MAX_EVENT_BYTES {
            return Err(OutreachError::BadName);
        }
        if RESERVED_EVENTS.contains(&name) {
            return Err(OutreachError::ReservedName);
        }
        if data.get().len() > self.max_bytes {
            return Err(OutreachError::TooLarge);
        }
        let custom = CustomEvent { name: name.into(), data: data.into(), contract, namespace };
        Ok(self.tell(audience, DomainEvent::Custom(custom)).await)
    }

    /// Sends the self test's message.
    pub async fn test_message(&self, audience: Audience, message: String, from: String) -> Reach {
        self.tell(audience, DomainEvent::TestMessage { message, from }).await
    }

    async fn tell(&self, audience: Audience, event: DomainEvent) -> Reach {
        let (receipt, reached) = Receipt::requested();
        self.bus.publish(Published { at: self.clock.now(), audience, event, receipt }).await;
        reached.await.unwrap_or_default()
    }
}
