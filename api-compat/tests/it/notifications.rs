//! Notifications: made by the app, read by their user.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

async fn notify(world: &World, title: &str) -> String {
    let body = json!({ "userId": "ann", "type": "info", "title": title, "message": "m", "data": { "n": 1 } });
    let answer = world.app("POST", "/internal/notify", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()["notificationId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn they_are_listed_newest_first_with_their_read_flag() {
    let world = World::with_people().await;
    let first = notify(&world, "first").await;
    let second = notify(&world, "second").await;
    let read = world.call("ann", "PATCH", &format!("/api/notifications/{first}/read"), None).await;
    assert_eq!(read.both(), (200, json!({ "success": true, "unreadCount": 1 })));
    let list = world.get("ann", "/api/notifications").await.json();
    assert_eq!(list["unreadCount"], 1);
    assert_eq!(
        list["notifications"][0],
        json!({ "id": second, "type": "info", "title": "second", "message": "m", "data": { "n": 1 },
            "timestamp": world.now(), "read": false })
    );
    assert_eq!(list["notifications"][1]["read"], true);
    let unread = world.get("ann", "/api/notifications?unreadOnly=true").await.json();
    assert_eq!(unread["notifications"].as_array().unwrap().len(), 1);
    let older =
        world.get("ann", &format!("/api/notifications?limit=1&before={second}")).await.json();
    assert_eq!(older["notifications"][0]["id"], json!(first));
}

#[tokio::test]
async fn they_are_nobody_elses() {
    let world = World::with_people().await;
    let id = notify(&world, "x").await;
    let answer = world.call("bob", "PATCH", &format!("/api/notifications/{id}/read"), None).await;
    assert_eq!(answer.both(), (404, json!({ "error": "Notification not found" })));
    assert_eq!(world.get("bob", "/api/notifications").await.json()["notifications"], json!([]));
}

#[tokio::test]
async fn all_can_be_read_at_once() {
    let world = World::with_people().await;
    notify(&world, "first").await;
    notify(&world, "second").await;
    let answer = world.post("ann", "/api/notifications/read-all", json!({})).await;
    assert_eq!(
        answer.both(),
        (200, json!({ "success": true, "modifiedCount": 2, "unreadCount": 0 }))
    );
}

#[tokio::test]
async fn a_bad_query_is_refused_in_our_words() {
    let world = World::with_people().await;
    for path in ["/api/notifications?limit=-1", "/api/notifications?limit=1&limit=2"] {
        let answer = world.get("ann", path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with("Invalid"), "{error}");
    }
}
