//! How much is remembered of events that were removed from the map.

use futures_util::future::join_all;
use outrigger_domain::{
    actor::Role,
    commerce::AuditKind,
    ports::{CommerceStore as _, Store as _},
};
use outrigger_store_story::{at, entry, event_roles};

use super::open;

#[tokio::test]
async fn a_thousand_removed_events_are_remembered_beside_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let note = |ms| entry(AuditKind::MappingChanged, "boss", ms);
    let defaults = [event_roles("ping", &[Role::User]), event_roles("pong", &[Role::User])];
    store.event_roles(&defaults, at(0)).await.unwrap();
    assert!(store.map_event("ping", None, note(0)).await.unwrap());
    join_all((0..1_005).map(async |n| {
        let name = format!("extra:{n}");
        assert!(store.map_event(&name, Some(&[Role::User]), note(1)).await.unwrap());
        assert!(store.map_event(&name, None, note(2 + n)).await.unwrap());
    }))
    .await;
    let rows: Vec<String> = sqlx::query_scalar("SELECT event FROM event_roles")
        .fetch_all(&store.readers.pool())
        .await
        .unwrap();
    let has = |name: &str| rows.iter().any(|row| row == name);
    assert_eq!(rows.len(), 1_002);
    assert!(has("ping") && has("pong") && has("extra:1004") && has("extra:5"));
    assert!(!has("extra:4"), "the one removed first is forgotten first");
    store.close().await;
}
