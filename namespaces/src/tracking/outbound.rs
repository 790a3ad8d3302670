//! What happens, in the words of contract `tracking` (`contracts/tracking.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    events::{DomainEvent, Published},
    time::{Clock, Timestamp},
    tracking::{Analytics, Recipient, Tracked},
};
use outrigger_transport::Frame;

use super::{
    notices::{announced, closing, farewell, outcomes, stored},
    texts::credential_ended,
    wire::{
        TrackingAnalyticsUpdate, TrackingGlobalAnalyticsUpdate, TrackingMessageUpdate,
        TrackingPing, TrackingRecipientUpdate,
    },
};
use crate::contract::{Voice, frame, is_only_commerce, is_only_contacts, is_only_quiz};

/// The contract's voice.
pub struct TrackingVoice {
    clock: Arc<dyn Clock>,
}

impl TrackingVoice {
    /// A voice that takes the time of the last word from this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Voice for TrackingVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::TrackedMessage(tracked) => frame(&TrackingMessageUpdate::from(&**tracked)),
            DomainEvent::Recipients { tracked, changed } => {
                return recipients(tracked, changed, at);
            }
            DomainEvent::Analytics(figures) => analytics(figures),
            DomainEvent::Notification(notification) => frame(&stored(notification)),
            DomainEvent::Announcement(announcement) => frame(&announced(announcement, at)),
            DomainEvent::PingAll => frame(&TrackingPing { timestamp: at }),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&closing(reason, at))
            }
            DomainEvent::CredentialEnded(end) => frame(&closing(credential_ended(*end), at)),
            DomainEvent::Custom(custom) => custom
                .is_for(super::CONTRACT, namespace)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            // This contract has no event for these.
            DomainEvent::MessageReceived(_)
            | DomainEvent::MessageSent(_)
            | DomainEvent::ChatMessage(_)
            | DomainEvent::MessageRead { .. }
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::Typing { .. }
            | DomainEvent::MessageAlert(_)
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
        matches!(
            event,
            DomainEvent::UserStatus(_) | DomainEvent::Presence(_) | DomainEvent::OnlineUsers(_)
        ) || is_only_commerce(event)
            || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        frame(&farewell(self.clock.now()))
    }
}

/// Figures, for whoever they are meant.
pub(super) fn analytics(figures: &Analytics) -> Option<Frame> {
    if figures.global {
        frame(&TrackingGlobalAnalyticsUpdate::from(figures))
    } else {
        frame(&TrackingAnalyticsUpdate::from(figures))
    }
}

/// Each of them, then what is decided by it.
fn recipients(tracked: &Tracked, changed: &[Recipient], at: Timestamp) -> Vec<Frame> {
    let updates = changed.iter().map(|recipient| frame(&TrackingRecipientUpdate::from(recipient)));
    let notices = outcomes(tracked, changed, at);
    updates.chain(notices.iter().map(frame)).flatten().collect()
}
