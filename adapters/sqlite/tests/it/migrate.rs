//! Files of older versions, with what was in them.

use std::{borrow::Cow, path::Path, sync::Arc};

use outrigger_domain::{
    actor::Role,
    commerce::AuditKind,
    email::MailTemplate,
    ids::ImageId,
    messaging::{Deleted, Read, Reading, Unread},
    notifications::NotificationFilter,
    paging::{Slice, Sliced},
    ports::{
        CommerceStore as _, FeedStore as _, MailStore as _, NoWebhooks, QuizStore, Store as _,
        SupportStore as _, TrackingStore as _,
    },
    support::ContactPriority,
    tracking::RecipientsUpdated,
};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{
    Heard, at, contact, entry, event_roles, hello, mail, message, notification, notification_id,
    order, order_id, participant, profile, quiz_session, said, tracked_id, user,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, sqlite::SqliteConnectOptions};

/// Makes a file as the first `versions` migrations leave it, and puts rows into it.
async fn make(path: &Path, versions: usize, rows: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    let mut old = sqlx::migrate!();
    old.migrations = Cow::Owned(old.migrations.iter().take(versions).cloned().collect());
    old.run(&mut db).await.unwrap();
    db.execute(rows).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut origins = Vec::new();
    for name in ["one.db", "two.db"] {
        let path = folder.path().join(name);
        let rows =
            "INSERT INTO messages (id, sender, receiver, text, digest, created_at, updated_at)
             VALUES ('m1', 'ann', 'ben', 'hi', zeroblob(32), 1750000000000, 1750000000000);
             INSERT INTO notifications (id, user, kind, title, message, created_at)
             VALUES ('n1', 'ben', 'k', 't', 'm', 1750000000000);
             INSERT INTO users (id, email, role, active, designations, created_at, updated_at)
             VALUES ('ann', 'ann@example.com', 'user', 1, '[]', 0, 0)";
        make(&path, 1, rows).await;

        let heard = Arc::new(Heard::default());
        let options = Options::new(format!("sqlite:{}", path.display()));
        let store = SqliteStore::open(&options, heard.clone(), Arc::new(NoWebhooks)).await.unwrap();
        let old = store.message(&message("m1")).await.unwrap().unwrap();
        assert_eq!((old.text.as_deref(), old.delivered_at, old.read_at), (Some("hi"), None, None));
        assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
        assert_eq!(store.feed_after(&user("ben"), 0, 10).await.unwrap().head, 0);

        let delivered = store.mark_delivered(&[message("m1")], at(1)).await.unwrap();
        assert_eq!(delivered.0.len(), 1);
        let read =
            store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(2)).await.unwrap();
        assert!(matches!(read, Read::Now(..)));
        store.insert_message(hello("m2", "ann", "ben", 3)).await.unwrap();
        assert_eq!(
            heard.places(),
            [
                "user ann: m1 delivered to ben []",
                "user ann: m1 read by ben [1]",
                "user ben: received m2 [1]",
                "user ann: sent m2 [2]",
            ]
        );
        origins.push(store.feed_origin().await.unwrap());
        store.close().await;

        let store = SqliteStore::open(&options, heard, Arc::new(NoWebhooks)).await.unwrap();
        assert_eq!(store.feed_origin().await.as_ref().ok(), origins.last(), "it stays");
        assert_eq!(store.feed_after(&user("ann"), 0, 10).await.unwrap().head, 2);
        store.close().await;
    }
    assert_ne!(origins[0], origins[1], "no two files have one name");
}

/// Messages of which the one stored last is not the last one said, an image, notifications and their feeds.
const SECOND_VERSION: &str = "
    INSERT INTO messages (id, sender, receiver, chat, text, digest, created_at, updated_at, delivered_at, read_at)
    VALUES ('m1', 'ann', 'ben', NULL, 'one', zeroblob(32), 1750000000001, 1750000000001, NULL, NULL),
        ('m3', 'ben', 'ann', NULL, 'three', zeroblob(32), 1750000000003, 1750000000003, NULL, NULL),
        ('m2', 'ben', 'ann', NULL, 'two', zeroblob(32), 1750000000002, 1750000000004, 1750000000003, 1750000000004),
        ('s1', 'ann', 'ann', NULL, 'self', zeroblob(32), 1750000000009, 1750000000009, NULL, NULL),
        ('c1', 'ann', NULL, 'room', 'chat', zeroblob(32), 1750000000009, 1750000000009, NULL, NULL);
    INSERT INTO images (id, message, media_type, bytes) SELECT 'i1', position, 'image/png', x'01' FROM messages WHERE id = 'm3';
    INSERT INTO users (id, email, first_name, role, active, designations, created_at, updated_at)
    VALUES ('ben', '', 'Ben', 'user', 1, '[]', 0, 0);
    INSERT INTO notifications (id, user, kind, title, message, data, created_at, read_at)
    VALUES ('n1', 'ann', 'k', 't', 'm', '{}', 1750000000001, NULL), ('n2', 'ann', 'k', 't', 'm', NULL, 1750000000002, 9),
        ('n3', 'ann', 'l', 't', 'm', NULL, 1750000000003, NULL);
    INSERT INTO feed (user, seq, at, kind, subject, detail)
    VALUES ('ann', 1, 1, 'message_received', 'm3', NULL), ('ann', 2, 2, 'notification', 'n1', NULL),
        ('ann', 3, 3, 'message_read', 'm1', '\"ben\"'), ('ann', 4, 4, 'notification_read', 'n2', NULL)";

