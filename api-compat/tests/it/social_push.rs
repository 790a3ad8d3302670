//! Web push over the REST of `contracts/social.md` and the internal API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    push_service::ENDPOINTS,
    world::{Setup, World, get, send},
};

fn browser(name: &str) -> Value {
    let endpoint = format!("{ENDPOINTS}{name}");
    // As `PushSubscription.toJSON()` writes it.
    json!({ "endpoint": endpoint, "expirationTime": null, "keys": { "p256dh": "key", "auth": "secret" } })
}

async fn subscribe(world: &World, name: &str, browser: Value) -> (u16, Value) {
    world.post(name, "/social/api/notifications/subscribe", browser).await.both()
}

fn failure(status: u16, error: &str) -> (u16, Value) {
    (status, json!({ "status": "failure", "error": error }))
}

#[tokio::test]
async fn a_browser_comes_and_goes() {
    let world = World::with_people().await;
    let subscribed = |count: u64| {
        let message = "Subscribed to push notifications";
        (201, json!({ "status": "success", "message": message, "subscriptionCount": count }))
    };
    assert_eq!(subscribe(&world, "ann", browser("1")).await, subscribed(1));
    assert_eq!(subscribe(&world, "ann", browser("2")).await, subscribed(2));
    let again = subscribe(&world, "ann", browser("1")).await;
    assert_eq!(again, failure(400, "Subscription already exists"));
    let leave = async |name: &str| {
        let path = format!(
            "/social/api/notifications/unsubscribe?endpoint=https%3A%2F%2Fpush.example%2F{name}"
        );
        world.delete("ann", &path).await.both()
    };
    let left = |count: u64| {
        let message = "Unsubscribed from push notifications";
        (200, json!({ "status": "success", "message": message, "subscriptionCount": count }))
    };
    assert_eq!(leave("1").await, left(1));
    assert_eq!(leave("1").await, left(1));
    assert_eq!(leave("2").await, left(0));
}

#[tokio::test]
async fn what_is_no_subscription_is_refused() {
    let world = World::with_people().await;
    let wrong = |errors: Value| (400, json!({ "message": "validation error", "errors": errors }));
    assert_eq!(
        subscribe(&world, "ann", json!({})).await,
        wrong(json!([
            { "field": "endpoint", "message": "\"endpoint\" is required", "type": "any.required" },
            { "field": "keys", "message": "\"keys\" is required", "type": "any.required" },
        ]))
    );
    assert_eq!(
        subscribe(&world, "ann", json!({ "endpoint": "here", "keys": { "p256dh": "" } })).await,
        wrong(json!([
            { "field": "endpoint", "message": "\"endpoint\" must be a valid uri", "type": "string.uri" },
            { "field": "keys.p256dh", "message": "\"keys.p256dh\" is not allowed to be empty", "type": "string.empty" },
            { "field": "keys.auth", "message": "\"keys.auth\" is required", "type": "any.required" },
        ]))
    );
    let mut elsewhere = browser("1");
    elsewhere["endpoint"] = json!("https://evil.example/1");
    let refused = subscribe(&world, "ann", elsewhere).await;
    assert_eq!(refused, failure(400, "Invalid push subscription"));
    let answer = world.delete("ann", "/social/api/notifications/unsubscribe").await;
    assert_eq!(
        answer.both(),
        wrong(
            json!([{ "field": "endpoint", "message": "\"endpoint\" is required", "type": "any.required" }])
        )
    );
}

#[tokio::test]
async fn the_public_key_is_for_everyone() {
    let world = World::new().await;
    let answer = send(&world.public, get("/social/api/notifications/vapid-key")).await;
    let key =
        json!({ "status": "success", "publicKey": "public-key", "vapidPublicKey": "public-key" });
    assert_eq!(answer.both(), (200, key));
}

#[tokio::test]
async fn without_a_key_there_is_no_push() {
    let world = World::with_people_and(Setup { push: false, ..Setup::default() }).await;
    let none = failure(503, "Push notifications are not configured");
    let answer = send(&world.public, get("/social/api/notifications/vapid-key")).await;
    assert_eq!(answer.both(), none);
    assert_eq!(subscribe(&world, "ann", json!({})).await, none);
    let answer = world.delete("ann", "/social/api/notifications/unsubscribe?endpoint=x").await;
    assert_eq!(answer.both(), none);
    let body = json!({ "userId": "ann", "title": "t", "body": "b" });
    assert_eq!(
        world.app("POST", "/internal/push", body).await.both(),
        (503, json!({ "error": "Push notifications are not configured" }))
    );
}

#[tokio::test]
async fn the_app_shows_something_in_its_users_browsers() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/root", json!({ "name": "Root" })).await;
    subscribe(&world, "ann", browser("ann")).await;
    subscribe(&world, "bob", browser("bob")).await;
    let body = json!({
        "userIds": ["ann", "bob", "ann"], "userId": "bob", "title": "Hello", "body": "there", "type": "mention",
        "fromUser": "root", "postId": "p1", "data": { "url": "/p1" },
    });
    let answer = world.app("POST", "/internal/push", body).await;
    assert_eq!(answer.both(), (200, json!({ "success": true, "queued": 2 })));
    let push = world.push.clone();
    let running = tokio::spawn(async move { push.run().await });
    let mut taken = Vec::new();
    let patience = tokio::time::Instant::now() + Duration::from_secs(10);
    while taken.len() < 2 && tokio::time::Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(5)).await;
        taken.extend(world.push_service.taken());
    }
    running.abort();
    taken.sort_by(|(a, _), (b, _)| a.cmp(b));
    let payload = json!({
        "title": "Hello", "body": "there", "type": "mention", "postId": "p1", "data": { "url": "/p1" },
        "fromUser": { "_id": "root", "username": "Root", "profileImage": null }, "timestamp": world.now(),
    });
    let endpoint = |name: &str| format!("{ENDPOINTS}{name}");
    assert_eq!(taken, [(endpoint("ann"), payload.clone()), (endpoint("bob"), payload)]);
}

#[tokio::test]
async fn what_the_app_gets_wrong_is_said_by_field() {
    let world = World::with_people().await;
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let cases = [
        (json!({ "title": "t", "body": "b" }), "userId"),
        (json!({ "userId": "ann", "body": "b" }), "title"),
        (json!({ "userId": "ann", "title": "", "body": "b" }), "title"),
        (json!({ "userId": "ann", "title": "t" }), "body"),
        (json!({ "userId": "ann", "title": "t", "body": "x".repeat(17_000) }), "body"),
        (json!({ "userId": "ann", "title": "t", "body": "b", "type": "x".repeat(65) }), "type"),
        (json!({ "userId": "ann", "title": "t", "body": "b", "postId": "" }), "postId"),
        (json!({ "userId": "ann", "title": "t", "body": "b", "fromUser": 7 }), "fromUser"),
        (json!({ "userId": "ann", "title": "t", "body": "b", "data": "x".repeat(70_000) }), "data"),
        (json!({ "userIds": many, "title": "t", "body": "b" }), "userIds"),
        (json!({ "userIds": "ann", "title": "t", "body": "b" }), "userIds"),
    ];
    for (body, field) in cases {
        let answer = world.app("POST", "/internal/push", body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["field"]), (400, &json!(field)));
    }
}
