//! Several calls in one.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

fn emit(event: &str) -> Value {
    json!({ "path": "/internal/send-to-user", "body": { "userId": "ann", "event": event } })
}

#[tokio::test]
async fn calls_are_carried_out_in_order_and_answered_each() {
    let world = World::with_people().await;
    let calls = json!({ "calls": [
        emit("one"),
        { "path": "/internal/send-to-user", "body": { "userId": "ann" } },
        { "path": "/internal/nowhere", "body": {} },
        { "method": "PUT", "path": "/internal/users/cid", "body": { "email": "cid@example.com" } },
        { "method": "GET", "path": "/internal/users/cid" },
        { "path": "/internal/batch", "body": { "calls": [] } },
        { "path": "/metrics" },
        { "path": "nonsense" },
        { "method": "DELETE", "path": "/internal/online" },
        { "method": "DELETE", "path": "/internal/webhooks/none" },
        { "method": "PATCH", "path": "/internal/online" },
        emit("two"),
    ] });
    let answer = world.app("POST", "/internal/batch", calls).await;
    assert_eq!(answer.status, StatusCode::OK);
    let results = answer.json()["results"].as_array().unwrap().clone();
    let statuses: Vec<_> =
        results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 400, 404, 200, 200, 404, 405, 400, 405, 404, 400, 200]);
    assert_eq!(results[0]["body"]["success"], true);
    assert_eq!(results[1]["body"], json!({ "error": "event is required", "field": "event" }));
    assert_eq!(results[4]["body"]["email"], "cid@example.com");
    let events = world.events();
    assert!(events[0].contains("one") && events[1].contains("two"), "{events:?}");
}

#[tokio::test]
async fn a_batch_has_an_end() {
    let world = World::with_people().await;
    let calls = |n: usize| json!({ "calls": vec![emit("e"); n] });
    assert_eq!(world.app("POST", "/internal/batch", calls(100)).await.status, StatusCode::OK);
    let refused = world.app("POST", "/internal/batch", calls(101)).await;
    assert_eq!(
        (refused.status, refused.json()["field"].clone()),
        (StatusCode::BAD_REQUEST, json!("calls"))
    );
    assert_eq!(world.events().len(), 100);
}

#[tokio::test]
async fn one_key_covers_the_batch_and_each_call_has_its_own_part_of_it() {
    let world = World::with_people().await;
    let notice = |title: &str| {
        json!({ "path": "/internal/notify",
            "body": { "userId": "ann", "type": "t", "title": title, "message": "m" } })
    };
    let calls = json!({ "calls": [notice("one"), notice("two")] });
    let first = world.app_with_key("POST", "/internal/batch", calls.clone(), Some("k")).await;
    let again = world.app_with_key("POST", "/internal/batch", calls, Some("k")).await;
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    let list = world.get("ann", "/api/notifications").await.json();
    assert_eq!(list["unreadCount"], 2);
}
