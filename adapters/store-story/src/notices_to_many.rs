//! Notices to everyone or to a role.

use std::time::Duration;

use futures_util::future::join_all;
use outrigger_domain::{
    actor::Role,
    commerce::{CommerceEvent, Notice, Priority, Readers},
    events::{Audience, DomainEvent, Published, Seqs},
    ports::Horizon,
    time::Timestamp,
};
use serde_json::json;

use crate::{
    at,
    commerce_words::notice,
    feed_pages::horizon,
    user,
    world::{AnyStore, World},
};

const USERS: Readers = Readers::Role(Role::User);
const ADMINS: Readers = Readers::Role(Role::Admin);

async fn since(store: &dyn AnyStore, readers: &[Readers], ms: i64, limit: u32) -> Vec<String> {
    let found = store.notices_since(readers, at(ms), limit).await.unwrap();
    found.iter().map(|notice| notice.id.to_string()).collect()
}

pub(crate) async fn a_notice_is_kept_and_told(world: &World) {
    let World { store, heard, .. } = world;
    let plain = notice("n1", Readers::Everyone, 1);
    let rich = Notice {
        data: Some(json!({ "at": "noon \u{0} ż", "price": 1.5 })),
        priority: Priority::High,
        announced: true,
        ..notice("n2", ADMINS, 2)
    };
    for new in [&plain, &rich] {
        let noticed = store.add_notice(new.clone()).await.unwrap();
        assert_eq!(*noticed.0, *new);
    }
    let told = heard.all();
    for (Published { at, audience, event, seqs, .. }, (to, new)) in
        told.iter().zip([(Audience::All, &plain), (Audience::Role(Role::Admin), &rich)])
    {
        assert_eq!((at, audience, seqs), (&new.created_at, &to, &Seqs::None));
        let DomainEvent::Commerce(CommerceEvent::Notice(told)) = event else { panic!("{event:?}") };
        assert_eq!(**told, *new);
    }
    assert_eq!(told.len(), 2);
    let found = store.notices_since(&[Readers::Everyone, ADMINS], at(0), 10).await.unwrap();
    assert_eq!(found, [rich, plain]);
    assert_eq!(store.feed_after(&user("ann"), 0, 10).await.unwrap().head, 0, "it is in no feed");

    let again = notice("n1", USERS, 3);
    assert!(store.add_notice(again).await.is_err(), "an id is given once");
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn notices_are_for_their_readers_newest_first(world: &World) {
    let store = world.store.as_ref();
    for (id, readers, ms) in [
        ("late", Readers::Everyone, 9),
        ("a", Readers::Everyone, 1),
        ("b", USERS, 2),
        ("c", Readers::Role(Role::Staff), 2),
        ("d", ADMINS, 2),
        ("e", USERS, 2),
        ("f", Readers::Role(Role::Guest), 3),
    ] {
        store.add_notice(notice(id, readers, ms)).await.unwrap();
    }
    let mine = [Readers::Everyone, USERS];
    assert_eq!(since(store, &mine, 0, 10).await, ["late", "e", "b", "a"]);
    assert_eq!(since(store, &mine, 0, 3).await, ["late", "e", "b"]);
    assert_eq!(since(store, &mine, 1, 10).await, ["late", "e", "b"], "younger than that");
    assert_eq!(since(store, &mine, 2, 10).await, ["late"]);
    assert_eq!(since(store, &mine, 9, 10).await, [""; 0]);
    assert_eq!(since(store, &[ADMINS], 0, 10).await, ["d"], "a role is that role only");
    assert_eq!(since(store, &[Readers::Role(Role::Guest)], 0, 10).await, ["f"]);
    assert_eq!(since(store, &[], 0, 10).await, [""; 0]);
    assert_eq!(since(store, &mine, 0, 0).await, [""; 0]);
}

pub(crate) async fn the_latest_thousand_of_a_week_are_kept(world: &World) {
    let store = world.store.as_ref();
    join_all((0..1_100).map(async |n| {
        store.add_notice(notice(&format!("n{n}"), Readers::Everyone, n)).await.unwrap();
    }))
    .await;
    let found = since(store, &[Readers::Everyone], -1, 2_000).await;
    assert_eq!((found.len(), found[999].as_str()), (1_000, "n100"));

    let week = Duration::from_secs(7 * 24 * 3600);
    let prune = async |now| {
        store.prune(&Horizon { now, ..horizon(Timestamp::default()) }).await.unwrap();
    };
    prune(at(100).plus(week)).await;
    assert_eq!(since(store, &[Readers::Everyone], -1, 2_000).await.len(), 1_000);
    prune(at(1_098).plus(week)).await;
    assert_eq!(since(store, &[Readers::Everyone], -1, 2_000).await, ["n1099", "n1098"]);
}
