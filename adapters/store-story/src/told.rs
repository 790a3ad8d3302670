//! An outbox that makes webhooks of messages, once it is asked to.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use outrigger_domain::{
    events::{DomainEvent, Published},
    ids::WebhookId,
    messaging::Recipient,
    ports::{Outbox, Posting},
    time::Timestamp,
    webhooks::{NewWebhook, WebhookKind},
};

use crate::user;

/// What a store asked and said.
#[derive(Debug, Default)]
pub struct Told {
    listens: AtomicBool,
    posted: AtomicUsize,
    left_out: Mutex<Vec<WebhookKind>>,
}

impl Told {
    /// From now on a message makes two webhooks, `stored-<id>` in the lane of its receiver and `missed-<id>` without
    /// a lane 30 seconds later, and its reading cancels the second and makes `read-<id>`; its deletion cancels the second.
    pub fn listen(&self) {
        self.listens.store(true, Ordering::Relaxed);
    }

    /// How often the store said that something was posted, since the last call.
    pub fn posted(&self) -> usize {
        self.posted.swap(0, Ordering::Relaxed)
    }

    /// What there was no room for, since the last call.
    pub fn left_out(&self) -> Vec<WebhookKind> {
        std::mem::take(&mut self.left_out.lock().unwrap())
    }
}

impl Outbox for Told {
    fn posting(&self, event: &Published) -> Posting {
        if !self.listens.load(Ordering::Relaxed) {
            return Posting::default();
        }
        match &event.event {
            DomainEvent::MessageReceived(message) => {
                let Recipient::User(to) = &message.recipient else { return Posting::default() };
                let id = &message.id;
                let stored = webhook(&format!("stored-{id}"), Some(to.as_str()), event.at);
                let missed = NewWebhook {
                    kind: WebhookKind::MessageMissed,
                    subject: Some(format!("message {id}")),
                    due_at: Timestamp::from_ms(event.at.ms() + 30_000),
                    unless_online: true,
                    ..webhook(&format!("missed-{id}"), None, event.at)
                };
                Posting { add: vec![stored, missed], cancel: Vec::new() }
            }
            DomainEvent::MessageRead { message, by, .. } => {
                let read = webhook(&format!("read-{message}"), Some(by.as_str()), event.at);
                let read = NewWebhook { kind: WebhookKind::MessageRead, ..read };
                Posting { add: vec![read], cancel: vec![format!("message {message}")] }
            }
            DomainEvent::MessageDeleted { message, .. } => {
                Posting { add: Vec::new(), cancel: vec![format!("message {message}")] }
            }
            _ => Posting::default(),
        }
    }

    fn posted(&self) {
        self.posted.fetch_add(1, Ordering::Relaxed);
    }

    fn left_out(&self, kind: WebhookKind) {
        self.left_out.lock().unwrap().push(kind);
    }
}

/// One that is due at once, about the user whose lane it is in, or about `zoe`.
#[must_use]
pub fn webhook(id: &str, lane: Option<&str>, at: Timestamp) -> NewWebhook {
    NewWebhook {
        id: WebhookId::new(id).unwrap(),
        kind: WebhookKind::MessageStored,
        user: user(lane.unwrap_or("zoe")),
        lane: lane.map(user),
        body: format!(r#"{{"id":"{id}"}}"#),
        subject: None,
        created_at: at,
        due_at: at,
        unless_online: false,
    }
}
