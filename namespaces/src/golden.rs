//! What every event of the domain looks like on the wire, to the letter. The files are the contract's payloads
//! (`contracts/rooms.md` section 3, `contracts/legacy.md`, `contracts/social.md` section 3, `contracts/tracking.md`
//! section 3, `contracts/commerce.md` section 3, `contracts/quiz.md` section 3, `contracts/contacts.md` section 3): a
//! difference is a change that clients see.

use std::sync::Arc;

use outrigger_domain::{
    accounts::Profile,
    actor::Role,
    commerce::{
        CommerceEvent, ConnectionStats, ManyConnections, Notice, Priority, Readers, Synced, Visitor,
    },
    events::{
        Announcement, Audience, CredentialEnd, CustomEvent, DomainEvent, MessageAlert,
        PresenceChange, Published, Secret, UserStatus,
    },
    ids::{
        ChatId, ClientMessageId, MessageId, NotificationId, OrderId, QuestionId, QuizId,
        RecipientId, TrackedId, UserId,
    },
    messaging::{Message, Reading, Recipient},
    notifications::{NEW_MESSAGE, Notification},
    quiz::{Directory, LeaderboardRow, QuizEvent, ServerStats, SessionStatus},
    time::{Clock, Timestamp},
    tracking::{
        self, Analytics, AnalyticsKind, Counts, MessageStats, RecipientStatus, Tracked,
        TrackedStatus,
    },
};
use serde_json::{json, value::to_raw_value};

