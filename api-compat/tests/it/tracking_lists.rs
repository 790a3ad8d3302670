//! A user's messages sent to many, page by page (`contracts/tracking.md` section 6).

use serde_json::{Value, json};

use crate::world::{Answer, World};

const BASE: &str = "/tracking/api/socket";

async fn look(world: &World, name: &str, path: &str) -> Answer {
    world.ask(name, "GET", &format!("{BASE}{path}"), Value::Null).await
}

async fn register(world: &World, owner: &str, id: &str) {
    let body = json!({ "userId": owner, "messageId": id, "content": format!("text of {id}") });
    assert_eq!(world.app("POST", "/internal/tracking/messages", body).await.status, 200);
}

/// Recipients `r000...` of Ann's message; every third failed.
async fn send_to(world: &World, id: &str, recipients: usize) {
    let updates: Vec<_> = (0..recipients)
        .map(|number| {
            let status = if number % 3 == 0 { "FAILED" } else { "DELIVERED" };
            json!({ "recipientId": format!("r{number:03}"), "phone": "+4560000000", "status": status })
        })
        .collect();
    let body = json!({ "userId": "ann", "messageId": id, "updates": updates });
    let answer = world.app("POST", "/internal/tracking/recipient-updates", body).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
}

#[tokio::test]
async fn a_user_sees_the_own_messages_page_by_page_latest_first() {
    let world = World::with_people().await;
    for number in 0..25 {
        register(&world, "ann", &format!("m{number:02}")).await;
        world.pass(std::time::Duration::from_millis(1));
    }
    register(&world, "bob", "other").await;
    let first = look(&world, "ann", "/messages").await.json();
    assert_eq!(
        first["pagination"],
        json!({ "page": 1, "limit": 20, "total": 25, "totalPages": 2 })
    );
    assert_eq!(first["messages"].as_array().unwrap().len(), 20);
    assert_eq!(first["messages"][0]["id"], "m24");
    let last = look(&world, "ann", "/messages?page=3&limit=10").await.json();
    let ids: Vec<_> = last["messages"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
    assert_eq!(ids, ["m04", "m03", "m02", "m01", "m00"]);
    let beyond = look(&world, "ann", "/messages?page=4294967295&limit=100").await.json();
    assert_eq!(beyond["messages"], json!([]));
    assert_eq!(look(&world, "root", "/messages").await.json()["pagination"]["total"], 0);
    for (query, text) in [
        ("page=0", "page must be a whole number from 1 to 4294967295"),
        ("limit=101", "limit must be a whole number from 1 to 100"),
        ("limit=", "limit must be a whole number from 1 to 100"),
    ] {
        let answer = look(&world, "ann", &format!("/messages?{query}")).await;
        assert_eq!(answer.both(), (400, json!({ "error": text })));
    }
    let twice = look(&world, "ann", "/messages?page=1&page=2").await;
    assert_eq!(twice.both(), (400, json!({ "error": "Invalid query" })));
}

#[tokio::test]
async fn nobody_sees_anothers_message_nor_learns_that_there_is_one() {
    let world = World::with_people().await;
    register(&world, "ann", "m").await;
    send_to(&world, "m", 3).await;
    let missing = (404, json!({ "error": "Message not found" }));
    for path in ["/messages/m", "/messages/m/recipients", "/messages/none", "/messages/a%20b"] {
        for name in ["bob", "root"] {
            assert_eq!(look(&world, name, path).await.both(), missing, "{name} {path}");
        }
    }
    assert_eq!(look(&world, "ann", "/messages/none").await.both(), missing);
    assert_eq!(look(&world, "ann", "/messages/m").await.status, 200);
}

#[tokio::test]
async fn a_message_has_the_fields_of_the_contract() {
    let world = World::with_people().await;
    register(&world, "ann", "m").await;
    let at = world.now();
    let none =
        json!({ "pending": 0, "sending": 0, "sent": 0, "delivered": 0, "failed": 0, "bounced": 0 });
    assert_eq!(
        look(&world, "ann", "/messages/m").await.both(),
        (
            200,
            json!({ "id": "m", "userId": "ann", "content": "text of m", "status": "DRAFT",
                "totalRecipients": 0, "successCount": 0, "failedCount": 0, "counts": none,
                "createdAt": at, "updatedAt": at })
        )
    );
    send_to(&world, "m", 7).await;
    let message = look(&world, "ann", "/messages/m").await.json();
    assert_eq!(message["totalRecipients"], 7);
    assert_eq!((&message["successCount"], &message["failedCount"]), (&json!(4), &json!(3)));
    assert_eq!(
        (&message["counts"]["delivered"], &message["counts"]["failed"]),
        (&json!(4), &json!(3))
    );
}

#[tokio::test]
async fn recipients_are_paged_and_picked_by_status() {
    let world = World::with_people().await;
    send_to(&world, "m", 610).await;
    let of =
        async |query: &str| look(&world, "ann", &format!("/messages/m/recipients{query}")).await;
    let first = of("").await.json();
    assert_eq!(
        first["pagination"],
        json!({ "page": 1, "limit": 100, "total": 610, "totalPages": 7 })
    );
    let at = world.now();
    assert_eq!(first["recipients"][1]["id"], "r001");
    let failed = &first["recipients"][0];
    assert_eq!(
        *failed,
        json!({ "id": "r000", "messageId": "m", "phone": "+4560000000", "status": "FAILED", "updatedAt": at })
    );
    assert_eq!(of("?limit=500&page=2").await.json()["recipients"].as_array().unwrap().len(), 110);
    let failed = of("?status=FAILED&limit=500").await.json();
    assert_eq!(failed["pagination"]["total"], 204);
    assert!(failed["recipients"].as_array().unwrap().iter().all(|one| one["status"] == "FAILED"));
    assert_eq!(of("?status=PENDING").await.json()["recipients"], json!([]));
    let text = "status must be one of PENDING, SENDING, SENT, FAILED, BOUNCED, DELIVERED";
    assert_eq!(of("?status=failed").await.both(), (400, json!({ "error": text })));
    let text = "limit must be a whole number from 1 to 500";
    assert_eq!(of("?limit=501").await.both(), (400, json!({ "error": text })));
}

#[tokio::test]
async fn figures_are_those_of_the_users_messages() {
    let world = World::with_people().await;
    register(&world, "bob", "other").await;
    send_to(&world, "m", 6).await;
    let stats = look(&world, "ann", "/analytics/message_stats").await;
    assert_eq!(
        stats.both(),
        (
            200,
            json!({ "type": "message_stats", "data": { "totalMessages": 1, "totalRecipients": 6,
                "totalSuccess": 4, "totalFailed": 2, "totalCost": 0.0 } })
        )
    );
    let dashboard = look(&world, "ann", "/analytics/dashboard_stats").await.json();
    assert_eq!(dashboard["type"], "dashboard_stats");
    assert_eq!(dashboard["data"]["recentMessages"][0]["id"], "m");
    assert_eq!(dashboard["data"]["totalContacts"], 1, "one number for all of them");
    let usage = look(&world, "ann", "/analytics/usage_stats").await.json();
    assert_eq!(usage["data"]["monthlyMessages"], 6);
    let unknown = look(&world, "ann", "/analytics/other").await;
    assert_eq!(unknown.both(), (404, json!({ "error": "Analytics not found" })));
}
