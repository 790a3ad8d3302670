//! What happens, in the words of contract `legacy`: each group of events in its namespace
//! (`contracts/legacy.md` sections 2 to 5).

use std::sync::Arc;

use outrigger_domain::{
    events::{Audience, CustomEvent, DomainEvent, Published},
    time::Clock,
};
use outrigger_transport::Frame;

use super::{
    AUTH, MESSENGER, NOTIFICATIONS,
    wire::{Notification, NotificationRead, UnreadCount},
};
use crate::{
    contract::{Voice, frame},
    rooms::{
        outbound::{
            credential_ended, message_alert, online_users, server_shutdown, status, timed,
            user_status_changed,
        },
        wire::{
            DesignationsUpdated, ForceLogout, MessageReadReceipt, MessageSent, NewMessage, Ping,
            TokenUpdated, UserTyping,
        },
    },
};

/// The contract's voice.
pub struct LegacyVoice {
    clock: Arc<dyn Clock>,
}

impl LegacyVoice {
    /// A voice that takes the time of heartbeats from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Voice for LegacyVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        let (home, frames): (&str, Vec<Option<Frame>>) = match &published.event {
            DomainEvent::MessageReceived(message) => {
                (MESSENGER, vec![frame(&NewMessage(timed(message, at)))])
            }
            DomainEvent::MessageSent(message) => {
                (MESSENGER, vec![frame(&MessageSent(timed(message, at)))])
            }
            DomainEvent::MessageRead { message, by } => (
                MESSENGER,
                vec![frame(&MessageReadReceipt {
                    message_id: message.to_string(),
                    read_by: by.to_string(),
                    read_at: at,
                })],
            ),
            DomainEvent::Typing { from, typing } => (
                MESSENGER,
                vec![frame(&UserTyping {
                    user_id: from.to_string(),
                    is_typing: *typing,
                    timestamp: at,
                })],
            ),
            DomainEvent::Presence(changes) => {
                (MESSENGER, changes.iter().map(|change| status(change, at)).collect())
            }
            DomainEvent::OnlineUsers(online) => (MESSENGER, vec![frame(&online_users(online))]),
            DomainEvent::MessageAlert(alert) => {
                (NOTIFICATIONS, vec![frame(&message_alert(alert, at))])
            }
            DomainEvent::Notification(stored) => {
                (NOTIFICATIONS, vec![frame(&Notification::from(stored.as_ref()))])
            }
            DomainEvent::NotificationRead(id) => (
                NOTIFICATIONS,
                vec![frame(&NotificationRead { notification_id: id.to_string(), timestamp: at })],
            ),
            DomainEvent::UnreadCount(count) => {
                (NOTIFICATIONS, vec![frame(&UnreadCount { count: *count })])
            }
            DomainEvent::TokenReplaced { token, reason, .. } => (
                AUTH,
                vec![frame(&TokenUpdated {
                    new_token: token.expose().to_owned(),
                    timestamp: at,
                    reason: reason.clone(),
                })],
            ),
            DomainEvent::AccountStatus { active, reason } => {
                (AUTH, vec![frame(&user_status_changed(*active, reason, at))])
            }
            DomainEvent::Designations { designations, reason } => (
                AUTH,
                vec![frame(&DesignationsUpdated {
                    designations: designations.clone(),
                    timestamp: at,
                    reason: reason.clone(),
                })],
            ),
            DomainEvent::CredentialEnded(end) => (AUTH, vec![frame(&credential_ended(*end, at))]),
            DomainEvent::ForceLogout { reason } => {
                // Also where a client listens that holds only the notifications socket.
                let home = if namespace == NOTIFICATIONS { NOTIFICATIONS } else { AUTH };
                (home, vec![frame(&ForceLogout { reason: reason.clone(), timestamp: at })])
            }
            DomainEvent::Custom(custom) => {
                let ours =
                    custom.contract.as_deref().is_none_or(|contract| contract == super::CONTRACT);
                let said = Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data));
                // In a chat it belongs wherever the sockets joined that chat.
                let in_chat = matches!(published.audience, Audience::Chat(_));
                let home = if in_chat { namespace } else { home_of(custom) };
                (home, vec![ours.then_some(said)])
            }
            // This contract has no event for these.
            DomainEvent::ChatMessage(_)
            | DomainEvent::ChatLeft(_)
            | DomainEvent::TestMessage { .. } => {
                return Vec::new();
            }
        };
        if home == namespace { frames.into_iter().flatten().collect() } else { Vec::new() }
    }

    fn heartbeat(&self, namespace: &str) -> Option<Frame> {
        (namespace != "/").then(|| frame(&Ping { timestamp: self.clock.now() })).flatten()
    }

    fn farewell(&self, namespace: &str) -> Option<Frame> {
        (namespace != "/").then(|| frame(&server_shutdown(self.clock.now()))).flatten()
    }
}

/// Where an event of the app belongs: where it says, or by its name; unknown names are notifications
/// (`contracts/legacy.md` section 6).
fn home_of(custom: &CustomEvent) -> &str {
    if let Some(namespace) =
        custom.namespace.as_deref().filter(|namespace| super::is_ours(namespace))
    {
        return namespace;
    }
    super::OUTBOUND
        .iter()
        .find(|(_, events)| events.iter().any(|outgoing| outgoing.event == &*custom.name))
        .map_or(NOTIFICATIONS, |(namespace, _)| namespace)
}
