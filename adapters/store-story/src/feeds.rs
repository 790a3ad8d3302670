//! What gets into whose feed, and under which number.

use outrigger_domain::{
    accounts::UserPatch,
    events::{Audience, DomainEvent, Published, Receipt},
    ids::NotificationId,
    messaging::Reading,
    ports::Horizon,
};

use crate::{
    at, chat, custom, device, hello, message, new_message, notification, user, world::World,
};

/// A page of a feed as lines, e.g. `1 received m1`.
pub(crate) async fn feed(world: &World, whose: &str) -> Vec<String> {
    let page = world.store.feed_after(&user(whose), 0, 1000).await.unwrap();
    page.events.iter().map(line).collect()
}

/// One of them.
pub(crate) fn line(fed: &outrigger_domain::feed::Fed) -> String {
    let what = fed.event.as_ref().map_or_else(|| "gone".to_owned(), crate::heard::line);
    format!("{} {what}", fed.seq)
}

pub(crate) async fn a_message_is_in_the_feeds_of_both_sides(world: &World) {
    let World { store, heard, .. } = world;
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    store.insert_message(hello("m2", "eve", "ben", 1)).await.unwrap();
    store.insert_message(hello("m3", "ben", "ben", 2)).await.unwrap();
    assert_eq!(
        heard.places(),
        [
            "user ben: received m1 [1]",
            "user ann: sent m1 [1]",
            "user ben: received m2 [2]",
            "user eve: sent m2 [1]",
            "user ben: received m3 [3]",
            "user ben: sent m3 [4]",
        ]
    );
    assert_eq!(
        feed(world, "ben").await,
        [
            "1 user ben: received m1",
            "2 user ben: received m2",
            "3 user ben: received m3",
            "4 user ben: sent m3",
        ]
    );
    let page = store.feed_after(&user("ann"), 0, 10).await.unwrap();
    let event = page.events[0].event.as_ref().unwrap();
    assert_eq!(event.at, at(0));
    let DomainEvent::MessageSent(sent) = &event.event else { panic!("{event:?}") };
    assert_eq!(**sent, hello("m1", "ann", "ben", 0).message);
}

pub(crate) async fn a_chat_is_in_the_feeds_of_its_members(world: &World) {
    let World { store, heard, .. } = world;
    let said = async |id: &str, chat: &str| {
        store.insert_message(hello(id, "ann", &format!("#{chat}"), 0)).await.unwrap();
        heard.places().remove(0)
    };
    assert_eq!(said("m1", "room").await, "chat room: said m1 []", "nobody is in it");
    store.grant_chat(&chat("room"), &[user("eve"), user("ann")], at(0)).await.unwrap();
    assert_eq!(said("m2", "room").await, "chat room: said m2 [ann 1, eve 1]");
    store.revoke_chat(&chat("room"), &[user("ann")]).await.unwrap();
    assert_eq!(said("m3", "room").await, "chat room: said m3 [eve 2]");

    // The conversation of two is named for them; the app may bring others in, or the two again.
    store.grant_chat(&chat("ann_ben"), &[user("zoe"), user("ann")], at(0)).await.unwrap();
    assert_eq!(said("m4", "ann_ben").await, "chat ann_ben: said m4 [ann 2, ben 1, zoe 1]");

    // A name with two readings is that of the two who are known.
    assert_eq!(said("m5", "a_x_b").await, "chat a_x_b: said m5 []");
    for name in ["a", "x_b", "b"] {
        store.upsert_user(&user(name), &UserPatch::default(), at(0), None).await.unwrap();
    }
    assert_eq!(said("m6", "a_x_b").await, "chat a_x_b: said m6 [a 1, x_b 1]");
    store.upsert_user(&user("a_x"), &UserPatch::default(), at(0), None).await.unwrap();
    store.grant_chat(&chat("a_x_b"), &[user("zoe")], at(0)).await.unwrap();
    assert_eq!(
        said("m7", "a_x_b").await,
        "chat a_x_b: said m7 [zoe 2]",
        "nobody knows whose it is"
    );

    assert_eq!(feed(world, "zoe").await, ["1 user zoe: said m4", "2 user zoe: said m7"]);
}

pub(crate) async fn receipts_and_notifications_have_their_places(world: &World) {
    let World { store, heard, .. } = world;
    let (ann, id) = (user("ann"), NotificationId::new("n1").unwrap());
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(1)).await.unwrap();
    store.insert_notification(notification("n1", "ann", 2)).await.unwrap();
    heard.places();
    store.read_notifications(&ann, Some(&device("d1")), Some(&id), at(3)).await.unwrap();
    assert_eq!(
        heard.places(),
        ["user ann but d1: notifications n1 read [4]", "user ann: 0 unread []"],
        "a count is state"
    );
    assert_eq!(
        feed(world, "ann").await,
        [
            "1 user ann: sent m1",
            "2 user ann: m1 read by ben",
            "3 user ann: notified n1",
            "4 user ann but d1: notifications n1 read",
        ]
    );
}

