//! Group commit seen from outside: few flushes, commit before publishing, publishing before answering.

use std::{
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{future::join_all, poll};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use outrigger_domain::{
    events::{DomainEvent, Published},
    messaging::{Page, Stored},
    ports::{Bus, NoWebhooks, Store as _, StoreError},
};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{hello, message, user};
use tokio::sync::{Semaphore, watch};

/// A bus that holds every event until it is let through.
struct Gate {
    through: Semaphore,
    arrived: watch::Sender<usize>,
    ids: Mutex<Vec<String>>,
}

impl Gate {
    fn closed() -> Arc<Self> {
        Arc::new(Self {
            through: Semaphore::new(0),
            arrived: watch::Sender::new(0),
            ids: Mutex::default(),
        })
    }

    fn open(&self) {
        self.through.add_permits(1_000_000);
    }

    async fn until_arrived(&self, count: usize) {
        self.arrived.subscribe().wait_for(|arrived| *arrived >= count).await.unwrap();
    }

    /// Ids of the messages that were received, in order.
    fn received(&self) -> Vec<String> {
        self.ids.lock().unwrap().clone()
    }
}

#[async_trait]
impl Bus for Gate {
    async fn publish(&self, event: Published) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        self.through.acquire().await.unwrap().forget();
        if let DomainEvent::MessageReceived(message) = event.event {
            self.ids.lock().unwrap().push(message.id.to_string());
        }
    }
}

fn options(folder: &tempfile::TempDir) -> Options {
    Options::new(format!("sqlite:{}/test.db", folder.path().display()))
}

async fn open(options: &Options, gate: &Arc<Gate>) -> Arc<SqliteStore> {
    SqliteStore::open(options, gate.clone(), Arc::new(NoWebhooks)).await.unwrap()
}

#[tokio::test]
async fn thousands_at_once_share_a_few_commits() {
    let recorder = DebuggingRecorder::new();
    let counters = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::closed();
    gate.open();
    let store = open(&options(&folder), &gate).await;

    let writes = (0..5_000).map(|n| {
        let to = format!("user{}", n % 7);
        let (store, new) = (Arc::clone(&store), hello(&format!("m{n}"), "ann", &to, 0));
        tokio::spawn(async move { store.insert_message(new).await })
    });
    for stored in join_all(writes).await {
        assert!(matches!(stored.unwrap().unwrap(), Stored::New(..)));
    }

    let received = gate.received();
    assert_eq!(received.len(), 5_000);
    for n in 0..7 {
        let page = Page { before: None, limit: 5_000 };
        let name = format!("user{n}");
        let committed = store.conversation(&user("ann"), &user(&name), &page).await.unwrap();
        let committed: Vec<_> = committed.iter().map(|message| message.id.as_str()).collect();
        let mine: std::collections::HashSet<_> = committed.iter().copied().collect();
        let heard: Vec<_> =
            received.iter().map(String::as_str).filter(|id| mine.contains(id)).collect();
        assert_eq!(heard, committed, "{name} hears in the order of the commits");
    }

    let count = |name: &str, snapshot: &[(String, u64)]| {
        snapshot.iter().filter(|(key, _)| key == name).map(|(_, n)| n).sum::<u64>()
    };
    let snapshot: Vec<_> = counters
        .snapshot()
        .into_vec()
        .into_iter()
        .filter_map(|(key, _, _, value)| match value {
            DebugValue::Counter(n) => Some((key.key().name().to_owned(), n)),
            _ => None,
        })
        .collect();
    assert_eq!(count("outrigger_store_writes_total", &snapshot), 5_000);
    let commits = count("outrigger_store_commits_total", &snapshot);
    assert!((10..=50).contains(&commits), "5,000 writes in groups of 512 took {commits} commits");
    store.close().await;
}

#[tokio::test]
async fn committed_before_published_before_answered() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::closed();
    let store = open(&options(&folder), &gate).await;
    let mut call = Box::pin(store.insert_message(hello("m1", "ann", "ben", 0)));
    assert!(poll!(&mut call).is_pending());
    gate.until_arrived(1).await;
    assert!(store.message(&message("m1")).await.unwrap().is_some(), "committed");
    assert!(poll!(&mut call).is_pending(), "not answered while an event is on its way");
    gate.open();
    assert!(matches!(call.await.unwrap(), Stored::New(..)));
    assert_eq!(gate.received(), ["m1"]);
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_undo_its_write() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::closed();
    let store = open(&options(&folder), &gate).await;
    let mut first = Box::pin(store.insert_message(hello("m1", "ann", "ben", 0)));
    assert!(poll!(&mut first).is_pending());
    gate.until_arrived(1).await;
    let mut second = Box::pin(store.insert_message(hello("m2", "ann", "ben", 1)));
    assert!(poll!(&mut second).is_pending());
    drop(second);
    gate.open();
    first.await.unwrap();
    store.close().await;
    assert_eq!(gate.received(), ["m1", "m2"]);

    let store = open(&options(&folder), &gate).await;
    assert!(store.message(&message("m2")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::closed();
    let mut options = options(&folder);
    options.queue = 1;
    // Opening the store's connections must not take longer, on a busy machine either.
    options.queue_wait = Duration::from_millis(500);
    let store = open(&options, &gate).await;
    let mut first = Box::pin(store.insert_message(hello("m1", "ann", "ben", 0)));
    assert!(poll!(&mut first).is_pending());
    gate.until_arrived(1).await;
    let mut second = Box::pin(store.insert_message(hello("m2", "ann", "ben", 1)));
    assert!(poll!(&mut second).is_pending());
    let third = store.insert_message(hello("m3", "ann", "ben", 2)).await;
    assert!(matches!(third, Err(StoreError::Overloaded)));
    gate.open();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(store.message(&message("m3")).await.unwrap(), None);
}

#[tokio::test]
async fn closing_finishes_what_was_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::closed();
    gate.open();
    let store = open(&options(&folder), &gate).await;
    let mut calls: Vec<_> = (0..100)
        .map(|n| Box::pin(store.insert_message(hello(&format!("m{n}"), "ann", "ben", n))))
        .collect();
    for call in &mut calls {
        assert!(matches!(poll!(call), Poll::Pending));
    }
    tokio::join!(store.close(), store.close());
    for stored in join_all(calls).await {
        assert!(matches!(stored.unwrap(), Stored::New(..)));
    }
    let log = folder.path().join("test.db-wal");
    assert!(!log.exists(), "everything is in the one file");
}
