//! Which events the app is told of.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{
    body::{Told, webhook},
    webhook::{NewWebhook, WebhookKind},
};
use crate::{
    events::{Audience, DomainEvent, Published},
    ids::{MessageId, NotificationId, UserId},
    messaging::{Message, Recipient},
    naming::Ids,
    notifications::Notification,
    ports::{Outbox, Posting},
    presence::{Presence, hidden},
    time::Timestamp,
};

/// Turns events into webhooks (`docs/WEBHOOKS.md`).
///
/// What happens to users of the sidecar's own (`identity::RESERVED_PREFIX`) is nothing to the app.
pub struct Rules {
    wanted: HashSet<WebhookKind>,
    offline_delay: Duration,
    presence: Arc<Presence>,
    ids: Arc<dyn Ids>,
    wake: Arc<Notify>,
}

impl Rules {
    /// Makes webhooks of the types `wanted`. What was not read after `offline_delay` was missed.
    #[must_use]
    pub fn new(
        wanted: HashSet<WebhookKind>,
        offline_delay: Duration,
        presence: Arc<Presence>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self { wanted, offline_delay, presence, ids, wake: Arc::default() }
    }

    /// Rings when webhooks were committed: for the [`Sender`](super::Sender).
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    fn wants(&self, kind: WebhookKind, user: &UserId) -> bool {
        self.wanted.contains(&kind) && !hidden(user)
    }

    fn make(&self, at: Timestamp, user: &UserId, told: &Told<'_>) -> Option<NewWebhook> {
        webhook(&*self.ids, at, user, told)
            .inspect_err(|error| tracing::error!(%error, "a webhook cannot be written"))
            .ok()
    }

    /// One for what the user will have missed if it is not cancelled. Who is away when it happens is told of in any
    /// case; who is there may have closed the browser since without having seen it, so that is looked at when it is due.
    fn missed(
        &self,
        at: Timestamp,
        user: &UserId,
        told: &Told<'_>,
        subject: String,
    ) -> Option<NewWebhook> {
        Some(NewWebhook {
            lane: None,
            subject: Some(subject),
            due_at: at.plus(self.offline_delay),
            unless_online: self.presence.is_online(user),
            ..self.make(at, user, told)?
        })
    }

    fn received(&self, at: Timestamp, message: &Message) -> Posting {
        let Recipient::User(receiver) = &message.recipient else { return Posting::default() };
        let mut add = Vec::new();
        if self.wants(WebhookKind::MessageStored, receiver) {
            add.extend(self.make(at, receiver, &Told::stored(message, None)));
        }
        if self.wants(WebhookKind::MessageMissed, receiver) {
            let told = Told::MissedMessage { message: message.into() };
            add.extend(self.missed(at, receiver, &told, of_message(&message.id)));
        }
        Posting { add, cancel: Vec::new() }
    }

    fn spoken(&self, at: Timestamp, message: &Message) -> Posting {
        let Recipient::Chat(chat) = &message.recipient else { return Posting::default() };
        if !self.wants(WebhookKind::MessageStored, &message.sender) {
            return Posting::default();
        }
        let stored = self.make(at, &message.sender, &Told::stored(message, Some(chat)));
        Posting { add: stored.into_iter().collect(), cancel: Vec::new() }
    }

    fn read(&self, at: Timestamp, message: &MessageId, sender: &UserId, by: &UserId) -> Posting {
        let mut posting = Posting { add: Vec::new(), cancel: vec![of_message(message)] };
        if self.wants(WebhookKind::MessageRead, by) {
            let told =
                Told::Read { message_id: message, sender_id: sender, receiver_id: by, read_at: at };
            posting.add.extend(self.make(at, by, &told));
        }
        posting
    }

    fn delivered(
        &self,
        at: Timestamp,
        message: &MessageId,
        sender: &UserId,
        to: &UserId,
    ) -> Posting {
        if !self.wants(WebhookKind::MessageDelivered, to) {
            return Posting::default();
        }
        let told = Told::Delivered {
            message_id: message,
            sender_id: sender,
            receiver_id: to,
            delivered_at: at,
        };
        Posting { add: self.make(at, to, &told).into_iter().collect(), cancel: Vec::new() }
    }

    fn notified(&self, at: Timestamp, notification: &Notification) -> Posting {
        let user = &notification.user;
        // Of a message the app is told as of a message.
        if notification.announces_message() || !self.wants(WebhookKind::NotificationMissed, user) {
            return Posting::default();
        }
        let told = Told::MissedNotification { notification };
        let missed = self.missed(at, user, &told, of_notification(&notification.id));
        Posting { add: missed.into_iter().collect(), cancel: Vec::new() }
    }
}

/// The app chooses ids of notifications, and may choose those of messages.
fn of_message(id: &MessageId) -> String {
    format!("message:{id}")
}

fn of_notification(id: &NotificationId) -> String {
    format!("notification:{id}")
}

impl Outbox for Rules {
    fn posting(&self, event: &Published) -> Posting {
        let at = event.at;
        match (&event.event, &event.audience) {
            (DomainEvent::MessageReceived(message), _) => self.received(at, message),
            (DomainEvent::ChatMessage(message), _) => self.spoken(at, message),
            (DomainEvent::MessageRead { message, by, .. }, Audience::User(sender)) => {
                self.read(at, message, sender, by)
            }
            (DomainEvent::MessageDelivered { message, to }, Audience::User(sender)) => {
                self.delivered(at, message, sender, to)
            }
            (DomainEvent::Notification(notification), _) => self.notified(at, notification),
            (
                DomainEvent::NotificationsRead { ids, .. }
                | DomainEvent::NotificationsDeleted { ids, .. },
                _,
            ) => Posting { add: Vec::new(), cancel: ids.iter().map(of_notification).collect() },
            (DomainEvent::MessageDeleted { message, .. }, _) => {
                Posting { add: Vec::new(), cancel: vec![of_message(message)] }
            }
            _ => Posting::default(),
        }
    }

    fn posted(&self) {
        self.wake.notify_one();
    }

    fn left_out(&self, kind: WebhookKind) {
        metrics::counter!("outrigger_webhooks_dropped_total", "type" => kind.as_str()).increment(1);
    }
}

#[cfg(test)]
mod tests;
