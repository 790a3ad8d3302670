//! Storing a message once, and reading it.

use outrigger_domain::{
    ids::ImageId,
    messaging::{NewImage, Read, Reading, Recipient, Stored},
    ports::Store,
};

use crate::{Heard, at, chat, hello, message, new_message, user};

pub(crate) async fn a_message_is_stored_once_and_both_sides_hear(store: &dyn Store, heard: &Heard) {
    let new = new_message("m1", "ann", "ben", 0, Some("c1"), "Zażółć 'gęślą' 🛶");
    let stored = store.insert_message(new.clone()).await.unwrap();
    assert!(matches!(stored, Stored::New(..)));
    assert_eq!(**stored.message(), new.message);
    assert_eq!(store.message(&message("m1")).await.unwrap(), Some(new.message.clone()));
    assert_eq!(heard.lines(), ["user ben: received m1", "user ann: sent m1"]);
    assert_eq!(store.message(&message("m2")).await.unwrap(), None);

    // An id is never given twice; if it is, the first message stays as it is.
    assert!(store.insert_message(hello("m1", "eve", "ben", 1)).await.is_err());
    assert_eq!(store.message(&message("m1")).await.unwrap(), Some(new.message));
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn a_client_id_names_one_message_per_sender(store: &dyn Store, heard: &Heard) {
    let first = new_message("m1", "ann", "ben", 0, Some("c1"), "first");
    store.insert_message(first.clone()).await.unwrap();
    heard.lines();

    // Also with other words, to someone else, long after.
    let again = new_message("m2", "ann", "eve", 60_000, Some("c1"), "second");
    let stored = store.insert_message(again).await.unwrap();
    assert!(matches!(&stored, Stored::Duplicate(found) if **found == first.message));
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(store.message(&message("m2")).await.unwrap(), None);

    // Another sender's name for a message is another name.
    let other = new_message("m3", "ben", "ann", 1, Some("c1"), "first");
    assert!(matches!(store.insert_message(other).await.unwrap(), Stored::New(..)));
}

pub(crate) async fn the_same_words_within_the_window_are_one_message(
    store: &dyn Store,
    heard: &Heard,
) {
    let say = |id: &str, from: &str, to: &str, ms: i64, text: &str| {
        let mut new = new_message(id, from, to, ms, None, text);
        new.duplicate_since = Some(at(ms - 5_000));
        store.insert_message(new)
    };
    for to in ["ben", "#room"] {
        let id = |n| format!("{n}-{}", to.trim_start_matches('#'));
        assert!(matches!(say(&id(1), "ann", to, 0, "hi").await.unwrap(), Stored::New(..)));
        heard.lines();
        let again = say(&id(2), "ann", to, 5_000, "hi").await.unwrap();
        assert!(matches!(&again, Stored::Duplicate(found) if found.id.as_str() == id(1)));
        assert_eq!(heard.lines(), [""; 0]);
        assert!(matches!(say(&id(3), "ann", to, 5_001, "hi").await.unwrap(), Stored::New(..)));
        assert!(matches!(say(&id(4), "ann", to, 5_002, "ho").await.unwrap(), Stored::New(..)));
        assert!(matches!(say(&id(5), "eve", to, 5_003, "hi").await.unwrap(), Stored::New(..)));
    }
    assert!(matches!(say("6", "ann", "eve", 5_004, "hi").await.unwrap(), Stored::New(..)));
    // Without a window the words do not matter.
    let free = new_message("7", "ann", "eve", 5_005, None, "hi");
    assert!(matches!(store.insert_message(free).await.unwrap(), Stored::New(..)));
    // A client's name goes before the words.
    let mut named = new_message("8", "ann", "eve", 5_006, Some("c"), "named");
    store.insert_message(named.clone()).await.unwrap();
    named.message.id = message("9");
    named.digest = hello("hi", "ann", "eve", 0).digest;
    named.duplicate_since = Some(at(6));
    let stored = store.insert_message(named).await.unwrap();
    assert_eq!(stored.message().id, message("8"));
}

pub(crate) async fn a_chat_hears_its_messages(store: &dyn Store, heard: &Heard) {
    store.insert_message(hello("m1", "ann", "#room", 0)).await.unwrap();
    assert_eq!(heard.lines(), ["chat room: said m1"]);
    let stored = store.message(&message("m1")).await.unwrap().unwrap();
    assert_eq!(stored.recipient, Recipient::Chat(chat("room")));
    // Nobody reads a chat's message for all others.
    assert_eq!(
        store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(1)).await.unwrap(),
        Read::NotYours
    );
    assert_eq!(store.partners(&user("ann"), 10).await.unwrap(), []);
}

pub(crate) async fn an_image_comes_back_with_who_may_see_it(store: &dyn Store, _: &Heard) {
    let id = ImageId::new("i1").unwrap();
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let mut new = hello("m1", "ann", "ben", 0);
    new.message.text = None;
    new.message.image = Some("/images/i1".into());
    new.upload = Some(NewImage { id: id.clone(), media_type: "image/png", bytes: bytes.clone() });
    store.insert_message(new.clone()).await.unwrap();
    let image = store.image(&id).await.unwrap().unwrap();
    assert_eq!((image.media_type.as_str(), image.bytes), ("image/png", bytes));
    assert_eq!((image.sender, image.recipient), (user("ann"), Recipient::User(user("ben"))));

    // Message and image come together or not at all.
    new.message.id = message("m2");
    assert!(store.insert_message(new).await.is_err(), "the image's id is taken");
    assert_eq!(store.message(&message("m2")).await.unwrap(), None);
    assert_eq!(store.image(&ImageId::new("i2").unwrap()).await.unwrap(), None);
}

pub(crate) async fn only_the_receiver_reads(store: &dyn Store, heard: &Heard) {
    let id = message("m1");
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    heard.lines();
    for other in ["ann", "eve"] {
        assert_eq!(
            store.mark_read(&id, &user(other), Reading::Read, at(1)).await.unwrap(),
            Read::NotYours
        );
    }
    let nothing =
        store.mark_read(&message("m2"), &user("ben"), Reading::Read, at(1)).await.unwrap();
    assert_eq!(nothing, Read::Missing);
    assert_eq!(heard.lines(), [""; 0]);

    let Read::Now(read, _) =
        store.mark_read(&id, &user("ben"), Reading::Read, at(2)).await.unwrap()
    else {
        panic!("the receiver may read")
    };
    assert_eq!((read.read_at, read.updated_at, read.created_at), (Some(at(2)), at(2), at(0)));
    assert_eq!(heard.lines(), ["user ann: m1 read by ben"]);

    assert_eq!(
        store.mark_read(&id, &user("ben"), Reading::Read, at(3)).await.unwrap(),
        Read::Before(read.clone())
    );
    assert_eq!(
        store.message(&id).await.unwrap().as_ref(),
        Some(&*read),
        "the first reading counts"
    );
    assert_eq!(heard.lines(), [""; 0]);
}
