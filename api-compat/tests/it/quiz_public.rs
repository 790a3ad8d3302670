//! The REST of `contracts/quiz.md` section 4.

use serde_json::{Value, json};

use crate::world::{SECRET, Setup, World, get, send};

const HERE: &str = "192.0.2.1";

#[tokio::test]
async fn health_says_what_the_service_is_made_of() {
    let world = World::set_up(Setup { root: "quiz", ..Setup::default() }).await;
    let cache = json!({ "redis": { "connected": false, "stats": null }, "memory": { "size": 0, "keys": [] } });
    for path in ["/api/health", "/quiz/api/health"] {
        let services = json!([
            { "name": "sockets", "status": "healthy" },
            { "name": "database", "status": "healthy" },
        ]);
        let well = json!({ "status": "healthy", "services": services, "uptime": 0, "cache": cache,
            "timestamp": world.now() });
        assert_eq!(send(&world.public, get(path)).await.both(), (200, well), "{path}");
    }
    let named = json!({ "status": "healthy", "service": "quiz-service", "timestamp": world.now(), "uptime": 0 });
    assert_eq!(send(&world.public, get("/quiz/health")).await.both(), (200, named));
    world.lifecycle.drain();
    let ending = send(&world.public, get("/api/health")).await.both();
    assert_eq!((ending.0, &ending.1["status"]), (503, &json!("unhealthy")));
    assert_eq!(ending.1["services"][1]["status"], "healthy");
}

#[tokio::test]
async fn metrics_are_for_admins_and_the_app() {
    let world = World::with_people().await;
    let ask = async |headers: &[(&str, &str)]| {
        world.from(HERE, "GET", "/quiz/api/metrics", headers, Value::Null).await.both()
    };
    let (root, ann, bearer) =
        (world.token("root"), world.token("ann"), format!("Bearer {}", world.token("root")));
    let app = format!("Bearer {SECRET}");
    for headers in [
        [("x-auth-token", root.as_str())],
        [("authorization", bearer.as_str())],
        [("authorization", app.as_str())],
        [("x-internal-secret", SECRET)],
    ] {
        let (status, figures) = ask(&headers).await;
        assert_eq!((status, &figures["connections"]["totalConnections"]), (200, &json!(7)));
    }
    let refused = |error: &str, code: &str| json!({ "success": false, "error": error, "code": code, "timestamp": world.now() });
    let none = refused("Authentication required", "NO_TOKEN");
    assert_eq!(ask(&[]).await, (401, none.clone()));
    assert_eq!(ask(&[("x-auth-token", "null")]).await, (401, none));
    let bad = refused("Invalid authentication token", "INVALID_TOKEN");
    assert_eq!(ask(&[("x-auth-token", "x.y.z")]).await, (401, bad.clone()));
    assert_eq!(ask(&[("authorization", "Bearer no-secret-of-ours")]).await, (401, bad));
    let denied = refused("Admin access required", "FORBIDDEN");
    assert_eq!(ask(&[("x-auth-token", &ann)]).await, (403, denied));
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_named() {
    let world = World::set_up(Setup { root: "quiz", ..Setup::default() }).await;
    for path in ["/quiz/api/nothing?a=1", "/quiz", "/api/nothing?a=1", "/nothing"] {
        let refused = (404, json!({ "error": format!("Route {path} does not exist") }));
        assert_eq!(send(&world.public, get(path)).await.both(), refused);
    }
    let refused = world.from(HERE, "POST", "/quiz/api/health", &[], Value::Null).await;
    assert_eq!(refused.json(), json!({ "error": "Route /quiz/api/health does not exist" }));
    let world = World::new().await;
    for path in ["/api/health", "/api/metrics"] {
        let refused = (404, json!({ "error": "Not found" }));
        assert_eq!(send(&world.public, get(path)).await.both(), refused, "{path}");
    }
}
