//! Where new ids come from.

use uuid::Uuid;

use crate::{
    ids::{ImageId, InvalidId, MessageId, NotificationId, WebhookId},
    time::Timestamp,
};

/// Makes ids; tests may bring their own.
pub trait Ids: Send + Sync + 'static {
    /// Of a message: sorts by time.
    fn message(&self, at: Timestamp) -> MessageId;
    /// Of a notification: sorts by time.
    fn notification(&self, at: Timestamp) -> NotificationId;
    /// Of a webhook: sorts by time.
    fn webhook(&self, at: Timestamp) -> WebhookId;
    /// Of an image: cannot be guessed.
    fn image(&self) -> ImageId;
    /// Of a token that we make.
    fn token(&self) -> String;
}

/// UUIDs of version 7 (RFC 9562) where order matters, of version 4 where secrecy does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uuids;

fn v7(at: Timestamp) -> String {
    let ms = u64::try_from(at.ms()).unwrap_or_default();
    let nanos = u32::try_from(ms % 1000).unwrap_or_default() * 1_000_000;
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, ms / 1000, nanos)).to_string()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that asks for randomness")]
fn v4() -> String {
    Uuid::new_v4().simple().to_string()
}

fn sound<T>(id: Result<T, InvalidId>) -> T {
    id.unwrap_or_else(|_| unreachable!("a UUID is a valid id"))
}

impl Ids for Uuids {
    fn message(&self, at: Timestamp) -> MessageId {
        sound(MessageId::new(v7(at)))
    }

    fn notification(&self, at: Timestamp) -> NotificationId {
        sound(NotificationId::new(v7(at)))
    }

    fn webhook(&self, at: Timestamp) -> WebhookId {
        sound(WebhookId::new(v7(at)))
    }

    fn image(&self) -> ImageId {
        sound(ImageId::new(v4()))
    }

    fn token(&self) -> String {
        v4()
    }
}
