//! What the app tells of recipients, one by one and in batches (`contracts/tracking.md` section 5).

use serde_json::{Value, json};

use crate::world::World;

async fn tell(world: &World, route: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/tracking/{route}"), body).await.both()
}

async fn tell_many(world: &World, updates: Value) -> (u16, Value) {
    let body = json!({ "userId": "ann", "messageId": "m", "updates": updates });
    tell(world, "recipient-updates", body).await
}

fn taken(changed: u64, ignored: u64, success: u64, failed: u64, total: u64) -> (u16, Value) {
    let answer = json!({ "success": true, "changed": changed, "ignored": ignored, "successCount": success,
        "failedCount": failed, "total": total });
    (200, answer)
}

#[tokio::test]
async fn one_recipient_comes_further_and_never_back() {
    let world = World::with_people().await;
    let one = |status: &str| {
        json!({ "userId": "ann", "messageId": "m", "recipientId": "r", "phone": "+45 1", "status": status,
            "errorMessage": if status == "FAILED" { json!("no such number") } else { Value::Null } })
    };
    assert_eq!(tell(&world, "recipient-update", one("SENDING")).await, taken(1, 0, 0, 0, 1));
    assert_eq!(tell(&world, "recipient-update", one("SENDING")).await, taken(0, 1, 0, 0, 1));
    assert_eq!(tell(&world, "recipient-update", one("FAILED")).await, taken(1, 0, 0, 1, 1));
    assert_eq!(tell(&world, "recipient-update", one("SENT")).await, taken(0, 1, 0, 1, 1));
    let path = "/tracking/api/socket/messages/m/recipients";
    let listed = world.ask("ann", "GET", path, Value::Null).await.json();
    let recipient = &listed["recipients"][0];
    assert_eq!(
        (&recipient["status"], &recipient["phone"], &recipient["errorMessage"]),
        (&json!("FAILED"), &json!("+45 1"), &json!("no such number"))
    );
    assert_eq!(tell(&world, "recipient-update", one("DELIVERED")).await, taken(1, 0, 1, 0, 1));
    // What clients see of recipients is paced; the call itself tells nobody.
    assert!(world.told().is_empty());
    let message = world.app("GET", "/internal/tracking/messages/m", Value::Null).await.json();
    assert_eq!(message["status"], "SENDING", "an unknown message is one that is being sent");

    let mut stolen = one("DELIVERED");
    stolen["userId"] = json!("bob");
    let other = (409, json!({ "error": "The message belongs to another user" }));
    assert_eq!(tell(&world, "recipient-update", stolen).await, other);
}

#[tokio::test]
async fn a_full_batch_fits_into_one_call_and_repeating_it_changes_nothing() {
    let world = World::with_people().await;
    let long = |text: &str, bytes: usize| text.repeat(bytes);
    let updates: Vec<_> = (0..5000)
        .map(|number| {
            json!({ "recipientId": format!("{number:0128}"), "phone": long("4", 64), "email": long("e", 320),
                "name": long("n", 256), "status": "FAILED", "errorMessage": long("x", 512), "cost": 0.125 })
        })
        .collect();
    let updates = json!(updates);
    assert_eq!(tell_many(&world, updates.clone()).await, taken(5000, 0, 0, 5000, 5000));
    assert_eq!(tell_many(&world, updates).await, taken(0, 5000, 0, 5000, 5000));
    let message = world.app("GET", "/internal/tracking/messages/m", Value::Null).await.json();
    assert_eq!((&message["cost"], &message["counts"]["failed"]), (&json!(625.0), &json!(5000)));
}

#[tokio::test]
async fn of_several_for_one_recipient_the_last_counts() {
    let world = World::with_people().await;
    let of = |id: &str, status: &str| json!({ "recipientId": id, "status": status });
    let updates = json!([of("a", "SENT"), of("b", "SENT"), of("a", "DELIVERED")]);
    assert_eq!(tell_many(&world, updates).await, taken(2, 1, 2, 0, 2));
}

#[tokio::test]
async fn a_wrong_entry_is_named_and_nothing_of_the_batch_is_taken() {
    let world = World::with_people().await;
    let sound = json!({ "recipientId": "a", "status": "SENT" });
    let statuses = "must be one of PENDING, SENDING, SENT, FAILED, BOUNCED, DELIVERED";
    for (entry, field, what) in [
        (json!({ "status": "SENT" }), "updates[1].recipientId", "is required"),
        (json!({ "recipientId": "b" }), "updates[1].status", "is required"),
        (json!({ "recipientId": "b", "status": "sent" }), "updates[1].status", statuses),
        (json!({ "recipientId": "b", "status": 7 }), "updates[1].status", "must be a string"),
        (
            json!({ "recipientId": "a b", "status": "SENT" }),
            "updates[1].recipientId",
            "must be an id: a string of 1 to 128 bytes without white space",
        ),
        (
            json!({ "recipientId": "b", "status": "SENT", "cost": "1" }),
            "updates[1].cost",
            "must be a number",
        ),
        (
            json!({ "recipientId": "b", "status": "SENT", "cost": -1 }),
            "updates[1].cost",
            "must be a number of at least 0",
        ),
        (
            json!({ "recipientId": "b", "status": "SENT", "phone": "4".repeat(65) }),
            "updates[1].phone",
            "must have at most 64 bytes",
        ),
        (json!("b"), "updates[1]", "must be an object"),
        (Value::Null, "updates[1]", "must be an object"),
    ] {
        let refused = (400, json!({ "error": format!("{field} {what}"), "field": field }));
        assert_eq!(tell_many(&world, json!([sound, entry])).await, refused);
    }
    let text = "updates must have at most 5000 entries";
    let too_many = (400, json!({ "error": text, "field": "updates" }));
    assert_eq!(tell_many(&world, json!(vec![sound; 5001])).await, too_many);
    let wrong = (400, json!({ "error": "updates must be an array", "field": "updates" }));
    assert_eq!(tell_many(&world, json!("x")).await, wrong);
    let unknown = world.app("GET", "/internal/tracking/messages/m", Value::Null).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn several_updates_of_one_batch_call_are_answered_apart() {
    let world = World::with_people().await;
    let update = |owner: &str| {
        let body =
            json!({ "userId": owner, "messageId": "m", "recipientId": "r", "status": "SENT" });
        json!({ "path": "/internal/tracking/recipient-update", "body": body })
    };
    let calls = json!({ "calls": [update("ann"), update("bob")] });
    let answer = world.app("POST", "/internal/batch", calls).await.json();
    assert_eq!(answer["results"][0]["body"]["changed"], 1);
    assert_eq!(answer["results"][1]["status"], 409);
}

#[tokio::test]
async fn an_empty_batch_shows_how_the_message_stands_and_changes_nothing() {
    let world = World::with_people().await;
    assert_eq!(tell_many(&world, json!([])).await, taken(0, 0, 0, 0, 0));
    let unknown = world.app("GET", "/internal/tracking/messages/m", Value::Null).await;
    assert_eq!(unknown.status, 404);
    let updates = json!([{ "recipientId": "a", "status": "SENT" }, { "recipientId": "b", "status": "FAILED" }]);
    assert_eq!(tell_many(&world, updates).await, taken(2, 0, 1, 1, 2));
    assert_eq!(tell_many(&world, json!([])).await, taken(0, 0, 1, 1, 2));
    let stolen = json!({ "userId": "bob", "messageId": "m", "updates": [] });
    assert_eq!(tell(&world, "recipient-updates", stolen).await.0, 409);
}
