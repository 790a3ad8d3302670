//! A bus that remembers.

use std::sync::Mutex;

use async_trait::async_trait;
use outrigger_domain::{
    commerce::CommerceEvent,
    events::{Audience, DomainEvent, Published, Seqs},
    messaging::Reading,
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
        self.all().iter().map(line).collect()
    }

    /// The same with their places in feeds, e.g. `user ben: received m1 [2]`, `chat room: said m1 [ann 1, ben 2]`.
    pub fn places(&self) -> Vec<String> {
        let all = self.all();
        all.iter().map(|event| format!("{} [{}]", line(event), places(&event.seqs))).collect()
    }

    /// The events themselves, since the last call.
    pub fn all(&self) -> Vec<Published> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn places(seqs: &Seqs) -> String {
    match seqs {
        Seqs::None => String::new(),
        Seqs::One(seq) => seq.to_string(),
        Seqs::Each(places) => {
            let places: Vec<_> = places.iter().map(|(user, seq)| format!("{user} {seq}")).collect();
            places.join(", ")
        }
    }
}

fn list(ids: &[impl ToString]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(crate) fn line(published: &Published) -> String {
    let to = match &published.audience {
        Audience::User(user) => format!("user {user}"),
        Audience::Users(users) => format!("users {}", list(users)),
        Audience::Chat(chat) => format!("chat {chat}"),
        Audience::OtherDevices(user, device) => format!("user {user} but {device}"),
        Audience::Tracked { owner, message } => format!("tracked {message} of {owner}"),
        other => format!("{other:?}"),
    };
    let what = match &published.event {
        DomainEvent::MessageReceived(message) => format!("received {}", message.id),
        DomainEvent::MessageSent(message) => format!("sent {}", message.id),
        DomainEvent::ChatMessage(message) => format!("said {}", message.id),
        DomainEvent::MessageRead { message, by, reading: Reading::Read } => {
            format!("{message} read by {by}")
        }
        DomainEvent::MessageRead { message, by, reading: Reading::Seen } => {
            format!("{message} seen by {by}")
        }
        DomainEvent::MessageDeleted { message, by } => format!("{message} deleted by {by}"),
        DomainEvent::MessageDelivered { message, to } => format!("{message} delivered to {to}"),
        DomainEvent::TrackedMessage(tracked) => {
            format!("{} {}", tracked.id, tracked.status.as_str())
        }
        DomainEvent::Custom(custom) => format!("{} {}", custom.name, custom.data),
        DomainEvent::Notification(notification) => format!("notified {}", notification.id),
        DomainEvent::NotificationsRead { ids, all } => {
            format!("notifications {}{} read", if *all { "all: " } else { "" }, list(ids))
        }
        DomainEvent::NotificationsDeleted { ids, all } => {
            format!("notifications {}{} deleted", if *all { "all: " } else { "" }, list(ids))
        }
        DomainEvent::Commerce(CommerceEvent::Notice(notice)) => format!("noticed {}", notice.id),
        DomainEvent::UnreadCount(count) => format!("{count} unread"),
        other => format!("{other:?}"),
    };
    format!("{to}: {what}")
}
