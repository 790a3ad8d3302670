//! What every event of the domain looks like on the wire, to the letter. The files are the contract's payloads
//! (`contracts/rooms.md` section 3, `contracts/legacy.md`): a difference is a change that clients see.

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    events::{
        Audience, CredentialEnd, CustomEvent, DomainEvent, MessageAlert, PresenceChange, Published,
        Secret,
    },
    ids::{ChatId, ClientMessageId, MessageId, NotificationId, UserId},
    messaging::{Message, Recipient},
    notifications::Notification,
    time::{Clock, Timestamp},
};
use serde_json::{json, value::to_raw_value};

use crate::{
    contract::Voice,
    legacy::{AUTH, LegacyVoice, MESSENGER, NOTIFICATIONS},
    monitor::{MONITOR, MonitorVoice},
    rooms::RoomsVoice,
};

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000)
    }
}

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

fn message(recipient: Recipient) -> Arc<Message> {
    let at = Timestamp::from_ms(1_699_999_999_000);
    Arc::new(Message {
        id: MessageId::new("m1").unwrap(),
        sender: user("ann"),
        recipient,
        text: Some("\"hi\" <b>".into()),
        image: None,
        client_id: Some(ClientMessageId::new("c1").unwrap()),
        created_at: at,
        updated_at: at,
        delivered_at: None,
        read_at: None,
    })
}

/// One of everything.
fn everything() -> Vec<DomainEvent> {
    let direct = message(Recipient::User(user("bob")));
    let chat = ChatId::new("ann_bob").unwrap();
    let custom = |name: &str| {
        DomainEvent::Custom(CustomEvent {
            name: name.into(),
            data: to_raw_value(&json!({ "any": ["thing", 1] })).unwrap().into(),
            contract: None,
            namespace: None,
        })
    };
    let alert = json!({ "from": "ann", "content": "hi", "timestamp": "made up", "more": 1 });
    vec![
        DomainEvent::MessageReceived(Arc::clone(&direct)),
        DomainEvent::MessageSent(direct),
        DomainEvent::ChatMessage(message(Recipient::Chat(chat.clone()))),
        DomainEvent::MessageRead { message: MessageId::new("m1").unwrap(), by: user("bob") },
        DomainEvent::MessageDelivered { message: MessageId::new("m1").unwrap(), to: user("bob") },
        DomainEvent::Typing { from: user("ann"), typing: true },
        DomainEvent::MessageAlert(Arc::new(MessageAlert {
            fields: alert.as_object().unwrap().clone(),
        })),
        DomainEvent::Notification(Arc::new(Notification {
            id: NotificationId::new("n1").unwrap(),
            user: user("bob"),
            kind: "info".into(),
            title: "Title".into(),
            message: "Text".into(),
            data: Some(json!({ "x": 1 })),
            created_at: Timestamp::from_ms(1_699_999_999_000),
            read_at: None,
        })),
        DomainEvent::NotificationRead(NotificationId::new("n1").unwrap()),
        DomainEvent::UnreadCount(3),
        DomainEvent::Presence(
            [
                PresenceChange { user: user("bob"), online: false },
                PresenceChange { user: user("cid"), online: true },
            ]
            .into(),
        ),
        DomainEvent::OnlineUsers([user("ann"), user("bob")].into()),
        DomainEvent::TokenReplaced {
            token: Secret::new("a.b.c"),
            role: Role::User,
            reason: "why".into(),
        },
        DomainEvent::AccountStatus { active: false, reason: "why".into() },
        DomainEvent::AccountStatus { active: true, reason: "why".into() },
        DomainEvent::Designations { designations: vec!["CTO".into()], reason: "why".into() },
        DomainEvent::ForceLogout { reason: "why".into() },
        DomainEvent::CredentialEnded(CredentialEnd::Expired),
        DomainEvent::CredentialEnded(CredentialEnd::Revoked),
        DomainEvent::TestMessage { message: "m".into(), from: "admin".into() },
        DomainEvent::ChatLeft(chat),
        custom("tokenUpdated"),
        custom("newMessage"),
        custom("anything"),
    ]
}

fn spoken(voice: &dyn Voice, namespaces: &[&str]) -> String {
    let mut text = String::new();
    let mut line = |namespace: &str, frame: &outrigger_transport::Frame| {
        text += &format!("{namespace} {} {}\n", frame.event(), frame.body());
    };
    for event in everything() {
        let published = Published::new(Still.now(), Audience::User(user("bob")), event);
        for namespace in namespaces {
            voice.render(namespace, &published).iter().for_each(|frame| line(namespace, frame));
        }
    }
    for namespace in namespaces {
        let said = voice.heartbeat(namespace).into_iter().chain(voice.farewell(namespace));
        said.for_each(|frame| line(namespace, &frame));
    }
    text
}

#[test]
fn rooms_says_everything_as_its_contract_does() {
    let said = spoken(&RoomsVoice::new(Arc::new(Still)), &["/"]);
    assert_eq!(said, include_str!("rooms/golden.txt"), "now said:\n{said}");
}

#[test]
fn legacy_says_everything_in_the_namespace_where_it_belongs() {
    let said = spoken(&LegacyVoice::new(Arc::new(Still)), &["/", AUTH, MESSENGER, NOTIFICATIONS]);
    assert_eq!(said, include_str!("legacy/golden.txt"), "now said:\n{said}");
}

#[test]
fn monitors_are_told_why_they_close_and_nothing_of_what_users_say() {
    let said = spoken(&MonitorVoice::new(Arc::new(Still)), &[MONITOR]);
    assert_eq!(said, include_str!("monitor/golden.txt"), "now said:\n{said}");
}
