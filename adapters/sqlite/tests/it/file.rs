//! The file itself: what may be opened, who may read it, and what is in it the next time.

use std::sync::Arc;

use outrigger_domain::{
    ports::{NoWebhooks, Store as _},
    sessions::SessionFilter,
};
use outrigger_sqlite::{OpenError, Options, SqliteStore};
use outrigger_store_story::{Heard, hello, message, notification, user};

async fn open(url: &str) -> Result<Arc<SqliteStore>, OpenError> {
    SqliteStore::open(&Options::new(url), Arc::new(Heard::default()), Arc::new(NoWebhooks)).await
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
    let ann = user("ann");
    let store = open(&url).await.unwrap();
    let new = hello("m1", "ann", "ben", 0);
    store.insert_message(new.clone()).await.unwrap();
    store.insert_notification(notification("n1", "ann", 0)).await.unwrap();
    store.close().await;

    let url = url.replace("rwc", "rw");
    let store = open(&url).await.unwrap();
    assert_eq!(store.message(&message("m1")).await.unwrap(), Some(new.message));
    assert_eq!(store.unread_notifications(&ann).await.unwrap(), 1);
    assert_eq!(store.partners(&user("ben"), 10).await.unwrap()[0].unread, 1);
    assert_eq!(store.sessions(&ann, &SessionFilter::default()).await.unwrap(), []);
    store.check().await.unwrap();
    store.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = open(&format!("sqlite:{}/test.db", folder.path().display())).await.unwrap();
    store.check().await.unwrap();
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    store.close().await;
}

#[tokio::test]
async fn an_address_that_cannot_work_is_refused() {
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:x.db?mode=memory"] {
        assert!(matches!(open(url).await, Err(OpenError::InMemory)), "{url}");
    }
    for url in ["", "sqlite:", "x.db", "postgres://localhost/x"] {
        assert!(matches!(open(url).await, Err(OpenError::Address)), "{url}");
    }
    assert!(
        matches!(open("sqlite:x.db?mode=ro").await, Err(OpenError::Mode(mode)) if mode == "ro")
    );

    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}/missing/test.db", folder.path().display());
    assert!(matches!(open(&missing).await, Err(OpenError::Create { .. })));
    let missing = format!("sqlite:{}/test.db?mode=rw", folder.path().display());
    assert!(matches!(open(&missing).await, Err(OpenError::Connect(_))));

    let mut options = Options::new(format!("sqlite:{}/test.db", folder.path().display()));
    options.readers = 0;
    let refused =
        SqliteStore::open(&options, Arc::new(Heard::default()), Arc::new(NoWebhooks)).await;
    assert!(matches!(refused, Err(OpenError::Zero("readers"))));
}

#[tokio::test]
async fn tables_of_a_newer_version_are_left_alone() {
    use sqlx::{ConnectOptions as _, Executor as _};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let url = format!("sqlite:{}", path.display());
    open(&url).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut db = options.connect().await.unwrap();
    db.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await
    .unwrap();
    assert!(matches!(open(&url).await, Err(OpenError::Migrate(_))));
}
