//! After the cause is gone, writes work again: nothing acknowledged is lost, nothing undone was published.

use outrigger_domain::ports::Store as _;
use outrigger_store_story::{hello, message};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::{Break, Sql, counted, open};
use crate::{SqliteStore, writer::Write};

/// Writes something and then panics.
struct Panics;

impl Write for Panics {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        db.execute("UPDATE heartbeat SET beats = beats + 1000").await?;
        panic!("as a mistake of ours would");
    }
}

async fn there(store: &SqliteStore, id: &str) -> bool {
    store.message(&message(id)).await.unwrap().is_some()
}

#[tokio::test]
async fn a_panic_fails_its_write_alone() {
    let recorder = metrics_util::debugging::DebuggingRecorder::new();
    let counters = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    let (first, panicked, second) = tokio::join!(
        store.insert_message(hello("m1", "ann", "ben", 0)),
        store.writer.write(Panics),
        store.insert_message(hello("m2", "ann", "ben", 0)),
    );
    assert!(first.is_ok() && panicked.is_err() && second.is_ok());
    assert_eq!(counted(&counters, "outrigger_store_failures_total"), 1);
    assert_eq!(crate::upkeep::last_beat(&store.readers.pool()).await.unwrap(), 0);
    assert_eq!(
        heard.places(),
        [
            "user ben: received m1 [1]",
            "user ann: sent m1 [1]",
            "user ben: received m2 [2]",
            "user ann: sent m2 [2]"
        ]
    );
    store.check().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_log_that_was_removed_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("test.db-wal");
    let (store, heard) = open(&folder).await;
    let write = async |id: &str| store.insert_message(hello(id, "ann", "ben", 0)).await;
    write("m1").await.unwrap();
    std::fs::remove_file(&log).unwrap();
    write("m2").await.unwrap();
    assert!(there(&store, "m1").await && there(&store, "m2").await);
    assert!(log.exists(), "what is written from now on has a name");

    // Also if the connection that wrote is lost, and when another file has taken its place.
    assert!(store.writer.write(Break).await.is_err());
    std::fs::remove_file(&log).unwrap();
    std::fs::write(&log, "").unwrap();
    write("m3").await.unwrap();
    for id in ["m1", "m2", "m3"] {
        assert!(there(&store, id).await, "{id}");
    }
    assert_eq!(heard.lines().len(), 6);
    store.check().await.unwrap();

    // What the process would leave behind if it was killed now.
    let copy = tempfile::tempdir().unwrap();
    for name in ["test.db", "test.db-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let (copied, _) = open(&copy).await;
    for id in ["m1", "m2", "m3"] {
        assert!(there(&copied, id).await, "{id}");
    }
    copied.close().await;
    store.close().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_opened_later() {
    let folder = tempfile::tempdir().unwrap();
    let (path, aside) = (folder.path().join("test.db"), folder.path().join("aside.db"));
    let (store, heard) = open(&folder).await;
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert!(store.writer.write(Break).await.is_err());
    std::fs::rename(&path, &aside).unwrap();
    for _ in 0..3 {
        assert!(store.insert_message(hello("m2", "ann", "ben", 0)).await.is_err());
    }
    assert!(there(&store, "m1").await, "reading goes on");
    std::fs::rename(&aside, &path).unwrap();
    store.insert_message(hello("m2", "ann", "ben", 0)).await.unwrap();
    assert_eq!(
        heard.places(),
        [
            "user ben: received m1 [1]",
            "user ann: sent m1 [1]",
            "user ben: received m2 [2]",
            "user ann: sent m2 [2]"
        ]
    );
    store.close().await;
}

#[tokio::test]
async fn a_lock_that_lasts_longer_than_we_wait_passes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    store.writer.write(Sql("PRAGMA busy_timeout = 50")).await.unwrap();
    let url = format!("sqlite:{}/test.db", folder.path().display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    for _ in 0..2 {
        assert!(store.insert_message(hello("m1", "ann", "ben", 0)).await.is_err());
    }
    assert!(!there(&store, "m1").await);
    // Also for one that has to open its connection anew meanwhile.
    assert!(store.writer.write(Break).await.is_err());
    other.execute("ROLLBACK").await.unwrap();
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert_eq!(heard.lines(), ["user ben: received m1", "user ann: sent m1"]);
    store.close().await;
}
