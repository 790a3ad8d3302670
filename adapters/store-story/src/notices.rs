//! Messages of which their receiver gets a notification as well.

use outrigger_domain::messaging::{NewMessage, Stored};

use crate::{at, feeds::feed, hello, new_message, notification, user, world::World};

fn noticed(new: NewMessage, notice: &str) -> NewMessage {
    let notice = notification(notice, "ben", 0);
    NewMessage { notice: Some(notice), ..new }
}

pub(crate) async fn a_message_and_its_notice_are_told_together(world: &World) {
    let World { store, heard, .. } = world;
    let first = noticed(new_message("m1", "ann", "ben", 0, Some("c1"), "x"), "n1");
    let stored = store.insert_message(first.clone()).await.unwrap();
    let Stored::New(_, Some(notified)) = &stored else { panic!("{stored:?}") };
    assert_eq!((Some(&*notified.notification), notified.unread), (first.notice.as_ref(), 1));
    assert_eq!(
        heard.places(),
        [
            "user ben: received m1 [1]",
            "user ann: sent m1 [1]",
            "user ben: notified n1 [2]",
            "user ben: 1 unread []",
        ]
    );
    assert_eq!(feed(world, "ben").await, ["1 user ben: received m1", "2 user ben: notified n1"]);
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);

    let again = noticed(new_message("m2", "ann", "ben", 1, Some("c1"), "x"), "n2");
    let stored = store.insert_message(again).await.unwrap();
    assert!(matches!(stored, Stored::Duplicate(_)));
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
}

pub(crate) async fn a_message_that_fails_leaves_no_notice(world: &World) {
    let World { store, heard, .. } = world;
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    store.insert_notification(notification("n1", "ben", 0)).await.unwrap();
    heard.lines();
    let taken = noticed(hello("m1", "eve", "ben", 1), "n2");
    assert!(store.insert_message(taken).await.is_err());
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
    assert_eq!(heard.lines(), [""; 0]);
    // A notice that is there already is not told again; the message is.
    let stored = store.insert_message(noticed(hello("m2", "eve", "ben", 2), "n1")).await.unwrap();
    assert!(matches!(stored, Stored::New(_, None)));
    assert_eq!(heard.lines(), ["user ben: received m2", "user eve: sent m2"]);
    let list = store.notifications(&user("ben"), 10, None, false).await.unwrap();
    assert_eq!((list.len(), list[0].created_at), (1, at(0)));
}
