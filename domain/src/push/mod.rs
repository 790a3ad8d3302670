//! Web push: what reaches a browser that is not connected (`contracts/social.md` sections 4 and 5).
//!
//! It is an attempt, not a promise: what waits here is gone with the process. The notification itself is stored, and
//! the browser's push service decides when, and whether, the browser gets a message.

mod attempt;
mod message;
mod sending;
mod service;
mod subscription;

pub use message::{MOST_PAYLOAD_BYTES, PushMessage};
pub use service::{MOST_SUBSCRIPTIONS, Push, PushWhen, SubscribeError};
pub use subscription::{PushFault, Subscribed, Subscription, Unsubscribed};
