//! A bus that remembers.

use std::sync::Mutex;

use async_trait::async_trait;
use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    ports::Bus,
};

/// Everything that was published, in order.
#[derive(Debug, Default)]
pub struct Heard(Mutex<Vec<Published>>);

#[async_trait]
impl Bus for Heard {
    async fn publish(&self, event: Published) {
        self.0.lock().unwrap().push(event);
    }
}

impl Heard {
    /// What was heard since the last call, one short line each, e.g. `user ben: received m1`.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().drain(..).map(|event| line(&event)).collect()
    }
}

fn line(published: &Published) -> String {
    let to = match &published.audience {
        Audience::User(user) => format!("user {user}"),
        Audience::Chat(chat) => format!("chat {chat}"),
        Audience::OtherDevices(user, device) => format!("user {user} but {device}"),
        other => format!("{other:?}"),
    };
    let what = match &published.event {
        DomainEvent::MessageReceived(message) => format!("received {}", message.id),
        DomainEvent::MessageSent(message) => format!("sent {}", message.id),
        DomainEvent::ChatMessage(message) => format!("said {}", message.id),
        DomainEvent::MessageRead { message, by } => format!("{message} read by {by}"),
        DomainEvent::Notification(notification) => format!("notified {}", notification.id),
        DomainEvent::NotificationRead(id) => format!("notification {id} read"),
        DomainEvent::UnreadCount(count) => format!("{count} unread"),
        other => format!("{other:?}"),
    };
    format!("{to}: {what}")
}
