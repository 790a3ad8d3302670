//! How an event is kept in a feed: what it is about by name, the rest as JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    events::{Audience, CustomEvent, DomainEvent, Published},
    ids::{DeviceId, MessageId, NotificationId, UserId},
    messaging::{Message, Reading},
    notifications::Notification,
    time::Timestamp,
};

/// What kind of event a row keeps. The names are in databases: they stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A message for the user.
    MessageReceived,
    /// A message of the user.
    MessageSent,
    /// A message of a chat.
    ChatMessage,
    /// The other side read a message.
    MessageRead,
    /// A notification.
    Notification,
    /// A message was deleted.
    MessageDeleted,
    /// A notification was read: how rows said so that are older than [`Self::NotificationsRead`].
    NotificationRead,
    /// Notifications were read.
    NotificationsRead,
    /// Notifications were deleted.
    NotificationsDeleted,
    /// The account was activated or deactivated.
    AccountStatus,
    /// The designations were replaced.
    Designations,
    /// The app's own event.
    Custom,
}

impl EntryKind {
    const NAMES: [(Self, &'static str); 12] = [
        (Self::MessageReceived, "message_received"),
        (Self::MessageSent, "message_sent"),
        (Self::ChatMessage, "chat_message"),
        (Self::MessageRead, "message_read"),
        (Self::Notification, "notification"),
        (Self::MessageDeleted, "message_deleted"),
        (Self::NotificationRead, "notification_read"),
        (Self::NotificationsRead, "notifications_read"),
        (Self::NotificationsDeleted, "notifications_deleted"),
        (Self::AccountStatus, "account_status"),
        (Self::Designations, "designations"),
        (Self::Custom, "custom"),
    ];

    /// As it stands in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// A row of a feed, without whose it is and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What kind of event.
    pub kind: EntryKind,
    /// The id of the message or notification it is about.
    pub subject: Option<String>,
    /// What else there is to know, as JSON.
    pub detail: Option<String>,
    /// The device that is not told.
    pub except: Option<DeviceId>,
}

/// What an entry's subject was found to be.
#[derive(Debug, Clone)]
pub enum Subject {
    /// It is about nothing that has a row.
    None,
    /// A message.
    Message(Arc<Message>),
    /// A notification.
    Notification(Arc<Notification>),
    /// It is gone: there is nothing to tell any more.
    Gone,
}

/// Who read a message: a bare id for [`Reading::Read`], as all rows had it once.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ReadDetail {
    Read(UserId),
    Seen { seen_by: UserId },
}

#[derive(Serialize, Deserialize)]
struct NotificationsDetail {
    ids: Vec<NotificationId>,
    all: bool,
}

impl NotificationsDetail {
    fn of(ids: &[NotificationId], all: bool) -> Self {
        Self { ids: ids.to_vec(), all }
    }
}

