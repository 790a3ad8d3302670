//! What the app tells of messages sent to many as a whole, and of figures (`contracts/tracking.md` section 5).

use serde_json::{Value, json};

use crate::world::World;

async fn tell(world: &World, route: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/tracking/{route}"), body).await.both()
}

fn other_owner() -> (u16, Value) {
    (409, json!({ "error": "The message belongs to another user" }))
}

#[tokio::test]
async fn a_message_is_registered_once_for_its_first_owner() {
    let world = World::with_people().await;
    let whole = json!({ "messageId": "m", "userId": "ann", "subject": "Hi", "content": "text", "messageType": "EMAIL",
        "templateId": "t", "totalRecipients": 7, "status": "SCHEDULED", "scheduledAt": "2026-01-02T03:04:05Z" });
    let (status, answer) = tell(&world, "messages", whole).await;
    let at = world.now();
    let none =
        json!({ "pending": 0, "sending": 0, "sent": 0, "delivered": 0, "failed": 0, "bounced": 0 });
    let message = json!({ "id": "m", "userId": "ann", "subject": "Hi", "content": "text", "messageType": "EMAIL",
        "status": "SCHEDULED", "scheduledAt": "2026-01-02T03:04:05.000Z", "totalRecipients": 7, "successCount": 0,
        "failedCount": 0, "counts": none, "templateId": "t", "createdAt": at, "updatedAt": at });
    assert_eq!((status, answer), (200, json!({ "success": true, "message": message.clone() })));
    assert!(world.told().is_empty());
    assert_eq!(
        world.app("GET", "/internal/tracking/messages/m", Value::Null).await.both(),
        (200, message)
    );

    // More is told of it; what is absent or empty stays.
    let more = json!({ "messageId": "m", "userId": "ann", "totalRecipients": 9, "subject": "" });
    let answer = tell(&world, "messages", more).await.1;
    assert_eq!(answer["message"]["totalRecipients"], 9);
    assert_eq!(answer["message"]["subject"], "Hi");
    let stolen = json!({ "messageId": "m", "userId": "bob" });
    assert_eq!(tell(&world, "messages", stolen).await, other_owner());
    for id in ["none", "a%20b"] {
        let path = format!("/internal/tracking/messages/{id}");
        let missing = (404, json!({ "error": "Message not found" }));
        assert_eq!(world.app("GET", &path, Value::Null).await.both(), missing);
    }
}

