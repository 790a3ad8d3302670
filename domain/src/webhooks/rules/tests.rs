use serde_json::{Value, json};

use super::*;
use crate::{
    accounts::Profile,
    ids::{ChatId, DeviceId},
    local_bus::LocalBus,
    messaging::{MessageDocument, Reading},
    naming::Uuids,
    time::SystemClock,
};

const DELAY: Duration = Duration::from_secs(30);
const AT: i64 = 1_767_225_600_000;

struct World {
    presence: Arc<Presence>,
    rules: Rules,
}

fn world(wanted: &[WebhookKind]) -> World {
    let (bus, _events) = LocalBus::new();
    let presence = Arc::new(Presence::new(Arc::new(bus), Arc::new(SystemClock)));
    let wanted = wanted.iter().copied().collect();
    let rules = Rules::new(wanted, DELAY, Arc::clone(&presence), Arc::new(Uuids));
    World { presence, rules }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn message(recipient: Recipient) -> Arc<Message> {
    Arc::new(Message {
        id: MessageId::new("m1").unwrap(),
        sender: user("ann"),
        sender_profile: Profile::default(),
        receiver_profile: Profile::default(),
        recipient,
        text: Some("hi".into()),
        image: None,
        client_id: None,
        created_at: Timestamp::from_ms(AT),
        updated_at: Timestamp::from_ms(AT),
        delivered_at: None,
        read_at: None,
    })
}

fn notification(whose: &str) -> Arc<Notification> {
    Arc::new(Notification {
        id: NotificationId::new("m1").unwrap(),
        user: user(whose),
        kind: "order".into(),
        title: "t".into(),
        message: "text".into(),
        data: None,
        from: None,
        from_profile: Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(AT),
        read_at: None,
    })
}

impl World {
    fn told(&self, audience: Audience, event: DomainEvent) -> Posting {
        self.rules.posting(&Published::new(Timestamp::from_ms(AT), audience, event))
    }

    fn told_user(&self, name: &str, event: DomainEvent) -> Posting {
        self.told(Audience::User(user(name)), event)
    }

    fn enters(&self, name: &str) {
        self.presence.enter(&user(name), &DeviceId::new("d").unwrap());
    }
}

/// The body without its id, which must be the webhook's.
fn body(webhook: &NewWebhook) -> Value {
    let mut body: Value = serde_json::from_str(&webhook.body).unwrap();
    let id = body.as_object_mut().unwrap().remove("id").unwrap();
    assert_eq!(id, webhook.id.as_str());
    body
}

fn envelope(kind: &str, user: &str, data: &Value) -> Value {
    json!({ "type": kind, "at": "2026-01-01T00:00:00.000Z", "userId": user, "data": data })
}

#[test]
fn a_message_is_stored_in_the_lane_of_its_receiver_and_perhaps_missed() {
    let world = world(&WebhookKind::ALL);
    let message = message(Recipient::User(user("bob")));
    let posting = world.told_user("bob", DomainEvent::MessageReceived(Arc::clone(&message)));
    let [stored, missed] = <[_; 2]>::try_from(posting.add).unwrap();
    assert!(posting.cancel.is_empty());

    let document = json!({ "message": MessageDocument::from(&*message) });
    assert_eq!(body(&stored), envelope("message.stored", "bob", &document));
    assert_eq!((stored.lane, stored.subject), (Some(user("bob")), None));
    assert_eq!(stored.due_at, Timestamp::from_ms(AT));

    assert_eq!(body(&missed), envelope("message.missed", "bob", &document));
    assert_eq!((missed.lane, missed.subject.as_deref()), (None, Some("message:m1")));
    assert_eq!(missed.due_at, Timestamp::from_ms(AT).plus(DELAY));
    assert!(!missed.unless_online, "bob was away when it came");

    world.enters("bob");
    let posting = world.told_user("bob", DomainEvent::MessageReceived(message));
    assert!(posting.add[1].unless_online, "bob is there and may see it");
}

#[test]
fn a_message_of_a_chat_is_told_once_by_its_sender_and_missed_by_nobody() {
    let world = world(&WebhookKind::ALL);
    let chat = ChatId::new("team").unwrap();
    let message = message(Recipient::Chat(chat.clone()));
    let posting = world.told(Audience::Chat(chat), DomainEvent::ChatMessage(Arc::clone(&message)));
    let [stored] = <[_; 1]>::try_from(posting.add).unwrap();
    let data = json!({ "message": MessageDocument::from(&*message), "chatId": "team" });
    assert_eq!(body(&stored), envelope("message.stored", "ann", &data));
    assert_eq!(stored.lane, Some(user("ann")));
}

#[test]
fn what_was_read_was_not_missed_even_if_nobody_asked_about_reading() {
    let read = DomainEvent::MessageRead {
        message: MessageId::new("m1").unwrap(),
        by: user("bob"),
        reading: Reading::Read,
    };
    let posting = world(&WebhookKind::ALL).told_user("ann", read.clone());
    let data = json!({ "messageId": "m1", "senderId": "ann", "receiverId": "bob", "readAt": "2026-01-01T00:00:00.000Z" });
    assert_eq!(body(&posting.add[0]), envelope("message.read", "bob", &data));
    assert_eq!(posting.add[0].lane, Some(user("bob")), "behind the message itself");
    assert_eq!(posting.cancel, ["message:m1"]);

    let posting = world(&[WebhookKind::MessageMissed]).told_user("ann", read);
    assert_eq!((posting.add.len(), posting.cancel), (0, vec!["message:m1".to_owned()]));
}

#[test]
fn a_delivery_is_told_in_the_lane_of_the_receiver() {
    let message = MessageId::new("m1").unwrap();
    let event = DomainEvent::MessageDelivered { message, to: user("bob") };
    let posting = world(&WebhookKind::ALL).told_user("ann", event);
    let data = json!({ "messageId": "m1", "senderId": "ann", "receiverId": "bob", "deliveredAt": "2026-01-01T00:00:00.000Z" });
    assert_eq!(body(&posting.add[0]), envelope("message.delivered", "bob", &data));
    assert!(posting.cancel.is_empty(), "a device has it; bob may not have looked at it");
}

#[test]
fn a_notification_is_missed_until_it_is_read_on_any_device() {
    let world = world(&WebhookKind::ALL);
    let posting = world.told_user("bob", DomainEvent::Notification(notification("bob")));
    let [missed] = <[_; 1]>::try_from(posting.add).unwrap();
    let data = json!({ "notification": { "id": "m1", "userId": "bob", "type": "order", "title": "t",
        "message": "text", "timestamp": "2026-01-01T00:00:00.000Z" } });
    assert_eq!(body(&missed), envelope("notification.missed", "bob", &data));
    assert_eq!(missed.lane, None);
    let others = Audience::OtherDevices(user("bob"), DeviceId::new("d").unwrap());
    let read = DomainEvent::NotificationsRead {
        ids: [NotificationId::new("m1").unwrap()].into(),
        all: false,
    };
    let posting = world.told(others, read);
    assert_eq!(posting.cancel, [missed.subject.unwrap()]);
    assert_ne!(posting.cancel, ["message:m1"], "a message may have the same id");
}

#[test]
fn only_what_is_wanted_is_told() {
    let received = || DomainEvent::MessageReceived(message(Recipient::User(user("bob"))));
    let kinds = |wanted: &[WebhookKind]| -> Vec<_> {
        world(wanted).told_user("bob", received()).add.iter().map(|new| new.kind).collect()
    };
    assert_eq!(kinds(&[WebhookKind::MessageMissed]), [WebhookKind::MessageMissed]);
    assert_eq!(kinds(&[WebhookKind::MessageStored]), [WebhookKind::MessageStored]);
    assert!(kinds(&[WebhookKind::MessageRead]).is_empty());
}

#[test]
fn nothing_is_told_of_users_of_our_own_nor_twice_nor_of_state() {
    let world = world(&WebhookKind::ALL);
    let probe = "outrigger:probe";
    let guest = crate::actor::Actor::guest(&Uuids, DeviceId::new("d").unwrap()).user;
    let guest = guest.as_str();
    let to_bob = message(Recipient::User(user("bob")));
    let to_guest = message(Recipient::User(user(guest)));
    let said_by_guest = Message {
        sender: user(guest),
        ..(*message(Recipient::Chat(ChatId::new("c").unwrap()))).clone()
    };
    let id = to_bob.id.clone();
    let delivered = DomainEvent::MessageDelivered { message: id, to: user(guest) };
    let to_probe = message(Recipient::User(user(probe)));
    let nothing = Posting::default();
    for (whose, event) in [
        (probe, DomainEvent::MessageReceived(to_probe)),
        (probe, DomainEvent::Notification(notification(probe))),
        (guest, DomainEvent::MessageReceived(to_guest)),
        (guest, DomainEvent::Notification(notification(guest))),
        (guest, DomainEvent::ChatMessage(Arc::new(said_by_guest))),
        ("ann", delivered),
        ("ann", DomainEvent::MessageSent(to_bob)),
        ("bob", DomainEvent::UnreadCount(3)),
        ("bob", DomainEvent::Typing { from: user("ann"), name: None, typing: true }),
    ] {
        let told = format!("{event:?}");
        assert_eq!(world.told_user(whose, event), nothing, "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_rings_even_if_nobody_was_listening_yet() {
    let world = world(&WebhookKind::ALL);
    let wake = world.rules.wake();
    world.rules.posted();
    tokio::time::timeout(Duration::from_secs(1), wake.notified()).await.unwrap();
}
