//! Notifications and preferences over the REST of `contracts/social.md`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;

async fn notify(world: &World, kind: &str, message: &str) -> String {
    let body = json!({ "userId": "ann", "type": kind, "message": message });
    let answer = world.app("POST", "/internal/notify", body).await;
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.json());
    world.pass(Duration::from_millis(10));
    answer.json()["notificationId"].as_str().unwrap().to_owned()
}

async fn page(world: &World, query: &str) -> Value {
    world.get("ann", &format!("/social/api/notifications?{query}")).await.json()
}

fn messages(page: &Value) -> Vec<&str> {
    let list = page["notifications"].as_array().unwrap();
    list.iter().map(|one| one["message"].as_str().unwrap()).collect()
}

fn unknown() -> (u16, Value) {
    (404, json!({ "status": "failure", "error": "Notification not found" }))
}

#[tokio::test]
async fn they_are_listed_newest_first_by_page_kind_and_state() {
    let world = World::with_people().await;
    for (kind, message) in [("mention", "1"), ("system", "2"), ("mention", "3"), ("order", "4")] {
        notify(&world, kind, message).await;
    }
    let all = page(&world, "").await;
    assert_eq!(messages(&all), ["4", "3", "2", "1"]);
    assert_eq!(
        all["pagination"],
        json!({ "currentPage": 1, "totalPages": 1, "totalNotifications": 4, "hasNext": false, "hasPrev": false })
    );
    let second = page(&world, "limit=3&page=2").await;
    assert_eq!(messages(&second), ["1"]);
    assert_eq!(
        second["pagination"],
        json!({ "currentPage": 2, "totalPages": 2, "totalNotifications": 4, "hasNext": false, "hasPrev": true })
    );
    let mentions = page(&world, "type=mention").await;
    assert_eq!(messages(&mentions), ["3", "1"]);
    let id = mentions["notifications"][0]["_id"].as_str().unwrap().to_owned();
    world.patch("ann", &format!("/social/api/notifications/{id}/read"), Value::Null).await;
    assert_eq!(messages(&page(&world, "isRead=true").await), ["3"]);
    assert_eq!(messages(&page(&world, "isRead=false").await), ["4", "2", "1"]);
    let unread = page(&world, "isRead=false&type=mention&limit=1").await;
    assert_eq!(
        (messages(&unread), &unread["pagination"]["totalNotifications"]),
        (vec!["1"], &json!(1))
    );
    assert_eq!(messages(&page(&world, "page=7").await), Vec::<&str>::new());
    let others = world.get("bob", "/social/api/notifications").await.json();
    assert_eq!(others["pagination"]["totalPages"], 0);
}

#[tokio::test]
async fn a_wrong_query_is_refused_with_all_that_is_wrong() {
    let world = World::with_people().await;
    let answer =
        world.get("ann", "/social/api/notifications?page=1.5&limit=51&type=order&isRead=1");
    assert_eq!(
        answer.await.both(),
        (
            400,
            json!({ "message": "validation error", "errors": [
                { "field": "page", "message": "\"page\" must be an integer", "type": "number.integer" },
                { "field": "limit", "message": "\"limit\" must be less than or equal to 50", "type": "number.max" },
                { "field": "type", "type": "any.only", "message": "\"type\" must be one of [new_reaction, new_follow, \
                  follow_accepted, new_message, new_comment, post_liked, mention, system]" },
                { "field": "isRead", "message": "\"isRead\" must be a boolean", "type": "boolean.base" },
            ] })
        )
    );
}

