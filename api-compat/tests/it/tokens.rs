//! `GET /api/auth/socket-token`, and checks of who is online.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::world::{World, get, send, user};

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_socket_token_is_short_lived_bound_to_the_device_and_for_sockets_only() {
    let world = World::with_people().await;
    let answer = world.get("ann", "/api/auth/socket-token").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let body = answer.json();
    assert_eq!((&body["userId"], &body["email"]), (&json!("ann"), &json!("ann@example.com")));
    let token = body["socketToken"].as_str().unwrap();
    let claims = claims(token);
    assert_eq!(claims["purpose"], "socket-auth");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let device = outrigger_domain::identity::device_id("browser", "192.0.2.1");
    assert_eq!(claims["deviceId"], device.as_str());

    let request =
        Request::get("/api/auth/socket-token").header("authorization", format!("Bearer {token}"));
    let again = send(&world.public, request.body(Body::empty()).unwrap()).await;
    assert_eq!(again.both(), (401, json!({ "error": "Invalid or expired token" })));
}

#[tokio::test]
async fn without_a_token_there_is_none() {
    let world = World::new().await;
    let answer = send(&world.public, get("/api/auth/socket-token")).await;
    assert_eq!(answer.both(), (401, json!({ "error": "No authentication token found" })));
    let request = Request::get("/api/auth/socket-token").header("cookie", "authToken=garbage");
    let answer = send(&world.public, request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.both(), (401, json!({ "error": "Invalid or expired token" })));
}

#[tokio::test]
async fn one_user_can_be_asked_about_so_many_times() {
    let world = World::with_people().await;
    let device = outrigger_domain::ids::DeviceId::new("d").unwrap();
    world.presence.enter(&user("bob"), &device);
    let answer = world.get("ann", "/api/users/bob/online").await;
    assert_eq!(answer.both(), (200, json!({ "userId": "bob", "isOnline": true })));
    assert_eq!(world.get("ann", "/api/users/root/online").await.json()["isOnline"], false);
    let refused = world.get("ann", "/api/users/bob/online").await;
    assert_eq!(refused.both(), (429, json!({ "error": "Too many requests" })));
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(world.get("bob", "/api/users/ann/online").await.status, StatusCode::OK);
}
