//! What happens, as monitors are told of it: only why a monitor is closed. What goes on among the users is in the
//! state, and what passes in the events.

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    events::{DomainEvent, Published},
    time::Clock,
};
use outrigger_transport::Frame;

use crate::{
    contract::{Voice, frame, is_only_commerce, is_only_contacts, is_only_quiz, is_only_tracked},
    rooms::{
        outbound::{credential_ended, server_shutdown},
        wire::{AuthError, ForceLogout},
    },
};

/// Said to whoever is no admin, or no longer one.
pub(super) const ADMINS_ONLY: &str = "Authentication error: Admin access required";

/// The contract's voice.
pub struct MonitorVoice {
    clock: Arc<dyn Clock>,
}

impl MonitorVoice {
    /// A voice that takes the time of the last word from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Voice for MonitorVoice {
    fn render(&self, _namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&ForceLogout { reason: reason.clone(), timestamp: at })
            }
            DomainEvent::CredentialEnded(end) => frame(&credential_ended(*end, at)),
            // The dispatcher closes the socket behind it.
            DomainEvent::TokenReplaced { role, .. } if *role < Role::Admin => {
                frame(&AuthError { message: ADMINS_ONLY, code: "ADMIN_REQUIRED", timestamp: at })
            }
            DomainEvent::MessageReceived(_)
            | DomainEvent::MessageSent(_)
            | DomainEvent::ChatMessage(_)
            | DomainEvent::MessageRead { .. }
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::Typing { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::Notification(_)
            | DomainEvent::NotificationsRead { .. }
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::AccountStatus { .. }
            | DomainEvent::Designations { .. }
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
            | DomainEvent::ChatLeft(_)
            | DomainEvent::Custom(_) => None,
        }
        .into_iter()
        .collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(
            event,
            DomainEvent::UserStatus(_) | DomainEvent::Presence(_) | DomainEvent::OnlineUsers(_)
        ) || is_only_tracked(event)
            || is_only_commerce(event)
            || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        frame(&server_shutdown(self.clock.now()))
    }
}
