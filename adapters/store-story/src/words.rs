//! Short words for what the stories are about.

use outrigger_domain::{
    accounts::Profile,
    events::{CustomEvent, DomainEvent},
    ids::{ChatId, ClientMessageId, DeviceId, MessageId, NotificationId, UserId},
    messaging::{Message, NewMessage, Recipient},
    notifications::Notification,
    time::Timestamp,
};

/// A user.
#[must_use]
pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// A device.
#[must_use]
pub fn device(name: &str) -> DeviceId {
    DeviceId::new(name).unwrap()
}

/// A chat.
#[must_use]
pub fn chat(name: &str) -> ChatId {
    ChatId::new(name).unwrap()
}

/// How someone is shown.
#[must_use]
pub fn profile(name: Option<&str>, image: Option<&str>) -> Profile {
    Profile { name: name.map(str::to_owned), image: image.map(str::to_owned), email: None }
}

/// A message's id.
#[must_use]
pub fn message(id: &str) -> MessageId {
    MessageId::new(id).unwrap()
}

/// A notification's id.
#[must_use]
pub fn notification_id(id: &str) -> NotificationId {
    NotificationId::new(id).unwrap()
}

/// Milliseconds into the story.
#[must_use]
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(1_750_000_000_000 + ms)
}

/// A message that is a duplicate of none: `to` is a user, or a chat as `#name`.
#[must_use]
pub fn hello(id: &str, from: &str, to: &str, ms: i64) -> NewMessage {
    new_message(id, from, to, ms, None, id)
}

/// A message with a text, and the client's name for it if it has one.
#[must_use]
pub fn new_message(
    id: &str,
    from: &str,
    to: &str,
    ms: i64,
    client_id: Option<&str>,
    text: &str,
) -> NewMessage {
    let recipient = match to.strip_prefix('#') {
        Some(name) => Recipient::Chat(chat(name)),
        None => Recipient::User(user(to)),
    };
    // Enough of a digest for short texts.
    let mut digest = [0; 32];
    for (slot, byte) in digest.iter_mut().zip(text.bytes()) {
        *slot = byte;
    }
    NewMessage {
        message: Message {
            id: message(id),
            sender: user(from),
            sender_profile: Profile::default(),
            recipient,
            receiver_profile: Profile::default(),
            text: Some(text.to_owned()),
            image: None,
            client_id: client_id.map(|id| ClientMessageId::new(id).unwrap()),
            created_at: at(ms),
            updated_at: at(ms),
            delivered_at: None,
            read_at: None,
        },
        upload: None,
        digest,
        duplicate_since: None,
        notice: None,
    }
}

/// An unread notification.
#[must_use]
pub fn notification(id: &str, whose: &str, ms: i64) -> Notification {
    Notification {
        id: notification_id(id),
        user: user(whose),
        kind: "order".into(),
        title: "Your order".into(),
        message: "It is on its way.".into(),
        data: Some(serde_json::json!({ "order": 7, "items": ["a", "ż"] })),
        from: None,
        from_profile: Profile::default(),
        post: None,
        created_at: at(ms),
        read_at: None,
    }
}

/// An event of the app's own; `data` is JSON.
#[must_use]
pub fn custom(name: &str, data: &str) -> DomainEvent {
    let data = serde_json::value::RawValue::from_string(data.to_owned()).unwrap();
    let (name, data) = (name.into(), data.into());
    DomainEvent::Custom(CustomEvent { name, data, contract: None, namespace: None })
}