use crate::{
    commerce::{COMMERCE, CommerceVoice},
    contacts::{CONTACTS, ContactsVoice},
    contract::{Hearer, Voice},
    legacy::{AUTH, LegacyVoice, MESSENGER, NOTIFICATIONS},
    monitor::{MONITOR, MonitorVoice},
    quiz::{QUIZ, QuizVoice},
    rooms::RoomsVoice,
    social::{SOCIAL, SocialVoice, said_to_the_asking},
    tracking::{TRACKING, TrackingVoice},
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

fn profile(name: &str) -> Profile {
    let (image, email) = ("https://x.example/p.png".into(), format!("{name}@x.example"));
    Profile { name: Some(name.into()), image: Some(image), email: Some(email) }
}

fn message(recipient: Recipient) -> Arc<Message> {
    let at = Timestamp::from_ms(1_699_999_999_000);
    Arc::new(Message {
        id: MessageId::new("m1").unwrap(),
        sender: user("ann"),
        sender_profile: profile("Ann"),
        recipient,
        receiver_profile: Profile::default(),
        text: Some("\"hi\" <b>".into()),
        image: None,
        client_id: Some(ClientMessageId::new("c1").unwrap()),
        created_at: at,
        updated_at: at,
        delivered_at: None,
        read_at: None,
    })
}

fn message_read(reading: Reading) -> DomainEvent {
    DomainEvent::MessageRead { message: MessageId::new("m1").unwrap(), by: user("bob"), reading }
}

/// One with nothing in it that may be left out, but data.
fn notification() -> Notification {
    Notification {
        id: NotificationId::new("n1").unwrap(),
        user: user("bob"),
        kind: "info".into(),
        title: "Title".into(),
        message: "Text".into(),
        data: Some(json!({ "x": 1 })),
        from: None,
        from_profile: Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(1_699_999_999_000),
        read_at: None,
    }
}

/// One that somebody caused, that was read since, and that has no text of its own.
fn follow() -> Notification {
    Notification {
        kind: "new_follow".into(),
        message: String::new(),
        data: None,
        from: Some(user("ann")),
        from_profile: Profile { name: Some("Ann".into()), image: None, email: None },
        post: Some("p1".into()),
        read_at: Some(Timestamp::from_ms(1_700_000_000_000)),
        ..notification()
    }
}

fn ids(ids: &[&str]) -> Arc<[NotificationId]> {
    ids.iter().map(|id| NotificationId::new(id).unwrap()).collect()
}

fn user_status(status: &str, last_seen: Option<Timestamp>) -> DomainEvent {
    DomainEvent::UserStatus(UserStatus { user: user("bob"), status: status.into(), last_seen })
}

/// One of whose recipients none is known.
fn tracked() -> Tracked {
    let at = Timestamp::from_ms(1_699_999_999_000);
    Tracked {
        id: TrackedId::new("t1").unwrap(),
        owner: user("bob"),
        status: TrackedStatus::Sending,
        subject: None,
        content: None,
        kind: None,
        template: None,
        total: Some(3),
        counts: Counts::default(),
        reported: (None, None),
        cost: None,
        recipients_cost: None,
        scheduled_at: None,
        sent_at: None,
        created_at: at,
        updated_at: at,
        revision: 0,
    }
}

fn recipient(number: u64, status: RecipientStatus, error: Option<&str>) -> tracking::Recipient {
    tracking::Recipient {
        id: RecipientId::new(format!("r{number}")).unwrap(),
        message: TrackedId::new("t1").unwrap(),
        phone: format!("+1555000{number}"),
        email: None,
        name: None,
        status,
        error: error.map(Into::into),
        cost: None,
        sent_at: None,
        delivered_at: None,
        updated_at: Timestamp::from_ms(1_699_999_999_000),
        revision: number,
    }
}

/// What becomes of messages sent to many.
fn campaigns() -> Vec<DomainEvent> {
    let at_work = Arc::new(Tracked {
        status: TrackedStatus::Failed,
        counts: Counts { delivered: 2, failed: 1, ..Counts::default() },
        cost: Some(0.25),
        ..tracked()
    });
    let few = [
        recipient(1, RecipientStatus::Sent, None),
        recipient(2, RecipientStatus::Delivered, None),
        recipient(3, RecipientStatus::Bounced, Some("no such number")),
        tracking::Recipient {
            phone: String::new(),
            email: Some("r4@x.example".into()),
            ..recipient(4, RecipientStatus::Failed, Some("refused"))
        },
    ];
    let many = (1..=11).map(|number| match number {
        1 => recipient(number, RecipientStatus::Failed, Some("busy")),
        _ => recipient(number, RecipientStatus::Delivered, None),
    });
    let figures = to_raw_value(&MessageStats { total_messages: 1, ..MessageStats::default() });
    let figures: Arc<_> = figures.unwrap().into();
    let analytics = |global| {
        DomainEvent::Analytics(Analytics {
            kind: AnalyticsKind::Messages,
            data: Arc::clone(&figures),
            global,
        })
    };
    let announcement = |kind: &str, data| {
        let (kind, title, message) = (kind.into(), "Title".into(), "Text".into());
        DomainEvent::Announcement(Arc::new(Announcement { kind, title, message, data }))
    };
    vec![
        DomainEvent::TrackedMessage(Arc::new(tracked())),
        DomainEvent::TrackedMessage(Arc::clone(&at_work)),
        DomainEvent::Recipients { tracked: Arc::clone(&at_work), changed: few.into() },
        DomainEvent::Recipients { tracked: at_work, changed: many.collect() },
        analytics(false),
        analytics(true),
        announcement("warning", Some(json!({ "x": 1 }))),
        announcement("news", None),
        DomainEvent::PingAll,
    ]
}

/// What goes on in the marketplace.
fn marketplace() -> Vec<DomainEvent> {
    let at = Timestamp::from_ms(1_699_999_999_000);
    let data = || -> Arc<_> { to_raw_value(&json!({ "any": ["thing", 1] })).unwrap().into() };
    let visitor = |name: Option<&str>| {
        Arc::new(Visitor {
            user: user("ann"),
            name: name.map(Into::into),
            email: "ann@x.example".into(),
            role: Role::Staff,
            socket: 7,
        })
    };
    let stats = |users, connections, several| {
        CommerceEvent::Stats(Arc::new(ConnectionStats { users, connections, several, at }))
    };
    let several = ManyConnections { user_id: user("ann"), connection_count: 2 };
    let notice = |data, priority, announced| {
        CommerceEvent::Notice(Arc::new(Notice {
            id: NotificationId::new("n9").unwrap(),
            readers: Readers::Everyone,
            kind: "system".into(),
            title: "Title".into(),
            message: "Text".into(),
            data,
            priority,
            announced,
            created_at: at,
        }))
    };
    let synced = |what| CommerceEvent::Synced { what, data: data() };
    let visit = |chat: &str, name: Option<&str>, entered| DomainEvent::ChatVisit {
        chat: ChatId::new(chat).unwrap(),
        user: user("ann"),
        name: name.map(Into::into),
        entered,
    };
    let told = [
        CommerceEvent::Arrived(visitor(Some("Ann"))),
        CommerceEvent::Departed { visitor: visitor(None), reason: "transport close" },
        stats(0, 1, vec![]),
        stats(3, 4, vec![several]),
        CommerceEvent::Dashboard(data()),
        synced(Synced::Cart),
        synced(Synced::Wishlist),
        synced(Synced::Profile),
        CommerceEvent::ProductOffered {
            seller: user("ann"),
            seller_name: Some("Ann".into()),
            product: data(),
        },
        CommerceEvent::ProductChanged { product: "p1".into(), changes: data() },
        CommerceEvent::OrderPlaced { buyer: user("bob"), buyer_name: None, order: data() },
        CommerceEvent::OrderStatus { order: OrderId::new("o1").unwrap(), status: "shipped".into() },
        CommerceEvent::EventsAvailable { role: Role::User, events: ["ping".into()].into() },
        notice(None, Priority::Normal, false),
        notice(Some(json!({ "x": 1 })), Priority::High, true),
    ];
    let visits = [
        visit("ann_bob", Some("Ann"), true),
        visit(":lobby", None, true),
        visit(":product:p1", Some("Ann"), false),
    ];
    let lobby = Recipient::Chat(ChatId::new(":lobby").unwrap());
    let nameless = Message { sender_profile: Profile::default(), ..(*message(lobby)).clone() };
    let urgent = Notification { data: Some(json!({ "priority": "high" })), ..notification() };
    told.into_iter()
        .map(DomainEvent::Commerce)
        .chain(visits)
        .chain([
            DomainEvent::RoleChanged { role: Role::Staff },
            DomainEvent::ChatMessage(Arc::new(nameless)),
            DomainEvent::Notification(Arc::new(urgent)),
        ])
        .collect()
}

/// What goes on in rooms beside what is stored.
fn rooms() -> Vec<DomainEvent> {
    let lobby = || ChatId::new(":lobby").unwrap();
    let typing = |name: Option<&str>, typing| DomainEvent::ChatTyping {
        chat: lobby(),
        user: user("ann"),
        name: name.map(Into::into),
        typing,
    };
    let relayed = crate::quiz::relayed().into_iter().map(|words| DomainEvent::ChatRelay {
        chat: lobby(),
        user: user("ann"),
        name: Some("Ann".into()),
        words,
    });
    let mut events = vec![typing(Some("Ann"), true), typing(None, false)];
    events.extend(relayed);
    events
}

/// What goes on in quizzes, and among those who are there.
fn quizzes() -> Vec<DomainEvent> {
    let at = Timestamp::from_ms(1_699_999_999_000);
    let (quiz, name) = (|| QuizId::new("q1").unwrap(), || "Ann".to_owned());
    let row = |id: &str, score, rank| LeaderboardRow {
        user: user(id),
        name: id.to_uppercase(),
        score,
        answered: 2,
        finished: rank == 1,
        rank,
    };
    let rows = || -> Arc<[_]> { [row("ann", 5, 1), row("bob", 0, 2)].into() };
    let question = |time_limit: Option<u32>| QuizEvent::Question {
        quiz: quiz(),
        question: QuestionId::new("a").unwrap(),
        index: 1,
        total: 3,
        time_limit,
        closes_at: time_limit.map(|_| at),
    };
    let there = |id: &str, status: &str| Directory {
        user: user(id),
        name: id.to_uppercase(),
        status: status.into(),
        last_activity: at,
    };
    let stats = |resident_bytes| {
        QuizEvent::Stats(Arc::new(ServerStats {
            total_connections: 9,
            current_connections: 4,
            peak_connections: 5,
            last_peak: at,
            uptime_secs: 61,
            resident_bytes,
            online_users: 3,
            active_rooms: 2,
            quiz_sessions: 1,
            at,
        }))
    };
    let told = [
        QuizEvent::Joined { quiz: quiz(), user: user("ann"), name: name(), count: 2 },
        QuizEvent::Left { quiz: quiz(), user: user("ann"), name: name(), count: 1 },
        QuizEvent::Progress { quiz: quiz(), user: user("ann"), name: name(), answered: 1 },
        QuizEvent::Finished { quiz: quiz(), user: user("ann"), name: name(), answered: 2 },
        QuizEvent::Leaderboard { quiz: quiz(), rows: rows() },
        QuizEvent::Started { quiz: quiz(), at, status: SessionStatus::Active },
        question(None),
        question(Some(20)),
        QuizEvent::Completed { quiz: quiz(), rows: rows() },
        QuizEvent::Came { user: user("ann"), name: name(), at },
        QuizEvent::Went { user: user("ann"), name: name(), at },
        QuizEvent::Everyone([there("ann", "online"), there("bob", "away")].into()),
        stats(None),
        stats(Some(1 << 20)),
    ];
    told.into_iter().map(DomainEvent::Quiz).collect()
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
    let mut events = vec![
        DomainEvent::MessageReceived(Arc::clone(&direct)),
        DomainEvent::MessageSent(direct),
        DomainEvent::ChatMessage(message(Recipient::Chat(chat.clone()))),
        message_read(Reading::Read),
        message_read(Reading::Seen),
        DomainEvent::MessageDeleted { message: MessageId::new("m1").unwrap(), by: user("ann") },
        DomainEvent::MessageDelivered { message: MessageId::new("m1").unwrap(), to: user("bob") },
        DomainEvent::Typing { from: user("ann"), name: Some("Ann".into()), typing: true },
        DomainEvent::Typing { from: user("ann"), name: None, typing: true },
        DomainEvent::Typing { from: user("ann"), name: Some("Ann".into()), typing: false },
        DomainEvent::MessageAlert(Arc::new(MessageAlert {
            fields: alert.as_object().unwrap().clone(),
        })),
        DomainEvent::Notification(Arc::new(notification())),
        DomainEvent::Notification(Arc::new(follow())),
        DomainEvent::Notification(Arc::new(Notification {
            kind: NEW_MESSAGE.into(),
            data: Some(json!({ "messageId": "m1" })),
            ..notification()
        })),
        DomainEvent::NotificationsRead { ids: ids(&["n1"]), all: false },
        DomainEvent::NotificationsRead { ids: ids(&["n1", "n2"]), all: true },
        DomainEvent::NotificationsDeleted { ids: ids(&["n1"]), all: false },
        DomainEvent::NotificationsDeleted { ids: ids(&["n1", "n2"]), all: true },
        DomainEvent::UnreadCount(3),
        DomainEvent::Presence(
            [
                PresenceChange { user: user("bob"), online: false },
                PresenceChange { user: user("cid"), online: true },
            ]
            .into(),
        ),
        DomainEvent::OnlineUsers([user("ann"), user("bob")].into()),
        user_status("online", None),
        user_status("offline", Some(Timestamp::from_ms(1_699_999_999_000))),
        user_status("busy", None),
        DomainEvent::TokenReplaced {
            token: Secret::new("a.b.c"),
            role: Role::User,
            told_role: None,
            reason: "why".into(),
        },
        DomainEvent::AccountStatus { active: false, reason: "why".into() },
        DomainEvent::AccountStatus { active: true, reason: "why".into() },
        DomainEvent::Designations { designations: vec!["CTO".into()], reason: "why".into() },
        DomainEvent::ForceLogout { reason: "why".into() },
        DomainEvent::Disconnected { reason: "why".into() },
        DomainEvent::CredentialEnded(CredentialEnd::Expired),
        DomainEvent::CredentialEnded(CredentialEnd::Revoked),
        DomainEvent::TestMessage { message: "m".into(), from: "admin".into() },
        DomainEvent::ChatLeft(chat),
        custom("tokenUpdated"),
        custom("newMessage"),
        custom("anything"),
    ];
    events.extend(campaigns());
    events.extend(marketplace());
    events.extend(rooms());
    events.extend(quizzes());
    events.extend(crate::contacts::everything_told().into_iter().map(DomainEvent::Support));
    events
}

fn spoken(voice: &dyn Voice, namespaces: &[&str]) -> String {
    let mut text = String::new();
    let mut line = |namespace: &str, frame: &outrigger_transport::Frame| {
        text += &format!("{namespace} {} {}\n", frame.event(), frame.body());
    };
    for event in everything() {
        let published = Published::new(Still.now(), Audience::User(user("bob")), event);
        for namespace in namespaces {
            let frames = voice.render(namespace, &published);
            let silent = voice.is_silent_on(&published.event);
            assert!(!silent || frames.is_empty(), "not silent: {:?}", published.event);
            frames.iter().for_each(|frame| line(namespace, frame));
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

#[test]
fn social_says_everything_as_its_contract_does() {
    let mut said = spoken(&SocialVoice, &["/"]);
    assert_eq!(
        said,
        spoken(&SocialVoice, &[SOCIAL]).replace(SOCIAL, "/"),
        "the same beside others"
    );
    for frame in said_to_the_asking() {
        said += &format!("(asking) {} {}\n", frame.event(), frame.body());
    }
    assert_eq!(said, include_str!("social/golden.txt"), "now said:\n{said}");
}

#[test]
fn tracking_says_everything_as_its_contract_does() {
    let voice = TrackingVoice::new(Arc::new(Still));
    let mut said = spoken(&voice, &["/"]);
    let beside = spoken(&voice, &[TRACKING]).replace(TRACKING, "/");
    assert_eq!(said, beside, "the same beside others");
    for frame in crate::tracking::said_to_the_asking(Still.now()) {
        said += &format!("(asking) {} {}\n", frame.event(), frame.body());
    }
    assert_eq!(said, include_str!("tracking/golden.txt"), "now said:\n{said}");
}

#[test]
fn commerce_says_everything_as_its_contract_does() {
    let voice = CommerceVoice::default();
    let mut said = spoken(&voice, &["/"]);
    let beside = spoken(&voice, &[COMMERCE]).replace(COMMERCE, "/");
    assert_eq!(said, beside, "the same beside others");
    for frame in crate::commerce::said_to_the_asking(Still.now()) {
        said += &format!("(asking) {} {}\n", frame.event(), frame.body());
    }
    for frame in crate::commerce::said_by_the_app(Still.now()) {
        said += &format!("(app) {} {}\n", frame.event(), frame.body());
    }
    assert_eq!(said, include_str!("commerce/golden.txt"), "now said:\n{said}");
}

#[test]
fn quiz_says_everything_as_its_contract_does() {
    let mut said = spoken(&QuizVoice, &["/"]);
    let beside = spoken(&QuizVoice, &[QUIZ]).replace(QUIZ, "/");
    assert_eq!(said, beside, "the same beside others");
    for event in everything() {
        let published = Published::new(Still.now(), Audience::All, event);
        for hearer in Hearer::ALL {
            let Some(frames) = QuizVoice.aside("/", &published, hearer) else { continue };
            let first = QuizVoice.render("/", &published);
            let instead = format!("({hearer:?} instead of {})", first[0].event());
            if frames.is_empty() {
                said += &format!("{instead} nothing\n");
            }
            for frame in frames {
                said += &format!("{instead} {} {}\n", frame.event(), frame.body());
            }
        }
    }
    for frame in crate::quiz::said_to_the_asking(Still.now()) {
        said += &format!("(asking) {} {}\n", frame.event(), frame.body());
    }
    assert_eq!(said, include_str!("quiz/golden.txt"), "now said:\n{said}");
}

#[test]
fn a_picture_of_another_contracts_client_is_shown_as_where_it_is() {
    let picture = Message {
        text: None,
        image: Some("https://x.example/1.png".into()),
        ..(*message(Recipient::User(user("bob")))).clone()
    };
    let event = DomainEvent::MessageReceived(Arc::new(picture));
    let published = Published::new(Still.now(), Audience::User(user("bob")), event);
    let frames = QuizVoice.render("/", &published);
    let said: serde_json::Value = serde_json::from_str(frames[0].body()).unwrap();
    assert_eq!(said["message"], "https://x.example/1.png");
    assert_eq!(said["type"], "image");
}

#[test]
fn contacts_says_everything_as_its_contract_does() {
    let mut said = spoken(&ContactsVoice, &[CONTACTS]);
    for frame in crate::contacts::said_to_the_asking(Still.now()) {
        said += &format!("(asking) {} {}\n", frame.event(), frame.body());
    }
    assert_eq!(said, include_str!("contacts/golden.txt"), "now said:\n{said}");
}

#[test]
fn commerce_shows_ids_instead_of_addresses_if_told_so() {
    let direct = DomainEvent::MessageReceived(message(Recipient::User(user("bob"))));
    let published = Published::new(Still.now(), Audience::User(user("bob")), direct);
    let from = |chat_from_id| {
        let frames = CommerceVoice { chat_from_id }.render("/", &published);
        let said: serde_json::Value = serde_json::from_str(frames[0].body()).unwrap();
        said["from"].clone()
    };
    assert_eq!((from(false), from(true)), (json!("Ann@x.example"), json!("ann")));
}

#[test]
fn whoever_speaks_in_a_chat_is_told_of_it_where_no_acknowledgement_says_so() {
    let chat = ChatId::new("team").unwrap();
    let spoken = DomainEvent::ChatMessage(message(Recipient::Chat(chat.clone())));
    let published = Published::new(Still.now(), Audience::Chat(chat.clone()), spoken);
    let others = Audience::Except { of: Audience::Chat(chat).into(), users: vec![user("ann")] };
    assert_eq!(CommerceVoice::default().narrowed(&published), Some(others));
    assert_eq!(SocialVoice.narrowed(&published), None);
}
