//! What the app changes of an account.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::world::{World, send};

#[tokio::test]
async fn a_new_token_must_hold_and_be_the_users() {
    let world = World::with_people().await;
    for route in ["/internal/emit-token-update", "/emit-token-update"] {
        let update =
            |token: String| json!({ "userId": "ann", "newToken": token, "timestamp": "ignored" });
        let sent = world.app("POST", route, update(world.token("ann"))).await;
        assert_eq!(
            sent.json(),
            json!({ "success": true, "reached": { "sockets": 2, "devices": 1 } })
        );
        let events = world.events();
        assert!(
            events[0].starts_with("User(\"ann\"): TokenReplaced { token: [redacted]"),
            "{events:?}"
        );
        for token in [world.token("bob"), "garbage".to_owned()] {
            let refused = world.app("POST", route, update(token)).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
            assert!(refused.json()["error"].is_string());
        }
        assert!(world.events().is_empty());
    }
}

#[tokio::test]
async fn status_and_designations_are_told_to_their_user_only() {
    let world = World::with_people().await;
    for prefix in ["/internal", ""] {
        let status = json!({ "userId": "ann", "status": true });
        world.app("POST", &format!("{prefix}/emit-user-status-change"), status).await;
        let titles = json!({ "userId": "ann", "designations": ["Lead"], "reason": "" });
        world.app("POST", &format!("{prefix}/emit-designations-update"), titles).await;
        let events = world.events();
        assert!(events[0].starts_with("User(\"ann\"): AccountStatus { active: true"), "{events:?}");
        assert!(events[1].contains("Designations updated by admin"), "{events:?}");
    }
    let user = world.app("GET", "/internal/users/ann", Value::Null).await.json();
    assert_eq!(user["designations"], json!(["Lead"]));
}

#[tokio::test]
async fn a_deactivated_user_is_let_in_nowhere() {
    let world = World::with_people().await;
    let off = world
        .app("PUT", "/internal/users/ann", json!({ "active": false, "firstName": "Ann" }))
        .await;
    assert_eq!(off.json()["status"], false);
    assert_eq!(off.json()["firstName"], "Ann");
    assert_eq!(off.json()["_id"], off.json()["userId"]);
    assert_eq!(world.get("ann", "/api/messages/chats").await.status, StatusCode::UNAUTHORIZED);
    let to_her = world.post("bob", "/api/messages/ann", json!({ "text": "x" })).await;
    assert_eq!(to_her.both(), (404, json!({ "message": "Receiver not found." })));
    let role = world.app("PUT", "/internal/users/ann", json!({ "role": "moderator" })).await.json();
    assert_eq!((&role["role"], &role["isAdmin"]), (&json!("staff"), &json!(false)));
    let missing = world.app("GET", "/internal/users/nobody", Value::Null).await;
    assert_eq!(missing.both(), (404, json!({ "error": "User not found" })));
}

#[tokio::test]
async fn a_forced_logout_ends_user_device_or_token() {
    let world = World::with_people().await;
    for (body, audience) in [
        (json!({ "userId": "ann" }), "User(\"ann\")"),
        (json!({ "userId": "ann", "deviceId": "d" }), "Device(\"ann\", \"d\")"),
        (json!({ "userId": "ann", "tokenId": "t" }), "Token(\"t\")"),
    ] {
        let answer = world.app("POST", "/internal/force-logout", body).await.json();
        assert_eq!(answer["success"], true);
        assert_eq!(answer["reached"], json!({ "sockets": 2, "devices": 1 }));
        let events = world.events();
        assert_eq!(events, [format!("{audience}: ForceLogout {{ reason: \"User logged out\" }}")]);
    }
}

#[tokio::test]
async fn a_revoked_token_is_let_in_nowhere() {
    let world = World::with_people().await;
    let token = world.token("ann");
    let asking = |token: &str| {
        let request =
            Request::get("/api/messages/chats").header("cookie", format!("authToken={token}"));
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(send(&world.public, asking(&token)).await.status, StatusCode::OK);
    let revoked = world.app("POST", "/internal/revoke", json!({ "token": token })).await;
    assert_eq!(revoked.both(), (200, json!({ "success": true, "revoked": "token" })));
    assert_eq!(send(&world.public, asking(&token)).await.status, StatusCode::UNAUTHORIZED);
    assert!(world.events()[0].contains("CredentialEnded(Revoked)"));

    // One in use since this very second, so that its age does not tell it from one made after the revocation.
    let in_use = world.token("ann");
    world.post("ann", "/api/auth/sessions", json!({ "deviceId": "phone", "token": in_use })).await;
    let revoked = world.app("POST", "/internal/revoke", json!({ "userId": "ann" })).await;
    assert_eq!(revoked.json()["revoked"], "user");
    assert_eq!(send(&world.public, asking(&in_use)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get("ann", "/api/messages/chats").await.status, StatusCode::OK);

    for body in [json!({}), json!({ "tokenId": "t", "userId": "ann" }), json!({ "deviceId": "d" })]
    {
        assert_eq!(
            world.app("POST", "/internal/revoke", body).await.status,
            StatusCode::BAD_REQUEST
        );
    }
}

#[tokio::test]
async fn the_old_disconnect_takes_the_secret_or_an_admin() {
    let world = World::with_people().await;
    let body = json!({ "userId": "ann", "reason": "bye" });
    let by_app = world.app("POST", "/disconnect-user", body.clone()).await;
    assert_eq!(by_app.json()["message"], "User disconnected");
    assert_eq!(world.events(), ["User(\"ann\"): ForceLogout { reason: \"bye\" }"]);
    for (name, status) in [("root", 200), ("bob", 403)] {
        let request = Request::post("/disconnect-user")
            .header(header::AUTHORIZATION, format!("Bearer {}", world.token(name)))
            .body(Body::from(body.to_string()))
            .unwrap();
        assert_eq!(send(&world.internal, request).await.status.as_u16(), status, "{name}");
    }
    let request = Request::post("/disconnect-user").body(Body::from(body.to_string())).unwrap();
    assert_eq!(send(&world.internal, request).await.status, StatusCode::UNAUTHORIZED);
    // Nothing was revoked: she may come back.
    assert_eq!(world.get("ann", "/api/messages/chats").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_old_emit_says_how_many_sockets_it_reached() {
    let world = World::with_people().await;
    let body = json!({ "userId": "ann", "event": "hello", "data": [1] });
    let answer = world.app("POST", "/emit-message", body).await;
    assert_eq!(answer.both(), (200, json!({ "success": true, "delivered": 2 })));
}
