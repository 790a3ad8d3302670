//! Who is there, who is sent away, and what is said to everyone (`contracts/commerce.md` section 4).

use outrigger_domain::{
    accounts::Profile,
    actor::{Actor, Role},
    events::SocketKey,
    ids::{DeviceId, TokenId},
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::world::{World, get, send, user};

const BASE: &str = "/commerce/api/socket";

fn enter(world: &World, name: &str, role: Role, socket: SocketKey) {
    let actor = Actor {
        user: user(name),
        profile: Profile { name: Some(name.to_uppercase()), ..Profile::default() },
        email: format!("{name}@example.com"),
        role,
        device: DeviceId::new("browser").unwrap(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(i64::MAX),
    };
    world.commerce.crowd.enter(&actor, socket);
}

async fn look(world: &World, path: &str) -> (u16, Value) {
    world.ask("root", "GET", &format!("{BASE}{path}"), Value::Null).await.both()
}

async fn act(world: &World, path: &str, body: Value) -> (u16, Value) {
    world.ask("root", "POST", &format!("{BASE}{path}"), body).await.both()
}

fn bad(message: &str) -> (u16, Value) {
    (400, json!({ "success": false, "message": message }))
}

#[tokio::test]
async fn how_many_are_there_is_public_and_who_is_for_admins() {
    let world = World::with_people().await;
    let now = world.now();
    let empty = json!({ "totalUsers": 0, "totalConnections": 0, "averageConnectionsPerUser": 0,
        "multipleConnectionUsers": [], "timestamp": now });
    assert_eq!(look(&world, "/stats").await, (200, json!({ "success": true, "data": empty })));

    enter(&world, "ann", Role::User, 3);
    enter(&world, "ann", Role::User, 5);
    enter(&world, "bob", Role::Staff, 4);
    let full = json!({ "totalUsers": 2, "totalConnections": 3, "averageConnectionsPerUser": "1.50",
        "multipleConnectionUsers": [{ "userId": "ann", "connectionCount": 2 }], "timestamp": now });
    assert_eq!(look(&world, "/stats").await, (200, json!({ "success": true, "data": full })));

    let health = async || send(&world.public, get(&format!("{BASE}/health"))).await.both();
    let healthy = json!({ "status": "healthy", "socketServerRunning": true, "totalUsers": 2,
        "totalConnections": 3, "averageConnectionsPerUser": "1.50", "timestamp": now });
    assert_eq!(health().await, (200, json!({ "success": true, "data": healthy })));
    world.lifecycle.drain();
    let unhealthy = json!({ "success": false, "message": "Socket server is not running",
        "data": { "status": "unhealthy", "socketServerRunning": false } });
    assert_eq!(health().await, (503, unhealthy));

    let of = |user: &str, sockets: &[&str]| {
        let data = json!({ "userId": user, "isConnected": !sockets.is_empty(),
            "connectionCount": sockets.len(), "socketIds": sockets });
        (200, json!({ "success": true, "data": data }))
    };
    assert_eq!(look(&world, "/user/ann").await, of("ann", &["conn_3", "conn_5"]));
    assert_eq!(look(&world, "/user/nobody").await, of("nobody", &[]));
    assert_eq!(look(&world, "/user/a%20b").await, bad("Invalid field: userId"));
    let one = |name: &str, role: &str, connections: usize| {
        json!({ "userId": name, "userName": name.to_uppercase(), "userEmail": format!("{name}@example.com"),
            "userRole": role, "connections": connections })
    };
    let listed = json!({ "success": true, "count": 2, "data": [one("ann", "user", 2), one("bob", "seller", 1)] });
    assert_eq!(look(&world, "/users").await, (200, listed));
}

#[tokio::test]
async fn an_admin_sends_a_user_away() {
    let world = World::with_people().await;
    let gone = |reason: &str| {
        let data = json!({ "userId": "ann", "reason": reason });
        (200, json!({ "success": true, "message": "User disconnected successfully", "data": data }))
    };
    let spam = act(&world, "/disconnect/ann", json!({ "reason": "spam" })).await;
    assert_eq!(spam, gone("spam"));
    assert_eq!(world.events(), [r#"User("ann"): Disconnected { reason: "spam" }"#]);
    for body in [Value::Null, json!({}), json!({ "reason": null }), json!({ "reason": "" })] {
        assert_eq!(act(&world, "/disconnect/ann", body).await, gone("Disconnected by admin"));
    }
    world.events();
    let away = json!({ "success": false, "message": "User is not currently connected" });
    assert_eq!(act(&world, "/disconnect/gone", json!({})).await, (404, away));
    world.events();
    for (path, body, message) in [
        ("/disconnect/root", json!({}), "Cannot disconnect yourself"),
        ("/disconnect/ann", json!({ "reason": 7 }), "Invalid field: reason"),
        ("/disconnect/ann", json!({ "reason": "x".repeat(1025) }), "Invalid field: reason"),
        ("/disconnect/a%20b", json!({}), "Invalid field: userId"),
        ("/disconnect/ann", json!(["reason"]), "Invalid request body"),
    ] {
        assert_eq!(act(&world, path, body).await, bad(message));
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn an_admin_says_anything_to_everyone_or_to_a_room() {
    let world = World::with_people().await;
    let said = |room: &str| {
        let data = json!({ "event": "sale", "room": room, "timestamp": world.now().ms() });
        (
            200,
            json!({ "success": true, "message": "Message broadcasted successfully", "data": data }),
        )
    };
    for (room, audience) in [
        (Value::Null, "All"),
        (json!("product:7"), r#"Chat(":product:7")"#),
        (json!("lobby"), r#"Chat(":lobby")"#),
        (json!("role:seller"), "Role(Staff)"),
        (json!("user:ann"), r#"User("ann")"#),
    ] {
        let body = json!({ "event": "sale", "data": { "off": 5 }, "room": room });
        let name = room.as_str().unwrap_or("all");
        assert_eq!(act(&world, "/broadcast", body).await, said(name));
        let told = world.events();
        assert!(told[0].starts_with(&format!("{audience}: Custom")), "{told:?}");
        for part in [r#"Some("commerce")"#, r#"{"off":5}"#] {
            assert!(told[0].contains(part), "{told:?}");
        }
    }
    assert_eq!(act(&world, "/broadcast", json!({ "event": "sale" })).await, said("all"));
    world.events();
    for (body, message) in [
        (json!({}), "Event name is required"),
        (json!({ "event": "" }), "Event name is required"),
        (json!({ "event": 7 }), "Invalid field: event"),
        (json!({ "event": "connect" }), "Invalid field: event"),
        (json!({ "event": "x".repeat(129) }), "Invalid field: event"),
        (json!({ "event": "sale", "room": "two words" }), "Invalid field: room"),
        (json!({ "event": "sale", "room": ["a"] }), "Invalid field: room"),
    ] {
        assert_eq!(act(&world, "/broadcast", body).await, bad(message));
    }
    let large = json!({ "event": "sale", "data": "x".repeat(5000) });
    let huge = json!({ "event": "sale", "data": "x".repeat(70_000) });
    for body in [large, huge] {
        let (status, answer) = act(&world, "/broadcast", body).await;
        let refused = json!({ "success": false, "message": "Payload too large" });
        assert_eq!((status, answer), (413, refused));
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn events_are_counted_for_whoever_looks_for_a_fault() {
    let world = World::with_people().await;
    let debug = &world.commerce.debug;
    debug.reset();
    for name in ["ping", "ping", "chat:message"] {
        debug.count_event(name);
    }
    debug.count_error("UNAUTHORIZED");
    let (status, answer) = look(&world, "/debug/stats").await;
    let mut data = answer["data"].clone();
    assert!(data["uptime"].is_u64() && data["eventsPerMinute"].is_number(), "{data}");
    (data["uptime"], data["eventsPerMinute"]) = (Value::Null, Value::Null);
    let counted = json!({ "uptime": null, "totalEvents": 3, "eventsPerMinute": null,
        "eventCounts": { "chat:message": 1, "ping": 2 }, "errorCounts": { "UNAUTHORIZED": 1 },
        "topEvents": [{ "event": "ping", "count": 2 }, { "event": "chat:message", "count": 1 }],
        "debugEnabled": false });
    assert_eq!((status, data), (200, counted));

    let on = json!({ "success": true, "message": "Debug mode enabled", "data": { "debugEnabled": true } });
    assert_eq!(act(&world, "/debug/toggle", json!({ "enabled": true })).await, (200, on));
    assert!(debug.is_enabled());
    let missing = bad("Missing required field: enabled");
    assert_eq!(act(&world, "/debug/toggle", json!({})).await, missing);
    let invalid = bad("Invalid field: enabled");
    assert_eq!(act(&world, "/debug/toggle", json!({ "enabled": "no" })).await, invalid);
    let reset = json!({ "success": true, "message": "Debug statistics reset successfully" });
    assert_eq!(act(&world, "/debug/reset", Value::Null).await, (200, reset));
    assert_eq!(debug.snapshot().total_events, 0);
}
