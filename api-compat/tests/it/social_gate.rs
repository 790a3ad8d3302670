//! Who may call the REST of `contracts/social.md`, how often, and under which paths it stands.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header},
};
use outrigger_domain::{identity::SOCKET_PURPOSE, limits::Allowance};
use serde_json::{Value, json};

use crate::world::{Answer, Setup, World, get, send};

/// Every route that needs a user.
const ROUTES: [(&str, &str, &str); 19] = [
    ("GET", "/api/messages", "social:read"),
    ("POST", "/api/messages", "social:send_message"),
    ("GET", "/api/messages/bob", "social:read"),
    ("DELETE", "/api/messages/m", "social:delete_message"),
    ("PATCH", "/api/messages/m/read", "social:message_read"),
    ("PATCH", "/api/messages/m/seen", "social:seen"),
    ("PATCH", "/api/messages/conversation/bob/seen", "social:seen"),
    ("PATCH", "/api/conversation/bob/seen", "social:seen"),
    ("GET", "/api/notifications", "social:read"),
    ("PATCH", "/api/notifications/n/read", "social:mark_notification_read"),
    ("PATCH", "/api/notifications/read-all", "social:mark_all_notifications_read"),
    ("DELETE", "/api/notifications/n", "social:delete_notification"),
    ("DELETE", "/api/notifications", "social:delete_all_notifications"),
    ("DELETE", "/api/notifications/delete-all", "social:delete_all_notifications"),
    ("GET", "/api/notifications/preferences", "social:read"),
    ("PATCH", "/api/notifications/preferences", "social:update_notification_preferences"),
    ("POST", "/api/notifications/subscribe", "social:push_subscription"),
    ("DELETE", "/api/notifications/unsubscribe", "social:push_subscription"),
    ("PATCH", "/api/users/status", "social:set_status"),
];

async fn ask(world: &World, method: &str, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    send(&world.public, request.body(Body::empty()).unwrap()).await
}

fn unauthorized(message: &str) -> (u16, Value) {
    (401, json!({ "error": "Unauthorized", "message": message }))
}

