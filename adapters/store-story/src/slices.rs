//! Pages by number.

use outrigger_domain::{
    accounts::UserPatch,
    messaging::{Conversation, Message, Reading},
    notifications::{Notification, NotificationFilter},
    paging::{Slice, Sliced},
    ports::Store,
};

use crate::{Heard, at, hello, message, notification, notification_id, profile, user};

fn slice(offset: u64, limit: u32) -> Slice {
    Slice { offset, limit }
}

pub(crate) async fn a_conversation_is_cut_from_its_beginning(store: &dyn Store, _: &Heard) {
    for (id, from, to, ms) in [
        ("z", "ann", "ben", 2),
        ("y", "ben", "ann", 2),
        ("x", "ann", "ben", 1),
        ("w", "ann", "eve", 3),
        ("v", "ann", "ben", 4),
        ("u", "ann", "ann", 5),
        ("t", "ann", "#ben", 6),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    let read = async |a: &str, b: &str, offset, limit| {
        let part = slice(offset, limit);
        let Sliced { items, total } =
            store.conversation_slice(&user(a), &user(b), part).await.unwrap();
        (items.iter().map(|m: &Message| m.id.to_string()).collect::<Vec<_>>().concat(), total)
    };
    for (a, b) in [("ann", "ben"), ("ben", "ann")] {
        assert_eq!(read(a, b, 0, 10).await, ("xzyv".into(), 4));
        assert_eq!(read(a, b, 0, 2).await, ("xz".into(), 4));
        assert_eq!(read(a, b, 2, 2).await, ("yv".into(), 4));
        assert_eq!(read(a, b, 3, 2).await, ("v".into(), 4));
        assert_eq!(read(a, b, 4, 2).await, (String::new(), 4));
        assert_eq!(read(a, b, u64::MAX, 2).await, (String::new(), 4));
        assert_eq!(read(a, b, 0, 0).await, (String::new(), 4));
    }
    assert_eq!(read("ann", "ann", 0, 10).await, ("u".into(), 1));
    assert_eq!(read("ben", "eve", 0, 10).await, (String::new(), 0));
}

pub(crate) async fn conversations_come_with_their_last_message(store: &dyn Store, _: &Heard) {
    for (id, from, to, ms) in [
        ("m1", "ben", "ann", 1),
        ("m2", "ann", "eve", 4),
        ("m3", "ben", "ann", 3),
        // A clock that went back: it is not what the conversation ends with.
        ("m4", "ben", "ann", 2),
        ("m5", "ann", "ann", 0),
        ("m6", "ben", "eve", 9),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    let ben = UserPatch { name: Some("Ben".into()), ..UserPatch::default() };
    store.upsert_user(&user("ben"), &ben, at(0), None).await.unwrap();
    let read = async |offset, limit| {
        store.conversations(&user("ann"), slice(offset, limit)).await.unwrap()
    };
    let brief = |part: &Sliced<Conversation>| -> Vec<String> {
        let line = |c: &Conversation| format!("{} {} {} unread", c.partner, c.last.id, c.unread);
        part.items.iter().map(line).collect()
    };
    let all = read(0, 10).await;
    assert_eq!(brief(&all), ["eve m2 0 unread", "ben m3 3 unread", "ann m5 1 unread"]);
    assert_eq!(all.total, 3);
    assert_eq!(all.items[1].profile, profile(Some("Ben"), None));
    assert_eq!(all.items[1].last.sender_profile, profile(Some("Ben"), None));
    assert_eq!(brief(&read(1, 1).await), ["ben m3 3 unread"]);
    assert_eq!((read(3, 5).await.items.len(), read(3, 5).await.total), (0, 3));
    let none = store.conversations(&user("zoe"), slice(0, 5)).await.unwrap();
    assert_eq!((none.items.len(), none.total), (0, 0));

    // What it ends with goes, and is not what was stored last, but what was said last.
    store.mark_read(&message("m4"), &user("ann"), Reading::Read, at(5)).await.unwrap();
    store.delete_message(&message("m3"), &user("ben"), at(6)).await.unwrap();
    assert_eq!(brief(&read(1, 1).await), ["ben m4 1 unread"]);
    assert!(read(1, 1).await.items[0].last.read_at.is_some());
}

pub(crate) async fn notifications_are_filtered(store: &dyn Store, _: &Heard) {
    for (n, kind) in ["a", "b", "a", "b", "a"].into_iter().enumerate() {
        let mut new = notification(&format!("n{n}"), "ann", i64::try_from(n / 2).unwrap());
        new.kind = kind.into();
        store.insert_notification(new).await.unwrap();
    }
    store.insert_notification(notification("other", "ben", 9)).await.unwrap();
    for id in ["n1", "n2"] {
        let id = notification_id(id);
        store.read_notifications(&user("ann"), None, Some(&id), at(9)).await.unwrap();
    }
    let read = async |kind: Option<&str>, read, offset, limit| {
        let filter = NotificationFilter { kind: kind.map(str::to_owned), read };
        let part = slice(offset, limit);
        let Sliced { items, total } =
            store.notification_slice(&user("ann"), &filter, part).await.unwrap();
        let ids: Vec<_> = items.iter().map(|n: &Notification| n.id.as_str()).collect();
        (ids.join(" "), total)
    };
    assert_eq!(read(None, None, 0, 9).await, ("n4 n3 n2 n1 n0".into(), 5));
    assert_eq!(read(None, None, 1, 2).await, ("n3 n2".into(), 5));
    assert_eq!(read(None, Some(false), 0, 9).await, ("n4 n3 n0".into(), 3));
    assert_eq!(read(None, Some(false), 2, 9).await, ("n0".into(), 3));
    assert_eq!(read(None, Some(true), 0, 9).await, ("n2 n1".into(), 2));
    assert_eq!(read(None, Some(true), 0, 1).await, ("n2".into(), 2));
    assert_eq!(read(Some("a"), None, 0, 2).await, ("n4 n2".into(), 3));
    assert_eq!(read(Some("a"), Some(true), 0, 9).await, ("n2".into(), 1));
    assert_eq!(read(Some("b"), Some(false), 0, 9).await, ("n3".into(), 1));
    assert_eq!(read(Some("c"), None, 0, 9).await, (String::new(), 0));
    assert_eq!(read(None, None, 5, 9).await, (String::new(), 5));
}
