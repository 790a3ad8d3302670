//! Single messages over the REST of `contracts/social.md`.

use serde_json::{Value, json};

use crate::world::{Answer, World};

pub(crate) async fn say(world: &World, from: &str, to: &str, text: &str) -> String {
    let body = json!({ "receiverId": to, "message": text });
    let answer = world.post(from, "/social/api/messages", body).await;
    assert_eq!(answer.status.as_u16(), 201, "{:?}", answer.json());
    answer.json()["data"]["_id"].as_str().unwrap().to_owned()
}

fn failure(status: u16, error: &str) -> (u16, Value) {
    (status, json!({ "status": "failure", "error": error }))
}

async fn with_names() -> World {
    let world = World::with_people().await;
    let ann = json!({ "name": "Ann", "profileImage": "https://example.com/ann.png" });
    assert_eq!(world.app("PUT", "/internal/users/ann", ann).await.status.as_u16(), 200);
    world.events();
    world
}

#[tokio::test]
async fn a_message_is_stored_told_to_both_and_noted_for_its_receiver() {
    let world = with_names().await;
    let body = json!({ "receiverId": "bob", "message": "  hello\n" });
    let answer = world.post("ann", "/social/api/messages", body).await;
    let id = answer.json()["data"]["_id"].clone();
    let now = world.now();
    let document = json!({
        "_id": id,
        "sender": { "_id": "ann", "username": "Ann", "profileImage": "https://example.com/ann.png" },
        "receiver": { "_id": "bob", "username": null, "profileImage": null },
        "message": "hello", "isRead": false, "seenBy": [], "createdAt": now, "updatedAt": now,
    });
    let sent =
        json!({ "status": "success", "message": "Message sent successfully", "data": document });
    assert_eq!(answer.both(), (201, sent));
    assert_eq!(
        world.told(),
        [
            r#"User("bob") MessageReceived"#,
            r#"User("ann") MessageSent"#,
            r#"User("bob") Notification"#,
            r#"User("bob") UnreadCount"#,
        ]
    );
    let notifications = world.get("bob", "/social/api/notifications").await.json();
    assert_eq!(
        notifications["notifications"][0],
        json!({
            "_id": notifications["notifications"][0]["_id"], "userId": "bob", "type": "new_message",
            "fromUser": { "_id": "ann", "username": "Ann", "profileImage": "https://example.com/ann.png" },
            "message": "Ann sent you a message", "isRead": false, "metadata": { "messageId": id },
            "createdAt": now, "updatedAt": now,
        })
    );
}

