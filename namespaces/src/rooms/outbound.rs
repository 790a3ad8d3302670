//! What happens, in the words of contract `rooms` (`contracts/rooms.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    events::{CredentialEnd, DomainEvent, MessageAlert as Alert, PresenceChange, Published},
    messaging::{Message, MessageDocument},
    notifications::Notification,
    time::{Clock, Timestamp},
};
use outrigger_transport::Frame;
use serde_json::{Map, Value};

use super::wire::{
    AuthError, DesignationsUpdated, ForceLogout, MessageAlert, MessageReadReceipt, MessageSent,
    NewMessage, OnlineUsers, Ping, ReceiveChatMessage, ServerShutdown, TestMessage, TimedMessage,
    TokenUpdated, UserOnlineStatus, UserStatusChanged, UserTyping,
};
use crate::contract::{
    Voice, frame, is_only_commerce, is_only_contacts, is_only_quiz, is_only_tracked,
};

/// The contract's voice.
pub struct RoomsVoice {
    clock: Arc<dyn Clock>,
}

impl RoomsVoice {
    /// A voice that takes the time of heartbeats from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Voice for RoomsVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::MessageReceived(message) => frame(&NewMessage(timed(message, at))),
            DomainEvent::MessageSent(message) => frame(&MessageSent(timed(message, at))),
            DomainEvent::ChatMessage(message) => frame(&ReceiveChatMessage {
                user_id: message.sender.to_string(),
                message: message.text.clone().unwrap_or_default(),
                timestamp: at,
            }),
            // This contract has one word for both ways of reading.
            DomainEvent::MessageRead { message, by, reading: _ } => frame(&MessageReadReceipt {
                message_id: message.to_string(),
                read_by: by.to_string(),
                read_at: at,
            }),
            DomainEvent::Typing { from, typing, name: _ } => {
                frame(&UserTyping { user_id: from.to_string(), is_typing: *typing, timestamp: at })
            }
            DomainEvent::MessageAlert(alert) => frame(&message_alert(alert, at)),
            // Its clients hear of the message itself.
            DomainEvent::Notification(notification) if notification.announces_message() => None,
            DomainEvent::Notification(notification) => frame(&as_alert(notification, at)),
            DomainEvent::Presence(changes) => {
                return changes.iter().filter_map(|change| status(change, at)).collect();
            }
            DomainEvent::OnlineUsers(online) => frame(&OnlineUsers(Arc::clone(online))),
            DomainEvent::TokenReplaced { token, reason, .. } => frame(&TokenUpdated {
                new_token: token.expose().to_owned(),
                timestamp: at,
                reason: reason.clone(),
            }),
            DomainEvent::AccountStatus { active, reason } => {
                frame(&user_status_changed(*active, reason, at))
            }
            DomainEvent::Designations { designations, reason } => frame(&DesignationsUpdated {
                designations: designations.clone(),
                timestamp: at,
                reason: reason.clone(),
            }),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&ForceLogout { reason: reason.clone(), timestamp: at })
            }
            DomainEvent::CredentialEnded(end) => frame(&credential_ended(*end, at)),
            DomainEvent::TestMessage { message, from } => {
                frame(&TestMessage { message: message.clone(), timestamp: at, from: from.clone() })
            }
            DomainEvent::Custom(custom) => custom
                .is_for(super::CONTRACT, namespace)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            // This contract has no event for these.
            DomainEvent::MessageDelivered { .. }
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::NotificationsRead { .. }
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::UserStatus(_)
            | DomainEvent::UnreadCount(_)
            | DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::Announcement(_)
            | DomainEvent::PingAll
            | DomainEvent::RoleChanged { .. }
            | DomainEvent::ChatVisit { .. }
            | DomainEvent::Commerce(_)
            | DomainEvent::ChatTyping { .. }
            | DomainEvent::ChatRelay { .. }
            | DomainEvent::Quiz(_)
            | DomainEvent::Support(_)
            | DomainEvent::ChatLeft(_) => None,
        }
        .into_iter()
        .collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(event, DomainEvent::UserStatus(_))
            || is_only_tracked(event)
            || is_only_commerce(event)
            || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        frame(&Ping { timestamp: self.clock.now() })
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        frame(&server_shutdown(self.clock.now()))
    }
}

/// A document with the time of its event.
pub(crate) fn timed(message: &Message, at: Timestamp) -> TimedMessage {
    TimedMessage { document: MessageDocument::from(message), timestamp: at }
}

/// One user's coming or going.
pub(crate) fn status(change: &PresenceChange, at: Timestamp) -> Option<Frame> {
    frame(&UserOnlineStatus {
        user_id: change.user.to_string(),
        is_online: change.online,
        timestamp: at,
    })
}

/// `userStatusChanged`; a deactivated client is told that it will be disconnected.
pub(crate) fn user_status_changed(active: bool, reason: &str, at: Timestamp) -> UserStatusChanged {
    UserStatusChanged {
        status: active,
        timestamp: at,
        reason: reason.to_owned(),
        forced_disconnect: (!active).then_some(true),
    }
}

/// The app's alert; its own `timestamp` and `notification` do not stand twice.
pub(crate) fn message_alert(alert: &Alert, at: Timestamp) -> MessageAlert {
    let mut fields = alert.fields.clone();
    fields.remove("timestamp");
    fields.remove("notification");
    MessageAlert { fields, timestamp: at, notification: true }
}

/// A notification in the only shape that clients of this contract display (`contracts/OVERVIEW.md` section 2).
fn as_alert(notification: &Notification, at: Timestamp) -> MessageAlert {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("_id", notification.id.as_str().into());
    put("from", notification.title.clone().into());
    put("content", notification.message.clone().into());
    put("type", notification.kind.clone().into());
    if let Some(data) = &notification.data {
        put("data", data.clone());
    }
    MessageAlert { fields, timestamp: at, notification: true }
}

/// Why a socket closes although it was accepted.
pub(crate) fn credential_ended(end: CredentialEnd, at: Timestamp) -> AuthError {
    let (message, code) = match end {
        CredentialEnd::Expired => ("Authentication error: Token expired", "TOKEN_EXPIRED"),
        CredentialEnd::Revoked => ("Authentication error: Invalid token", "TOKEN_REVOKED"),
    };
    AuthError { message, code, timestamp: at }
}

/// The last word.
pub(crate) fn server_shutdown(at: Timestamp) -> ServerShutdown {
    ServerShutdown { message: "Server is shutting down", timestamp: at }
}
