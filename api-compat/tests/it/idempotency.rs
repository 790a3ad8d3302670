//! A call repeated with its key is carried out once.

use axum::http::StatusCode;
use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    ports::{FeedStore as _, Horizon, Store as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::World;

fn message(text: &str) -> Value {
    json!({ "senderId": "ann", "receiverId": "bob", "text": text })
}

fn emit() -> Value {
    json!({ "userId": "ann", "event": "hello" })
}

#[tokio::test]
async fn the_same_call_gets_the_same_answer_and_has_no_second_effect() {
    let world = World::with_people().await;
    let first = world.app_with_key("POST", "/internal/messages", message("x"), Some("k")).await;
    let again = world.app_with_key("POST", "/internal/messages", message("x"), Some("k")).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.bytes, again.bytes);
    assert!(!first.headers.contains_key("idempotent-replayed"));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(world.events().len(), 2);
}

#[tokio::test]
async fn the_same_key_for_another_call_is_a_mistake() {
    let world = World::with_people().await;
    world.app_with_key("POST", "/internal/send-to-user", emit(), Some("k")).await;
    let other = json!({ "userId": "ann", "event": "other" });
    for (path, body) in [("/internal/send-to-user", other), ("/emit-message", emit())] {
        let refused = world.app_with_key("POST", path, body, Some("k")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["error"].is_string());
    }
    assert_eq!(world.events().len(), 1);
}

#[tokio::test]
async fn two_at_once_are_one() {
    let world = World::with_people().await;
    let call = || world.app_with_key("POST", "/internal/send-to-user", emit(), Some("k"));
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    assert_eq!(world.events().len(), 1);
    let replayed =
        |answer: &crate::world::Answer| answer.headers.contains_key("idempotent-replayed");
    assert_eq!([&a, &b, &c, &d].into_iter().filter(|answer| replayed(answer)).count(), 3);
    assert_eq!(a.bytes, d.bytes);
}

#[tokio::test]
async fn refusals_are_kept_too() {
    let world = World::with_people().await;
    let first = world.app_with_key("POST", "/internal/messages", json!({}), Some("k")).await;
    let again = world.app_with_key("POST", "/internal/messages", json!({}), Some("k")).await;
    assert_eq!((first.status, again.status), (StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST));
    assert_eq!(again.headers["idempotent-replayed"], "true");
}

#[tokio::test]
async fn a_row_is_stored_once_even_if_the_answer_was_never_kept() {
    let world = World::with_people().await;
    let notice = json!({ "userId": "ann", "type": "t", "title": "t", "message": "m" });
    let first =
        world.app_with_key("POST", "/internal/notify", notice.clone(), Some("k")).await.json();
    let stored =
        world.app_with_key("POST", "/internal/messages", message("x"), Some("m")).await.json();
    // As after a crash: the rows are there, the answers are not.
    let far = world.now().plus(std::time::Duration::from_secs(10));
    let now = world.now();
    let horizon = Horizon { now, answers: far, audit: now, feed: now, dead_webhooks: now };
    world.store.prune(&horizon).await.unwrap();
    world.events();
    let again = world.app_with_key("POST", "/internal/notify", notice, Some("k")).await;
    assert!(!again.headers.contains_key("idempotent-replayed"));
    assert_eq!(again.json()["notificationId"], first["notificationId"]);
    let again = world.app_with_key("POST", "/internal/messages", message("x"), Some("m")).await;
    assert_eq!(
        (again.status, again.json()["_id"].clone()),
        (StatusCode::OK, stored["_id"].clone())
    );
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn a_durable_event_is_kept_under_the_key_of_its_call() {
    let world = World::with_people().await;
    for (path, key, mut body) in [
        ("/internal/send-to-user", "k1", json!({ "userId": "ann" })),
        ("/internal/send-to-users", "k2", json!({ "userIds": ["ann"] })),
        ("/internal/send-to-room", "k3", json!({ "room": "user_ann" })),
    ] {
        (body["event"], body["durable"]) = (json!("order"), json!(true));
        let sent = world.app_with_key("POST", path, body, Some(key)).await;
        assert_eq!(sent.status, StatusCode::OK);
        let ann = crate::world::user("ann");
        let before = world.store.feed_after(&ann, 0, 10).await.unwrap().head;
        // What a call repeated after a crash does: the event is there, the answer is not.
        let hex: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
        let status = DomainEvent::AccountStatus { active: true, reason: String::new() };
        let again = Published::new(world.now(), Audience::User(ann.clone()), status);
        world.store.record_once(&hex[..32], again).await.unwrap();
        let after = world.store.feed_after(&ann, 0, 10).await.unwrap().head;
        assert_eq!(before, after, "{path}");
    }
}

#[tokio::test]
async fn a_call_is_finished_although_the_caller_hangs_up() {
    let world = World::with_people().await;
    let call = world.app_with_key("POST", "/internal/messages", message("x"), Some("k"));
    // Polled once: begun, then dropped.
    let mut call = Box::pin(call);
    std::future::poll_fn(|cx| {
        let _ = std::future::Future::poll(call.as_mut(), cx);
        std::task::Poll::Ready(())
    })
    .await;
    drop(call);
    let again = world.app_with_key("POST", "/internal/messages", message("x"), Some("k")).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(world.events().len(), 2);
}

#[tokio::test]
async fn a_key_has_a_form() {
    let world = World::with_people().await;
    for bad in ["with space", "", &"x".repeat(256), "caf\u{e9}"] {
        let refused = world.app_with_key("POST", "/internal/send-to-user", emit(), Some(bad)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad:?}");
    }
    let long = "x".repeat(255);
    let sent = world.app_with_key("POST", "/internal/send-to-user", emit(), Some(&long)).await;
    assert_eq!(sent.status, StatusCode::OK);
    let read = world.app_with_key("GET", "/internal/online", Value::Null, Some("with space")).await;
    assert_eq!(read.status, StatusCode::OK);
}
