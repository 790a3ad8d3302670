//! The port through which webhooks reach the app.

use std::time::Duration;

use async_trait::async_trait;

use super::webhook::Webhook;

/// Why the app did not take a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It may take it another time.
    #[error("{why}")]
    Now {
        /// What happened, for people who look after dead webhooks. Holds no secrets and nothing the app said.
        why: String,
        /// How long the app wants to be left alone, if it said so.
        retry_after: Option<Duration>,
    },
    /// It wants none of this any more (status 410).
    #[error("the app answered 410: it does not want this any more")]
    Ever,
}

/// The app's address for webhooks.
#[async_trait]
pub trait AppEndpoint: Send + Sync + 'static {
    /// Posts a webhook once. Ends within the time the app is given to answer.
    ///
    /// # Errors
    /// [`NotTaken`] unless the app said that it has it.
    async fn post(&self, webhook: &Webhook) -> Result<(), NotTaken>;
}
