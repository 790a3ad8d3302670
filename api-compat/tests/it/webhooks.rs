//! The app looks after its webhooks.

use std::time::Duration;

use outrigger_domain::{
    actor::{Actor, Role},
    ids::{DeviceId, TokenId, WebhookId},
    ports::WebhookStore as _,
    webhooks::{Settled, WebhookState},
};
use serde_json::{Value, json, value::RawValue};

use crate::world::{World, user};

/// Webhooks of Ann and Bob, one after the other in their lanes; the oldest of each is dead.
async fn with_webhooks() -> World {
    let world = World::with_people().await;
    let args = RawValue::from_string(r#"[{"n":1}]"#.to_owned()).unwrap();
    for name in ["ann", "bob", "ann"] {
        world.pass(Duration::from_secs(1));
        let actor = Actor {
            profile: outrigger_domain::accounts::Profile::default(),
            user: user(name),
            email: String::new(),
            role: Role::User,
            device: DeviceId::new("phone").unwrap(),
            token: TokenId::new("t").unwrap(),
            issued_at: None,
            expires_at: world.now(),
        };
        world.webhooks.act(&actor, "rooms", "order", &args).await.unwrap();
    }
    for webhook in world.store.due_webhooks(world.now(), 10).await.unwrap().webhooks {
        let dead = Settled::Dead { error: "http://app/hooks answered 410".to_owned() };
        world.store.settle_webhook(&webhook.id, &dead, world.now()).await.unwrap();
    }
    world
}

impl World {
    async fn webhooks_in(&self, query: &str) -> Value {
        let answer = self.app("GET", &format!("/internal/webhooks{query}"), Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }
}

fn whose(list: &Value) -> Vec<&str> {
    let webhooks = list["webhooks"].as_array().unwrap();
    webhooks.iter().map(|webhook| webhook["userId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_action_says_who_did_what_where() {
    let world = with_webhooks().await;
    let waiting = world.webhooks.list(WebhookState::Waiting, None, 10).await.unwrap();
    let body: Value = serde_json::from_str(&waiting[0].body).unwrap();
    let at = waiting[0].created_at.to_string();
    let data =
        json!({ "event": "order", "args": [{ "n": 1 }], "deviceId": "phone", "contract": "rooms" });
    let id = waiting[0].id.as_str();
    let told = json!({ "id": id, "type": "client.event", "at": at, "userId": "ann", "data": data });
    assert_eq!(body, told);
}

#[tokio::test]
async fn they_are_listed_by_state_and_page() {
    let world = with_webhooks().await;
    let dead = world.webhooks_in("").await;
    assert_eq!((&dead["waiting"], &dead["dead"]), (&json!(1), &json!(2)));
    assert_eq!(whose(&dead), ["ann", "bob"]);
    assert_eq!(dead, world.webhooks_in("?state=dead&limit=500").await);
    let first = &dead["webhooks"][0];
    let id = first["id"].as_str().unwrap();
    let expected = json!({ "id": id, "type": "client.event", "userId": "ann", "state": "dead",
        "createdAt": first["createdAt"], "dueAt": null, "attempts": first["attempts"],
        "lastError": "http://app/hooks answered 410" });
    assert_eq!(*first, expected);
    assert_eq!(whose(&world.webhooks_in("?limit=1").await), ["ann"]);
    assert_eq!(whose(&world.webhooks_in(&format!("?limit=1&after={id}")).await), ["bob"]);
    let waiting = world.webhooks_in("?state=waiting").await;
    assert_eq!(whose(&waiting), ["ann"]);
    assert!(waiting["webhooks"][0]["dueAt"].is_string(), "it is the next one of its user");
}

#[tokio::test]
async fn a_dead_one_is_tried_again_once() {
    let world = with_webhooks().await;
    let dead = world.webhooks_in("").await;
    let path = format!("/internal/webhooks/{}/retry", dead["webhooks"][1]["id"].as_str().unwrap());
    assert_eq!(
        world.app("POST", &path, Value::Null).await.both(),
        (200, json!({ "success": true }))
    );
    let none = (404, json!({ "error": "Webhook not found" }));
    assert_eq!(world.app("POST", &path, Value::Null).await.both(), none, "it waits already");
    assert_eq!(whose(&world.webhooks_in("").await), ["ann"]);
    let bob = world.webhooks.list(WebhookState::Waiting, None, 10).await.unwrap();
    assert!(bob.iter().any(|webhook| webhook.user == user("bob") && webhook.attempts == 0));
}

#[tokio::test]
async fn all_dead_ones_are_tried_again() {
    let world = with_webhooks().await;
    let retry = async || world.app("POST", "/internal/webhooks/retry", Value::Null).await.both();
    assert_eq!(retry().await, (200, json!({ "success": true, "retried": 2 })));
    assert_eq!(retry().await, (200, json!({ "success": true, "retried": 0 })));
    let list = world.webhooks_in("").await;
    assert_eq!((&list["waiting"], &list["dead"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn one_is_given_up_dead_or_not() {
    let world = with_webhooks().await;
    for state in ["dead", "waiting"] {
        let list = world.webhooks_in(&format!("?state={state}")).await;
        let path = format!("/internal/webhooks/{}", list["webhooks"][0]["id"].as_str().unwrap());
        let done = (200, json!({ "success": true }));
        assert_eq!(world.app("DELETE", &path, Value::Null).await.both(), done);
        let none = (404, json!({ "error": "Webhook not found" }));
        assert_eq!(world.app("DELETE", &path, Value::Null).await.both(), none);
    }
    let list = world.webhooks_in("").await;
    assert_eq!((&list["waiting"], &list["dead"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn strange_questions_are_answered_in_words() {
    let world = with_webhooks().await;
    let long = "x".repeat(200);
    for (query, error, field) in [
        ("?state=done", "state must be dead or waiting", Some("state")),
        ("?limit=0", "limit must be a number from 1 to 500", Some("limit")),
        ("?limit=501", "limit must be a number from 1 to 500", Some("limit")),
        ("?limit=many", "limit must be a number from 1 to 500", Some("limit")),
        (&format!("?after={long}"), "after must be a webhook's id", Some("after")),
        ("?state=dead&state=dead", "Invalid query", None),
    ] {
        let answer = world.app("GET", &format!("/internal/webhooks{query}"), Value::Null).await;
        let mut body = json!({ "error": error });
        if let Some(field) = field {
            body["field"] = json!(field);
        }
        assert_eq!(answer.both(), (400, body), "{query}");
    }
    let none = (404, json!({ "error": "Webhook not found" }));
    for id in ["nobody", "a%20b", &long] {
        let path = format!("/internal/webhooks/{id}");
        assert_eq!(world.app("DELETE", &path, Value::Null).await.both(), none, "{id}");
        assert_eq!(world.app("POST", &format!("{path}/retry"), Value::Null).await.both(), none);
    }
    let unknown = WebhookId::new("nobody").unwrap();
    assert!(!world.webhooks.remove(&unknown).await.unwrap());
}

#[tokio::test]
async fn without_an_address_for_them_there_are_none() {
    let world = World::without_webhooks().await;
    let none = json!({ "error": "There are no webhooks: OUTRIGGER_WEBHOOK_URL is not set" });
    for (method, path) in [
        ("GET", "/internal/webhooks"),
        ("POST", "/internal/webhooks/retry"),
        ("POST", "/internal/webhooks/x/retry"),
        ("DELETE", "/internal/webhooks/x"),
    ] {
        assert_eq!(
            world.app(method, path, Value::Null).await.both(),
            (404, none.clone()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn they_are_the_apps_business_alone() {
    let world = with_webhooks().await;
    let request = crate::world::get("/internal/webhooks");
    let answer = crate::world::send(&world.internal, request).await;
    assert_eq!(answer.status, 401);
    assert_eq!(world.call("root", "GET", "/internal/webhooks", None).await.status, 404);
}
