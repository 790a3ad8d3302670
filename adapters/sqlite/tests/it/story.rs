//! The story of all stores, on a real file.

use std::sync::Arc;

use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{AnyStore, Setting};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    outrigger_store_story::run(async |setting: Setting| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let url = format!("sqlite:{}/{n}.db", folder.path().display());
        let mut options = Options::new(url);
        options.feed_events = setting.feed_events;
        options.webhooks = setting.webhooks;
        let store = SqliteStore::open(&options, setting.bus, setting.outbox).await.unwrap();
        store as Arc<dyn AnyStore>
    })
    .await;
}
