//! How SQLite goes about queries that must not slow down as their tables grow.

use outrigger_domain::ports::{Store as _, WebhookStore as _};
use outrigger_store_story::{at, webhook};
use sqlx::Row as _;

use super::{Sql, open};
use crate::SqliteStore;

/// The plan of the one checked query that holds this text.
async fn plan(store: &SqliteStore, fragment: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx");
    let queries: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .map(|file| serde_json::from_slice::<serde_json::Value>(&file).unwrap())
        .map(|file| file["query"].as_str().unwrap().to_owned())
        .filter(|query| query.contains(fragment))
        .collect();
    let [query] = queries.as_slice() else { panic!("{queries:?}") };
    let rows = sqlx::query(&format!("EXPLAIN QUERY PLAN {query}"))
        .fetch_all(&store.readers.pool())
        .await
        .unwrap();
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    steps.join("; ")
}

#[tokio::test]
async fn a_long_lane_does_not_slow_down_what_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for n in 0..50 {
        let part = (0..1000).map(|m| webhook(&format!("w{n}-{m}"), Some("ann"), at(0)));
        store.post_webhooks(part.collect()).await.unwrap();
    }
    store.post_webhooks(vec![webhook("other", Some("ben"), at(5))]).await.unwrap();
    store.writer.write(Sql("ANALYZE")).await.unwrap();
    let due = store.due_webhooks(at(9), 100).await.unwrap();
    let ids: Vec<_> = due.webhooks.iter().map(|webhook| webhook.id.as_str()).collect();
    assert_eq!(ids, ["w0-0", "other"]);

    let by_index = "SEARCH webhooks USING INDEX webhooks_due (due_at<?)";
    assert_eq!(plan(&store, "WHERE due_at <= ?").await, by_index);
    let next = plan(&store, "min(due_at)").await;
    assert_eq!(next, "SEARCH webhooks USING COVERING INDEX webhooks_due (due_at>?)");
    for fragment in ["SET due_at = max(not_before", "SET due_at = NULL\n"] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains("webhooks_lane (lane=?") && !plan.contains("SCAN"), "{plan}");
    }
    store.close().await;
}

#[tokio::test]
async fn feeds_are_read_where_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for fragment in ["AS ends", "WITH RECURSIVE users"] {
        let plan = plan(&store, fragment).await;
        for table in ["feed", "f", "m", "n", "messages", "notifications"] {
            assert!(!plan.split("; ").any(|step| step == format!("SCAN {table}")), "{plan}");
        }
        assert!(plan.contains("SEARCH feed USING"), "{plan}");
    }
    store.close().await;
}
