//! The document lists every route, and every route in it answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

/// The internal API as it is promised to apps.
const PROMISED: [&str; 97] = [
    "DELETE /internal/commerce/event-mappings/{event}",
    "DELETE /internal/email/suppressions/{address}",
    "DELETE /internal/messages/{id}",
    "DELETE /internal/webhooks/{id}",
    "GET /internal/commerce/audit",
    "GET /internal/commerce/event-mappings",
    "GET /internal/connections",
    "GET /internal/contacts",
    "GET /internal/contacts/chats",
    "GET /internal/contacts/stats",
    "GET /internal/contacts/{id}",
    "GET /internal/email",
    "GET /internal/email/suppressions/{address}",
    "GET /internal/email/templates",
    "GET /internal/online",
    "GET /internal/openapi.json",
    "GET /internal/quiz/online",
    "GET /internal/quiz/stats",
    "GET /internal/quiz/{id}",
    "GET /internal/quiz/{id}/answers",
    "GET /internal/quiz/{id}/leaderboard",
    "GET /internal/rooms/{room}/count",
    "GET /internal/rooms/{room}/members",
    "GET /internal/status",
    "GET /internal/tracking/messages/{id}",
    "GET /internal/users/{id}",
    "GET /internal/users/{id}/connections",
    "GET /internal/users/{id}/followers",
    "GET /internal/users/{id}/online",
    "GET /internal/webhooks",
    "GET /metrics",
    "POST /disconnect-user",
    "POST /emit-designations-update",
    "POST /emit-message",
    "POST /emit-token-update",
    "POST /emit-user-status-change",
    "POST /internal/batch",
    "POST /internal/commerce/announcement",
    "POST /internal/commerce/dashboard-stats",
    "POST /internal/commerce/disconnect",
    "POST /internal/commerce/event-mappings",
    "POST /internal/commerce/low-stock",
    "POST /internal/commerce/notify",
    "POST /internal/commerce/order-status",
    "POST /internal/commerce/orders",
    "POST /internal/commerce/product-moderation",
    "POST /internal/commerce/seller-application",
    "POST /internal/commerce/throttled",
    "POST /internal/contacts",
    "POST /internal/contacts/notify-admins",
    "POST /internal/contacts/send-to-user",
    "POST /internal/contacts/{id}/assign",
    "POST /internal/contacts/{id}/release",
    "POST /internal/contacts/{id}/resolve",
    "POST /internal/email",
    "POST /internal/email/preview",
    "POST /internal/email/{id}/retry",
    "POST /internal/emit-designations-update",
    "POST /internal/emit-online-users",
    "POST /internal/emit-token-update",
    "POST /internal/emit-user-status-change",
    "POST /internal/force-logout",
    "POST /internal/messages",
    "POST /internal/messages/{id}/read",
    "POST /internal/notify",
    "POST /internal/notify-many",
    "POST /internal/notify-new-message",
    "POST /internal/online-status",
    "POST /internal/push",
    "POST /internal/quiz/quizzes",
    "POST /internal/quiz/{id}/end",
    "POST /internal/quiz/{id}/finish",
    "POST /internal/quiz/{id}/next",
    "POST /internal/quiz/{id}/score",
    "POST /internal/quiz/{id}/start",
    "POST /internal/revoke",
    "POST /internal/rooms/{room}/grant",
    "POST /internal/rooms/{room}/revoke",
    "POST /internal/send-to-all",
    "POST /internal/send-to-role",
    "POST /internal/send-to-room",
    "POST /internal/send-to-user",
    "POST /internal/send-to-users",
    "POST /internal/tracking/analytics",
    "POST /internal/tracking/broadcast",
    "POST /internal/tracking/global-analytics",
    "POST /internal/tracking/message-update",
    "POST /internal/tracking/messages",
    "POST /internal/tracking/ping",
    "POST /internal/tracking/recipient-update",
    "POST /internal/tracking/recipient-updates",
    "POST /internal/typing",
    "POST /internal/webhooks/retry",
    "POST /internal/webhooks/{id}/retry",
    "PUT /internal/users/{id}",
    "PUT /internal/users/{id}/followers",
    "PUT /internal/users/{id}/status",
];

fn document() -> Value {
    serde_json::from_str(&outrigger_api_compat::openapi_json()).unwrap()
}

fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| -> Vec<String> {
        let methods = item.as_object().unwrap().keys();
        methods.map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn it_lists_exactly_what_is_promised() {
    let promised: BTreeSet<String> = PROMISED.iter().map(ToString::to_string).collect();
    assert_eq!(operations(&document()), promised);
}

#[tokio::test]
async fn every_operation_in_it_is_routed() {
    let world = World::with_people().await;
    for operation in operations(&document()) {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{id}", "ann").replace("{room}", "chat_x");
        let path = path.replace("{event}", "none").replace("{address}", "a@x.example");
        let answer = world.app(method, &path, json!({})).await;
        let nowhere = answer.status == 404 && answer.json()["error"] == "Not found";
        assert!(!nowhere && answer.status != 405, "{operation}: {}", answer.status);
    }
}

#[test]
fn every_reference_in_it_leads_somewhere_and_ids_are_unique() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let operations = document["paths"].as_object().unwrap().values();
    let ids: Vec<_> = operations
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert!(document["security"].is_array());
}

#[test]
fn every_answer_in_it_says_what_it_means_and_writes_take_a_key() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert_ne!(response["description"], "", "{method} {path} {status}");
            }
            assert!(operation["responses"]["401"].is_object(), "{method} {path}");
            let takes_key = operation.to_string().contains("Idempotency-Key\",");
            assert_eq!(takes_key, ["post", "put"].contains(&method.as_str()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn it_is_served() {
    let world = World::new().await;
    assert_eq!(world.app("GET", "/internal/openapi.json", Value::Null).await.json(), document());
}
