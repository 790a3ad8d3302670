//! What happens, in the words of contract `social` (`contracts/social.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    events::{DomainEvent, Published, UserStatus},
    ids::{MessageId, NotificationId, UserId},
    messaging::{Message, Reading},
    notifications::{NEW_MESSAGE, Notification},
    social_documents::{SocialMessage, SocialNotification, SocialPerson},
    time::Timestamp,
};
use outrigger_transport::Frame;

use super::{
    desk::closing,
    texts::{CONNECTION, FORCE_LOGOUT, credential_ended},
    wire::{
        SUCCESS, SocialAllNotificationsUpdated, SocialError, SocialMessageDeleted,
        SocialMessageSeen, SocialMessageSent, SocialNewNotification, SocialNotificationDeleted,
        SocialNotificationUpdated, SocialNotificationUpdates, SocialReadConfirmed,
        SocialReceiveMessage, SocialStatusChange, SocialStoppedTyping, SocialTyping,
    },
};
use crate::contract::{
    Voice, frame, is_only_commerce, is_only_contacts, is_only_quiz, is_only_tracked, newest,
};

/// The contract's voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct SocialVoice;

impl Voice for SocialVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::MessageReceived(message) => received(message),
            DomainEvent::MessageSent(message) => SocialMessage::new(message)
                .and_then(|message| frame(&SocialMessageSent { status: SUCCESS, message })),
            DomainEvent::MessageRead { message, by, reading } => read(message, by, *reading, at),
            DomainEvent::MessageDeleted { message, by } => frame(&SocialMessageDeleted {
                message_id: message.to_string(),
                deleted_by: by.to_string(),
            }),
            DomainEvent::Typing { from, name, typing } => typing_changed(from, name, *typing),
            DomainEvent::Notification(notification) => frame(&new_notification(notification)),
            DomainEvent::NotificationsRead { ids, all: true } => frame(&all_updated(ids.len())),
            DomainEvent::NotificationsRead { ids, all: false } => {
                return ids.iter().filter_map(|id| frame(&notification_updated(id))).collect();
            }
            DomainEvent::NotificationsDeleted { ids, all } => {
                let newest = newest(ids, *all).iter();
                return newest.filter_map(|id| frame(&notification_deleted(id, *all))).collect();
            }
            DomainEvent::UserStatus(status) => frame(&status_changed(status, at)),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&SocialError {
                    message: reason.clone().into(),
                    event: CONNECTION,
                    code: FORCE_LOGOUT,
                    retry_after: None,
                })
            }
            DomainEvent::CredentialEnded(end) => frame(&closing(credential_ended(*end))),
            DomainEvent::Custom(custom) => custom
                .is_for(super::CONTRACT, namespace)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            // This contract has no event for these.
            DomainEvent::ChatMessage(_)
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
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
            | DomainEvent::ChatLeft(_) => None,
        }
        .into_iter()
        .collect()
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(event, DomainEvent::Presence(_) | DomainEvent::OnlineUsers(_))
            || is_only_tracked(event)
            || is_only_commerce(event)
            || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        None
    }
}

fn received(message: &Message) -> Option<Frame> {
    let message = SocialMessage::new(message)?;
    let sender = message.sender.clone();
    frame(&SocialReceiveMessage { kind: NEW_MESSAGE, message, sender })
}

fn read(message: &MessageId, by: &UserId, reading: Reading, at: Timestamp) -> Option<Frame> {
    let (message_id, by) = (message.to_string(), by.to_string());
    match reading {
        Reading::Read => frame(&SocialReadConfirmed { message_id, read_by: by, read_at: at }),
        Reading::Seen => {
            frame(&SocialMessageSeen { message_id, seen_by: by, seen_at: at, is_read: true })
        }
    }
}

fn typing_changed(from: &UserId, name: &Option<String>, typing: bool) -> Option<Frame> {
    let user_id = from.to_string();
    if typing {
        frame(&SocialTyping { user_id, username: name.clone() })
    } else {
        frame(&SocialStoppedTyping { user_id })
    }
}

fn new_notification(stored: &Notification) -> SocialNewNotification {
    let notification = SocialNotification::from(stored);
    SocialNewNotification {
        id: notification.id.clone(),
        kind: notification.kind.clone(),
        from_user: stored.from.as_ref().map(|from| SocialPerson::new(from, &stored.from_profile)),
        post_id: notification.post_id.clone(),
        message: notification.message.clone(),
        is_read: notification.is_read,
        metadata: notification.metadata.clone(),
        created_at: notification.created_at,
        notification,
    }
}

/// One notification was read.
pub(super) fn notification_updated(id: &NotificationId) -> SocialNotificationUpdated {
    SocialNotificationUpdated {
        notification_id: id.to_string(),
        is_read: true,
        status: SUCCESS,
        updates: SocialNotificationUpdates { is_read: true },
    }
}

/// All were read, of which so many were unread.
pub(super) fn all_updated(modified_count: usize) -> SocialAllNotificationsUpdated {
    SocialAllNotificationsUpdated { modified_count, status: SUCCESS }
}

fn notification_deleted(id: &NotificationId, all: bool) -> SocialNotificationDeleted {
    SocialNotificationDeleted { notification_id: id.to_string(), status: SUCCESS, all }
}

fn status_changed(status: &UserStatus, at: Timestamp) -> SocialStatusChange {
    SocialStatusChange {
        user_id: status.user.to_string(),
        status: status.status.to_string(),
        timestamp: at,
        last_seen: status.last_seen,
    }
}

#[cfg(test)]
mod tests {
    use outrigger_domain::events::Audience;

    use super::*;
    use crate::contract::MOST_NAMED;

    #[test]
    fn however_many_notifications_are_deleted_a_queue_has_room_for_what_is_said() {
        let id = |n: usize| NotificationId::new(format!("n{n}")).unwrap();
        let ids: Vec<_> = (0..10 * MOST_NAMED).map(id).collect();
        let bob = UserId::new("bob").unwrap();
        let event = DomainEvent::NotificationsDeleted { ids: ids.into(), all: true };
        let published = Published::new(Timestamp::from_ms(0), Audience::User(bob), event);
        let said = SocialVoice.render("/", &published);
        assert_eq!(said.len(), MOST_NAMED);
        let last = said.last().unwrap().body();
        assert_eq!(last, r#"{"notificationId":"n999","status":"success","all":true}"#);
    }
}
