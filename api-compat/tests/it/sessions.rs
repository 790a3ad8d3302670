//! Sessions belong to their user, and to admins.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

const PATH: &str = "/api/auth/sessions";

#[tokio::test]
async fn a_login_is_noted_and_listed_without_its_token() {
    let world = World::with_people().await;
    let token = world.token("ann");
    let opened = world.post("ann", PATH, json!({ "deviceId": "phone", "token": token })).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert_eq!(opened.json()["success"], true);
    assert_eq!(opened.json()["sessionId"], "ann:phone");
    assert!(opened.json()["message"].is_string());
    world.post("ann", PATH, json!({})).await;

    let list = world.get("ann", PATH).await;
    let text = String::from_utf8(list.bytes.clone()).unwrap();
    assert!(!text.contains(&token) && !text.contains("\"token"), "{text}");
    let sessions = list.json()["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    let current: Vec<_> = sessions.iter().filter(|s| s["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["userAgent"], "browser");
    assert_eq!(current[0]["ipAddress"], "192.0.2.1");
    let phone = world.get("ann", "/api/auth/sessions?deviceId=phone&activeOnly=true").await.json();
    assert_eq!(phone["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_touches_anothers_but_an_admin() {
    let world = World::with_people().await;
    world.post("ann", PATH, json!({ "deviceId": "phone" })).await;
    let forbidden = (403, json!({ "error": "Forbidden" }));
    assert_eq!(world.get("bob", "/api/auth/sessions?userId=ann").await.both(), forbidden);
    let theirs = json!({ "userId": "ann", "deviceId": "phone" });
    assert_eq!(world.post("bob", PATH, theirs.clone()).await.both(), forbidden);
    assert_eq!(world.call("bob", "PATCH", PATH, Some(theirs)).await.both(), forbidden);
    let end = "/api/auth/sessions?userId=ann&allDevices=true";
    assert_eq!(world.call("bob", "DELETE", end, None).await.both(), forbidden);
    assert!(world.events().is_empty());

    let seen = world.get("root", "/api/auth/sessions?userId=ann").await.json();
    assert_eq!(seen["sessions"][0]["deviceId"], "phone");
    assert_eq!(world.call("root", "DELETE", end, None).await.json()["deactivatedSessions"], 1);
}

#[tokio::test]
async fn anothers_token_cannot_be_slipped_in() {
    let world = World::with_people().await;
    let body = json!({ "deviceId": "phone", "token": world.token("bob") });
    for method in ["POST", "PATCH"] {
        let answer = world.call("ann", method, PATH, Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method}");
    }
}

#[tokio::test]
async fn ending_one_device_tells_it_and_ends_its_token() {
    let world = World::with_people().await;
    let token = world.token("ann");
    world.post("ann", PATH, json!({ "deviceId": "phone", "token": token })).await;
    world.post("ann", PATH, json!({ "deviceId": "desk" })).await;
    let ended = world.call("ann", "DELETE", "/api/auth/sessions?deviceId=phone", None).await;
    assert_eq!(ended.json()["success"], true);
    assert_eq!(ended.json()["deactivatedSessions"], 1);
    let events = world.events();
    assert!(events[0].starts_with("Device(\"ann\", \"phone\"): ForceLogout"), "{events:?}");

    let request = axum::http::Request::get("/api/messages/chats")
        .header("cookie", format!("authToken={token}"));
    let answer =
        crate::world::send(&world.public, request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let active = world.get("ann", "/api/auth/sessions?activeOnly=true").await.json();
    assert_eq!(active["sessions"].as_array().unwrap().len(), 1);

    let vague = world.call("ann", "DELETE", PATH, None).await;
    assert_eq!(vague.both(), (400, json!({ "error": "deviceId or allDevices is required" })));
}

#[tokio::test]
async fn a_new_token_reaches_active_sessions_only() {
    let world = World::with_people().await;
    for device in ["phone", "desk"] {
        world.post("ann", PATH, json!({ "deviceId": device })).await;
    }
    world.call("ann", "DELETE", "/api/auth/sessions?deviceId=desk", None).await;
    let token = world.token("ann");
    let updated = world.call("ann", "PATCH", PATH, Some(json!({ "token": token }))).await;
    assert_eq!(updated.json()["updatedSessions"], 1);
    let list = world.get("ann", "/api/auth/sessions?deviceId=desk").await.json();
    assert_eq!(list["sessions"][0]["isActive"], false);
}