#[tokio::test]
async fn marking_one_answers_with_it_and_tells_every_socket() {
    let world = World::with_people().await;
    let id = notify(&world, "system", "x").await;
    world.events();
    let path = format!("/social/api/notifications/{id}/read");
    let created = Duration::from_millis(10);
    let answer = world.patch("ann", &path, Value::Null).await;
    let read = json!({
        "_id": id, "userId": "ann", "type": "system", "message": "x", "isRead": true, "metadata": {},
        "createdAt": world.now().minus(created), "updatedAt": world.now(),
    });
    let whole = json!({ "status": "success", "message": "Notification marked as read", "notification": read });
    assert_eq!(answer.both(), (200, whole.clone()));
    assert_eq!(world.told(), [r#"User("ann") NotificationsRead"#, r#"User("ann") UnreadCount"#]);
    assert_eq!(world.patch("ann", &path, Value::Null).await.both(), (200, whole));
    assert!(world.told().is_empty());
    assert_eq!(world.patch("bob", &path, Value::Null).await.both(), unknown());
    let nowhere = "/social/api/notifications/a%20b/read";
    assert_eq!(world.patch("ann", nowhere, Value::Null).await.both(), unknown());
}

#[tokio::test]
async fn all_can_be_marked_and_deleted_at_once() {
    let world = World::with_people().await;
    for message in ["1", "2", "3"] {
        notify(&world, "system", message).await;
    }
    world.events();
    let mark = async || world.patch("ann", "/social/api/notifications/read-all", Value::Null).await;
    let marked = |count: u64| {
        let message = "All notifications marked as read";
        (
            200,
            json!({ "status": "success", "message": message, "modifiedCount": count, "updatedCount": count }),
        )
    };
    assert_eq!(mark().await.both(), marked(3));
    assert_eq!(world.told(), [r#"User("ann") NotificationsRead"#, r#"User("ann") UnreadCount"#]);
    assert_eq!(mark().await.both(), marked(0));
    assert!(world.told().is_empty());
    let deleted = |count: u64| {
        let message = "All notifications deleted successfully";
        (200, json!({ "status": "success", "message": message, "deletedCount": count }))
    };
    let delete = async |path: &str| world.delete("ann", path).await.both();
    assert_eq!(delete("/social/api/notifications/delete-all").await, deleted(3));
    assert_eq!(world.told(), [r#"User("ann") NotificationsDeleted"#, r#"User("ann") UnreadCount"#]);
    assert_eq!(delete("/social/api/notifications").await, deleted(0));
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn one_can_be_deleted_by_whose_it_is() {
    let world = World::with_people().await;
    let id = notify(&world, "system", "x").await;
    world.events();
    let path = format!("/social/api/notifications/{id}");
    assert_eq!(world.delete("bob", &path).await.both(), unknown());
    let done = json!({ "status": "success", "message": "Notification deleted successfully" });
    assert_eq!(world.delete("ann", &path).await.both(), (200, done));
    assert_eq!(world.told()[0], r#"User("ann") NotificationsDeleted"#);
    assert_eq!(world.delete("ann", &path).await.both(), unknown());
    assert_eq!(world.delete("ann", "/social/api/notifications/%ff").await.both(), unknown());
}

#[tokio::test]
async fn preferences_are_put_on_top_and_kept_to() {
    let world = World::with_people().await;
    let path = "/social/api/notifications/preferences";
    let shown =
        |preferences: Value| (200, json!({ "status": "success", "preferences": preferences }));
    assert_eq!(world.get("ann", path).await.both(), shown(json!({})));
    let change = async |preferences: Value| {
        world.patch("ann", path, json!({ "preferences": preferences })).await
    };
    change(json!({ "theme": "dark", "mention": true })).await;
    let answer = change(json!({ "mention": false, "push": null })).await;
    let whole = json!({ "theme": "dark", "mention": false, "push": null });
    assert_eq!(
        answer.both(),
        (
            200,
            json!({ "status": "success", "message": "Notification preferences updated", "preferences": whole })
        )
    );
    assert_eq!(world.get("ann", path).await.both(), shown(whole));
    world.events();
    let refused = json!({ "userId": "ann", "type": "mention", "message": "x" });
    let answer = world.app("POST", "/internal/notify", refused).await;
    assert_eq!(answer.both(), (200, json!({ "success": true, "stored": false })));
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn preferences_that_are_none_or_too_large_are_refused() {
    let world = World::with_people().await;
    let change = async |body: Value| {
        world.patch("ann", "/social/api/notifications/preferences", body).await.both()
    };
    let wrong = |what: &str, kind: &str| {
        let message = format!("\"preferences\" {what}");
        let fault = json!({ "field": "preferences", "message": message, "type": kind });
        (400, json!({ "message": "validation error", "errors": [fault] }))
    };
    assert_eq!(change(json!({})).await, wrong("is required", "any.required"));
    for none in [json!([]), json!("x"), Value::Null] {
        let answer = change(json!({ "preferences": none })).await;
        assert_eq!(answer, wrong("must be of type object", "object.base"));
    }
    let large = json!({ "preferences": { "x": "y".repeat(9000) } });
    let invalid = json!({ "status": "failure", "error": "Invalid preferences data" });
    assert_eq!(change(large).await, (400, invalid));
}
