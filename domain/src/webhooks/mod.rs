//! What the app is told, and how it gets there (`docs/WEBHOOKS.md`).

mod backoff;
mod body;
mod endpoint;
mod rules;
mod sender;
mod service;
mod webhook;

pub use endpoint::{AppEndpoint, NotTaken};
pub use rules::Rules;
pub use sender::{Sender, SenderParts, SendingLimits};
pub use service::{MOST_WEBHOOKS, Webhooks};
pub use webhook::{Due, NewWebhook, Settled, Webhook, WebhookCounts, WebhookKind, WebhookState};

pub(crate) use backoff::store_pause;
pub(crate) use body::{Absence, Told, webhook};