#[derive(Serialize, Deserialize)]
struct StatusDetail {
    active: bool,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct DesignationsDetail {
    designations: Vec<String>,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct CustomDetail {
    name: String,
    data: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    contract: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    namespace: Option<String>,
}

/// Everything in these is text, numbers and JSON that was checked: it cannot fail to be written.
fn json<T: Serialize>(detail: &T) -> Option<String> {
    serde_json::to_string(detail)
        .inspect_err(|error| tracing::error!(%error, "an event cannot be kept in feeds"))
        .ok()
}

impl Entry {
    /// How an event is kept; `None` for one that is not: state, or for no users in particular.
    #[must_use]
    pub fn of(published: &Published) -> Option<Self> {
        let except = match &published.audience {
            Audience::User(_) | Audience::Users(_) | Audience::Chat(_) => None,
            Audience::OtherDevices(_, device) => Some(device.clone()),
            Audience::Role(_)
            | Audience::Device(..)
            | Audience::Token(_)
            | Audience::Tracked { .. }
            | Audience::Subscribers(_)
            | Audience::Quiz(_)
            | Audience::Support(_)
            | Audience::All
            | Audience::Except { .. }
            | Audience::ExceptSocket { .. } => return None,
        };
        let about = |kind, subject: &dyn ToString| {
            Some(Self { kind, subject: Some(subject.to_string()), detail: None, except: None })
        };
        let detailed = |kind, detail: Option<String>| {
            Some(Self { kind, subject: None, detail: Some(detail?), except: None })
        };
        let entry = match &published.event {
            DomainEvent::MessageReceived(message) => about(EntryKind::MessageReceived, &message.id),
            DomainEvent::MessageSent(message) => about(EntryKind::MessageSent, &message.id),
            DomainEvent::ChatMessage(message) => about(EntryKind::ChatMessage, &message.id),
            DomainEvent::Notification(stored) => about(EntryKind::Notification, &stored.id),
            DomainEvent::NotificationsRead { ids, all } => {
                let detail = NotificationsDetail::of(ids, *all);
                detailed(EntryKind::NotificationsRead, json(&detail))
            }
            DomainEvent::NotificationsDeleted { ids, all } => {
                let detail = NotificationsDetail::of(ids, *all);
                detailed(EntryKind::NotificationsDeleted, json(&detail))
            }
            DomainEvent::MessageRead { message, by, reading } => {
                let detail = match reading {
                    Reading::Read => ReadDetail::Read(by.clone()),
                    Reading::Seen => ReadDetail::Seen { seen_by: by.clone() },
                };
                about(EntryKind::MessageRead, message)
                    .and_then(|entry| Some(Self { detail: Some(json(&detail)?), ..entry }))
            }
            DomainEvent::MessageDeleted { message, by } => {
                about(EntryKind::MessageDeleted, message)
                    .and_then(|entry| Some(Self { detail: Some(json(by)?), ..entry }))
            }
            DomainEvent::AccountStatus { active, reason } => {
                let detail = StatusDetail { active: *active, reason: reason.clone() };
                detailed(EntryKind::AccountStatus, json(&detail))
            }
            DomainEvent::Designations { designations, reason } => {
                let designations = designations.clone();
                let detail = DesignationsDetail { designations, reason: reason.clone() };
                detailed(EntryKind::Designations, json(&detail))
            }
            DomainEvent::Custom(custom) => {
                let detail = CustomDetail {
                    name: custom.name.to_string(),
                    data: RawValue::to_owned(&custom.data),
                    contract: custom.contract.clone(),
                    namespace: custom.namespace.clone(),
                };
                detailed(EntryKind::Custom, json(&detail))
            }
            DomainEvent::MessageDelivered { .. }
            | DomainEvent::Typing { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::Announcement(_)
            | DomainEvent::RoleChanged { .. }
            | DomainEvent::Disconnected { .. }
            | DomainEvent::ChatVisit { .. }
            | DomainEvent::ChatTyping { .. }
            | DomainEvent::ChatRelay { .. }
            | DomainEvent::Commerce(_)
            | DomainEvent::Quiz(_)
            | DomainEvent::Support(_)
            | DomainEvent::PingAll
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::ForceLogout { .. }
            | DomainEvent::CredentialEnded(_)
            | DomainEvent::TestMessage { .. }
            | DomainEvent::ChatLeft(_) => None,
        }?;
        Some(Self { except, ..entry })
    }

    /// The event again, as it was for `user`; `None` if its subject is gone.
    ///
    /// # Errors
    /// [`Unreadable`] if the row is not one that [`Self::of`] made.
    pub fn event(
        self,
        user: &UserId,
        at: Timestamp,
        subject: Subject,
    ) -> Result<Option<Published>, Unreadable> {
        let event = match (self.kind, subject) {
            (_, Subject::Gone) => return Ok(None),
            (EntryKind::MessageReceived, Subject::Message(m)) => DomainEvent::MessageReceived(m),
            (EntryKind::MessageSent, Subject::Message(m)) => DomainEvent::MessageSent(m),
            (EntryKind::ChatMessage, Subject::Message(m)) => DomainEvent::ChatMessage(m),
            (EntryKind::Notification, Subject::Notification(n)) => DomainEvent::Notification(n),
            (EntryKind::NotificationRead, _) => {
                let id = NotificationId::new(self.subject.ok_or(Unreadable)?);
                let ids = [id.map_err(|_| Unreadable)?].into();
                DomainEvent::NotificationsRead { ids, all: false }
            }
            (EntryKind::NotificationsRead, _) => {
                let NotificationsDetail { ids, all } = read(self.detail)?;
                DomainEvent::NotificationsRead { ids: ids.into(), all }
            }
            (EntryKind::NotificationsDeleted, _) => {
                let NotificationsDetail { ids, all } = read(self.detail)?;
                DomainEvent::NotificationsDeleted { ids: ids.into(), all }
            }
            (EntryKind::MessageRead, _) => {
                let message = MessageId::new(self.subject.ok_or(Unreadable)?);
                let (by, reading) = match read(self.detail)? {
                    ReadDetail::Read(by) => (by, Reading::Read),
                    ReadDetail::Seen { seen_by } => (seen_by, Reading::Seen),
                };
                DomainEvent::MessageRead { message: message.map_err(|_| Unreadable)?, by, reading }
            }
            (EntryKind::MessageDeleted, _) => {
                let message = MessageId::new(self.subject.ok_or(Unreadable)?);
                let message = message.map_err(|_| Unreadable)?;
                DomainEvent::MessageDeleted { message, by: read(self.detail)? }
            }
            (EntryKind::AccountStatus, _) => {
                let StatusDetail { active, reason } = read(self.detail)?;
                DomainEvent::AccountStatus { active, reason }
            }
            (EntryKind::Designations, _) => {
                let DesignationsDetail { designations, reason } = read(self.detail)?;
                DomainEvent::Designations { designations, reason }
            }
            (EntryKind::Custom, _) => {
                let CustomDetail { name, data, contract, namespace } = read(self.detail)?;
                let (name, data) = (name.into(), data.into());
                DomainEvent::Custom(CustomEvent { name, data, contract, namespace })
            }
            (
                EntryKind::MessageReceived
                | EntryKind::MessageSent
                | EntryKind::ChatMessage
                | EntryKind::Notification,
                _,
            ) => return Err(Unreadable),
        };
        let audience = match self.except {
            Some(device) => Audience::OtherDevices(user.clone(), device),
            None => Audience::User(user.clone()),
        };
        Ok(Some(Published::new(at, audience, event)))
    }
}

fn read<T: for<'de> Deserialize<'de>>(detail: Option<String>) -> Result<T, Unreadable> {
    serde_json::from_str(&detail.ok_or(Unreadable)?).map_err(|_| Unreadable)
}

/// A row that nobody of us wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an entry of a feed")]
pub struct Unreadable;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::events::Secret;

    fn ann() -> UserId {
        UserId::new("ann").unwrap()
    }

    fn seen(reading: Reading) -> DomainEvent {
        DomainEvent::MessageRead { message: MessageId::new("m").unwrap(), by: ann(), reading }
    }

    fn notifications_read() -> DomainEvent {
        let ids = [NotificationId::new("n").unwrap()].into();
        DomainEvent::NotificationsRead { ids, all: false }
    }

    fn kept(audience: Audience, event: DomainEvent) -> Option<Entry> {
        Entry::of(&Published::new(Timestamp::from_ms(1), audience, event))
    }

    /// Through a row and back, as text: events have no equality of their own.
    fn there_and_back(audience: Audience, event: DomainEvent) -> (String, String) {
        let before = format!("{event:?}");
        let entry = kept(audience, event).unwrap();
        let read = entry.event(&ann(), Timestamp::from_ms(1), Subject::None).unwrap().unwrap();
        (before, format!("{:?}", read.event))
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let user = || Audience::User(ann());
        let data = serde_json::value::to_raw_value(&json!({ "n": [1, null] })).unwrap();
        for (audience, event) in [
            (user(), DomainEvent::AccountStatus { active: false, reason: "a \"b\"".into() }),
            (
                user(),
                DomainEvent::Designations { designations: vec!["x".into()], reason: String::new() },
            ),
            (user(), seen(Reading::Read)),
            (user(), seen(Reading::Seen)),
            (
                user(),
                DomainEvent::MessageDeleted { message: MessageId::new("m").unwrap(), by: ann() },
            ),
            (user(), notifications_read()),
            (
                user(),
                DomainEvent::NotificationsDeleted {
                    ids: [NotificationId::new("n").unwrap()].into(),
                    all: true,
                },
            ),
            (
                Audience::Users(vec![ann()]),
                DomainEvent::Custom(CustomEvent {
                    name: "order".into(),
                    data: data.into(),
                    contract: Some("rooms".into()),
                    namespace: None,
                }),
            ),
        ] {
            let (before, after) = there_and_back(audience, event);
            assert_eq!(before, after);
        }
    }

    #[test]
    fn the_device_that_did_it_is_not_told_again() {
        let device = DeviceId::new("phone").unwrap();
        let audience = Audience::OtherDevices(ann(), device.clone());
        let entry = kept(audience.clone(), notifications_read()).unwrap();
        let told = entry.event(&ann(), Timestamp::from_ms(1), Subject::None).unwrap().unwrap();
        assert_eq!(told.audience, audience);
    }

    #[test]
    fn tokens_state_and_what_is_for_nobody_in_particular_are_not_kept() {
        let token = DomainEvent::TokenReplaced {
            token: Secret::new("t"),
            role: crate::actor::Role::User,
            told_role: None,
            reason: String::new(),
        };
        assert!(kept(Audience::User(ann()), token).is_none());
        assert!(kept(Audience::User(ann()), DomainEvent::UnreadCount(3)).is_none());
        let status = DomainEvent::AccountStatus { active: true, reason: String::new() };
        assert!(kept(Audience::All, status).is_none());
    }

    #[test]
    fn an_event_whose_subject_is_gone_is_nothing_and_a_strange_row_is_an_error() {
        let entry = |detail: Option<&str>| Entry {
            kind: EntryKind::AccountStatus,
            subject: None,
            detail: detail.map(str::to_owned),
            except: None,
        };
        let at = Timestamp::from_ms(1);
        assert!(entry(None).event(&ann(), at, Subject::Gone).unwrap().is_none());
        assert!(entry(None).event(&ann(), at, Subject::None).is_err());
        assert!(entry(Some("{")).event(&ann(), at, Subject::None).is_err());
    }

    #[test]
    fn rows_of_older_versions_are_read() {
        let row = |kind, subject: &str, detail: Option<&str>| Entry {
            kind,
            subject: Some(subject.to_owned()),
            detail: detail.map(str::to_owned),
            except: None,
        };
        let told = |entry: Entry| {
            let event = entry.event(&ann(), Timestamp::from_ms(1), Subject::None);
            format!("{:?}", event.unwrap().unwrap().event)
        };
        let read = row(EntryKind::MessageRead, "m", Some("\"ann\""));
        assert_eq!(told(read), format!("{:?}", seen(Reading::Read)));
        let notification = row(EntryKind::NotificationRead, "n", None);
        assert_eq!(told(notification), format!("{:?}", notifications_read()));
    }

    #[test]
    fn names_of_kinds_are_read_back() {
        for (kind, name) in EntryKind::NAMES {
            assert_eq!(EntryKind::named(name), Some(kind));
            assert_eq!(kind.as_str(), name);
        }
        assert_eq!(EntryKind::named("else"), None);
    }
}
