//! What the writer does when something fails: writes made to break, on a real file.

mod addresses;
mod answering;
mod campaign;
mod cost;
mod feeds;
mod lookups;
mod memberships;
mod plans;
mod recovery;
mod removed_events;
mod sockets;
mod together;

use std::sync::Arc;

use futures_util::future::join_all;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use outrigger_domain::{
    messaging::Stored,
    ports::{NoWebhooks, Store as _, StoreError},
};
use outrigger_store_story::{Heard, hello, message, user};
use sqlx::{Executor as _, SqliteConnection};

use crate::{Options, SqliteStore, writer::Write};

/// Any SQL, run as one write.
struct Sql(&'static str);

impl Write for Sql {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        db.execute(self.0).await.map(|_| ())
    }
}

/// Makes every later statement of the connection fail with `SQLITE_INTERRUPT`.
struct Break;

impl Write for Break {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        db.lock_handle().await?.set_progress_handler(1, || false);
        Ok(())
    }
}

async fn open(folder: &tempfile::TempDir) -> (Arc<SqliteStore>, Arc<Heard>) {
    let heard = Arc::new(Heard::default());
    let url = format!("sqlite:{}/test.db", folder.path().display());
    let store =
        SqliteStore::open(&Options::new(url), heard.clone(), Arc::new(NoWebhooks)).await.unwrap();
    (store, heard)
}

/// How often a counter went up since the last look.
fn counted(counters: &Snapshotter, name: &str) -> u64 {
    let snapshot = counters.snapshot().into_vec();
    let found = snapshot.into_iter().filter(|(key, ..)| key.key().name() == name);
    found.map(|(.., value)| if let DebugValue::Counter(n) = value { n } else { 0 }).sum()
}

#[tokio::test]
async fn one_failing_write_leaves_its_neighbours_alone() {
    let recorder = DebuggingRecorder::new();
    let counters = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    store.insert_message(hello("taken", "eve", "ben", 0)).await.unwrap();
    heard.lines();
    counted(&counters, "outrigger_store_commits_total");

    // The first half of the second write must not stay, nor undo the first and third.
    let half = "INSERT INTO chat_members (chat, user, since) VALUES ('half', 'ann', 0);
                INSERT INTO chat_members (chat, user, since) VALUES ('half', 'ann', 0)";
    let (first, second, third, fourth) = tokio::join!(
        store.insert_message(hello("m1", "ann", "ben", 0)),
        store.writer.write(Sql(half)),
        store.insert_message(hello("taken", "ann", "ben", 0)),
        store.insert_message(hello("m2", "ann", "ben", 0)),
    );
    assert!(matches!(first.unwrap(), Stored::New(..)));
    assert!(matches!(second, Err(StoreError::Failed(_))));
    assert!(matches!(third, Err(StoreError::Failed(_))));
    assert!(matches!(fourth.unwrap(), Stored::New(..)));
    assert_eq!(counted(&counters, "outrigger_store_commits_total"), 1, "they were one group");
    assert_eq!(
        heard.lines(),
        [
            "user ben: received m1",
            "user ann: sent m1",
            "user ben: received m2",
            "user ann: sent m2"
        ]
    );
    let half = outrigger_domain::ids::ChatId::new("half").unwrap();
    assert_eq!(store.chat_members(&half).await.unwrap(), []);
    store.close().await;
}

#[tokio::test]
async fn a_failed_commit_publishes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    // The missing message is noticed by `COMMIT` only.
    let orphan = "PRAGMA defer_foreign_keys = ON;
                  INSERT INTO images (id, message, media_type, bytes) VALUES ('i', 999, 'image/png', x'00')";
    let (one, two, three) = tokio::join!(
        store.insert_message(hello("m1", "ann", "ben", 0)),
        store.writer.write(Sql(orphan)),
        store.insert_message(hello("m2", "ann", "ben", 0)),
    );
    assert!(one.is_err() && two.is_err() && three.is_err());
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(store.message(&message("m1")).await.unwrap(), None);

    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert_eq!(heard.lines(), ["user ben: received m1", "user ann: sent m1"]);
    store.close().await;
}

#[tokio::test]
async fn a_full_disk_fails_the_group_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    // SQLite takes the present size where a smaller limit is asked for.
    store.writer.write(Sql("PRAGMA max_page_count = 1")).await.unwrap();
    let long = |n: usize| {
        let mut new = hello(&format!("m{n}"), "ann", "ben", 0);
        new.message.text = Some("x".repeat(20_000));
        new
    };
    // The first needs no room, but shares the fate of its group.
    let small = store.writer.write(Sql("UPDATE heartbeat SET beats = beats + 100"));
    let (small, results) =
        tokio::join!(small, join_all((0..4).map(|n| store.insert_message(long(n)))));
    assert!(small.is_err());
    assert!(results.iter().all(Result::is_err), "a group is stored as a whole or not at all");
    assert_eq!(heard.lines(), [""; 0]);
    assert_eq!(store.partners(&user("ann"), 10).await.unwrap(), []);
    assert!(store.insert_message(long(0)).await.is_err());
    assert_eq!(crate::upkeep::last_beat(&store.readers.pool()).await.unwrap(), 0);

    store.writer.write(Sql("PRAGMA max_page_count = 1000000")).await.unwrap();
    store.insert_message(long(0)).await.unwrap();
    assert_eq!(heard.lines(), ["user ben: received m0", "user ann: sent m0"]);
    store.close().await;
}

#[tokio::test]
async fn a_foreign_lock_fails_the_group_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    store.writer.write(Sql("PRAGMA busy_timeout = 0")).await.unwrap();
    let other = open(&folder).await.0;
    let mut lock = other.readers.pool().acquire().await.unwrap();
    lock.execute("PRAGMA query_only = OFF; BEGIN IMMEDIATE").await.unwrap();
    assert!(store.insert_message(hello("m1", "ann", "ben", 0)).await.is_err());
    assert_eq!(store.message(&message("m1")).await.unwrap(), None, "reading goes on");
    lock.execute("ROLLBACK").await.unwrap();
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert_eq!(heard.lines(), ["user ben: received m1", "user ann: sent m1"]);
    store.close().await;
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    let recorder = DebuggingRecorder::new();
    let counters = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let folder = tempfile::tempdir().unwrap();
    let (store, heard) = open(&folder).await;
    let (broken, neighbour) = tokio::join!(
        store.writer.write(Break),
        store.insert_message(hello("m1", "ann", "ben", 0)),
    );
    assert!(broken.is_err() && neighbour.is_err());
    assert_eq!(heard.lines(), [""; 0]);

    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert_eq!(heard.lines(), ["user ben: received m1", "user ann: sent m1"]);
    assert_eq!(counted(&counters, "outrigger_store_reopened_total"), 1);
    store.check().await.unwrap();
    store.close().await;
}
