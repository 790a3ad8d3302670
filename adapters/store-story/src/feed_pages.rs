//! Reading a feed, and what it forgets.

use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    ports::Horizon,
    time::Timestamp,
};

use crate::{
    at, custom, feeds, hello, notification, user,
    world::{FEED_EVENTS, World},
};

/// Forgets feeds older than this, and nothing else.
pub(crate) fn horizon(feed: Timestamp) -> Horizon {
    let begin = Timestamp::default();
    Horizon { now: begin, answers: begin, audit: begin, feed, dead_webhooks: begin }
}

async fn record(world: &World, whose: &str, ms: i64) {
    let event = custom("tick", &ms.to_string());
    let event = Published::new(at(ms), Audience::User(user(whose)), event);
    world.store.record(event).await.unwrap();
}

/// The ends of a feed and the numbers behind a position.
async fn read(world: &World, whose: &str, after: u64, limit: u32) -> (u64, u64, Vec<u64>) {
    let page = world.store.feed_after(&user(whose), after, limit).await.unwrap();
    (page.oldest, page.head, page.events.iter().map(|fed| fed.seq).collect())
}

pub(crate) async fn a_feed_is_read_page_by_page(world: &World) {
    assert_eq!(read(world, "ann", 0, 10).await, (0, 0, vec![]));
    for ms in 0..5 {
        record(world, "ann", ms).await;
        record(world, "ben", ms).await;
    }
    record(world, "ann2", 0).await;
    assert_eq!(read(world, "ann", 0, 10).await, (1, 5, vec![1, 2, 3, 4, 5]));
    assert_eq!(read(world, "ann", 0, 2).await, (1, 5, vec![1, 2]));
    assert_eq!(read(world, "ann", 2, 2).await, (1, 5, vec![3, 4]));
    assert_eq!(read(world, "ann", 4, 2).await, (1, 5, vec![5]));
    assert_eq!(read(world, "ann", 5, 2).await, (1, 5, vec![]));
    assert_eq!(read(world, "ann", 9, 2).await, (1, 5, vec![]));
    assert_eq!(read(world, "ann", 0, 0).await, (1, 5, vec![]));
    assert_eq!(read(world, "ann", u64::MAX, 0).await, (1, 5, vec![]));
    assert_eq!(read(world, "ann", u64::MAX, 9).await, (1, 5, vec![]));
}

pub(crate) async fn a_feed_without_its_subjects_has_no_gap(world: &World) {
    let World { store, .. } = world;
    let ann = user("ann");
    store.insert_message(hello("m1", "ben", "ann", 0)).await.unwrap();
    // These were never stored; nothing else tells the two apart from what is gone.
    let message = hello("m2", "ben", "ann", 1).message.into();
    for event in [
        DomainEvent::MessageReceived(message),
        DomainEvent::Notification(notification("n2", "ann", 2).into()),
    ] {
        store.record(Published::new(at(2), Audience::User(ann.clone()), event)).await.unwrap();
    }
    store.insert_notification(notification("n3", "ann", 3)).await.unwrap();
    assert_eq!(
        feeds::feed(world, "ann").await,
        ["1 user ann: received m1", "2 gone", "3 gone", "4 user ann: notified n3"]
    );
}

pub(crate) async fn a_feed_keeps_so_many(world: &World) {
    for ms in 0..200 {
        record(world, "ann", ms).await;
    }
    record(world, "ben", 0).await;
    let (oldest, head, seqs) = read(world, "ann", 0, 1000).await;
    assert_eq!(head, 200);
    assert!(seqs.iter().copied().eq(oldest..=head), "a suffix without a gap");
    let kept = head - oldest + 1;
    assert!((FEED_EVENTS..FEED_EVENTS + 64).contains(&kept), "{kept} are kept");
    assert_eq!(read(world, "ben", 0, 10).await, (1, 1, vec![1]));
}

pub(crate) async fn a_feed_loses_its_old_beginning_only(world: &World) {
    let World { store, .. } = world;
    for ms in [10, 20, 30, 40] {
        record(world, "ann", ms).await;
    }
    // A clock that went back, and one that jumped ahead.
    for ms in [10, 50, 20, 60] {
        record(world, "ben", ms).await;
    }
    for ms in [90, 10, 20] {
        record(world, "eve", ms).await;
    }
    record(world, "zoe", 5).await;

    store.prune(&horizon(at(10))).await.unwrap();
    assert_eq!(read(world, "ann", 0, 9).await, (1, 4, vec![1, 2, 3, 4]), "it is not older");
    assert_eq!(read(world, "zoe", 0, 9).await, (1, 1, vec![1]), "the last one stays");

    store.prune(&horizon(at(30))).await.unwrap();
    assert_eq!(read(world, "ann", 0, 9).await, (3, 4, vec![3, 4]));
    assert_eq!(read(world, "ben", 0, 9).await, (2, 4, vec![2, 3, 4]), "3 is old, but behind 2");
    assert_eq!(read(world, "eve", 0, 9).await, (1, 3, vec![1, 2, 3]));

    store.prune(&horizon(at(55))).await.unwrap();
    assert_eq!(read(world, "ann", 0, 9).await, (4, 4, vec![4]));
    assert_eq!(read(world, "ben", 0, 9).await, (4, 4, vec![4]));
    store.prune(&horizon(at(1_000))).await.unwrap();
    for (name, head) in [("ann", 4), ("ben", 4), ("eve", 3), ("zoe", 1)] {
        assert_eq!(read(world, name, 0, 9).await, (head, head, vec![head]));
        record(world, name, 2_000).await;
        assert_eq!(read(world, name, head, 9).await, (head, head + 1, vec![head + 1]));
    }
}

pub(crate) async fn an_origin_is_a_name_that_stays(world: &World) {
    let name = world.store.feed_origin().await.unwrap();
    assert!(name.len() >= 32, "nobody else has it");
    assert_eq!(world.store.feed_origin().await.unwrap(), name);
}
