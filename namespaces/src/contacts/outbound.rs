//! What happens, in the words of contract `contacts` (`contracts/contacts.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    events::{DomainEvent, Published},
    support::{Contact, SupportEvent},
    time::Timestamp,
};
use outrigger_transport::Frame;

use super::{
    texts::{AUTO_ASSIGNED, credential_ended},
    wire::{
        ContactsAdminDisconnected, ContactsAdminResponse, ContactsAutoAssigned, ContactsClaimed,
        ContactsContact, ContactsMessage, ContactsMessageError, ContactsReleased, ContactsResolved,
        ContactsStats, ContactsSubmission, ContactsUserTyping, chat_room_id,
    },
};
use crate::contract::{Voice, frame};

/// The contract's voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContactsVoice;

impl Voice for ContactsVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        match &published.event {
            DomainEvent::Support(event) => support(event),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&closing(reason))
            }
            DomainEvent::CredentialEnded(end) => frame(&closing(credential_ended(*end))),
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
            | DomainEvent::Notification(_)
            | DomainEvent::NotificationsRead { .. }
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::AccountStatus { .. }
            | DomainEvent::RoleChanged { .. }
            | DomainEvent::Designations { .. }
            | DomainEvent::TestMessage { .. }
            | DomainEvent::ChatLeft(_)
            | DomainEvent::ChatVisit { .. }
            | DomainEvent::ChatTyping { .. }
            | DomainEvent::ChatRelay { .. }
            | DomainEvent::Commerce(_)
            | DomainEvent::Quiz(_)
            | DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::Announcement(_)
            | DomainEvent::PingAll => None,
        }
        .into_iter()
        .collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(
            event,
            DomainEvent::Presence(_)
                | DomainEvent::UserStatus(_)
                | DomainEvent::OnlineUsers(_)
                | DomainEvent::ChatMessage(_)
                | DomainEvent::ChatVisit { .. }
                | DomainEvent::ChatTyping { .. }
                | DomainEvent::ChatRelay { .. }
                | DomainEvent::Commerce(_)
                | DomainEvent::Quiz(_)
                | DomainEvent::TrackedMessage(_)
                | DomainEvent::Recipients { .. }
                | DomainEvent::Analytics(_)
                | DomainEvent::Announcement(_)
                | DomainEvent::PingAll
        )
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        None
    }
}

/// The connection ends behind this.
pub(super) fn closing(why: &str) -> ContactsMessageError {
    ContactsMessageError { error: why.to_owned(), event: None, retry_after: None }
}

fn support(event: &SupportEvent) -> Option<Frame> {
    match event {
        SupportEvent::Submitted(contact) => frame(&ContactsSubmission::from(&**contact)),
        SupportEvent::Claimed(contact) => frame(&claimed(contact)?),
        SupportEvent::ClaimedByYou(contact) => frame(&ContactsClaimed {
            contact: Some(ContactsContact::from(&**contact)),
            chat_room_id: Some(chat_room_id(&contact.id)),
            ..claimed(contact)?
        }),
        SupportEvent::Assigned(contact) => frame(&ContactsAutoAssigned {
            contact_id: contact.id.to_string(),
            contact: ContactsContact::from(&**contact),
            reason: AUTO_ASSIGNED,
        }),
        SupportEvent::Released { contact, admin_name } => frame(&ContactsReleased {
            contact_id: contact.to_string(),
            admin_name: admin_name.clone(),
        }),
        SupportEvent::Resolved(contact) => frame(&resolved(contact)?),
        SupportEvent::ResolvedByYou(contact) => frame(&ContactsResolved {
            contact: Some(ContactsContact::from(&**contact)),
            ..resolved(contact)?
        }),
        SupportEvent::Message(message) => frame(&ContactsMessage::from(&**message)),
        SupportEvent::Response(message) => frame(&ContactsAdminResponse::from(&**message)),
        SupportEvent::Typing { contact, user: _, name, role, typing, at } => {
            frame(&ContactsUserTyping {
                contact_id: contact.to_string(),
                user_name: name.clone(),
                user_role: role,
                is_typing: *typing,
                timestamp: *at,
            })
        }
        SupportEvent::AdminLost { contact, admin_name } => frame(&ContactsAdminDisconnected {
            contact_id: contact.to_string(),
            admin_name: admin_name.clone(),
            chat_room_id: chat_room_id(contact),
        }),
        SupportEvent::Stats(stats) => frame(&ContactsStats::from(stats)),
    }
}

/// In short. There is nothing to say of a request that nobody looks after.
fn claimed(contact: &Contact) -> Option<ContactsClaimed> {
    let admin = contact.assigned_admin.as_ref()?;
    Some(ContactsClaimed {
        contact_id: contact.id.to_string(),
        admin_name: admin.name.clone(),
        admin_id: admin.id.to_string(),
        contact: None,
        chat_room_id: None,
    })
}

/// In short. There is nothing to say of a request that is not done.
fn resolved(contact: &Contact) -> Option<ContactsResolved> {
    Some(ContactsResolved {
        contact_id: contact.id.to_string(),
        resolved_by: contact.resolved_by.as_ref()?.name.clone(),
        response_time: minutes(contact.submitted_at, contact.resolved_at?),
        contact: None,
    })
}

/// From one instant to another, rounded.
fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    ((to.ms() - from.ms()).max(0) + 30_000) / 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_time_is_rounded_to_minutes() {
        let took = |ms: i64| minutes(Timestamp::from_ms(1_000), Timestamp::from_ms(1_000 + ms));
        assert_eq!([0, 29_999, 30_000, 89_999, 90_000].map(took), [0, 0, 1, 1, 2]);
        assert_eq!(minutes(Timestamp::from_ms(9), Timestamp::from_ms(0)), 0, "clocks are set");
    }
}
