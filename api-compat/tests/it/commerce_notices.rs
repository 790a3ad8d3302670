//! Something to read, for one, for a role, for everyone, and for those whose socket was down (`contracts/commerce.md`
//! sections 4 and 5).

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;

async fn tell(world: &World, route: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/commerce/{route}"), body).await.both()
}

async fn updates(world: &World, name: &str, query: &str) -> (u16, Value) {
    let path = format!("/commerce/api/notifications/updates{query}");
    world.ask(name, "GET", &path, Value::Null).await.both()
}

fn words(title: &str) -> Value {
    json!({ "type": "info", "title": title, "message": "m" })
}

#[tokio::test]
async fn everyone_reads_what_is_for_them_and_finds_it_later() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/bob", json!({ "role": "seller" })).await;
    world.told();
    let since = world.now();
    let mut at = Vec::new();
    for body in [
        json!({ "userId": "ann", "notification": { "type": "info", "title": "ann", "message": "m", "data": { "n": 1 }, "priority": "high" } }),
        json!({ "role": "seller", "notification": words("sellers") }),
        json!({ "everyone": true, "notification": words("all") }),
    ] {
        world.pass(Duration::from_millis(5));
        at.push(world.now());
        let (status, answer) = tell(&world, "notify", body).await;
        assert_eq!((status, &answer["stored"]), (200, &json!(true)));
        assert!(answer["notificationId"].is_string());
    }
    let told = world.told();
    for expected in [r#"User("ann") Notification"#, "Role(Staff) Commerce", "All Commerce"] {
        assert!(told.iter().any(|event| event == expected), "{told:?}");
    }
    world.pass(Duration::from_millis(5));
    let announced = json!({ "title": "Soon", "message": "We close", "priority": "high" });
    assert_eq!(tell(&world, "announcement", announced).await.0, 200);
    assert!(world.events()[0].contains("announced: true"));

    let update = |kind: &str, title: &str, message: &str, data: Value, at, priority: &str| json!({ "type": kind, "title": title, "message": message, "data": data, "timestamp": at, "priority": priority });
    let soon = update("system", "Soon", "We close", Value::Null, json!(world.now()), "high");
    let all = update("info", "all", "m", Value::Null, json!(at[2]), "normal");
    let sellers = update("info", "sellers", "m", Value::Null, json!(at[1]), "normal");
    let hers =
        update("info", "ann", "m", json!({ "n": 1, "priority": "high" }), json!(at[0]), "high");
    let shown = |updates: Vec<&Value>| {
        (200, json!({ "success": true, "count": updates.len(), "updates": updates }))
    };
    let query = format!("?since={since}");
    assert_eq!(updates(&world, "ann", &query).await, shown(vec![&soon, &all, &hers]));
    assert_eq!(updates(&world, "bob", &query).await, shown(vec![&soon, &all, &sellers]));
    assert_eq!(updates(&world, "root", &query).await, shown(vec![&soon, &all]));
    let query = format!("?since={}", at[2]);
    assert_eq!(updates(&world, "ann", &query).await, shown(vec![&soon]), "only what is younger");

    for (query, message) in [
        ("", "Missing required field: since"),
        ("?since=", "Missing required field: since"),
        ("?since=yesterday", "Invalid field: since"),
    ] {
        let refused = (400, json!({ "success": false, "message": message }));
        assert_eq!(updates(&world, "ann", query).await, refused);
    }
    let health = world.ask("ann", "GET", "/commerce/api/notifications/health", Value::Null).await;
    let running = json!({ "success": true, "message": "Notification service is running", "timestamp": world.now() });
    assert_eq!(health.both(), (200, running));
}

#[tokio::test]
async fn a_wrong_notice_is_told_to_nobody() {
    let world = World::with_people().await;
    let one = "give one of userId, role, and everyone: true";
    for body in [
        json!({ "notification": words("x") }),
        json!({ "everyone": false, "notification": words("x") }),
        json!({ "userId": "ann", "role": "user", "notification": words("x") }),
        json!({ "userId": "ann", "everyone": true, "notification": words("x") }),
    ] {
        assert_eq!(tell(&world, "notify", body).await, (400, json!({ "error": one })));
    }
    let with = |field: &str, value: Value| {
        let mut content = words("x");
        content[field] = value;
        json!({ "userId": "ann", "notification": content })
    };
    for (route, body, field, text) in [
        ("notify", json!({ "userId": "ann" }), "notification", "notification is required"),
        ("notify", with("type", Value::Null), "notification.type", "notification.type is required"),
        (
            "notify",
            with("title", json!(7)),
            "notification.title",
            "notification.title must be a string",
        ),
        (
            "notify",
            with("title", json!("")),
            "notification.title",
            "notification.title must have 1 to 1024 bytes",
        ),
        (
            "notify",
            with("priority", json!("low")),
            "notification.priority",
            "notification.priority must be normal or high",
        ),
        (
            "notify",
            with("data", json!("x".repeat(65_536))),
            "notification.data",
            "notification.data must have at most 65536 bytes",
        ),
        ("announcement", json!({ "message": "m" }), "title", "title is required"),
        (
            "announcement",
            json!({ "title": "t", "message": "m", "priority": "urgent" }),
            "priority",
            "priority must be normal or high",
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(tell(&world, route, body).await, refused);
    }
    assert!(world.told().is_empty());
}