#[tokio::test]
async fn a_file_of_the_second_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    make(&path, 2, SECOND_VERSION).await;
    let heard = Arc::new(Heard::default());
    let options = Options::new(format!("sqlite:{}", path.display()));
    let store = SqliteStore::open(&options, heard.clone(), Arc::new(NoWebhooks)).await.unwrap();
    let (ann, ben, all) = (user("ann"), user("ben"), Slice { offset: 0, limit: 9 });

    let Sliced { items, total } = store.conversations(&ann, all).await.unwrap();
    let briefs: Vec<_> =
        items.iter().map(|c| (c.partner.as_str(), c.last.id.as_str(), c.unread)).collect();
    assert_eq!((briefs, total), (vec![("ann", "s1", 1), ("ben", "m3", 1)], 2));
    assert_eq!(items[1].profile, profile(Some("Ben"), None));
    let slice = store.conversation_slice(&ann, &ben, all).await.unwrap();
    let ids: Vec<_> = slice.items.iter().map(|message| message.id.as_str()).collect();
    assert_eq!((ids, slice.total), (vec!["m1", "m2", "m3"], 3));
    let read = NotificationFilter { kind: Some("k".into()), read: Some(true) };
    assert_eq!(store.notification_slice(&ann, &read, all).await.unwrap().total, 1);
    let page = store.feed_after(&ann, 0, 9).await.unwrap();
    let places: Vec<_> = page.events.iter().map(|fed| (fed.seq, fed.event.is_some())).collect();
    assert_eq!(places, [(1, true), (2, true), (3, true), (4, true)]);

    let deleted = store.delete_message(&message("m3"), &ben, at(10)).await.unwrap();
    assert!(matches!(deleted, Deleted::Now(..)));
    assert_eq!(store.image(&ImageId::new("i1").unwrap()).await.unwrap(), None);
    let read = Unread::From(ann.clone(), 10);
    let read = store.mark_many_read(&ben, &read, Reading::Seen, at(11)).await.unwrap();
    assert_eq!(read.0.len(), 1);
    let id = notification_id("n1");
    assert_eq!(store.delete_notifications(&ann, None, Some(&id), at(12)).await.unwrap().unread, 1);
    let from_ben = outrigger_domain::notifications::Notification {
        from: Some(ben.clone()),
        ..notification("n4", "ann", 13)
    };
    assert_eq!(store.insert_notification(from_ben).await.unwrap().unread, 2);
    let items = store.conversations(&ann, all).await.unwrap().items;
    assert_eq!((items[1].last.id.as_str(), items[1].unread), ("m2", 0));
    let newest = store.notifications(&ann, 1, None, false).await.unwrap();
    assert_eq!(newest[0].from_profile, profile(Some("Ben"), None));
    assert_eq!(
        heard.lines(),
        [
            "users ben, ann: m3 deleted by ben",
            "user ann: m1 seen by ben",
            "user ann: notifications n1 deleted",
            "user ann: 1 unread",
            "user ann: notified n4",
            "user ann: 2 unread",
        ]
    );
    store.close().await;
}

#[tokio::test]
async fn a_file_of_the_third_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let rows = "INSERT INTO statuses (user, status) VALUES ('ann', 'busy');
        INSERT INTO notifications (id, user, kind, title, message, created_at)
        VALUES ('n1', 'ann', 'k', 't', 'm', 1750000000001)";
    make(&path, 3, rows).await;
    let options = Options::new(format!("sqlite:{}", path.display()));
    let heard = Arc::new(Heard::default());
    let store = SqliteStore::open(&options, heard, Arc::new(NoWebhooks)).await.unwrap();
    let (ann, id) = (user("ann"), tracked_id("m1"));
    assert_eq!(store.unread_notifications(&ann).await.unwrap(), 1);
    assert_eq!(store.message_stats(None).await.unwrap().total_messages, 0);
    let sent = vec![said("r1", "SENT", "1")];
    let taken = store.update_recipients(&id, &ann, sent, at(1)).await.unwrap();
    assert!(matches!(taken, RecipientsUpdated::Now(_, changed) if changed.len() == 1));
    assert_eq!(store.dashboard(Some(&ann), at(2)).await.unwrap().messages_sent_today, 1);
    store.close().await;
}

