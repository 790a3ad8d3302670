//! Who may call the REST of `contracts/commerce.md`, how often, and under which paths it stands.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Request, header},
};
use outrigger_domain::{
    accounts::UserPatch,
    identity::SOCKET_PURPOSE,
    ids::UserId,
    limits::Allowance,
    ports::{LookupError, UserLookup},
};
use serde_json::{Value, json};

use crate::world::{Answer, Setup, World, get, send};

/// Every route about sockets but the public one: whether only admins may, and what it counts as.
const ROUTES: [(&str, &str, &str); 13] = [
    ("GET", "/stats", "commerce:read"),
    ("GET", "/user/ann", "commerce:read"),
    ("GET", "/users", "commerce:read"),
    ("POST", "/disconnect/ann", "commerce:write"),
    ("POST", "/broadcast", "commerce:write"),
    ("GET", "/events", "commerce:read"),
    ("GET", "/events/role/user", "commerce:read"),
    ("POST", "/events/mapping", "commerce:write"),
    ("DELETE", "/events/mapping/ping", "commerce:write"),
    ("GET", "/debug/stats", "commerce:read"),
    ("POST", "/debug/reset", "commerce:write"),
    ("POST", "/debug/toggle", "commerce:write"),
    ("GET", "/audit", "commerce:read"),
];

const NOTIFICATIONS: [&str; 2] = ["/updates?since=2025-01-01T00:00:00Z", "/health"];

async fn ask(world: &World, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    send(&world.public, request.body(Body::empty()).unwrap()).await
}

fn refused(error: &str, code: &str) -> (u16, Value) {
    (401, json!({ "success": false, "error": error, "code": code }))
}

fn root() -> Setup {
    Setup { root: "commerce", ..Setup::default() }
}