pub(crate) async fn a_record_is_told_and_kept(world: &World) {
    let World { store, heard, .. } = world;
    let (ann, ben) = (user("ann"), user("ben"));
    let (receipt, _reached) = Receipt::requested();
    let both = Audience::Users(vec![ben.clone(), ann.clone(), ben.clone()]);
    let event =
        Published { receipt, ..Published::new(at(1), both, custom("sale", r#"{"a":[1]}"#)) };
    store.record(event).await.unwrap();
    let all = heard.all();
    assert!(all[0].receipt.is_requested(), "whoever waits for it still does");
    assert_eq!(all[0].seqs.for_user(&ann), Some(1));
    assert_eq!(all[0].seqs.for_user(&ben), Some(1));
    let page = store.feed_after(&ben, 0, 10).await.unwrap();
    let kept = page.events[0].event.as_ref().unwrap();
    let DomainEvent::Custom(kept) = &kept.event else { panic!("{kept:?}") };
    assert_eq!((&*kept.name, kept.data.get()), ("sale", r#"{"a":[1]}"#));

    let status = DomainEvent::AccountStatus { active: false, reason: "why".into() };
    let news = Published::new(at(2), Audience::User(ann.clone()), status);
    let patch = UserPatch { active: Some(false), ..UserPatch::default() };
    assert!(!store.upsert_user(&ann, &patch, at(2), Some(news)).await.unwrap().active);
    let designations = vec!["Captain".to_owned()];
    let list = DomainEvent::Designations { designations, reason: "why".into() };
    store.record(Published::new(at(3), Audience::User(ann.clone()), list)).await.unwrap();
    let places = heard.places();
    assert!(places[0].starts_with("user ann: AccountStatus") && places[0].ends_with("[2]"));
    assert!(places[1].starts_with("user ann: Designations") && places[1].ends_with("[3]"));

    // State, and what is for nobody in particular, passes by.
    let typing = DomainEvent::Typing { from: ben, name: None, typing: true };
    store.record(Published::new(at(4), Audience::User(ann.clone()), typing)).await.unwrap();
    let but_one = Audience::ExceptSocket { of: Box::new(Audience::User(ann.clone())), socket: 7 };
    store.record(Published::new(at(4), but_one, custom("sale", "2"))).await.unwrap();
    store.record(Published::new(at(5), Audience::All, custom("all", "1"))).await.unwrap();
    assert!(heard.places().iter().all(|line| line.ends_with("[]")));
    assert_eq!(store.feed_after(&ann, 0, 10).await.unwrap().head, 3);
}

pub(crate) async fn a_record_under_a_key_is_made_once(world: &World) {
    let World { store, heard, .. } = world;
    let ann = user("ann");
    let sale = |ms| Published::new(at(ms), Audience::User(ann.clone()), custom("sale", "1"));
    store.record_once("k1", sale(1)).await.unwrap();
    let (receipt, reached) = Receipt::requested();
    store.record_once("k1", Published { receipt, ..sale(2) }).await.unwrap();
    assert!(reached.await.is_err(), "nobody is told twice");
    store.record_once("k2", sale(3)).await.unwrap();
    assert_eq!(heard.all().len(), 2);
    assert_eq!(store.feed_after(&ann, 0, 10).await.unwrap().events.len(), 2);

    // Keys are forgotten with the answers that were kept under them.
    let horizon =
        Horizon { now: at(0), answers: at(2), audit: at(0), feed: at(0), dead_webhooks: at(0) };
    store.prune(&horizon).await.unwrap();
    store.record_once("k2", sale(4)).await.unwrap();
    store.record_once("k1", sale(5)).await.unwrap();
    assert_eq!(store.feed_after(&ann, 0, 10).await.unwrap().events.len(), 3);
}

pub(crate) async fn what_is_not_written_takes_no_place(world: &World) {
    let World { store, heard, told } = world;
    told.listen();
    store.insert_message(new_message("m1", "ann", "ben", 0, Some("c1"), "x")).await.unwrap();
    store.insert_notification(notification("n1", "ben", 0)).await.unwrap();
    heard.places();
    told.posted();
    store.insert_message(new_message("m2", "ann", "ben", 1, Some("c1"), "x")).await.unwrap();
    store.insert_notification(notification("n1", "ben", 2)).await.unwrap();
    store.insert_message(hello("m1", "eve", "ben", 3)).await.unwrap_err();
    store.mark_read(&message("m1"), &user("eve"), Reading::Read, at(4)).await.unwrap();
    assert_eq!((heard.places(), told.posted()), (Vec::new(), 0));
    store.insert_message(hello("m3", "ann", "ben", 5)).await.unwrap();
    assert_eq!(heard.places(), ["user ben: received m3 [3]", "user ann: sent m3 [2]"]);
    assert_eq!(store.webhook_counts().await.unwrap().waiting, 4);
    assert_eq!(feed(world, "eve").await, [""; 0]);
}

pub(crate) async fn a_message_is_delivered_once(world: &World) {
    let World { store, heard, .. } = world;
    for (id, to) in [("m1", "ben"), ("m2", "ben"), ("m3", "#room"), ("m4", "ben")] {
        store.insert_message(hello(id, "ann", to, 0)).await.unwrap();
    }
    store.mark_read(&message("m4"), &user("ben"), Reading::Read, at(1)).await.unwrap();
    heard.lines();
    let ids = ["m2", "m1", "m3", "m4", "m5", "m2"].map(message);
    let now = store.mark_delivered(&ids, at(5)).await.unwrap().0;
    let told: Vec<_> = now.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(told, ["m2", "m1"]);
    assert!(now.iter().all(|m| m.delivered_at == Some(at(5)) && m.updated_at == at(0)));
    assert_eq!(
        heard.places(),
        ["user ann: m2 delivered to ben []", "user ann: m1 delivered to ben []"]
    );
    let stored = store.message(&message("m1")).await.unwrap().unwrap();
    assert_eq!((stored.delivered_at, stored.read_at), (Some(at(5)), None));
    assert_eq!(store.mark_delivered(&ids, at(6)).await.unwrap().0, []);
    assert_eq!(store.mark_delivered(&[], at(6)).await.unwrap().0, []);
    assert_eq!(heard.lines(), [""; 0]);
    let read = store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(7)).await.unwrap();
    let outrigger_domain::messaging::Read::Now(read, _) = read else { panic!("{read:?}") };
    assert_eq!((read.delivered_at, read.read_at), (Some(at(5)), Some(at(7))));
}