/// Ben has no address, zoe no name.
const FOURTH_VERSION: &str = "
    INSERT INTO users (id, email, first_name, role, active, designations, created_at, updated_at, told_role)
    VALUES ('ann', 'ann@example.com', 'Ann', 'user', 1, '[]', 0, 0, 'staff'), ('ben', '', 'Ben', 'user', 1, '[]', 0, 0, NULL),
        ('zoe', 'zoe@example.com', NULL, 'user', 1, '[]', 0, 0, NULL);
    INSERT INTO messages (id, sender, receiver, text, digest, created_at, updated_at)
    VALUES ('m1', 'ann', 'ben', 'one', zeroblob(32), 1750000000001, 1750000000001),
        ('m2', 'ben', 'zoe', 'two', zeroblob(32), 1750000000002, 1750000000002);
    INSERT INTO notifications (id, user, kind, title, message, from_user, created_at)
    VALUES ('n1', 'ben', 'k', 't', 'm', 'ann', 1750000000001);
    INSERT INTO feed (user, seq, at, kind, subject, detail) VALUES ('ben', 1, 1, 'message_received', 'm1', NULL)";

#[tokio::test]
async fn a_file_of_the_fourth_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    make(&path, 4, FOURTH_VERSION).await;
    let options = Options::new(format!("sqlite:{}", path.display()));
    let heard = Arc::new(Heard::default());
    let store = SqliteStore::open(&options, heard, Arc::new(NoWebhooks)).await.unwrap();
    let address = |of: &outrigger_domain::accounts::Profile| of.email.clone().unwrap_or_default();
    for (id, name, from, to) in
        [("m1", "Ann", "ann@example.com", ""), ("m2", "Ben", "", "zoe@example.com")]
    {
        let found = store.message(&message(id)).await.unwrap().unwrap();
        assert_eq!(found.sender_profile.name.as_deref(), Some(name));
        assert_eq!(
            (address(&found.sender_profile), address(&found.receiver_profile)),
            (from.into(), to.into())
        );
    }
    let ben = user("ben");
    let first = &store.notifications(&ben, 1, None, false).await.unwrap()[0];
    assert_eq!(first.from_profile, profile(Some("Ann"), None));
    assert!(store.feed_after(&ben, 0, 9).await.unwrap().events[0].event.is_some());
    let known = store.user(&user("ann")).await.unwrap().unwrap();
    assert_eq!(known.told_role, Some(Role::Staff));

    let defaults = [event_roles("ping", &[Role::User])];
    assert_eq!(store.event_roles(&defaults, at(1)).await.unwrap(), defaults);
    let note = entry(AuditKind::MappingChanged, "", 2);
    assert!(store.map_event("ping", None, note).await.unwrap());
    store.save_order(&order("o1", Some("ann")), at(3)).await.unwrap();
    store.close().await;

    let heard = Arc::new(Heard::default());
    let store = SqliteStore::open(&options, heard, Arc::new(NoWebhooks)).await.unwrap();
    assert_eq!(store.event_roles(&defaults, at(4)).await.unwrap(), [], "a restart changes nothing");
    assert_eq!(store.order(&order_id("o1")).await.unwrap().unwrap().buyer, user("ann"));
    store.close().await;
}

#[tokio::test]
async fn a_file_of_the_fifth_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let rows = "INSERT INTO orders (id, buyer, updated_at) VALUES ('o1', 'ann', 0);
        INSERT INTO notifications (id, user, kind, title, message, created_at)
        VALUES ('n1', 'ann', 'k', 't', 'm', 1750000000001)";
    make(&path, 5, rows).await;
    let options = Options::new(format!("sqlite:{}", path.display()));
    for restarted in [false, true] {
        let heard = Arc::new(Heard::default());
        let store = SqliteStore::open(&options, heard, Arc::new(NoWebhooks)).await.unwrap();
        assert_eq!(store.unread_notifications(&user("ann")).await.unwrap(), 1);
        assert_eq!(store.order(&order_id("o1")).await.unwrap().unwrap().buyer, user("ann"));
        let found = u64::from(restarted);
        assert_eq!(store.support_counts().await.unwrap().total, found);
        assert_eq!(store.mail_counts().await.unwrap(), (found, 0));
        assert_eq!(store.open_sessions(9).await.unwrap().len(), usize::from(restarted));
        if !restarted {
            let new = contact("c1", ContactPriority::Normal, 0);
            store.add_contact(&new).await.unwrap();
            let welcome = mail("m1", MailTemplate::WelcomeEmail, 0);
            store.queue_mail(&welcome, 9).await.unwrap();
            let session = quiz_session("s1", "q", 0);
            QuizStore::save_session(&*store, &session, &[participant("ann", 0)]).await.unwrap();
        }
        store.close().await;
    }
}
