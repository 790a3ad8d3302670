use serde_json::{Value, json};

use super::*;

fn ann() -> UserId {
    UserId::new("ann").unwrap()
}

fn notification(kind: &str, data: Option<Value>) -> Notification {
    Notification {
        id: NotificationId::new("n").unwrap(),
        user: ann(),
        kind: kind.to_owned(),
        title: "t".into(),
        message: "text".into(),
        data,
        from: None,
        from_profile: Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(1),
        read_at: None,
    }
}

fn read(device: Option<DeviceId>, newly_read: &[&str]) -> NotificationsRead {
    let newly_read = newly_read.iter().map(|id| NotificationId::new(id).unwrap()).collect();
    let at = Timestamp::from_ms(1);
    NotificationsRead { user: ann(), device, newly_read, all: true, found: true, unread: 0, at }
}

fn audiences(what: &impl Tells) -> Vec<Audience> {
    what.tells().into_iter().map(|told| told.audience).collect()
}

#[test]
fn only_what_names_a_message_announces_one() {
    let message = json!({ "messageId": "m" });
    assert!(notification(NEW_MESSAGE, Some(message.clone())).announces_message());
    assert!(!notification(NEW_MESSAGE, None).announces_message());
    assert!(!notification(NEW_MESSAGE, Some(json!("m"))).announces_message());
    assert!(!notification("mention", Some(message)).announces_message());
}

#[test]
fn every_socket_hears_of_reading_unless_one_device_did_it() {
    let all = || Audience::User(ann());
    assert_eq!(audiences(&read(None, &["a", "b"])), [all(), all()]);
    let device = DeviceId::new("d").unwrap();
    let others = Audience::OtherDevices(ann(), device.clone());
    assert_eq!(audiences(&read(Some(device), &["a"])), [others, all()]);
    assert!(audiences(&read(None, &[])).is_empty(), "it was read before");
}

#[test]
fn what_is_told_of_many_is_one_event_in_their_order() {
    let told = read(None, &["a", "b"]).tells();
    let DomainEvent::NotificationsRead { ids, all: true } = &told[0].event else {
        panic!("not about reading");
    };
    assert_eq!(ids.iter().map(NotificationId::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert!(matches!(told[1].event, DomainEvent::UnreadCount(0)));
}

#[test]
fn deleting_nothing_is_no_news() {
    let deleted = |ids: &[&str]| NotificationsDeleted {
        user: ann(),
        device: None,
        deleted: ids.iter().map(|id| NotificationId::new(id).unwrap()).collect(),
        all: false,
        unread: 2,
        at: Timestamp::from_ms(1),
    };
    assert!(deleted(&[]).tells().is_empty());
    let told = deleted(&["a"]).tells();
    assert!(
        matches!(&told[0].event, DomainEvent::NotificationsDeleted { ids, all: false } if ids.len() == 1)
    );
    assert!(matches!(told[1].event, DomainEvent::UnreadCount(2)));
}

#[test]
fn what_nobody_said_is_not_written() {
    let written = serde_json::to_value(notification("mention", None)).unwrap();
    assert_eq!(
        written,
        json!({
            "id": "n", "userId": "ann", "type": "mention", "title": "t", "message": "text",
            "timestamp": "1970-01-01T00:00:00.001Z"
        })
    );
}
