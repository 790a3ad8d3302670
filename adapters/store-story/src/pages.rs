//! Conversations, chats and partners, page by page.

use outrigger_domain::{
    messaging::{Message, Page, Reading},
    ports::Store,
};

use crate::{Heard, at, chat, hello, message, user};

fn page(before: Option<&str>, limit: u32) -> Page {
    Page { before: before.map(message), limit }
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.id.as_str()).collect()
}

pub(crate) async fn a_conversation_is_paged_backwards(store: &dyn Store, _: &Heard) {
    for (ms, (id, from, to)) in [
        ("m1", "ann", "ben"),
        ("x1", "ann", "eve"),
        ("m2", "ben", "ann"),
        ("x2", "eve", "ben"),
        ("m3", "ann", "ben"),
        ("x3", "ann", "#ben"),
        ("m4", "ann", "ben"),
        ("m5", "ben", "ann"),
        ("s1", "ann", "ann"),
    ]
    .into_iter()
    .enumerate()
    {
        store.insert_message(hello(id, from, to, i64::try_from(ms).unwrap())).await.unwrap();
    }
    let (ann, ben) = (user("ann"), user("ben"));
    for (a, b) in [(&ann, &ben), (&ben, &ann)] {
        let read =
            async |before, limit| store.conversation(a, b, &page(before, limit)).await.unwrap();
        assert_eq!(ids(&read(None, 10).await), ["m1", "m2", "m3", "m4", "m5"]);
        assert_eq!(ids(&read(None, 2).await), ["m4", "m5"]);
        assert_eq!(ids(&read(Some("m4"), 2).await), ["m2", "m3"]);
        assert_eq!(ids(&read(Some("m2"), 2).await), ["m1"]);
        assert_eq!(ids(&read(Some("m1"), 2).await), [""; 0]);
        assert_eq!(ids(&read(Some("unknown"), 2).await), [""; 0]);
        assert_eq!(ids(&read(None, 0).await), [""; 0]);
    }
    let alone = store.conversation(&ann, &ann, &page(None, 10)).await.unwrap();
    assert_eq!(ids(&alone), ["s1"], "talking to oneself is heard once");
    let none = store.conversation(&ben, &user("zoe"), &page(None, 10)).await.unwrap();
    assert_eq!(ids(&none), [""; 0]);
}

pub(crate) async fn a_chat_is_paged_backwards(store: &dyn Store, _: &Heard) {
    for (id, from, to, ms) in [
        ("m1", "ann", "#room", 0),
        ("x1", "ann", "#other", 1),
        ("m2", "ben", "#room", 2),
        ("x2", "ann", "room", 3),
        ("m3", "eve", "#room", 4),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    let read = async |before, limit| {
        store.chat_history(&chat("room"), &page(before, limit)).await.unwrap()
    };
    assert_eq!(ids(&read(None, 10).await), ["m1", "m2", "m3"]);
    assert_eq!(ids(&read(None, 2).await), ["m2", "m3"]);
    assert_eq!(ids(&read(Some("m3"), 1).await), ["m2"]);
    assert_eq!(ids(&read(Some("unknown"), 1).await), [""; 0]);
}

pub(crate) async fn messages_of_one_millisecond_keep_their_order(store: &dyn Store, _: &Heard) {
    // Ids that would sort the other way round, from both sides.
    let order = ["z", "y", "x", "w", "v", "u"];
    for (n, id) in order.iter().enumerate() {
        let (from, to) = if n % 2 == 0 { ("ann", "ben") } else { ("ben", "ann") };
        store.insert_message(hello(id, from, to, 0)).await.unwrap();
    }
    let (ann, ben) = (user("ann"), user("ben"));
    let all = store.conversation(&ann, &ben, &page(None, 10)).await.unwrap();
    assert_eq!(ids(&all), order);
    let middle = store.conversation(&ann, &ben, &page(Some("v"), 2)).await.unwrap();
    assert_eq!(ids(&middle), ["x", "w"]);
    // A message whose time lies before others is shown there, whenever it was stored.
    store.insert_message(hello("late", "ben", "ann", -1)).await.unwrap();
    let all = store.conversation(&ann, &ben, &page(None, 10)).await.unwrap();
    assert_eq!(ids(&all)[0], "late");
}

pub(crate) async fn partners_come_latest_first_with_unread_counts(store: &dyn Store, _: &Heard) {
    for (id, from, to, ms) in [
        ("m1", "ben", "ann", 1),
        ("m2", "ben", "ann", 2),
        ("m3", "ann", "eve", 3),
        ("m4", "eve", "ben", 4),
        ("m5", "zoe", "ann", 5),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    let partners = async |whose, limit| {
        let list = store.partners(&user(whose), limit).await.unwrap();
        list.into_iter().map(|p| (p.user.to_string(), p.last_at, p.unread)).collect::<Vec<_>>()
    };
    let row = |name: &str, ms, unread| (name.to_owned(), at(ms), unread);
    assert_eq!(partners("ann", 10).await, [row("zoe", 5, 1), row("eve", 3, 0), row("ben", 2, 2)]);
    assert_eq!(partners("eve", 10).await, [row("ben", 4, 0), row("ann", 3, 1)]);
    assert_eq!(partners("ann", 1).await, [row("zoe", 5, 1)]);
    assert_eq!(partners("nobody", 10).await, []);

    for _ in 0..2 {
        store.mark_read(&message("m1"), &user("ann"), Reading::Read, at(6)).await.unwrap();
    }
    store.insert_message(hello("m6", "ann", "ben", 7)).await.unwrap();
    assert_eq!(partners("ann", 10).await, [row("ben", 7, 1), row("zoe", 5, 1), row("eve", 3, 0)]);
}
