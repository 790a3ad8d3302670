//! What happens, in the words of contract `legacy`: each group of events in its namespace
//! (`contracts/legacy.md` sections 2 to 5).

use std::sync::Arc;

use outrigger_domain::{
    events::{Audience, CustomEvent, DomainEvent, Published},
    ids::NotificationId,
    time::{Clock, Timestamp},
};
use outrigger_transport::Frame;

use super::{
    AUTH, MESSENGER, NOTIFICATIONS,
    wire::{Notification, NotificationRead, UnreadCount},
};
use crate::{
    contract::{
        Voice, frame, is_only_commerce, is_only_contacts, is_only_quiz, is_only_tracked, newest,
    },
    rooms::{RoomsVoice, outbound::server_shutdown, wire::Ping},
};

/// The contract's voice.
pub struct LegacyVoice {
    clock: Arc<dyn Clock>,
    /// Says what both contracts say in the same words.
    rooms: RoomsVoice,
}

impl LegacyVoice {
    /// A voice that takes the time of heartbeats from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rooms: RoomsVoice::new(Arc::clone(&clock)), clock }
    }
}

impl Voice for LegacyVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        // Decided first: an event is encoded where it is spoken of, and in no other namespace.
        if home(namespace, published) != Some(namespace) {
            return Vec::new();
        }
        let own = match &published.event {
            DomainEvent::Notification(stored) => frame(&Notification::from(stored.as_ref())),
            DomainEvent::NotificationsRead { ids, all } => {
                let newest = newest(ids, *all).iter();
                return newest.filter_map(|id| read(id, published.at, *all)).collect();
            }
            DomainEvent::UnreadCount(count) => frame(&UnreadCount { count: *count }),
            DomainEvent::Custom(custom) => custom
                .contract
                .as_deref()
                .is_none_or(|contract| contract == super::CONTRACT)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            DomainEvent::MessageReceived(_)
            | DomainEvent::MessageSent(_)
            | DomainEvent::ChatMessage(_)
            | DomainEvent::MessageRead { .. }
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::Typing { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::AccountStatus { .. }
            | DomainEvent::Designations { .. }
            | DomainEvent::ForceLogout { .. }
            | DomainEvent::Disconnected { .. }
            | DomainEvent::CredentialEnded(_)
            | DomainEvent::TestMessage { .. }
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
            | DomainEvent::ChatLeft(_) => return self.rooms.render("/", published),
        };
        own.into_iter().collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(event, DomainEvent::UserStatus(_))
            || is_only_tracked(event)
            || is_only_commerce(event)
            || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, namespace: &str) -> Option<Frame> {
        (namespace != "/").then(|| frame(&Ping { timestamp: self.clock.now() })).flatten()
    }

    fn farewell(&self, namespace: &str) -> Option<Frame> {
        (namespace != "/").then(|| frame(&server_shutdown(self.clock.now()))).flatten()
    }
}

fn read(id: &NotificationId, at: Timestamp, all: bool) -> Option<Frame> {
    frame(&NotificationRead { notification_id: id.to_string(), timestamp: at, all })
}

/// The namespace in which an event is spoken of; `None` where this contract has no event for it.
fn home<'a>(namespace: &'a str, published: &'a Published) -> Option<&'a str> {
    Some(match &published.event {
        DomainEvent::MessageReceived(_)
        | DomainEvent::MessageSent(_)
        | DomainEvent::MessageRead { .. }
        | DomainEvent::Typing { .. }
        | DomainEvent::Presence(_)
        | DomainEvent::OnlineUsers(_) => MESSENGER,
        DomainEvent::MessageAlert(_)
        | DomainEvent::Notification(_)
        | DomainEvent::NotificationsRead { .. }
        | DomainEvent::UnreadCount(_) => NOTIFICATIONS,
        DomainEvent::TokenReplaced { .. }
        | DomainEvent::AccountStatus { .. }
        | DomainEvent::Designations { .. }
        | DomainEvent::CredentialEnded(_) => AUTH,
        // Also where a client listens that holds only the notifications socket.
        DomainEvent::ForceLogout { .. } | DomainEvent::Disconnected { .. }
            if namespace == NOTIFICATIONS =>
        {
            NOTIFICATIONS
        }
        DomainEvent::ForceLogout { .. } | DomainEvent::Disconnected { .. } => AUTH,
        // In a chat it belongs wherever the sockets joined that chat.
        DomainEvent::Custom(_) if matches!(published.audience, Audience::Chat(_)) => namespace,
        DomainEvent::Custom(custom) => home_of(custom),
        // Of what was deleted only the count of what is left is told.
        DomainEvent::NotificationsDeleted { .. }
        | DomainEvent::ChatMessage(_)
        | DomainEvent::MessageDeleted { .. }
        | DomainEvent::MessageDelivered { .. }
        | DomainEvent::UserStatus(_)
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
        | DomainEvent::ChatLeft(_)
        | DomainEvent::TestMessage { .. } => return None,
    })
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
