//! Sending and reading messages over REST (`contracts/rooms.md` section 4).

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::world::{Answer, World, send};

async fn say(world: &World, text: &str) -> Answer {
    world.post("ann", "/api/messages/send/bob", json!({ "text": text })).await
}

fn texts(answer: &Answer) -> Vec<String> {
    let list = answer.json();
    list.as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_message_is_stored_told_to_both_and_answered_as_a_document() {
    let world = World::with_people().await;
    let answer = say(&world, "hello").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let document = answer.json();
    assert_eq!(document["senderId"], "ann");
    assert_eq!(document["receiverId"], "bob");
    assert_eq!(document["text"], "hello");
    assert_eq!(document["status"], "sent");
    assert_eq!(document["isRead"], false);
    assert_eq!(document["metadata"]["serverMessageId"], document["_id"]);
    assert!(document.get("image").is_none());
    let events = world.events();
    assert!(events[0].starts_with("User(\"bob\"): MessageReceived"), "{events:?}");
    assert!(events[1].starts_with("User(\"ann\"): MessageSent"), "{events:?}");
}

#[tokio::test]
async fn refusals_use_the_texts_of_the_contract() {
    let world = World::with_people().await;
    let long = "x".repeat(4001);
    let spaces = "/api/messages/send/a%20b";
    let cases: [(&str, Value, u16, &str); 11] = [
        ("/api/messages/send/bob", json!({}), 400, "Text or image is required."),
        ("/api/messages/send/nobody", json!({ "text": "  " }), 400, "Text or image is required."),
        ("/api/messages/send", json!({ "text": "x" }), 400, "Receiver ID is required."),
        (spaces, json!({ "text": "x" }), 400, "Invalid receiver ID."),
        ("/api/messages/send/%ff", json!({ "text": "x" }), 400, "Invalid receiver ID."),
        (
            "/api/messages/send/ann",
            json!({ "text": "x" }),
            400,
            "Cannot send messages to yourself.",
        ),
        ("/api/messages/send/nobody", json!({ "text": "x" }), 404, "Receiver not found."),
        (
            "/api/messages/send/bob",
            json!({ "image": "javascript:alert(1)" }),
            500,
            "Failed to upload image.",
        ),
        (
            "/api/messages/send/bob",
            json!({ "image": "A".repeat(8000) }),
            413,
            "Image is too large.",
        ),
        ("/api/messages/send/bob", json!({ "text": long }), 413, "Text is too long."),
        ("/api/messages/bob", json!({ "text": 7 }), 400, "Invalid request body."),
    ];
    for (path, body, status, text) in cases {
        let answer = world.post("ann", path, body.clone()).await;
        assert_eq!(answer.both(), (status, json!({ "message": text })), "{path} {body}");
    }
    let cases = [
        ("/api/messages/a%20b", 400, "Invalid user ID."),
        ("/api/messages/nobody", 404, "User not found."),
        ("/api/messages/bob?limit=many", 400, "Invalid limit."),
        ("/api/messages/bob?before=%20", 400, "Invalid message ID."),
    ];
    for (path, status, text) in cases {
        assert_eq!(
            world.get("ann", path).await.both(),
            (status, json!({ "message": text })),
            "{path}"
        );
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_unread() {
    let world = World::with_people().await;
    let answer =
        world.post("ann", "/api/messages/bob", json!({ "image": "A".repeat(200_000) })).await;
    assert_eq!(answer.both(), (413, json!({ "message": "Image is too large." })));
}

#[tokio::test]
async fn the_same_content_within_five_seconds_is_the_same_message() {
    let world = World::with_people().await;
    let first = say(&world, "hello").await;
    let again = say(&world, "hello").await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(first.json()["_id"], again.json()["_id"]);
    // Stock clients make up a new id when they retry: the content still decides.
    let stock =
        json!({ "text": "hello", "messageId": "retry-2", "receiverId": "x", "senderId": "y" });
    assert_eq!(world.post("ann", "/api/messages/bob", stock).await.status, StatusCode::OK);
    world.pass(Duration::from_secs(6));
    assert_eq!(say(&world, "hello").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_client_message_id_alone_decides_where_there_is_one() {
    let world = World::with_people().await;
    let with_id = |id: &str| json!({ "text": "hello", "clientMessageId": id });
    let first = world.post("ann", "/api/messages/bob", with_id("1")).await;
    let other = world.post("ann", "/api/messages/bob", with_id("2")).await;
    world.pass(Duration::from_secs(60));
    let again = world.post("ann", "/api/messages/bob", with_id("1")).await;
    assert_eq!(
        (first.status.as_u16(), other.status.as_u16(), again.status.as_u16()),
        (201, 201, 200)
    );
    assert_eq!(first.json()["_id"], again.json()["_id"]);
    assert_eq!(first.json()["metadata"]["clientMessageId"], "1");

    let by_header = || {
        Request::post("/api/messages/bob")
            .header(header::AUTHORIZATION, format!("Bearer {}", world.token("ann")))
            .header("idempotency-key", "1")
            .body(Body::from(r#"{"text":"hello"}"#))
            .unwrap()
    };
    assert_eq!(send(&world.public, by_header()).await.json()["_id"], first.json()["_id"]);

    world.pass(Duration::from_secs(60));
    let unusable = json!({ "text": "hello", "clientMessageId": 7, "messageId": "with space" });
    let answer = world.post("ann", "/api/messages/bob", unusable).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(answer.json()["metadata"].get("clientMessageId").is_none());
}

#[tokio::test]
async fn history_is_oldest_first_and_pages_backwards() {
    let world = World::with_people().await;
    let mut ids = Vec::new();
    for text in ["1", "2", "3", "4"] {
        ids.push(say(&world, text).await.json()["_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(texts(&world.get("bob", "/api/messages/ann").await), ["1", "2", "3", "4"]);
    assert_eq!(texts(&world.get("bob", "/rooms/api/messages/ann?limit=2").await), ["3", "4"]);
    let before = format!("/api/messages/ann?limit=2&before={}", ids[2]);
    assert_eq!(texts(&world.get("bob", &before).await), ["1", "2"]);
    assert_eq!(world.get("root", "/api/messages/ann").await.json(), json!([]));
}

#[tokio::test]
async fn reading_is_for_the_receiver_and_clears_the_count() {
    let world = World::with_people().await;
    let id = say(&world, "hello").await.json()["_id"].as_str().unwrap().to_owned();
    let unread = world.get("bob", "/api/messages/unread").await;
    assert_eq!(unread.both(), (200, json!({ "total": 1, "byUser": { "ann": 1 } })));
    let path = format!("/api/messages/{id}/read");
    for stranger in ["ann", "root"] {
        let answer = world.call(stranger, "PATCH", &path, None).await;
        assert_eq!(answer.both(), (404, json!({ "message": "Message not found." })));
    }
    world.events();
    let read = world.call("bob", "PATCH", &path, None).await;
    assert_eq!((read.status, read.json()["isRead"].clone()), (StatusCode::OK, json!(true)));
    assert!(world.events()[0].starts_with("User(\"ann\"): MessageRead"));
    let unread = world.get("bob", "/api/messages/unread").await;
    assert_eq!(unread.json(), json!({ "total": 0, "byUser": {} }));
}

#[tokio::test]
async fn contacts_and_chats_have_the_shape_of_the_contract() {
    let world = World::with_people().await;
    say(&world, "hello").await;
    let contacts = world.get("bob", "/api/messages/contacts").await.json();
    assert_eq!(
        contacts,
        json!([
            { "_id": "ann", "email": "ann@example.com", "isAdmin": false, "isGuest": false },
            { "_id": "root", "email": "root@example.com", "isAdmin": true, "isGuest": false },
        ])
    );
    let rest = world.get("bob", "/api/messages/contacts?after=ann").await.json();
    assert_eq!(rest.as_array().unwrap().len(), 1);
    let chats = world.get("bob", "/api/messages/chats").await.json();
    assert_eq!(chats[0]["_id"], "ann");
    assert_eq!(chats[0]["unreadCount"], 1);
    assert_eq!(chats[0]["lastMessageAt"], json!(world.now()));
}
