//! Deleting messages, and what is left then.

use outrigger_domain::{
    ids::ImageId,
    messaging::{Deleted, NewImage, Page, Read, Reading},
    ports::Store,
    webhooks::WebhookState,
};

use crate::{Heard, at, chat, feeds::feed, hello, message, user, world::World};

async fn partners(store: &dyn Store, whose: &str) -> Vec<(String, i64, u64)> {
    let list = store.partners(&user(whose), 10).await.unwrap();
    list.into_iter().map(|p| (p.user.to_string(), p.last_at.ms() - at(0).ms(), p.unread)).collect()
}

pub(crate) async fn only_the_sender_deletes_and_both_sides_hear(world: &World) {
    let World { store, heard, .. } = world;
    let image = ImageId::new("i1").unwrap();
    let mut new = hello("m1", "ann", "ben", 0);
    let upload = NewImage { id: image.clone(), media_type: "image/png", bytes: vec![1, 2, 3] };
    new.upload = Some(upload);
    store.insert_message(new.clone()).await.unwrap();
    heard.lines();
    let delete = async |id: &str, who: &str| {
        store.delete_message(&message(id), &user(who), at(9)).await.unwrap()
    };
    for other in ["ben", "eve"] {
        assert_eq!(delete("m1", other).await, Deleted::NotYours);
    }
    assert_eq!(delete("m2", "ann").await, Deleted::Missing);
    assert_eq!(heard.lines(), [""; 0]);

    assert_eq!(delete("m1", "ann").await, Deleted::Now(new.message.into(), at(9)));
    assert_eq!(heard.places(), ["users ann, ben: m1 deleted by ann [ann 2, ben 2]"]);
    assert_eq!(store.message(&message("m1")).await.unwrap(), None);
    assert_eq!(store.image(&image).await.unwrap(), None, "its image went with it");
    assert_eq!(delete("m1", "ann").await, Deleted::Missing);
    let read = store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(10)).await.unwrap();
    assert_eq!(read, Read::Missing);
    assert_eq!(store.mark_delivered(&[message("m1")], at(10)).await.unwrap().0, []);
    assert_eq!(
        feed(world, "ben").await,
        ["1 gone", "2 user ben: m1 deleted by ann"],
        "whoever comes later hears no more than that it is gone"
    );
    assert_eq!(heard.lines(), [""; 0]);

    // Its name may be used again.
    store.insert_message(hello("m1", "ann", "ben", 11)).await.unwrap();
    store.insert_message(hello("s1", "ann", "ann", 12)).await.unwrap();
    heard.lines();
    delete("s1", "ann").await;
    assert_eq!(heard.places(), ["users ann, ann: s1 deleted by ann [ann 6]"]);
}

pub(crate) async fn a_chat_hears_what_is_deleted(store: &dyn Store, heard: &Heard) {
    store.insert_message(hello("m1", "ann", "#room", 0)).await.unwrap();
    store.insert_message(hello("m2", "ben", "#room", 1)).await.unwrap();
    heard.lines();
    let deleted = store.delete_message(&message("m1"), &user("ann"), at(2)).await.unwrap();
    assert!(matches!(deleted, Deleted::Now(..)));
    assert_eq!(heard.lines(), ["chat room: m1 deleted by ann"]);
    let page = Page { before: None, limit: 10 };
    let left = store.chat_history(&chat("room"), &page).await.unwrap();
    assert_eq!(left.len(), 1);
}

pub(crate) async fn a_conversation_is_what_is_left_of_it(store: &dyn Store, _: &Heard) {
    for (id, from, to, ms) in [
        ("m1", "ann", "ben", 1),
        ("m2", "ben", "ann", 2),
        ("m3", "ann", "ben", 3),
        ("m4", "ann", "ben", 4),
        ("s1", "ann", "ann", 5),
    ] {
        store.insert_message(hello(id, from, to, ms)).await.unwrap();
    }
    let row = |name: &str, ms, unread| (name.to_owned(), ms, unread);
    let delete = async |id: &str, who: &str| {
        store.delete_message(&message(id), &user(who), at(9)).await.unwrap();
        (partners(store, "ann").await, partners(store, "ben").await)
    };
    store.mark_read(&message("m3"), &user("ben"), Reading::Read, at(6)).await.unwrap();
    assert_eq!(partners(store, "ben").await, [row("ann", 4, 2)]);
    let (anns, _) = delete("s1", "ann").await;
    assert_eq!(anns, [row("ben", 4, 1)]);
    let (anns, bens) = delete("m4", "ann").await;
    assert_eq!((anns, bens), (vec![row("ben", 3, 1)], vec![row("ann", 3, 1)]));
    let (anns, bens) = delete("m2", "ben").await;
    assert_eq!((anns, bens), (vec![row("ben", 3, 0)], vec![row("ann", 3, 1)]));
    let (_, bens) = delete("m3", "ann").await;
    assert_eq!(bens, [row("ann", 1, 1)], "it had been read");
    let (anns, bens) = delete("m1", "ann").await;
    assert_eq!((anns, bens), (vec![], vec![]));
    store.insert_message(hello("m6", "ben", "ann", 7)).await.unwrap();
    assert_eq!(partners(store, "ann").await, [row("ben", 7, 1)]);
}

pub(crate) async fn a_webhook_that_waits_is_given_up(world: &World) {
    let World { store, told, .. } = world;
    told.listen();
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    store.delete_message(&message("m1"), &user("ann"), at(1)).await.unwrap();
    let waiting = store.webhooks(WebhookState::Waiting, None, 10).await.unwrap();
    let waiting: Vec<_> = waiting.iter().map(|webhook| webhook.id.as_str()).collect();
    assert_eq!(waiting, ["stored-m1"]);
}

pub(crate) async fn who_pages_backwards_from_a_deleted_message_goes_on(
    store: &dyn Store,
    _heard: &Heard,
) {
    for (number, id) in ["m1", "m2", "m3", "m4"].into_iter().enumerate() {
        store.insert_message(hello(id, "ann", "ben", number as i64)).await.unwrap();
        store
            .insert_message(hello(&format!("c{id}"), "ann", "#room", number as i64))
            .await
            .unwrap();
    }
    store.delete_message(&message("m3"), &user("ann"), at(9)).await.unwrap();
    store.delete_message(&message("cm3"), &user("ann"), at(9)).await.unwrap();
    let page = |before: &str| Page { before: Some(message(before)), limit: 2 };
    let ids = |messages: Vec<outrigger_domain::messaging::Message>| -> Vec<String> {
        messages.into_iter().map(|message| message.id.to_string()).collect()
    };
    let before = store.conversation(&user("ann"), &user("ben"), &page("m3")).await.unwrap();
    assert_eq!(ids(before), ["m1", "m2"]);
    let before = store.chat_history(&chat("room"), &page("cm3")).await.unwrap();
    assert_eq!(ids(before), ["cm1", "cm2"]);
    let unknown = store.conversation(&user("ann"), &user("ben"), &page("m9")).await.unwrap();
    assert_eq!(ids(unknown), [""; 0]);
}
