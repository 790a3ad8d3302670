//! Where a browser can be reached, and what became of trying.

use std::{fmt, sync::Arc, time::Duration};

/// A browser's push subscription (W3C Push API, `PushSubscription`).
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The push service's address for this browser: whoever knows it can reach the browser. Never logged.
    pub endpoint: String,
    /// The browser's public key, base64url (RFC 8291 section 2).
    pub p256dh: String,
    /// The shared secret, base64url.
    pub auth: String,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription([redacted])")
    }
}

/// What became of subscribing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscribed {
    /// Whether the user had exactly this subscription already.
    pub duplicate: bool,
    /// How many the user has now.
    pub count: u64,
}

/// What became of unsubscribing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsubscribed {
    /// Whether there was such a subscription.
    pub found: bool,
    /// How many the user has now.
    pub count: u64,
}

/// Why a push service did not take a message.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PushFault {
    /// The subscription has ended: 404 or 410 (RFC 8030 section 7.3).
    #[error("the subscription has ended")]
    Gone,
    /// It cannot be used at all: keys that are none, a service that is not allowed.
    #[error("the subscription cannot be used")]
    Unusable,
    /// Later perhaps: 429, 5xx or no answer.
    #[error("the push service does not take it now: {cause}")]
    Later {
        /// What happened, without the endpoint.
        cause: Arc<str>,
        /// When the service says to try again.
        after: Option<Duration>,
    },
    /// Refused for good.
    #[error("the push service refused it: status {0}")]
    Refused(u16),
}
