//! A file of the first version, with what was in it.

use std::{borrow::Cow, sync::Arc};

use outrigger_domain::{
    messaging::Read,
    ports::{FeedStore as _, NoWebhooks, Store as _},
};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{Heard, at, hello, message, user};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut origins = Vec::new();
    for name in ["one.db", "two.db"] {
        let path = folder.path().join(name);
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut db = options.connect().await.unwrap();
        let mut first = sqlx::migrate!();
        first.migrations = Cow::Owned(first.migrations.iter().take(1).cloned().collect());
        first.run(&mut db).await.unwrap();
        db.execute(
            "INSERT INTO messages (id, sender, receiver, text, digest, created_at, updated_at)
             VALUES ('m1', 'ann', 'ben', 'hi', zeroblob(32), 1750000000000, 1750000000000);
             INSERT INTO notifications (id, user, kind, title, message, created_at)
             VALUES ('n1', 'ben', 'k', 't', 'm', 1750000000000);
             INSERT INTO users (id, email, role, active, designations, created_at, updated_at)
             VALUES ('ann', 'ann@example.com', 'user', 1, '[]', 0, 0)",
        )
        .await
        .unwrap();
        db.close().await.unwrap();

        let heard = Arc::new(Heard::default());
        let options = Options::new(format!("sqlite:{}", path.display()));
        let store = SqliteStore::open(&options, heard.clone(), Arc::new(NoWebhooks)).await.unwrap();
        let old = store.message(&message("m1")).await.unwrap().unwrap();
        assert_eq!((old.text.as_deref(), old.delivered_at, old.read_at), (Some("hi"), None, None));
        assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 1);
        assert_eq!(store.feed_after(&user("ben"), 0, 10).await.unwrap().head, 0);

        let delivered = store.mark_delivered(&[message("m1")], at(1)).await.unwrap();
        assert_eq!(delivered.0.len(), 1);
        let read = store.mark_read(&message("m1"), &user("ben"), at(2)).await.unwrap();
        assert!(matches!(read, Read::Now(_)));
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