#[tokio::test]
async fn every_route_needs_a_token_under_all_its_paths_and_most_need_an_admins() {
    let world = World::with_people_and(root()).await;
    let none = refused("Authentication token required", "NO_TOKEN");
    let denied = json!({ "success": false, "error": "Insufficient permissions", "code": "ROLE_AUTHORIZATION_FAILED" });
    for base in ["/api/socket", "/api/v1/socket", "/commerce/api/socket", "/commerce/api/v1/socket"]
    {
        for (method, path, _) in ROUTES {
            let path = format!("{base}{path}");
            assert_eq!(ask(&world, method, &path, None).await.both(), none, "{method} {path}");
            let of_user = ask(&world, method, &path, Some(&world.token("ann"))).await;
            assert_eq!(of_user.both(), (403, denied.clone()), "{method} {path}");
            let of_admin = ask(&world, method, &path, Some(&world.token("root"))).await;
            assert!(![401, 403].contains(&of_admin.status.as_u16()), "{method} {path}");
        }
    }
    for base in ["/api/notifications", "/commerce/api/notifications"] {
        for path in NOTIFICATIONS {
            let path = format!("{base}{path}");
            assert_eq!(ask(&world, "GET", &path, None).await.both(), none, "{path}");
            let of_user = ask(&world, "GET", &path, Some(&world.token("ann"))).await;
            assert_eq!(of_user.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_comes_in_the_header_alone_and_each_fault_has_its_words() {
    let world = World::with_people().await;
    let path = "/commerce/api/notifications/health";
    let by_cookie = world.get("ann", path).await;
    assert_eq!(by_cookie.both(), refused("Authentication token required", "NO_TOKEN"));
    let with = async |token: String| ask(&world, "GET", path, Some(&token)).await.both();
    let invalid = refused("Invalid authentication token", "INVALID_TOKEN");
    assert_eq!(with("x.y.z".to_owned()).await, invalid);
    let hour = Duration::from_secs(3600);
    assert_eq!(with(world.token_for("ann", Some(SOCKET_PURPOSE), hour)).await, invalid);
    assert_eq!(with(world.bare_token("ann")).await.0, 200, "no address is asked for");

    let short = world.token_for("ann", None, Duration::from_secs(1));
    let kept = world.token("ann");
    world.pass(Duration::from_secs(60));
    assert_eq!(with(short).await, refused("Authentication token expired", "TOKEN_EXPIRED"));
    let revoked = json!({ "token": kept });
    assert_eq!(world.app("POST", "/internal/revoke", revoked).await.status, 200);
    assert_eq!(with(kept).await, invalid);
    let off = json!({ "active": false });
    assert_eq!(world.app("PUT", "/internal/users/bob", off).await.status, 200);
    assert_eq!(with(world.token("bob")).await, refused("User account is inactive", "AUTH_FAILED"));
}

/// Knows nobody, or does not answer.
struct App(Result<Option<UserPatch>, ()>);

#[async_trait]
impl UserLookup for App {
    async fn look_up(&self, _: &UserId) -> Result<Option<UserPatch>, LookupError> {
        self.0.clone().map_err(|()| LookupError(Arc::new(std::io::Error::other("no answer"))))
    }
}

#[tokio::test]
async fn the_apps_record_of_a_user_counts_more_than_the_token() {
    let path = "/commerce/api/socket/stats";
    let admin =
        UserPatch { role: Some(outrigger_domain::actor::Role::Admin), ..UserPatch::default() };
    for (app, who, expected) in [
        (Ok(None), "ann", refused("User not found", "AUTH_FAILED")),
        (Err(()), "ann", refused("Authentication failed", "AUTH_FAILED")),
    ] {
        let lookup: Option<Arc<dyn UserLookup>> = Some(Arc::new(App(app)));
        let world = World::set_up(Setup { lookup, ..Setup::default() }).await;
        assert_eq!(ask(&world, "GET", path, Some(&world.token(who))).await.both(), expected);
    }
    let lookup: Option<Arc<dyn UserLookup>> = Some(Arc::new(App(Ok(Some(admin)))));
    let world = World::set_up(Setup { lookup, ..Setup::default() }).await;
    assert_eq!(ask(&world, "GET", path, Some(&world.token("ann"))).await.status, 200);

    let world = World::with_people().await;
    assert_eq!(ask(&world, "GET", path, Some(&world.token("root"))).await.status, 200);
    for (role, status) in [("seller", 403), ("super_admin", 200), ("user", 403)] {
        let told = world.app("PUT", "/internal/users/root", json!({ "role": role })).await;
        assert_eq!(told.status, 200);
        let answer = ask(&world, "GET", path, Some(&world.token("root"))).await;
        assert_eq!(answer.status, status, "{role}");
    }
}

#[tokio::test]
async fn each_kind_of_call_is_counted_for_each_user() {
    for (method, path, kind) in ROUTES {
        let limits = vec![(kind, Allowance::per_secs(1, 60))];
        let world = World::with_people_and(Setup { limits, ..Setup::default() }).await;
        let path = format!("/commerce/api/socket{path}");
        // Those who may not are not counted.
        world.ask("ann", method, &path, Value::Null).await;
        let first = world.ask("root", method, &path, Value::Null).await;
        assert_ne!(first.status, 429, "{method} {path}");
        let second = world.ask("root", method, &path, Value::Null).await;
        let too_often = json!({ "success": false, "message": "Rate limit exceeded", "code": "RATE_LIMITED", "retryAfter": 60 });
        assert_eq!(second.both(), (429, too_often), "{method} {path}");
        assert_eq!(second.headers[header::RETRY_AFTER], "60");
    }
    for path in NOTIFICATIONS {
        let limits = vec![("commerce:read", Allowance::per_secs(1, 60))];
        let world = World::with_people_and(Setup { limits, ..Setup::default() }).await;
        let path = format!("/commerce/api/notifications{path}");
        for (who, status) in [("ann", 200), ("ann", 429), ("bob", 200)] {
            assert_eq!(world.ask(who, "GET", &path, Value::Null).await.status, status, "{who}");
        }
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_refused_in_the_contracts_shape() {
    let world = World::set_up(root()).await;
    let nowhere = json!({ "success": false, "message": "Route not found" });
    for (method, path) in [
        ("GET", "/api/socket/nope"),
        ("GET", "/api/v1/socket/nope/deep"),
        ("DELETE", "/api/socket/stats"),
        ("GET", "/commerce/api/socket/broadcast"),
    ] {
        let answer = world.ask("root", method, path, Value::Null).await;
        assert_eq!(answer.both(), (404, nowhere.clone()), "{method} {path}");
    }
}

#[tokio::test]
async fn the_bare_paths_are_the_roots() {
    for root in ["rooms", "social", "tracking", "commerce"] {
        let world = World::with_people_and(Setup { root, ..Setup::default() }).await;
        for path in ["/api/socket", "/api/socket/"] {
            let answer = send(&world.public, get(path)).await;
            let reachable = json!({ "message": "Socket.IO server is initialized and reachable" });
            assert_eq!(answer.both(), (200, reachable), "{root} {path}");
        }
        for path in ["/api/socket/health", "/api/v1/socket/health"] {
            let bare = send(&world.public, get(path)).await;
            assert_eq!(bare.status == 200, root == "commerce", "{root} {path}");
            let named = send(&world.public, get(&format!("/commerce{path}"))).await;
            assert_eq!(named.status, 200, "{root}");
        }
        let updates = ask(&world, "GET", "/api/notifications/health", None).await;
        assert_eq!(updates.status == 401, root == "commerce", "{root}");
        // What other contracts claim is where it was.
        assert_eq!(world.get("ann", "/api/notifications").await.status, 200, "{root}");
        assert_eq!(world.get("ann", "/api/messages/unread").await.status, 200, "{root}");
        let tracking = ask(&world, "GET", "/tracking/api/socket/stats", None).await;
        assert_eq!(tracking.status, 401, "{root}");
    }
}
