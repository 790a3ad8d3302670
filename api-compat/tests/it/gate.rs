//! Nobody is let in without a token, or without the secret.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use outrigger_domain::identity::SOCKET_PURPOSE;
use serde_json::json;

use crate::world::{SECRET, World, get, send};

#[tokio::test]
async fn every_route_of_a_user_needs_a_token() {
    let world = World::new().await;
    for (method, path) in [
        ("GET", "/api/messages/chats"),
        ("GET", "/api/messages/contacts"),
        ("GET", "/api/messages/unread"),
        ("GET", "/api/messages/bob"),
        ("POST", "/api/messages/bob"),
        ("POST", "/api/messages/send/bob"),
        ("POST", "/api/messages/send"),
        ("PATCH", "/api/messages/m/read"),
        ("GET", "/api/messages/images/i"),
        ("GET", "/api/auth/sessions"),
        ("POST", "/api/auth/sessions"),
        ("PATCH", "/api/auth/sessions"),
        ("DELETE", "/api/auth/sessions?allDevices=true"),
        ("GET", "/api/notifications"),
        ("PATCH", "/api/notifications/n/read"),
        ("POST", "/api/notifications/read-all"),
        ("GET", "/api/users/bob/online"),
        ("GET", "/rooms/api/messages/chats"),
        ("GET", "/legacy/api/messages/chats"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let answer = send(&world.public, request).await;
        assert_eq!(answer.both(), (401, json!({ "error": "Unauthorized" })), "{method} {path}");
    }
}

#[tokio::test]
async fn a_token_counts_from_cookie_or_header_but_never_from_the_url() {
    let world = World::new().await;
    let token = world.token("ann");
    let with = |name: &str, value: String| {
        Request::get("/api/messages/chats").header(name, value).body(Body::empty()).unwrap()
    };
    for request in [
        with("cookie", format!("authToken={token}")),
        with("cookie", format!("__Host-authToken={token}")),
        with("authorization", format!("Bearer {token}")),
    ] {
        assert_eq!(send(&world.public, request).await.status, StatusCode::OK);
    }
    for request in [
        get(&format!("/api/messages/chats?token={token}&authToken={token}")),
        with("cookie", format!("otherToken={token}")),
        with("authorization", format!("Basic {token}")),
    ] {
        assert_eq!(send(&world.public, request).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_token_for_sockets_or_past_its_end_opens_nothing() {
    let world = World::new().await;
    let socket = world.token_for("ann", Some(SOCKET_PURPOSE), Duration::from_secs(60));
    let short = world.token_for("ann", None, Duration::from_secs(60));
    world.pass(Duration::from_secs(30));
    for (token, expected) in [(&socket, 401), (&short, 200)] {
        let request =
            Request::get("/api/messages/chats").header("cookie", format!("authToken={token}"));
        let answer = send(&world.public, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), expected);
    }
    world.pass(Duration::from_secs(30));
    let request =
        Request::get("/api/messages/chats").header("cookie", format!("authToken={short}"));
    assert_eq!(
        send(&world.public, request.body(Body::empty()).unwrap()).await.status.as_u16(),
        401
    );
}

#[tokio::test]
async fn the_internal_api_needs_the_secret_everywhere_but_for_health() {
    let world = World::new().await;
    for path in ["/internal/online", "/metrics", "/internal/openapi.json", "/internal/nowhere", "/"]
    {
        for wrong in [None, Some("Bearer wrong".to_owned()), Some(format!("Bearer {SECRET}x"))] {
            let mut request = Request::get(path);
            if let Some(wrong) = wrong {
                request = request.header(header::AUTHORIZATION, wrong);
            }
            let answer = send(&world.internal, request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.both(), (401, json!({ "error": "Unauthorized" })), "{path}");
        }
    }
    let user = format!("Bearer {}", world.token("root"));
    let request = Request::get("/internal/online").header(header::AUTHORIZATION, user);
    assert_eq!(
        send(&world.internal, request.body(Body::empty()).unwrap()).await.status.as_u16(),
        401
    );

    let request = Request::get("/internal/online").header("x-internal-secret", SECRET);
    assert_eq!(
        send(&world.internal, request.body(Body::empty()).unwrap()).await.status.as_u16(),
        200
    );
    assert_eq!(
        send(&world.internal, get("/health")).await.both(),
        (200, json!({ "status": "ok" }))
    );
}

#[tokio::test]
async fn unknown_routes_and_methods_are_refused_in_json() {
    let world = World::with_people().await;
    let not_found = (404, json!({ "error": "Not found" }));
    let not_allowed = (405, json!({ "error": "Method not allowed" }));
    assert_eq!(world.get("ann", "/api/auth/token").await.both(), not_found);
    assert_eq!(world.get("ann", "/rooms/nowhere").await.both(), not_found);
    assert_eq!(world.call("ann", "DELETE", "/api/messages/bob", None).await.both(), not_allowed);
    assert_eq!(
        world.call("ann", "DELETE", "/rooms/api/messages/chats", None).await.both(),
        not_allowed
    );
    assert_eq!(world.app("POST", "/internal/nowhere", json!({})).await.both(), not_found);
    assert_eq!(world.app("DELETE", "/internal/online", json!({})).await.both(), not_allowed);
    let request = Request::get("/disconnect-user").header("x-internal-secret", SECRET);
    let answer = send(&world.internal, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.both(), not_allowed);
}

#[tokio::test]
async fn a_store_that_is_gone_is_said_to_be_unavailable_for_now() {
    let world = World::with_people().await;
    outrigger_domain::ports::Store::close(world.store.as_ref()).await;
    let answer = world.get("ann", "/api/messages/chats").await;
    assert_eq!(answer.both(), (503, json!({ "error": "Service unavailable" })));
    assert_eq!(answer.headers[header::RETRY_AFTER], "1");
    assert_eq!(world.get("ann", "/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let answer = world.app("GET", "/internal/users/ann", json!(null)).await;
    assert_eq!(answer.both(), (503, json!({ "error": "Service unavailable" })));
}