#[tokio::test]
async fn the_same_text_twice_is_two_messages_but_the_same_client_id_is_one() {
    let world = World::with_people().await;
    assert_ne!(say(&world, "ann", "bob", "x").await, say(&world, "ann", "bob", "x").await);
    let body = json!({ "receiverId": "bob", "message": "x", "clientMessageId": "c1" });
    let first = world.post("ann", "/social/api/messages", body.clone()).await;
    world.events();
    let again = world.post("ann", "/social/api/messages", body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.json()["data"]["clientMessageId"], "c1");
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn refusals_use_the_texts_of_the_contract() {
    let world = World::with_people().await;
    let send = async |to: &str| {
        let body = json!({ "receiverId": to, "message": "x" });
        world.post("ann", "/social/api/messages", body).await.both()
    };
    assert_eq!(send("ann").await, failure(400, "You cannot send a message to yourself"));
    assert_eq!(send("nobody").await, failure(404, "Receiver not found"));
    let id = say(&world, "ann", "bob", "x").await;
    world.events();
    let call = async |name: &str, method: &str, path: String| -> (u16, Value) {
        let answer: Answer = world.call(name, method, &format!("/social{path}"), None).await;
        answer.both()
    };
    for (method, path) in [
        ("PATCH", "/api/messages/nothing/read"),
        ("PATCH", "/api/messages/nothing/seen"),
        ("PATCH", "/api/messages/a%20b/read"),
        ("DELETE", "/api/messages/nothing"),
        ("DELETE", "/api/messages/%ff"),
    ] {
        let answer = call("ann", method, path.to_owned()).await;
        assert_eq!(answer, failure(404, "Message not found"), "{path}");
    }
    let not_yours = failure(403, "You can only mark messages sent to you as read");
    for name in ["ann", "root"] {
        assert_eq!(call(name, "PATCH", format!("/api/messages/{id}/read")).await, not_yours);
        assert_eq!(call(name, "PATCH", format!("/api/messages/{id}/seen")).await, not_yours);
    }
    let not_yours = failure(403, "You can only delete your own messages");
    assert_eq!(call("bob", "DELETE", format!("/api/messages/{id}")).await, not_yours);
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let world = World::with_people().await;
    let send = async |body: Value| world.post("ann", "/social/api/messages", body).await.both();
    let wrong = |errors: Value| (400, json!({ "message": "validation error", "errors": errors }));
    assert_eq!(
        send(json!({})).await,
        wrong(json!([
            { "field": "receiverId", "message": "\"receiverId\" is required", "type": "any.required" },
            { "field": "message", "message": "\"message\" is required", "type": "any.required" },
        ]))
    );
    assert_eq!(
        send(json!({ "receiverId": "a b", "message": "  ", "clientMessageId": 7 })).await,
        wrong(json!([
            { "field": "receiverId", "message": "\"receiverId\" is not a valid id", "type": "any.invalid" },
            { "field": "message", "message": "\"message\" is not allowed to be empty", "type": "string.empty" },
            { "field": "clientMessageId", "message": "\"clientMessageId\" must be a string", "type": "string.base" },
        ]))
    );
    assert_eq!(
        send(json!({ "receiverId": 7, "message": "ł".repeat(1001) })).await,
        wrong(json!([
            { "field": "receiverId", "message": "\"receiverId\" must be a string", "type": "string.base" },
            { "field": "message", "type": "string.max",
              "message": "\"message\" length must be less than or equal to 1000 characters long" },
        ]))
    );
    assert!(world.told().is_empty());
    say(&world, "ann", "bob", &"ł".repeat(1000)).await;
}

#[tokio::test]
async fn reading_tells_the_sender_once_and_seeing_in_words_of_its_own() {
    let world = World::with_people().await;
    let read = say(&world, "ann", "bob", "1").await;
    let seen = say(&world, "ann", "bob", "2").await;
    world.events();
    for told in [1, 0] {
        let path = format!("/social/api/messages/{read}/read");
        let answer = world.patch("bob", &path, Value::Null).await;
        let text = json!({ "status": "success", "message": "Message marked as read" });
        assert_eq!(answer.both(), (200, text));
        let events = world.events();
        assert_eq!(events.len(), told);
        assert!(events.iter().all(|event| event.starts_with(r#"User("ann"): MessageRead"#)));
        assert!(events.iter().all(|event| event.contains("reading: Read")), "{events:?}");
    }
    for told in [1, 0] {
        let path = format!("/social/api/messages/{seen}/seen");
        let answer = world.patch("bob", &path, Value::Null).await;
        let seen_by = json!([{ "userId": "bob", "seenAt": world.now() }]);
        assert_eq!(
            answer.both(),
            (
                200,
                json!({ "status": "success", "message": "Message marked as seen", "seenBy": seen_by,
                    "isRead": true })
            )
        );
        let events = world.events();
        assert_eq!(events.len(), told);
        assert!(events.iter().all(|event| event.contains("reading: Seen")), "{events:?}");
    }
}

#[tokio::test]
async fn deleting_is_the_senders_and_both_sides_hear_of_it() {
    let world = World::with_people().await;
    let id = say(&world, "ann", "bob", "x").await;
    world.events();
    let path = format!("/social/api/messages/{id}");
    let answer = world.delete("ann", &path).await;
    let text = json!({ "status": "success", "message": "Message deleted successfully" });
    assert_eq!(answer.both(), (200, text));
    assert_eq!(world.told(), [r#"Users(["ann", "bob"]) MessageDeleted"#]);
    assert_eq!(world.delete("ann", &path).await.both(), failure(404, "Message not found"));
    let page = world.get("bob", "/social/api/messages/ann").await.json();
    assert_eq!(page["messages"], json!([]));
}
