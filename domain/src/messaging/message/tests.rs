use super::*;
use crate::ids::NotificationId;

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn message(recipient: Recipient) -> Arc<Message> {
    let at = Timestamp::from_ms(1);
    Arc::new(Message {
        id: MessageId::new("m").unwrap(),
        sender: user("ann"),
        sender_profile: Profile::default(),
        recipient,
        receiver_profile: Profile::default(),
        text: Some("hi".into()),
        image: None,
        client_id: None,
        created_at: at,
        updated_at: at,
        delivered_at: None,
        read_at: Some(Timestamp::from_ms(5)),
    })
}

fn to_bob() -> Arc<Message> {
    message(Recipient::User(user("bob")))
}

fn to_chat() -> Arc<Message> {
    message(Recipient::Chat(ChatId::new("team").unwrap()))
}

fn notified() -> Notified {
    let notification = Notification {
        id: NotificationId::new("n").unwrap(),
        user: user("bob"),
        kind: "new_message".into(),
        title: String::new(),
        message: String::new(),
        data: None,
        from: Some(user("ann")),
        from_profile: Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(1),
        read_at: None,
    };
    Notified { notification: Arc::new(notification), unread: 3 }
}

/// Whom it is for and what it is, in the order in which it is told.
fn told(what: &impl Tells) -> Vec<(Audience, &'static str)> {
    let name = |event: &DomainEvent| match event {
        DomainEvent::MessageReceived(_) => "received",
        DomainEvent::MessageSent(_) => "sent",
        DomainEvent::ChatMessage(_) => "chat",
        DomainEvent::MessageRead { reading: Reading::Read, .. } => "read",
        DomainEvent::MessageRead { reading: Reading::Seen, .. } => "seen",
        DomainEvent::MessageDeleted { .. } => "deleted",
        DomainEvent::Notification(_) => "notification",
        DomainEvent::UnreadCount(3) => "count",
        other => panic!("not about messages: {other:?}"),
    };
    what.tells().iter().map(|told| (told.audience.clone(), name(&told.event))).collect()
}

fn to(name: &str) -> Audience {
    Audience::User(user(name))
}

#[test]
fn a_message_is_told_before_the_notification_of_it() {
    let stored = Stored::New(to_bob(), Some(notified()));
    let expected = [
        (to("bob"), "received"),
        (to("ann"), "sent"),
        (to("bob"), "notification"),
        (to("bob"), "count"),
    ];
    assert_eq!(told(&stored), expected);
    assert_eq!(told(&Stored::New(to_bob(), None)), expected[..2]);
    assert!(told(&Stored::Duplicate(to_bob())).is_empty());
    let chat = Audience::Chat(ChatId::new("team").unwrap());
    assert_eq!(told(&Stored::New(to_chat(), None)), [(chat, "chat")]);
}

#[test]
fn its_sender_hears_once_that_it_was_read_and_in_which_words() {
    assert_eq!(told(&Read::Now(to_bob(), Reading::Read)), [(to("ann"), "read")]);
    assert_eq!(told(&Read::Now(to_bob(), Reading::Seen)), [(to("ann"), "seen")]);
    for nothing in [Read::Before(to_bob()), Read::NotYours, Read::Missing] {
        assert!(told(&nothing).is_empty());
    }
    let both = ReadMany(vec![to_bob(), to_bob()], Reading::Seen);
    assert_eq!(told(&both), [(to("ann"), "seen"), (to("ann"), "seen")]);
    let at = both.tells()[0].at;
    assert_eq!(at, Timestamp::from_ms(5), "when it was read");
}

#[test]
fn both_sides_hear_that_it_is_gone() {
    let sides = Audience::Users(vec![user("ann"), user("bob")]);
    let deleted = Deleted::Now(to_bob(), Timestamp::from_ms(9));
    assert_eq!(told(&deleted), [(sides, "deleted")]);
    assert_eq!(deleted.tells()[0].at, Timestamp::from_ms(9));
    for nothing in [Deleted::NotYours, Deleted::Missing] {
        assert!(told(&nothing).is_empty());
    }
}
