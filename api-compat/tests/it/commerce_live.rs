//! Figures, throttled events, rooms and disconnections, as the app has them (`contracts/commerce.md` section 5).

use serde_json::{Value, json};

use crate::world::World;

async fn tell(world: &World, route: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/commerce/{route}"), body).await.both()
}

fn refused(field: &str, text: &str) -> (u16, Value) {
    (400, json!({ "error": text, "field": field }))
}

#[tokio::test]
async fn admins_get_the_apps_own_figures_at_once() {
    let world = World::with_people().await;
    let reached = (200, json!({ "success": true, "reached": { "sockets": 2, "devices": 1 } }));
    let figures = json!({ "stats": { "orders": 3 } });
    assert_eq!(tell(&world, "dashboard-stats", figures).await, reached);
    let told = world.events();
    assert!(told.len() == 1 && told[0].starts_with("Role(Admin): Commerce(Dashboard"), "{told:?}");
    for (stats, text) in [
        (Value::Null, "stats must be an object"),
        (json!([1]), "stats must be an object"),
        (json!({ "x": "x".repeat(65_536) }), "stats must have at most 65536 bytes"),
    ] {
        let answer = tell(&world, "dashboard-stats", json!({ "stats": stats })).await;
        assert_eq!(answer, refused("stats", text));
    }
    let (status, _) =
        tell(&world, "dashboard-stats", json!({ "stats": { "x": "x".repeat(5000) } })).await;
    assert_eq!(status, 413, "more than a packet may have");
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn of_many_events_the_first_is_told_at_once() {
    let world = World::with_people().await;
    for (mut body, audience) in [
        (json!({}), "Role(Admin)"),
        (json!({ "role": "seller" }), "Role(Staff)"),
        (json!({ "userId": "ann" }), r#"User("ann")"#),
        (json!({ "room": "product:7" }), r#"Chat(":product:7")"#),
        (json!({ "room": "lobby", "everyMs": 50 }), r#"Chat(":lobby")"#),
    ] {
        (body["event"], body["data"]) = (json!("analytics:search"), json!({ "q": "bowl" }));
        let answer = |at_once: bool| (200, json!({ "success": true, "atOnce": at_once }));
        assert_eq!(tell(&world, "throttled", body.clone()).await, answer(true));
        assert_eq!(tell(&world, "throttled", body).await, answer(false));
        let told = world.events();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("{audience}: Custom")), "{told:?}");
        assert!(told[0].contains(r#"Some("commerce")"#), "{told:?}");
    }
    let both = json!({ "event": "e", "role": "admin", "userId": "ann" });
    let one = json!({ "error": "give at most one of role, userId, and room" });
    assert_eq!(tell(&world, "throttled", both).await, (400, one));
    let every = "everyMs must be a whole number from 1 to 3600000";
    for (body, field, text) in [
        (json!({}), "event", "event is required"),
        (json!({ "event": "e", "everyMs": 0 }), "everyMs", every),
        (json!({ "event": "e", "everyMs": 3_600_001 }), "everyMs", every),
        (
            json!({ "event": "e", "everyMs": -1 }),
            "everyMs",
            "everyMs must be a whole number of at least 0",
        ),
        (json!({ "event": "connect" }), "event", "the event name is reserved by Socket.IO"),
    ] {
        assert_eq!(tell(&world, "throttled", body).await, refused(field, text));
    }
    let room = tell(&world, "throttled", json!({ "event": "e", "room": "two words" })).await;
    assert_eq!((room.0, &room.1["field"]), (400, &json!("room")));
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn the_app_sends_a_user_away() {
    let world = World::with_people().await;
    let away = json!({ "userId": "ann", "reason": "spam" });
    assert_eq!(
        tell(&world, "disconnect", away).await,
        (200, json!({ "success": true, "sockets": 2 }))
    );
    assert_eq!(world.events(), [r#"User("ann"): Disconnected { reason: "spam" }"#]);
    let gone = json!({ "userId": "gone" });
    assert_eq!(
        tell(&world, "disconnect", gone).await,
        (200, json!({ "success": true, "sockets": 0 }))
    );
    let usual = r#"User("gone"): Disconnected { reason: "User disconnected by admin" }"#;
    assert_eq!(world.events(), [usual]);
}

#[tokio::test]
async fn rooms_are_counted_and_granted_under_the_contracts_names() {
    let world = World::with_people().await;
    let count = async |room: &str| {
        world.app("GET", &format!("/internal/rooms/{room}"), Value::Null).await.both()
    };
    let counted = |room: &str, count: usize, users: usize| {
        (200, json!({ "room": room, "count": count, "users": users }))
    };
    assert_eq!(count("product:7/count").await, counted("product:7", 3, 1));
    assert_eq!(count("chat_a_b/count").await, counted("chat_a_b", 3, 1));
    assert_eq!(count("role:admin/count").await, counted("role:admin", 2, 2));
    assert_eq!(count("user:ann/count").await, counted("user:ann", 1, 1));
    assert_eq!(count("user:bob/count").await, counted("user:bob", 0, 0));
    assert_eq!(count("lobby/count?contract=commerce").await, counted("lobby", 3, 1));
    assert_eq!(count("lobby/count").await.0, 400);

    let grant = async |room: &str, body: Value| {
        world.app("POST", &format!("/internal/rooms/{room}"), body).await.status.as_u16()
    };
    let ann = json!({ "userIds": ["ann"] });
    assert_eq!(grant("lobby/grant?contract=commerce", ann.clone()).await, 200);
    let bob = json!({ "userIds": ["bob"], "contract": "commerce" });
    assert_eq!(grant("lobby/grant", bob.clone()).await, 200);
    assert_eq!(grant("auction:3/grant", ann.clone()).await, 200);
    for room in ["lobby/grant", "user:ann/grant", "role:admin/grant"] {
        assert_eq!(grant(room, ann.clone()).await, 400, "{room}");
    }
    let members = json!({ "room": "lobby", "members": ["ann", "bob"], "present": ["ann"] });
    assert_eq!(count("lobby/members?contract=commerce").await, (200, members));
    assert_eq!(grant("lobby/revoke", bob).await, 200);
    let members = json!({ "room": "chat_:lobby", "members": ["ann"], "present": ["ann"] });
    assert_eq!(count("chat_:lobby/members").await, (200, members), "the same chat to others");

    let of_ann = world.app("GET", "/internal/users/ann/connections", Value::Null).await.json();
    assert_eq!(of_ann["socketIds"], json!(["conn_7"]));
}