#[tokio::test]
async fn an_update_tells_the_owner_once_and_never_leads_back() {
    let world = World::with_people().await;
    let update = |status: &str| json!({ "userId": "ann", "messageId": "m", "status": status, "successCount": 3, "failedCount": 1, "cost": 0.5 });
    let (status, answer) = tell(&world, "message-update", update("SENT")).await;
    assert_eq!((status, &answer["success"], &answer["changed"]), (200, &json!(true), &json!(true)));
    let message = &answer["message"];
    assert_eq!(
        (&message["status"], &message["successCount"], &message["failedCount"], &message["cost"]),
        (&json!("SENT"), &json!(3), &json!(1), &json!(0.5))
    );
    let told = world.told();
    assert!(
        told[0].starts_with(r#"Tracked { owner: "ann", message: "m" } TrackedMessage"#),
        "{told:?}"
    );
    assert_eq!(told[1..], [r#"User("ann") Notification"#, r#"User("ann") UnreadCount"#]);
    let listed =
        world.ask("ann", "GET", "/tracking/api/socket/notifications", Value::Null).await.json();
    let notification = &listed["notifications"][0];
    assert_eq!(
        (&notification["type"], &notification["message"]),
        (&json!("message_sent"), &json!("Message sent"))
    );
    assert_eq!(notification["data"]["messageId"], "m");

    for status in ["SENT", "SENDING", "DRAFT"] {
        let (_, answer) = tell(&world, "message-update", update(status)).await;
        assert_eq!(
            (&answer["changed"], &answer["message"]["status"]),
            (&json!(false), &json!("SENT")),
            "{status}"
        );
    }
    assert!(world.told().is_empty());
    let stolen = json!({ "userId": "bob", "messageId": "m", "status": "FAILED" });
    assert_eq!(tell(&world, "message-update", stolen).await, other_owner());
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let world = World::with_people().await;
    let statuses =
        "status must be one of DRAFT, SCHEDULED, SENDING, SENT, FAILED, DELIVERED, CANCELLED";
    let with = |field: &str, value: Value| {
        let mut body = json!({ "userId": "ann", "messageId": "m", "status": "SENT" });
        body[field] = value;
        body
    };
    for (route, body, field, text) in [
        ("messages", json!({ "userId": "ann" }), "messageId", "messageId is required"),
        ("messages", with("status", json!("sent")), "status", statuses),
        (
            "messages",
            with("scheduledAt", json!("now")),
            "scheduledAt",
            "scheduledAt must be an RFC 3339 time",
        ),
        (
            "messages",
            with("totalRecipients", json!(-1)),
            "totalRecipients",
            "totalRecipients must be a whole number of at least 0",
        ),
        (
            "messages",
            with("totalRecipients", json!(9_007_199_254_740_992_u64)),
            "totalRecipients",
            "totalRecipients must be at most 9007199254740991",
        ),
        (
            "messages",
            with("content", json!("x".repeat(16_385))),
            "content",
            "content must have at most 16384 bytes",
        ),
        ("messages", with("messageType", json!(7)), "messageType", "messageType must be a string"),
        (
            "message-update",
            json!({ "userId": "ann", "messageId": "m" }),
            "status",
            "status is required",
        ),
        ("message-update", with("status", json!("BOUNCED")), "status", statuses),
        ("message-update", with("cost", json!("1")), "cost", "cost must be a number"),
        (
            "message-update",
            with("cost", json!(-0.5)),
            "cost",
            "cost must be a number of at least 0",
        ),
        (
            "message-update",
            with("successCount", json!(1.5)),
            "successCount",
            "successCount must be a whole number of at least 0",
        ),
    ] {
        assert_eq!(
            tell(&world, route, body).await,
            (400, json!({ "error": text, "field": field }))
        );
    }
    let unknown = world.app("GET", "/internal/tracking/messages/m", Value::Null).await;
    assert_eq!(unknown.status, 404, "nothing of it was taken");
}

#[tokio::test]
async fn figures_of_the_app_stand_until_something_changes() {
    let world = World::with_people().await;
    let data = json!({ "totalMessages": 12, "own": ["x"] });
    let give = json!({ "userId": "ann", "type": "message_stats", "data": data });
    assert_eq!(tell(&world, "analytics", give.clone()).await, (200, json!({ "success": true })));
    let shown = async || {
        let path = "/tracking/api/socket/analytics/message_stats";
        world.ask("ann", "GET", path, Value::Null).await.json()["data"].clone()
    };
    assert_eq!(shown().await, data);
    let other = json!({ "type": "message_stats", "data": { "totalMessages": 99 } });
    assert_eq!(tell(&world, "global-analytics", other).await, (200, json!({ "success": true })));
    assert_eq!(shown().await, data, "those of everyone are not hers");
    tell(&world, "messages", json!({ "userId": "ann", "messageId": "m" })).await;
    assert_eq!(shown().await["totalMessages"], 1);

    let kinds = "type must be one of dashboard_stats, message_stats, usage_stats";
    for (body, field, text) in [
        (json!({ "userId": "ann", "type": "other", "data": 1 }), "type", kinds),
        (json!({ "userId": "ann", "type": "usage_stats" }), "data", "data is required"),
        (json!({ "type": "usage_stats", "data": 1 }), "userId", "userId is required"),
        (
            json!({ "userId": "ann", "type": "usage_stats", "data": "x".repeat(65_536) }),
            "data",
            "data must have at most 65536 bytes",
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(tell(&world, "analytics", body).await, refused);
    }
}

#[tokio::test]
async fn everyone_is_told_and_pinged() {
    let world = World::with_people().await;
    let reached = (200, json!({ "success": true, "reached": { "sockets": 2, "devices": 1 } }));
    let words =
        json!({ "title": "Soon", "message": "We close", "data": { "at": 5 }, "read": false });
    assert_eq!(tell(&world, "broadcast", words).await, reached);
    let told = world.events();
    assert!(
        told[0].starts_with("All: Announcement") && told[0].contains(r#"kind: "system""#),
        "{told:?}"
    );
    assert_eq!(tell(&world, "ping", json!({})).await, reached);
    assert_eq!(world.told(), ["All PingAll"]);
    let empty = json!({ "title": "", "message": "m" });
    let text = "title must have 1 to 1024 bytes";
    assert_eq!(
        tell(&world, "broadcast", empty).await,
        (400, json!({ "error": text, "field": "title" }))
    );
}
