//! Notifications and how many are unread.

use outrigger_domain::{notifications::Notification, ports::Store};

use crate::{Heard, at, device, notification, notification_id as id, user};

fn ids(list: &[Notification]) -> Vec<&str> {
    list.iter().map(|notification| notification.id.as_str()).collect()
}

pub(crate) async fn a_notification_is_stored_once(store: &dyn Store, heard: &Heard) {
    let ann = user("ann");
    assert_eq!(store.unread_notifications(&ann).await.unwrap(), 0);
    let first = notification("n1", "ann", 0);
    let notified = store.insert_notification(first.clone()).await.unwrap();
    assert_eq!((&*notified.notification, notified.unread), (&first, 1));
    assert_eq!(heard.lines(), ["user ann: notified n1", "user ann: 1 unread"]);

    let mut again = notification("n1", "ann", 9);
    again.title = "Other".into();
    let notified = store.insert_notification(again).await.unwrap();
    assert_eq!((&*notified.notification, notified.unread), (&first, 1));
    assert_eq!(heard.lines(), [""; 0], "nobody is told twice");

    let mut bare = notification("n2", "ann", 1);
    bare.data = None;
    assert_eq!(store.insert_notification(bare.clone()).await.unwrap().unread, 2);
    store.insert_notification(notification("n3", "ben", 1)).await.unwrap();
    assert_eq!(store.unread_notifications(&ann).await.unwrap(), 2);
    assert_eq!(store.notifications(&ann, 10, None, false).await.unwrap(), [bare, first]);
}

pub(crate) async fn notifications_are_listed_newest_first(store: &dyn Store, _: &Heard) {
    let (ann, laptop) = (user("ann"), device("laptop"));
    for (name, ms) in [("d", 0), ("c", 1), ("b", 1), ("a", 1), ("e", 2)] {
        store.insert_notification(notification(name, "ann", ms)).await.unwrap();
    }
    store.insert_notification(notification("other", "ben", 1)).await.unwrap();
    store.read_notifications(&ann, Some(&laptop), Some(&id("b")), at(3)).await.unwrap();

    let list = async |limit, before: Option<&str>, unread_only| {
        store.notifications(&ann, limit, before.map(id).as_ref(), unread_only).await.unwrap()
    };
    assert_eq!(ids(&list(10, None, false).await), ["e", "a", "b", "c", "d"]);
    assert_eq!(ids(&list(10, None, true).await), ["e", "a", "c", "d"]);
    assert_eq!(ids(&list(2, None, false).await), ["e", "a"]);
    assert_eq!(ids(&list(2, Some("a"), false).await), ["b", "c"]);
    assert_eq!(ids(&list(2, Some("b"), true).await), ["c", "d"]);
    assert_eq!(ids(&list(2, Some("unknown"), false).await), [""; 0]);
    assert_eq!(ids(&list(2, Some("other"), false).await), [""; 0], "another user's is unknown");
    assert_eq!(list(10, None, false).await[2].read_at, Some(at(3)));
}

pub(crate) async fn reading_tells_the_other_devices(store: &dyn Store, heard: &Heard) {
    let (ann, laptop) = (user("ann"), device("laptop"));
    for (name, ms) in [("n3", 0), ("n2", 1), ("n1", 2)] {
        store.insert_notification(notification(name, "ann", ms)).await.unwrap();
    }
    store.insert_notification(notification("bens", "ben", 0)).await.unwrap();
    heard.lines();

    let read = store.read_notifications(&ann, Some(&laptop), Some(&id("n2")), at(9)).await.unwrap();
    assert_eq!((read.newly_read, read.found, read.unread), (vec![id("n2")], true, 2));
    assert_eq!(heard.lines(), ["user ann but laptop: notifications n2 read", "user ann: 2 unread"]);
    let again =
        store.read_notifications(&ann, Some(&laptop), Some(&id("n2")), at(10)).await.unwrap();
    assert_eq!((again.newly_read, again.found, again.unread), (vec![], true, 2));
    for foreign in ["bens", "unknown"] {
        let read = store
            .read_notifications(&ann, Some(&laptop), Some(&id(foreign)), at(10))
            .await
            .unwrap();
        assert_eq!((read.newly_read, read.found, read.unread), (vec![], false, 2));
    }
    assert_eq!(heard.lines(), [""; 0]);

    let all = store.read_notifications(&ann, Some(&laptop), None, at(11)).await.unwrap();
    assert_eq!((all.newly_read, all.found, all.unread), (vec![id("n3"), id("n1")], true, 0));
    assert_eq!(
        heard.lines(),
        ["user ann but laptop: notifications all: n3, n1 read", "user ann: 0 unread",]
    );
    assert_eq!(store.unread_notifications(&ann).await.unwrap(), 0);
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
    assert_eq!(store.insert_notification(notification("n4", "ann", 12)).await.unwrap().unread, 1);
}

