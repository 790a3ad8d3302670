//! What the app tells of notifications and messages in the words of `contracts/social.md` section 5.

use serde_json::{Value, json};

use crate::{social_messages::say, world::World};

async fn notify(world: &World, body: Value) -> (u16, Value) {
    world.app("POST", "/internal/notify", body).await.both()
}

async fn latest(world: &World, name: &str) -> Value {
    world.get(name, "/social/api/notifications?limit=1").await.json()["notifications"][0].clone()
}

#[tokio::test]
async fn a_notification_says_who_caused_it_and_which_post_it_is_about() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/bob", json!({ "name": "Bob" })).await;
    world.events();
    let (status, answer) = notify(
        &world,
        json!({ "userId": "ann", "type": "new_reaction", "message": "Bob reacted to your post", "fromUser": "bob",
            "postId": "p1", "metadata": { "reactionType": "like" } }),
    )
    .await;
    assert_eq!(status, 200);
    let id = answer["notificationId"].clone();
    assert_eq!(
        answer,
        json!({ "success": true, "stored": true, "notificationId": id, "unreadCount": 1 })
    );
    let now = world.now();
    assert_eq!(
        latest(&world, "ann").await,
        json!({ "_id": id, "userId": "ann", "type": "new_reaction", "postId": "p1", "isRead": false,
            "fromUser": { "_id": "bob", "username": "Bob", "profileImage": null },
            "message": "Bob reacted to your post", "metadata": { "reactionType": "like" },
            "createdAt": now, "updatedAt": now })
    );
    let events = world.events();
    assert!(events[0].contains(r#"title: "New Reaction""#), "{events:?}");
}

#[tokio::test]
async fn a_title_is_the_apps_the_kinds_or_the_kind_itself() {
    let world = World::with_people().await;
    let cases = [
        (json!({ "type": "mention", "title": "Look" }), "Look"),
        (json!({ "type": "mention" }), "You were mentioned"),
        (json!({ "type": "new_follow" }), "New Follower"),
        (json!({ "type": "order_shipped" }), "order_shipped"),
    ];
    for (mut body, title) in cases {
        body["userId"] = json!("ann");
        body["message"] = json!("x");
        assert_eq!(notify(&world, body).await.0, 200);
        let list = world.get("ann", "/legacy/api/notifications?limit=1").await.json();
        assert_eq!(list["notifications"][0]["title"], title);
    }
}

#[tokio::test]
async fn what_is_too_much_or_said_twice_is_refused() {
    let world = World::with_people().await;
    let long = "ł".repeat(501);
    let cases = [
        (json!({ "type": "mention", "message": long }), "message"),
        (json!({ "type": "x", "message": "m", "data": 1, "metadata": {} }), "metadata"),
        (json!({ "type": "x", "message": "m", "metadata": [] }), "metadata"),
        (
            json!({ "type": "x", "message": "m", "metadata": { "a": "x".repeat(70_000) } }),
            "metadata",
        ),
        (json!({ "type": "x", "message": "m", "data": "x".repeat(70_000) }), "data"),
        (json!({ "type": "x", "message": "m", "postId": "x".repeat(257) }), "postId"),
        (json!({ "type": "x", "message": "m", "fromUser": "a b" }), "fromUser"),
        (json!({ "type": "x", "message": "m", "title": "" }), "title"),
        (json!({ "type": "x", "message": "" }), "message"),
    ];
    for (mut body, field) in cases {
        body["userId"] = json!("ann");
        let (status, answer) = notify(&world, body).await;
        assert_eq!((status, &answer["field"]), (400, &json!(field)), "{answer}");
    }
    // Other kinds may say more, and the contract's exactly so much.
    assert_eq!(
        notify(&world, json!({ "userId": "ann", "type": "x", "message": long })).await.0,
        200
    );
    let most = json!({ "userId": "ann", "type": "mention", "message": "ł".repeat(500) });
    assert_eq!(notify(&world, most).await.0, 200);
}

#[tokio::test]
async fn many_are_notified_in_one_call_each_once() {
    let world = World::with_people().await;
    let preferences = json!({ "preferences": { "system": false, "mention": false } });
    world.patch("bob", "/social/api/notifications/preferences", preferences).await;
    world.events();
    let many = async |kind: &str, key: Option<&str>| {
        let body =
            json!({ "userIds": ["ann", "root", "bob", "ann"], "type": kind, "message": "x" });
        world.app_with_key("POST", "/internal/notify-many", body, key).await.both()
    };
    let (status, answer) = many("mention", Some("k")).await;
    assert_eq!((status, &answer["stored"], &answer["refused"]), (200, &json!(2), &json!(1)));
    let ids = answer["notificationIds"].as_object().unwrap();
    assert_eq!(ids.keys().collect::<Vec<_>>(), ["ann", "root"]);
    assert_eq!(latest(&world, "ann").await["_id"], ids["ann"]);
    assert_eq!(world.told().len(), 4);
    // Under the same key it is the same call.
    assert_eq!(many("mention", Some("k")).await.1, answer);
    assert!(world.told().is_empty());
    assert_eq!(many("system", None).await.1["stored"], 3);

    let too_many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let body = json!({ "userIds": too_many, "type": "x", "message": "m" });
    let answer = world.app("POST", "/internal/notify-many", body).await;
    assert_eq!(
        answer.both(),
        (400, json!({ "error": "userIds must have at most 1000 ids", "field": "userIds" }))
    );
    let none = json!({ "userIds": [], "type": "x", "message": "m" });
    assert_eq!(
        world.app("POST", "/internal/notify-many", none).await.both(),
        (200, json!({ "success": true, "stored": 0, "refused": 0, "notificationIds": {} }))
    );
}

#[tokio::test]
async fn a_message_is_read_and_deleted_for_its_users() {
    let world = World::with_people().await;
    let id = say(&world, "ann", "bob", "x").await;
    world.events();
    let path = format!("/internal/messages/{id}/read");
    let read = async |reader: &str| {
        world.app("POST", &path, json!({ "readerId": reader, "seen": true })).await.both()
    };
    let answer =
        |new: bool| (200, json!({ "success": true, "newlyRead": new, "readAt": world.now() }));
    assert_eq!(read("bob").await, answer(true));
    let events = world.events();
    assert!(events[0].starts_with(r#"User("ann"): MessageRead"#), "{events:?}");
    assert!(events[0].contains("reading: Seen"), "{events:?}");
    assert_eq!(read("bob").await, answer(false));
    let text = "You can only mark messages sent to you as read";
    assert_eq!(read("ann").await, (403, json!({ "error": text })));
    let missing = (404, json!({ "error": "Message not found" }));
    let body = json!({ "readerId": "bob" });
    assert_eq!(world.app("POST", "/internal/messages/m/read", body).await.both(), missing);
    assert_eq!(world.app("POST", &path, json!({})).await.json()["error"], "readerId is required");
    assert!(world.told().is_empty());

    let path = format!("/internal/messages/{id}");
    let delete =
        async |sender: &str| world.app("DELETE", &path, json!({ "senderId": sender })).await;
    let text = "You can only delete your own messages";
    assert_eq!(delete("bob").await.both(), (403, json!({ "error": text })));
    let required = json!({ "error": "senderId is required", "field": "senderId" });
    assert_eq!(world.app("DELETE", &path, Value::Null).await.both(), (400, required.clone()));
    let wrong = world.app("DELETE", &format!("{path}?senderId=a%20b"), Value::Null).await;
    assert_eq!(wrong.both(), (400, required));
    assert_eq!(delete("ann").await.both(), (200, json!({ "success": true })));
    assert_eq!(world.told(), [r#"Users(["ann", "bob"]) MessageDeleted"#]);
    assert_eq!(delete("ann").await.both(), missing);

    let id = say(&world, "ann", "bob", "y").await;
    let in_query = format!("/internal/messages/{id}?senderId=ann");
    assert_eq!(world.app("DELETE", &in_query, Value::Null).await.status.as_u16(), 200);
}
