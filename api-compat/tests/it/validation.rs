//! What is wrong with a call is said in our own words, by field.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::world::{SECRET, World, send};

async fn raw(world: &World, path: &str, body: &str) -> crate::world::Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {SECRET}"))
        .body(Body::from(body.to_owned()))
        .unwrap();
    send(&world.internal, request).await
}

#[tokio::test]
async fn the_field_and_what_it_must_be() {
    let world = World::new().await;
    let id = "userId must be an id: a string of 1 to 128 bytes without white space";
    let cases: [(&str, Value, &str, &str); 10] = [
        ("send-to-user", json!({ "event": "e" }), "userId", "userId is required"),
        ("send-to-user", json!({ "userId": null, "event": "e" }), "userId", "userId is required"),
        ("send-to-user", json!({ "userId": 7, "event": "e" }), "userId", id),
        ("send-to-user", json!({ "userId": "a b", "event": "e" }), "userId", id),
        ("send-to-user", json!({ "userId": "a", "event": [] }), "event", "event must be a string"),
        (
            "send-to-users",
            json!({ "userIds": ["a", 7], "event": "e" }),
            "userIds",
            "userIds must be an array of ids",
        ),
        (
            "force-logout",
            json!({ "userId": "a", "revoke": 1 }),
            "revoke",
            "revoke must be true or false",
        ),
        (
            "notify-new-message",
            json!({ "userId": "a", "data": 1 }),
            "data",
            "data must be an object",
        ),
        (
            "emit-designations-update",
            json!({ "userId": "a", "designations": "x" }),
            "designations",
            "designations must be an array",
        ),
        ("batch", json!({ "calls": [{ "path": 7 }] }), "calls", "calls must be an array"),
    ];
    for (route, body, field, error) in cases {
        let answer = world.app("POST", &format!("/internal/{route}"), body).await;
        assert_eq!(answer.both(), (400, json!({ "error": error, "field": field })));
    }
}

#[tokio::test]
async fn optional_ids_are_checked_as_well() {
    let world = World::new().await;
    let body = json!({ "userId": "a", "deviceId": "" });
    let answer = world.app("POST", "/internal/force-logout", body).await;
    assert_eq!(answer.json()["field"], "deviceId");
    assert!(answer.json()["error"].as_str().unwrap().starts_with("deviceId must be an id"));
}

#[tokio::test]
async fn what_is_no_object_is_said_to_be_none() {
    let world = World::new().await;
    let deep = "[".repeat(100_000);
    for body in ["[]", "7", "{", "\u{0}", "{\"userId\":", deep.as_str()] {
        let answer = raw(&world, "/internal/send-to-user", body).await;
        assert_eq!(
            answer.both(),
            (400, json!({ "error": "The request body must be a JSON object" }))
        );
    }
}

#[tokio::test]
async fn the_parser_is_never_quoted() {
    let world = World::with_people().await;
    let bodies =
        ["", "{", "[]", "{\"text\":{}}", "{\"userId\":{}}", "{\"userIds\":{}}", "{\"calls\":[7]}"];
    let paths = [
        "send-to-user",
        "send-to-users",
        "messages",
        "notify",
        "typing",
        "batch",
        "online-status",
        "revoke",
    ];
    let mut seen = Vec::new();
    for body in bodies {
        for path in paths {
            seen.push(raw(&world, &format!("/internal/{path}"), body).await);
        }
        for (method, path) in [
            ("POST", "/api/messages/bob"),
            ("POST", "/api/auth/sessions"),
            ("PATCH", "/api/auth/sessions"),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::AUTHORIZATION, format!("Bearer {}", world.token("ann")))
                .body(Body::from(body))
                .unwrap();
            seen.push(send(&world.public, request).await);
        }
    }
    for answer in seen {
        let text = answer.json().to_string();
        for word in ["line ", "column", "expected", "invalid type", "missing field", "serde", "EOF"]
        {
            assert!(!text.contains(word), "{text}");
        }
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_ne!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn more_than_eight_mebibytes_are_refused() {
    let world = World::new().await;
    let body = json!({ "userId": "a", "event": "e", "data": "x".repeat(8 * 1024 * 1024) });
    let answer = world.app("POST", "/internal/send-to-user", body.clone()).await;
    assert_eq!(answer.both(), (413, json!({ "error": "The request body is too large" })));
    let answer = world.app_with_key("POST", "/internal/send-to-user", body, Some("k")).await;
    assert_eq!(answer.both(), (413, json!({ "error": "The request body is too large" })));
}

#[tokio::test]
async fn lists_and_texts_have_an_end() {
    let world = World::with_people().await;
    let many: Vec<String> = (0..10_001).map(|n| n.to_string()).collect();
    let answer = world.app("POST", "/internal/online-status", json!({ "userIds": many })).await;
    assert_eq!((answer.status.as_u16(), answer.json()["field"].clone()), (400, json!("userIds")));
    let notice = json!({ "userId": "a", "type": "", "title": "t", "message": "m" });
    assert_eq!(world.app("POST", "/internal/notify", notice).await.json()["field"], "type");
    let long = json!({ "firstName": "x".repeat(3000) });
    assert_eq!(world.app("PUT", "/internal/users/a", long).await.json()["field"], "firstName");
    let reason = json!({ "userId": "a", "reason": "x".repeat(2000) });
    assert_eq!(world.app("POST", "/internal/force-logout", reason).await.json()["field"], "reason");
}