pub(crate) async fn without_a_device_all_are_told(store: &dyn Store, heard: &Heard) {
    let ann = user("ann");
    for name in ["n1", "n2"] {
        store.insert_notification(notification(name, "ann", 0)).await.unwrap();
    }
    heard.lines();
    let read = store.read_notifications(&ann, None, Some(&id("n1")), at(1)).await.unwrap();
    assert!(!read.all && read.device.is_none());
    assert_eq!(heard.lines(), ["user ann: notifications n1 read", "user ann: 1 unread"]);
    assert!(store.read_notifications(&ann, None, None, at(2)).await.unwrap().all);
    assert_eq!(heard.lines(), ["user ann: notifications all: n2 read", "user ann: 0 unread"]);
    let none = store.read_notifications(&ann, None, None, at(3)).await.unwrap();
    assert_eq!((none.newly_read, none.all), (vec![], true));
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn what_is_deleted_is_not_unread(store: &dyn Store, heard: &Heard) {
    let (ann, laptop) = (user("ann"), device("laptop"));
    for (name, ms) in [("n4", 3), ("n3", 0), ("n2", 1), ("n1", 2)] {
        store.insert_notification(notification(name, "ann", ms)).await.unwrap();
    }
    store.insert_notification(notification("bens", "ben", 0)).await.unwrap();
    store.read_notifications(&ann, None, Some(&id("n2")), at(4)).await.unwrap();
    heard.lines();
    let delete = async |device, name: Option<&str>| {
        let id = name.map(id);
        let gone = store.delete_notifications(&ann, device, id.as_ref(), at(5)).await.unwrap();
        let ids: Vec<_> = gone.deleted.iter().map(ToString::to_string).collect();
        assert_eq!(gone.all, name.is_none());
        assert_eq!(gone.unread, store.unread_notifications(&ann).await.unwrap());
        (ids.join(" "), gone.unread)
    };
    for foreign in ["bens", "unknown"] {
        assert_eq!(delete(None, Some(foreign)).await, (String::new(), 3));
    }
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(delete(None, Some("n1")).await, ("n1".into(), 2));
    assert_eq!(heard.places(), ["user ann: notifications n1 deleted [6]", "user ann: 2 unread []"]);
    assert_eq!(store.notification(&ann, &id("n1")).await.unwrap(), None);
    assert_eq!(delete(Some(&laptop), Some("n2")).await, ("n2".into(), 2), "it had been read");
    assert_eq!(
        heard.lines(),
        ["user ann but laptop: notifications n2 deleted", "user ann: 2 unread"]
    );
    assert_eq!(delete(None, None).await, ("n3 n4".into(), 0), "oldest first");
    assert_eq!(
        heard.places(),
        ["user ann: notifications all: n3, n4 deleted [8]", "user ann: 0 unread []"],
        "one event for all"
    );
    assert_eq!(delete(None, None).await, (String::new(), 0));
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
    assert_eq!(store.insert_notification(notification("n5", "ann", 9)).await.unwrap().unread, 1);
}
