//! The map of events to roles, changed by admins and by the app, and what is noted of it (`contracts/commerce.md` sections
//! 4 to 6).

use outrigger_domain::commerce::{AuditKind, DEFAULTS};
use serde_json::{Value, json};

use crate::world::{World, user};

const BASE: &str = "/commerce/api/socket";

async fn rest(world: &World, method: &str, path: &str, body: Value) -> (u16, Value) {
    world.ask("root", method, &format!("{BASE}{path}"), body).await.both()
}

async fn app(world: &World, method: &str, path: &str, body: Value) -> (u16, Value) {
    world.app(method, &format!("/internal/commerce/{path}"), body).await.both()
}

fn bad(message: &str) -> (u16, Value) {
    (400, json!({ "success": false, "message": message }))
}

#[tokio::test]
async fn the_map_is_shown_whole_and_by_role() {
    let world = World::with_people().await;
    let (status, shown) = rest(&world, "GET", "/events", Value::Null).await;
    assert_eq!((status, &shown["success"]), (200, &json!(true)));
    assert_eq!(shown["data"]["totalEvents"], DEFAULTS.len());
    let mappings = &shown["data"]["mappings"];
    assert_eq!(mappings["admin:stats"], json!(["admin"]));
    assert_eq!(mappings["seller:dashboard"], json!(["admin", "seller"]));
    assert_eq!(mappings["chat:message"], json!(["admin", "seller", "user"]));
    let to_app = app(&world, "GET", "event-mappings", Value::Null).await;
    assert_eq!(to_app, (200, shown["data"].clone()));

    for role in ["admin", "seller", "user"] {
        let (status, shown) =
            rest(&world, "GET", &format!("/events/role/{role}"), Value::Null).await;
        let data = &shown["data"];
        assert_eq!((status, &data["role"]), (200, &json!(role)));
        let events = data["events"].as_array().unwrap();
        assert_eq!(data["count"], events.len());
        assert_eq!(events.contains(&json!("admin:stats")), role == "admin");
        assert_eq!(events.contains(&json!("seller:dashboard")), role != "user");
        assert!(events.contains(&json!("ping")));
    }
    for role in ["guest", "super_admin", "boss", "Admin"] {
        let invalid = bad("Invalid role. Must be: admin, seller, or user");
        assert_eq!(
            rest(&world, "GET", &format!("/events/role/{role}"), Value::Null).await,
            invalid
        );
    }
}

