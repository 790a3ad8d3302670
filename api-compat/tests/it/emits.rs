//! The app's events reach whom they are for.

use outrigger_domain::ports::FeedStore as _;
use serde_json::{Value, json};

use crate::world::{SECRET, World};

fn emitted() -> (u16, Value) {
    (200, json!({ "success": true, "reached": { "sockets": 2, "devices": 1 } }))
}

#[tokio::test]
async fn an_event_goes_to_the_audience_of_its_route() {
    let world = World::with_people().await;
    let cases = [
        ("send-to-user", json!({ "userId": "ann" }), "User(\"ann\")"),
        ("send-to-users", json!({ "userIds": ["ann", "bob"] }), "Users([\"ann\", \"bob\"])"),
        ("send-to-role", json!({ "role": "seller" }), "Role(Staff)"),
        ("send-to-room", json!({ "room": "chat_a_b" }), "Chat(\"a_b\")"),
        ("send-to-room", json!({ "room": "user_ann" }), "User(\"ann\")"),
        ("send-to-room", json!({ "room": "product:7" }), "Chat(\":product:7\")"),
        ("send-to-room", json!({ "room": "role:seller" }), "Role(Staff)"),
        ("send-to-room", json!({ "room": "lobby", "contract": "commerce" }), "Chat(\":lobby\")"),
        ("send-to-all", json!({}), "All"),
        ("send-to-all", json!({ "except": ["bob"] }), "Except { of: All, users: [\"bob\"] }"),
    ];
    for (route, mut body, audience) in cases {
        body["event"] = json!("hello");
        body["data"] = json!({ "n": 1 });
        let answer = world.app("POST", &format!("/internal/{route}"), body).await;
        assert_eq!(answer.both(), emitted(), "{route}");
        let events = world.events();
        assert!(events[0].starts_with(&format!("{audience}: Custom")), "{route}: {events:?}");
        assert!(events[0].contains("hello") && events[0].contains(r#"{"n":1}"#), "{events:?}");
    }
}

#[tokio::test]
async fn the_short_way_answers_as_the_long_one() {
    let world = World::with_people().await;
    let bearer = format!("Bearer {SECRET}");
    let secret = [("authorization", bearer.as_str())];
    let mut taken = 0;
    for (route, body) in [
        ("send-to-user", r#"{"userId":"ann","event":"e","data":[1,"ä"]}"#),
        ("send-to-user", r#"{"userId":"ann","event":"e","durable":true}"#),
        ("send-to-user", r#"{"userId":"ann"}"#),
        ("send-to-user", r#"{"userId":"a b","event":"e"}"#),
        ("send-to-user", r#"{"userId":"ann","event":"connect"}"#),
        ("send-to-user", r#"{"userId":"ann","event":"e","namespace":"auth"}"#),
        ("send-to-user", "nonsense"),
        ("send-to-user", ""),
        ("send-to-users", r#"{"userIds":["ann","bob"],"event":"e"}"#),
        ("send-to-users", r#"{"userIds":"ann","event":"e"}"#),
        ("send-to-room", r#"{"room":"chat_a_b","event":"e"}"#),
        ("send-to-room", r#"{"room":"attic","event":"e"}"#),
        ("send-to-all", r#"{"event":"e","except":["bob"]}"#),
        ("send-to-all", r#"{"event":"e","durable":true}"#),
    ] {
        let target = format!("/internal/{route}");
        let short = world.short("POST", &target, &secret, body).await.expect("the short way");
        let told = world.events();
        let long = world.long("POST", &target, &secret, body).await;
        assert_eq!((short.status, &short.bytes), (long.status, &long.bytes), "{route} {body}");
        assert_eq!(short.headers.get("content-type"), long.headers.get("content-type"));
        assert_eq!(told, world.events(), "{route} {body}");
        taken += usize::from(short.status == 200);
    }
    assert_eq!(taken, 5);
}

#[tokio::test]
async fn the_short_way_is_for_the_app_and_plain_calls_alone() {
    let world = World::with_people().await;
    let (bearer, body) = (format!("Bearer {SECRET}"), r#"{"userId":"ann","event":"e"}"#);
    let secret = ("authorization", bearer.as_str());
    let target = "/internal/send-to-user";
    let there = world.short("POST", target, &[("x-internal-secret", SECRET)], body).await;
    assert_eq!(there.expect("the other header").status, 200);
    for (method, target, headers) in [
        ("POST", target, vec![]),
        ("POST", target, vec![("authorization", "Bearer wrong")]),
        ("POST", target, vec![("x-internal-secret", "")]),
        ("POST", target, vec![secret, ("idempotency-key", "k")]),
        ("GET", target, vec![secret]),
        ("POST", "/internal/send-to-user?x", vec![secret]),
        ("POST", "/internal/send-to-user/", vec![secret]),
        ("POST", "/internal/revoke", vec![secret]),
    ] {
        let short = world.short(method, target, &headers, body).await;
        assert!(short.is_none(), "{method} {target} {headers:?}");
    }
}

#[tokio::test]
async fn a_namespace_and_a_contract_narrow_it() {
    let world = World::with_people().await;
    let body = json!({ "userId": "ann", "event": "e", "namespace": "/auth", "contract": "legacy" });
    assert_eq!(world.app("POST", "/internal/send-to-user", body).await.both(), emitted());
    let events = world.events();
    assert!(
        events[0].contains("Some(\"/auth\")") && events[0].contains("Some(\"legacy\")"),
        "{events:?}"
    );
    let body = json!({ "userId": "ann", "event": "e", "namespace": "auth" });
    assert_eq!(
        world.app("POST", "/internal/send-to-user", body).await.json()["field"],
        "namespace"
    );
}

#[tokio::test]
async fn a_durable_event_is_in_the_feeds_of_its_users_and_of_nobody_else() {
    let world = World::with_people().await;
    let head = async |name: &str| {
        world.store.feed_after(&crate::world::user(name), 0, 10).await.unwrap().head
    };
    let to_ann = json!({ "userId": "ann", "event": "order", "data": { "n": 1 }, "durable": true });
    assert_eq!(world.app("POST", "/internal/send-to-user", to_ann.clone()).await.both(), emitted());
    let both = json!({ "userIds": ["ann", "bob"], "event": "order", "durable": true });
    assert_eq!(world.app("POST", "/internal/send-to-users", both).await.both(), emitted());
    let room = json!({ "room": "user_ann", "event": "order", "durable": true });
    assert_eq!(world.app("POST", "/internal/send-to-room", room).await.both(), emitted());
    let calls = json!({ "calls": [{ "path": "/internal/send-to-user", "body": to_ann }] });
    world.app("POST", "/internal/batch", calls).await;
    assert_eq!((head("ann").await, head("bob").await), (4, 1));
    assert_eq!(world.events().len(), 4, "those who are there get it at once");

    let passing = json!({ "userId": "ann", "event": "order", "durable": false });
    assert_eq!(world.app("POST", "/internal/send-to-user", passing).await.both(), emitted());
    assert_eq!(head("ann").await, 4);
    world.events();

    for (route, mut body) in [
        ("send-to-room", json!({ "room": "chat_x" })),
        ("send-to-role", json!({ "role": "admin" })),
        ("send-to-all", json!({})),
    ] {
        (body["event"], body["durable"]) = (json!("order"), json!(true));
        let answer = world.app("POST", &format!("/internal/{route}"), body).await;
        let error = json!({ "error": "only events to users can be durable", "field": "durable" });
        assert_eq!(answer.both(), (400, error), "{route}");
    }
    let wrong = json!({ "userId": "ann", "event": "order", "durable": "yes" });
    let answer = world.app("POST", "/internal/send-to-user", wrong).await;
    assert_eq!(
        answer.json(),
        json!({ "error": "durable must be true or false", "field": "durable" })
    );
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_name() {
    let world = World::with_people().await;
    let cases = [
        ("send-to-user", json!({ "userId": "ann", "event": "connect" }), 400, "event"),
        ("send-to-user", json!({ "userId": "ann", "event": "" }), 400, "event"),
        (
            "send-to-user",
            json!({ "userId": "ann", "event": "e", "data": "x".repeat(5000) }),
            413,
            "data",
        ),
        ("send-to-role", json!({ "role": "amdin", "event": "e" }), 400, "role"),
        ("send-to-room", json!({ "room": "ann", "event": "e" }), 400, "room"),
        ("send-to-room", json!({ "room": "chat_", "event": "e" }), 400, "room"),
    ];
    for (route, body, status, field) in cases {
        let answer = world.app("POST", &format!("/internal/{route}"), body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["field"].clone()),
            (status, json!(field)),
            "{route}"
        );
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn messages_and_alerts_of_the_app() {
    let world = World::with_people().await;
    let message =
        json!({ "senderId": "ann", "receiverId": "bob", "text": "hi", "clientMessageId": "1" });
    let sent = world.app("POST", "/internal/messages", message.clone()).await;
    let again = world.app("POST", "/internal/messages", message).await;
    assert_eq!((sent.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(sent.json()["text"], "hi");
    assert_eq!(sent.json()["_id"], again.json()["_id"]);
    assert_eq!(world.events().len(), 2);

    let nobody = json!({ "senderId": "ann", "receiverId": "nobody", "text": "hi" });
    let refused = world.app("POST", "/internal/messages", nobody).await;
    assert_eq!(refused.both(), (404, json!({ "error": "Receiver not found" })));

    let alert = json!({ "userId": "ann", "data": { "from": "bob", "content": "hi" } });
    assert_eq!(world.app("POST", "/internal/notify-new-message", alert).await.both(), emitted());
    assert!(world.events()[0].contains("MessageAlert"));

    let typing = json!({ "from": "ann", "to": "bob", "isTyping": true });
    let answer = world.app("POST", "/internal/typing", typing).await;
    let nobody = json!({ "success": true, "reached": { "sockets": 0, "devices": 0 } });
    assert_eq!(answer.both(), (200, nobody), "bob is not there to be told");
}

#[tokio::test]
async fn presence_and_connections() {
    let world = World::with_people().await;
    let device = outrigger_domain::ids::DeviceId::new("d").unwrap();
    world.presence.enter(&crate::world::user("ann"), &device);
    assert_eq!(
        world.app("POST", "/internal/emit-online-users", Value::Null).await.both(),
        emitted()
    );
    assert_eq!(world.events(), ["All: OnlineUsers([\"ann\"])"]);
    let online = world.app("GET", "/internal/online", Value::Null).await;
    assert_eq!(online.json(), json!({ "onlineUsers": ["ann"], "count": 1 }));
    let one = world.app("GET", "/internal/users/bob/online", Value::Null).await;
    assert_eq!(one.json(), json!({ "userId": "bob", "isOnline": false }));
    let many =
        world.app("POST", "/internal/online-status", json!({ "userIds": ["ann", "bob"] })).await;
    assert_eq!(many.json(), json!({ "statuses": { "ann": true, "bob": false } }));
    let open = world.app("GET", "/internal/users/ann/connections", Value::Null).await;
    assert_eq!(
        open.json(),
        json!({ "userId": "ann", "connections": 1, "devices": [{ "deviceId": "browser", "socketCount": 1,
            "sockets": [{ "path": "/api/socket", "namespace": "/", "transport": "websocket" }] }],
            "socketIds": ["conn_7"] })
    );
    let totals = world.app("GET", "/internal/connections", Value::Null).await;
    assert_eq!(
        totals.json(),
        json!({ "connectedUsers": 1, "totalConnections": 1, "totalSockets": 1 })
    );
}

#[tokio::test]
async fn rooms_have_the_members_that_the_app_names() {
    let world = World::with_people().await;
    let members = json!({ "userIds": ["ann", "bob"] });
    let granted = world.app("POST", "/internal/rooms/chat_x/grant", members).await;
    assert_eq!(granted.both(), (200, json!({ "success": true })));
    let room = world.app("GET", "/internal/rooms/chat_x/members", Value::Null).await.json();
    assert_eq!(room, json!({ "room": "chat_x", "members": ["ann", "bob"], "present": ["ann"] }));
    let revoked = world
        .app("POST", "/internal/rooms/chat_x/revoke", json!({ "userIds": ["bob", "root"] }))
        .await;
    assert_eq!(revoked.json(), json!({ "success": true, "revoked": 1 }));
    assert!(world.events()[0].contains("ChatLeft(\"x\")"));
    let text = "room must be chat_<id>, <prefix>:<id>, or a room of the contract that is named; not of a user or a role";
    let wrong = world.app("GET", "/internal/rooms/x/members", Value::Null).await;
    assert_eq!(wrong.both(), (400, json!({ "error": text, "field": "room" })));
}
