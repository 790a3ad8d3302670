//! Who may call the REST of `contracts/tracking.md`, how often, and under which paths it stands.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use outrigger_domain::{identity::SOCKET_PURPOSE, limits::Allowance};
use serde_json::{Value, json};

use crate::world::{Answer, Setup, World, get, send};

/// Every route, and what it counts as.
const ROUTES: [(&str, &str, &str); 11] = [
    ("GET", "/stats", "tracking:read"),
    ("GET", "/user/bob/online", "online_check"),
    ("GET", "/online-count", "tracking:read"),
    ("POST", "/notify/ann", "tracking:event"),
    ("POST", "/broadcast", "tracking:event"),
    ("POST", "/ping", "tracking:event"),
    ("GET", "/notifications", "tracking:read"),
    ("GET", "/messages", "tracking:read"),
    ("GET", "/messages/m", "tracking:read"),
    ("GET", "/messages/m/recipients", "tracking:read"),
    ("GET", "/analytics/dashboard_stats", "tracking:read"),
];

async fn ask(world: &World, method: &str, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    send(&world.public, request.body(Body::empty()).unwrap()).await
}

fn refused(text: &str) -> (u16, Value) {
    (401, json!({ "error": text }))
}

#[tokio::test]
async fn every_route_needs_a_token_under_both_paths() {
    let world = World::set_up(Setup { root: "tracking", ..Setup::default() }).await;
    for (method, path, _) in ROUTES {
        for path in [format!("/api/socket{path}"), format!("/tracking/api/socket{path}")] {
            let answer = ask(&world, method, &path, None).await;
            let none = refused("Access denied. No token provided.");
            assert_eq!(answer.both(), none, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_token_comes_in_the_header_alone_and_holds() {
    let world = World::with_people().await;
    let path = "/tracking/api/socket/online-count";
    let by_cookie = world.get("ann", path).await;
    assert_eq!(by_cookie.both(), refused("Access denied. No token provided."));
    let with =
        async |token: String| ask(&world, "GET", path, Some(&format!("Bearer {token}"))).await;
    let hour = Duration::from_secs(3600);
    let invalid = refused("Invalid or expired token");
    assert_eq!(with("x.y.z".to_owned()).await.both(), invalid);
    assert_eq!(with(world.bare_token("ann")).await.status, 200, "no address is asked for");
    let meant_otherwise = world.token_for("ann", Some(SOCKET_PURPOSE), hour);
    assert_eq!(with(meant_otherwise).await.both(), refused("Invalid token. User not found."));

    let short = world.token_for("ann", None, Duration::from_secs(1));
    let kept = world.token("ann");
    world.pass(Duration::from_secs(60));
    assert_eq!(with(short).await.both(), invalid);
    let revoked = json!({ "token": kept, "reason": "lost" });
    assert_eq!(world.app("POST", "/internal/revoke", revoked).await.status, 200);
    assert_eq!(with(kept).await.both(), invalid);
    let off = json!({ "active": false });
    assert_eq!(world.app("PUT", "/internal/users/bob", off).await.status, 200);
    assert_eq!(with(world.token("bob")).await.both(), refused("Invalid token. User not found."));
}

#[tokio::test]
async fn each_kind_of_call_is_counted_for_each_user() {
    for (method, path, kind) in ROUTES {
        let limits = vec![(kind, Allowance::per_secs(1, 60))];
        let world = World::with_people_and(Setup { limits, ..Setup::default() }).await;
        let path = format!("/tracking/api/socket{path}");
        let first = world.ask("ann", method, &path, Value::Null).await;
        assert_ne!(first.status, 429, "{method} {path}");
        let second = world.ask("ann", method, &path, Value::Null).await;
        let too_often = (429, json!({ "error": "Too many requests" }));
        assert_eq!(second.both(), too_often, "{method} {path}");
        assert_eq!(second.headers[header::RETRY_AFTER], "60");
        let other = world.ask("bob", method, &path, Value::Null).await;
        assert_ne!(other.status, 429, "{method} {path}");
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_refused_in_the_contracts_words() {
    let world = World::set_up(Setup { root: "tracking", ..Setup::default() }).await;
    for (method, path) in [
        ("GET", "/api/socket/nope"),
        ("GET", "/tracking/api/socket/nope/deep"),
        ("DELETE", "/api/socket/stats"),
        ("GET", "/tracking/api/socket/broadcast"),
    ] {
        let answer = world.ask("ann", method, &format!("{path}?x=1"), Value::Null).await;
        let body =
            json!({ "error": "Route not found", "message": format!("Cannot {method} {path}") });
        assert_eq!(answer.both(), (404, body));
    }
}

#[tokio::test]
async fn the_bare_paths_are_the_roots() {
    let reachable = json!({ "message": "Socket.IO server is initialized and reachable" });
    for root in ["rooms", "social", "tracking"] {
        let world = World::set_up(Setup { root, ..Setup::default() }).await;
        for path in ["/api/socket", "/api/socket/"] {
            let answer = send(&world.public, get(path)).await;
            assert_eq!(answer.both(), (200, reachable.clone()), "{root} {path}");
        }
        let bare = ask(&world, "GET", "/api/socket/stats", None).await;
        assert_eq!(bare.status.as_u16(), if root == "tracking" { 401 } else { 404 }, "{root}");
        let named = ask(&world, "GET", "/tracking/api/socket/stats", None).await;
        assert_eq!(named.status, 401, "{root}");
        // What rooms and legacy claim is where it was.
        let legacy = send(&world.public, get("/api/socket-namespaces")).await;
        assert_eq!(legacy.status, 200, "{root}");
        assert_eq!(world.get("ann", "/api/messages/unread").await.status, 200, "{root}");
    }
}
