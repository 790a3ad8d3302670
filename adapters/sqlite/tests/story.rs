//! The story of all stores, on a real file.

use std::sync::Arc;

use outrigger_domain::ports::{Bus, Store};
use outrigger_sqlite::{Options, SqliteStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    outrigger_store_story::run(async |bus: Arc<dyn Bus>| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let url = format!("sqlite:{}/{n}.db", folder.path().display());
        let store = SqliteStore::open(&Options::new(url), bus).await.unwrap();
        store as Arc<dyn Store>
    })
    .await;
}