#[tokio::test]
async fn an_admin_changes_the_map() {
    let world = World::with_people().await;
    let mapping = json!({ "eventName": "auction:bid", "roles": ["user", "super_admin", "user"] });
    let data = json!({ "eventName": "auction:bid", "roles": ["user", "admin"] });
    let added =
        json!({ "success": true, "message": "Event mapping added successfully", "data": data });
    assert_eq!(rest(&world, "POST", "/events/mapping", mapping).await, (200, added));
    assert_eq!(world.told().len(), 4, "every role hears what it may send now");
    let shown = rest(&world, "GET", "/events", Value::Null).await.1;
    assert_eq!(shown["data"]["mappings"]["auction:bid"], json!(["admin", "user"]));

    let removed = json!({ "success": true, "message": "Event mapping removed successfully",
        "data": { "eventName": "auction:bid" } });
    let path = "/events/mapping/auction:bid";
    assert_eq!(rest(&world, "DELETE", path, Value::Null).await, (200, removed));
    let unknown = json!({ "success": false, "message": "Event mapping not found" });
    for path in [path, "/events/mapping/%20", "/events/mapping/nope"] {
        assert_eq!(
            rest(&world, "DELETE", path, Value::Null).await,
            (404, unknown.clone()),
            "{path}"
        );
    }
    world.told();

    let needed = "Event name and roles are required";
    for (body, message) in [
        (json!({}), needed),
        (json!({ "eventName": "", "roles": ["user"] }), needed),
        (json!({ "eventName": 7, "roles": ["user"] }), needed),
        (json!({ "eventName": "x" }), needed),
        (json!({ "eventName": "x", "roles": "user" }), needed),
        (json!({ "eventName": "x", "roles": [] }), needed),
        (
            json!({ "eventName": "x", "roles": ["user", "boss", 7, "guest"] }),
            "Invalid roles: boss, 7, guest",
        ),
        (json!({ "eventName": "connect", "roles": ["user"] }), "no event can be called so"),
    ] {
        assert_eq!(rest(&world, "POST", "/events/mapping", body).await, bad(message));
    }
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn the_app_changes_the_map() {
    let world = World::with_people().await;
    let mapping = json!({ "eventName": "auction:bid", "roles": ["seller"] });
    let answer = |changed: bool| {
        (
            200,
            json!({ "success": true, "changed": changed, "eventName": "auction:bid", "roles": ["seller"] }),
        )
    };
    assert_eq!(app(&world, "POST", "event-mappings", mapping.clone()).await, answer(true));
    assert_eq!(app(&world, "POST", "event-mappings", mapping).await, answer(false));
    let path = "event-mappings/auction:bid";
    assert_eq!(app(&world, "DELETE", path, Value::Null).await, (200, json!({ "success": true })));
    let unknown = (404, json!({ "error": "Event mapping not found" }));
    assert_eq!(app(&world, "DELETE", path, Value::Null).await, unknown);
    for (body, field, text) in [
        (json!({ "roles": [] }), "eventName", "eventName is required"),
        (json!({ "eventName": "x" }), "roles", "roles is required"),
        (
            json!({ "eventName": "x", "roles": ["boss"] }),
            "roles",
            "roles must be among admin, seller, user",
        ),
        (json!({ "eventName": "x", "roles": [] }), "roles", "no role was named"),
        (
            json!({ "eventName": "x", "roles": vec!["user"; 17] }),
            "roles",
            "roles must have at most 16 entries",
        ),
        (
            json!({ "eventName": "connect", "roles": ["user"] }),
            "eventName",
            "no event can be called so",
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(app(&world, "POST", "event-mappings", body).await, refused);
    }
}

#[tokio::test]
async fn what_happened_is_found_by_kind_user_weight_and_time() {
    let world = World::with_people().await;
    let audit = &world.commerce.audit;
    audit.note(AuditKind::Connected, Some(&user("ann")), json!({ "role": "user" }));
    world.pass(std::time::Duration::from_secs(1));
    let later = world.now();
    audit.note(AuditKind::AuthFailed, None, json!({ "reason": "x" }));
    rest(&world, "POST", "/disconnect/ann", json!({ "reason": "spam" })).await;
    rest(&world, "DELETE", "/events/mapping/ping", Value::Null).await;

    let kinds = async |query: &str| -> Vec<String> {
        let (status, shown) = rest(&world, "GET", &format!("/audit{query}"), Value::Null).await;
        assert_eq!((status, &shown["success"]), (200, &json!(true)), "{query}");
        let data = shown["data"].as_array().unwrap();
        assert_eq!(shown["count"], data.len());
        let (status, same) = app(&world, "GET", &format!("audit{query}"), Value::Null).await;
        assert_eq!((status, &same["entries"]), (200, &shown["data"]), "{query}");
        data.iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = kinds("").await;
    assert_eq!(all.pop().as_deref(), Some("socket:connected"), "newest first");
    all.sort_unstable();
    assert_eq!(all, ["socket:auth_failed", "socket:force_disconnect", "socket:mapping_changed"]);
    assert_eq!(kinds("?kind=socket:auth_failed").await, ["socket:auth_failed"]);
    assert_eq!(kinds("?user=ann").await, ["socket:force_disconnect", "socket:connected"]);
    assert_eq!(kinds("?severity=high").await.len(), 2);
    assert_eq!(kinds("?severity=medium").await.len(), 3);
    assert_eq!(kinds("?limit=1").await.len(), 1);
    assert_eq!(kinds(&format!("?before={later}")).await, ["socket:connected"]);

    let (_, shown) = rest(&world, "GET", "/audit?kind=socket:force_disconnect", Value::Null).await;
    let entry = json!({ "timestamp": later, "kind": "socket:force_disconnect", "severity": "high",
        "userId": "ann", "details": { "role": null, "reason": "spam", "by": "root" } });
    assert_eq!(shown["data"][0], entry);

    for (query, field, text) in [
        ("kind=x", "kind", "a kind of entry, as socket:connected"),
        ("user=%20", "user", "a user's id"),
        ("severity=x", "severity", "low, medium or high"),
        ("before=x", "before", "an RFC 3339 time"),
        ("limit=501", "limit", "a number from 1 to 500"),
        ("limit=0", "limit", "a number from 1 to 500"),
    ] {
        let invalid = bad(&format!("Invalid field: {field}"));
        assert_eq!(rest(&world, "GET", &format!("/audit?{query}"), Value::Null).await, invalid);
        let to_app = json!({ "error": format!("{field} must be {text}"), "field": field });
        assert_eq!(app(&world, "GET", &format!("audit?{query}"), Value::Null).await, (400, to_app));
    }
}
