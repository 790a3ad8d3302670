//! Reading many messages at once.

use outrigger_domain::{
    ids::MessageId,
    messaging::{Reading, Unread},
    ports::Store,
};

use crate::{Heard, at, hello, message, user};

async fn mark(store: &dyn Store, which: Unread, reading: Reading, ms: i64) -> Vec<String> {
    let read = store.mark_many_read(&user("ben"), &which, reading, at(ms)).await.unwrap();
    assert_eq!(read.1, reading);
    assert!(read.0.iter().all(|m| m.read_at == Some(at(ms)) && m.updated_at == at(ms)));
    read.0.iter().map(|message| message.id.to_string()).collect()
}

pub(crate) async fn of_these_those_to_the_reader_are_read(store: &dyn Store, heard: &Heard) {
    for (id, from, to, ms) in [
        ("m1", "ann", "ben", 2),
        ("m2", "eve", "ben", 1),
        ("m3", "ben", "ann", 3),
        ("m4", "ann", "#room", 4),
        ("m5", "ann", "ben", 5),
        ("m6", "ann", "ben", 6),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    store.mark_read(&message("m5"), &user("ben"), Reading::Read, at(7)).await.unwrap();
    heard.lines();
    let these = || {
        let ids = ["m1", "m2", "m3", "m4", "m5", "m7", "m1"];
        Unread::These(ids.map(message).to_vec())
    };
    assert_eq!(mark(store, these(), Reading::Seen, 8).await, ["m2", "m1"], "oldest first");
    assert_eq!(heard.lines(), ["user eve: m2 seen by ben", "user ann: m1 seen by ben"]);
    assert_eq!(mark(store, these(), Reading::Seen, 9).await, [""; 0]);
    assert_eq!(mark(store, Unread::These(Vec::new()), Reading::Seen, 9).await, [""; 0]);
    assert_eq!(heard.lines(), [""; 0]);
    let first = store.message(&message("m5")).await.unwrap().unwrap();
    assert_eq!(first.read_at, Some(at(7)), "the first reading counts");
    assert_eq!(mark(store, Unread::These(vec![message("m6")]), Reading::Read, 9).await, ["m6"]);
    assert_eq!(heard.lines(), ["user ann: m6 read by ben"]);
}

pub(crate) async fn a_conversation_is_read_in_parts(store: &dyn Store, heard: &Heard) {
    let ids: Vec<String> = (0..7).map(|n| format!("m{n}")).collect();
    for (n, id) in ids.iter().enumerate() {
        // Two of one millisecond each.
        store.insert_message(hello(id, "ann", "ben", i64::try_from(n / 2).unwrap())).await.unwrap();
    }
    store.insert_message(hello("x1", "eve", "ben", 0)).await.unwrap();
    store.insert_message(hello("x2", "ben", "ann", 0)).await.unwrap();
    let read = |id: MessageId| async move {
        store.mark_read(&id, &user("ben"), Reading::Read, at(9)).await.unwrap()
    };
    read(message("m2")).await;
    read(message("m6")).await;
    heard.lines();
    let from = |limit| Unread::From(user("ann"), limit);
    assert_eq!(mark(store, from(0), Reading::Seen, 10).await, [""; 0]);
    assert_eq!(mark(store, from(2), Reading::Seen, 10).await, ["m0", "m1"]);
    assert_eq!(mark(store, from(2), Reading::Seen, 11).await, ["m3", "m4"]);
    assert_eq!(mark(store, from(9), Reading::Seen, 12).await, ["m5"]);
    assert_eq!(mark(store, from(9), Reading::Seen, 13).await, [""; 0]);
    let nobody = Unread::From(user("zoe"), 9);
    assert_eq!(mark(store, nobody, Reading::Seen, 13).await, [""; 0]);
    assert_eq!(heard.lines().len(), 5);
    let partners = store.partners(&user("ben"), 10).await.unwrap();
    let unread: Vec<_> = partners.iter().map(|p| (p.user.as_str(), p.unread)).collect();
    assert_eq!(unread, [("ann", 0), ("eve", 1)]);
}
