//! Feeds with many rows, many users, and rows that nobody of us wrote.

use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    messaging::Reading,
    ports::{FeedStore as _, Horizon, Store as _},
    time::Timestamp,
};
use outrigger_store_story::{at, custom, device, notification, notification_id, user};

use super::{Sql, open};
use crate::SqliteStore;

async fn read(store: &SqliteStore, whose: &str) -> (u64, u64, Vec<u64>) {
    let page = store.feed_after(&user(whose), 0, 10_000).await.unwrap();
    (page.oldest, page.head, page.events.iter().map(|fed| fed.seq).collect())
}

#[tokio::test]
async fn many_old_events_go_in_several_steps() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    // More than one write takes away, of more users than one look finds.
    store
        .writer
        .write(Sql("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3500)
              INSERT INTO feed (user, seq, at, kind, detail)
              SELECT 'ann', n, CASE WHEN n = 2500 THEN 2000000000000 ELSE 1000 END, 'message_read', '{}' FROM n;
              WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 750)
              INSERT INTO feed (user, seq, at, kind, detail)
              SELECT 'user' || (n / 3), n % 3 + 1, 1000, 'message_read', '{}' FROM n"))
        .await
        .unwrap();
    let begin = Timestamp::default();
    let horizon =
        Horizon { now: begin, answers: begin, audit: begin, feed: at(0), dead_webhooks: begin };
    store.prune(&horizon).await.unwrap();
    let (oldest, head, seqs) = read(&store, "ann").await;
    assert_eq!((oldest, head), (2500, 3500));
    assert!(seqs.into_iter().eq(2500..=3500));
    for n in 1..250 {
        assert_eq!(read(&store, &format!("user{n}")).await, (3, 3, vec![3]));
    }
    store.close().await;
}

#[tokio::test]
async fn an_event_for_many_keeps_its_place_among_those_for_few() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    let names: Vec<_> = (0..300).map(|n| user(&format!("user{n}"))).collect();
    let tell = |name: &str, audience: Audience| {
        store.record(Published::new(at(0), audience, custom(name, "1")))
    };
    let some = |name: &str| Audience::User(user(name));
    let (a, b, c, d) = tokio::join!(
        tell("first", some("user7")),
        tell("second", Audience::Users(names.clone())),
        tell("third", some("user7")),
        tell("fourth", some("user8")),
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
    let all = heard.all();
    let of_user7: Vec<_> =
        [0, 1, 2].iter().filter_map(|n| all[*n].seqs.for_user(&names[7])).collect();
    assert_eq!(of_user7, [1, 2, 3]);
    assert_eq!(all[1].seqs.for_user(&user("user8")), Some(1));
    assert_eq!(all[3].seqs.for_user(&user("user8")), Some(2));
    assert_eq!(all[1].seqs.for_user(&user("nobody")), None);
    let page = store.feed_after(&names[7], 0, 10).await.unwrap();
    assert_eq!(page.events.len(), 3);
    store.close().await;
}

#[tokio::test]
async fn a_row_that_nobody_wrote_leaves_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let some = Audience::User(user("ann"));
    store.record(Published::new(at(0), some.clone(), custom("one", "1"))).await.unwrap();
    store
        .writer
        .write(Sql(
            "INSERT INTO feed (user, seq, at, kind) VALUES ('ann', 2, 0, 'from the future');
             INSERT INTO feed (user, seq, at, kind, detail) VALUES ('ann', 3, 0, 'custom', '[]');
             INSERT INTO feed (user, seq, at, kind, detail, except_device)
             VALUES ('ann', 4, 0, 'custom', '{}', ' ')",
        ))
        .await
        .unwrap();
    store.record(Published::new(at(0), some, custom("two", "1"))).await.unwrap();
    let page = store.feed_after(&user("ann"), 0, 10).await.unwrap();
    let read: Vec<_> = page.events.iter().map(|fed| (fed.seq, fed.event.is_some())).collect();
    assert_eq!(read, [(1, true), (2, false), (3, false), (4, false), (5, true)]);
    store.close().await;
}

#[tokio::test]
async fn rows_of_the_version_before_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    store.insert_notification(notification("n1", "ann", 0)).await.unwrap();
    store
        .writer
        .write(Sql(r#"INSERT INTO feed (user, seq, at, kind, subject, detail, except_device)
              VALUES ('ann', 2, 0, 'message_read', 'm1', '"ben"', NULL),
                  ('ann', 3, 0, 'notification_read', 'n1', NULL, 'laptop')"#))
        .await
        .unwrap();
    store.read_notifications(&user("ann"), None, None, at(1)).await.unwrap();
    store.delete_notifications(&user("ann"), None, None, at(2)).await.unwrap();
    let page = store.feed_after(&user("ann"), 0, 10).await.unwrap();
    let mut events = page.events.iter().map(|fed| fed.event.as_ref());
    assert!(events.next().unwrap().is_none(), "it was deleted");
    let mut next = || events.next().unwrap().unwrap();
    assert!(matches!(
        &next().event,
        DomainEvent::MessageRead { by, reading: Reading::Read, .. } if *by == user("ben")
    ));
    let old = next();
    assert_eq!(old.audience, Audience::OtherDevices(user("ann"), device("laptop")));
    let id = notification_id("n1");
    assert!(matches!(
        &old.event,
        DomainEvent::NotificationsRead { ids, all: false } if ids[..] == [id.clone()]
    ));
    assert!(matches!(
        &next().event,
        DomainEvent::NotificationsRead { ids, all: true } if ids[..] == [id.clone()]
    ));
    assert!(matches!(
        &next().event,
        DomainEvent::NotificationsDeleted { ids, all: true } if ids[..] == [id.clone()]
    ));
    store.close().await;
}