#[tokio::test]
async fn every_route_needs_a_token_and_says_what_is_wrong_with_it() {
    let world = World::set_up(Setup { root: "social", ..Setup::default() }).await;
    let status = ("GET", "/api/users/bob/status", "social:read");
    for (method, path, _) in ROUTES.into_iter().chain([status]) {
        for path in [path.to_owned(), format!("/social{path}")] {
            let answer = ask(&world, method, &path, None).await;
            assert_eq!(answer.both(), unauthorized("No token provided"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn each_fault_of_a_token_has_its_words() {
    let world = World::new().await;
    let token = world.bare_token("ann");
    let short = world.token_for("ann", None, Duration::from_secs(1));
    let for_sockets = world.token_for("ann", Some(SOCKET_PURPOSE), Duration::from_secs(60));
    world.pass(Duration::from_secs(2));
    let cases = [
        (short, "Token expired"),
        (for_sockets, "Invalid token"),
        (format!("{token}x"), "Invalid token"),
        ("garbage".to_owned(), "Invalid token"),
    ];
    for (token, message) in cases {
        let answer = ask(&world, "GET", "/social/api/messages", Some(&token)).await;
        assert_eq!(answer.both(), unauthorized(message), "{token}");
    }
    for scheme in ["Bearer ", "bearer ", ""] {
        let shown = format!("{scheme}{token}");
        let answer = ask(&world, "GET", "/social/api/messages", Some(&shown)).await;
        assert_eq!(answer.status.as_u16(), 200, "an address is not needed: {scheme:?}");
    }
    let revoke = json!({ "token": token });
    assert_eq!(world.app("POST", "/internal/revoke", revoke).await.status.as_u16(), 200);
    let answer = ask(&world, "GET", "/social/api/messages", Some(&token)).await;
    assert_eq!(answer.both(), unauthorized("Token has been revoked"));
}

#[tokio::test]
async fn a_token_without_an_address_opens_nothing_of_rooms_but_the_images() {
    let world = World::with_people().await;
    let shown = format!("Bearer {}", world.bare_token("ann"));
    for path in ["/api/messages/bob", "/api/notifications", "/api/auth/socket-token"] {
        let answer = ask(&world, "GET", path, Some(&shown)).await;
        assert_eq!(answer.status.as_u16(), 401, "{path}");
    }
    let answer = ask(&world, "GET", "/api/messages/images/i", Some(&shown)).await;
    assert_eq!(answer.both(), (404, json!({ "message": "Image not found." })));
}

#[tokio::test]
async fn the_bare_paths_are_those_of_the_roots_contract() {
    let world = World::with_people_and(Setup { root: "social", ..Setup::default() }).await;
    let social = world.get("ann", "/api/notifications").await.json();
    assert_eq!(social["status"], "success");
    let page = world.get("ann", "/api/messages/bob").await.json();
    assert_eq!(page["pagination"]["totalMessages"], 0);
    let read = world.patch("ann", "/api/messages/m/read", json!({})).await;
    assert_eq!(read.both(), (404, json!({ "status": "failure", "error": "Message not found" })));
    // What only rooms has stays.
    assert_eq!(world.get("ann", "/api/messages/chats").await.json(), json!([]));
    let sent = world.post("ann", "/api/messages/bob", json!({ "text": "hello" })).await;
    assert_eq!(sent.json()["text"], "hello");
    let all = world.post("ann", "/api/notifications/read-all", json!({})).await;
    assert_eq!(all.json()["success"], true);
    // And under its name everything does.
    assert!(world.get("ann", "/rooms/api/messages/bob").await.json().is_array());
    assert_eq!(world.get("ann", "/legacy/api/notifications").await.json()["unreadCount"], 0);

    let world = World::with_people().await;
    assert!(world.get("ann", "/api/messages/bob").await.json().is_array());
    assert_eq!(world.get("ann", "/social/api/notifications").await.json()["status"], "success");
    for (method, path) in [("GET", "/api/messages"), ("GET", "/api/users/bob/status")] {
        assert_eq!(world.call("ann", method, path, None).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn each_kind_of_call_is_counted_apart_and_refused_in_its_words() {
    let kinds = [
        ("social:read", "requests"),
        ("social:send_message", "messages"),
        ("social:message_read", "read confirmations"),
        ("social:seen", "read confirmations"),
        ("social:delete_message", "message deletion"),
        ("social:set_status", "status updates"),
        ("social:mark_notification_read", "notification updates"),
        ("social:mark_all_notifications_read", "bulk notification updates"),
        ("social:delete_notification", "notification deletion"),
        ("social:delete_all_notifications", "notification deletion"),
        ("social:update_notification_preferences", "preference updates"),
        ("social:push_subscription", "push subscriptions"),
    ];
    let limits = kinds.map(|(kind, _)| (kind, Allowance::per_secs(1, 300))).to_vec();
    let world = World::set_up(Setup { limits, ..Setup::default() }).await;
    for (index, (method, path, kind)) in ROUTES.into_iter().enumerate() {
        let path = format!("/social{path}");
        let user = format!("user{index}");
        let first = world.call(&user, method, &path, None).await.status.as_u16();
        assert!(![401, 405, 429].contains(&first), "{method} {path} {first}");
        let refused = world.call(&user, method, &path, None).await;
        let (_, what) = kinds.into_iter().find(|(name, _)| *name == kind).unwrap();
        let error = format!("Rate limit exceeded for {what}");
        assert_eq!(
            refused.both(),
            (429, json!({ "status": "failure", "error": error, "retryAfter": 300 })),
            "{method} {path}"
        );
        assert_eq!(refused.headers[header::RETRY_AFTER], "300");
        let other = world.call(&format!("{user}b"), method, &path, None).await;
        assert_ne!(other.status.as_u16(), 429, "{method} {path}");
    }
}

#[tokio::test]
async fn a_store_that_is_gone_is_said_in_the_contracts_shape() {
    let world = World::with_people().await;
    outrigger_domain::ports::Store::close(world.store.as_ref()).await;
    let answer = world.get("ann", "/social/api/messages").await;
    assert_eq!(
        answer.both(),
        (503, json!({ "status": "failure", "error": "Service unavailable" }))
    );
    assert_eq!(answer.headers[header::RETRY_AFTER], "1");
    assert_eq!(send(&world.public, get("/social/nowhere")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn what_is_no_object_is_refused_as_one() {
    let world = World::with_people().await;
    let wrong = (
        400,
        json!({ "message": "validation error", "errors": [
            { "field": "value", "message": "\"value\" must be of type object", "type": "object.base" }
        ] }),
    );
    for body in ["[]", "7", "{", "null"] {
        let request = Request::post("/social/api/messages")
            .header(header::AUTHORIZATION, world.token("ann"))
            .body(Body::from(body))
            .unwrap();
        assert_eq!(send(&world.public, request).await.both(), wrong, "{body}");
    }
    let request = Request::post("/social/api/messages")
        .header(header::AUTHORIZATION, world.token("ann"))
        .body(Body::from("x".repeat(100_000)))
        .unwrap();
    assert_eq!(
        send(&world.public, request).await.both(),
        (413, json!({ "status": "failure", "error": "The request body is too large" }))
    );
}
