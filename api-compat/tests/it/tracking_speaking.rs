//! Presence, notifications and announcements (`contracts/tracking.md` section 4).

use outrigger_domain::ids::DeviceId;
use serde_json::{Value, json};

use crate::world::{World, user};

const BASE: &str = "/tracking/api/socket";

fn enter(world: &World, name: &str, device: &str) {
    world.presence.enter(&user(name), &DeviceId::new(device).unwrap());
}

#[tokio::test]
async fn who_is_online_is_listed_for_admins_and_counted_for_everyone() {
    let world = World::with_people().await;
    for (name, device) in [("ann", "phone"), ("ann", "laptop"), ("ann", "laptop"), ("bob", "tv")] {
        enter(&world, name, device);
    }
    let stats = async |name| world.ask(name, "GET", &format!("{BASE}/stats"), Value::Null).await;
    let ann = json!({ "userId": "ann", "socketCount": 3 });
    let bob = json!({ "userId": "bob", "socketCount": 1 });
    let answer = |users: Value| {
        (200, json!({ "totalConnections": 1, "uniqueUsers": 2, "userConnections": users }))
    };
    assert_eq!(stats("root").await.both(), answer(json!([ann, bob])));
    assert_eq!(stats("ann").await.both(), answer(json!([ann])));
    assert_eq!(stats("cid").await.both(), answer(json!([])));

    let online = async |path: &str| {
        world.ask("cid", "GET", &format!("{BASE}/user/{path}/online"), Value::Null).await.both()
    };
    let now = world.now();
    let one = |user: &str, online: bool| {
        (200, json!({ "userId": user, "isOnline": online, "timestamp": now }))
    };
    assert_eq!(online("ann").await, one("ann", true));
    assert_eq!(online("cid").await, one("cid", false));
    // Two in a minute are allowed here.
    assert_eq!(online("bob").await.0, 429);
    let answer = world.ask("ann", "GET", &format!("{BASE}/user/a%20b/online"), Value::Null).await;
    assert_eq!(answer.both(), (400, json!({ "error": "Invalid user ID" })));

    world.presence.hide(&user("ann"), true);
    let count = world.ask("cid", "GET", &format!("{BASE}/online-count"), Value::Null).await;
    assert_eq!(count.both(), (200, json!({ "onlineUsers": 1, "timestamp": now })));
    assert_eq!(stats("root").await.json()["userConnections"], json!([bob]));
}

#[tokio::test]
async fn a_user_notifies_oneself_and_an_admin_anyone() {
    let world = World::with_people().await;
    let notify = async |by: &str, whom: &str, body: Value| {
        world.ask(by, "POST", &format!("{BASE}/notify/{whom}"), body).await.both()
    };
    let words = |title: &str| json!({ "title": title, "message": "m" });
    let sent = (200, json!({ "message": "Notification sent successfully" }));
    let denied = (403, json!({ "error": "You can only send notifications to yourself" }));
    assert_eq!(notify("ann", "ann", words("one")).await, sent);
    assert_eq!(world.told(), [r#"User("ann") Notification"#, r#"User("ann") UnreadCount"#]);
    assert_eq!(notify("bob", "ann", words("stolen")).await, denied);
    assert_eq!(notify("root", "a%20b", words("x")).await, denied);
    assert!(world.told().is_empty());
    // In the same millisecond.
    let two =
        json!({ "title": "two", "message": "m", "type": "delivery_update", "data": "ignored" });
    assert_eq!(notify("root", "ann", two).await, sent);
    let three = json!({ "title": "three", "message": "m", "type": "mention" });
    assert_eq!(notify("ann", "ann", three).await, sent);

    let missing = (400, json!({ "error": "Title and message are required" }));
    for body in [
        Value::Null,
        json!({}),
        json!({ "title": "t" }),
        json!({ "message": "m" }),
        json!({ "title": " ", "message": "m" }),
        json!({ "title": 7, "message": ["m"] }),
    ] {
        assert_eq!(notify("ann", "ann", body.clone()).await, missing, "{body}");
    }
    let long = json!({ "title": "t".repeat(1025), "message": "m" });
    assert_eq!(notify("ann", "ann", long).await.1["error"], "Title must have at most 1024 bytes");
    for body in [json!("x"), json!(["t", "m"]), json!(7)] {
        let invalid = (400, json!({ "error": "Invalid request body" }));
        assert_eq!(notify("ann", "ann", body).await, invalid);
    }
    let huge = json!({ "title": "t", "message": "m".repeat(70_000) });
    assert_eq!(
        notify("ann", "ann", huge).await,
        (413, json!({ "error": "The request body is too large" }))
    );

    let list = async |query: &str| {
        world.ask("ann", "GET", &format!("{BASE}/notifications{query}"), Value::Null).await.both()
    };
    let ms = world.now().ms();
    let at = |offset: i64, kind: &str, title: &str| {
        json!({ "id": format!("manual_{}", ms + offset), "type": kind, "title": title, "message": "m",
            "timestamp": world.now(), "read": false })
    };
    let (status, listed) = list("").await;
    assert_eq!((status, &listed["unreadCount"]), (200, &json!(3)));
    let mut shown = listed["notifications"].as_array().unwrap().clone();
    shown.sort_by_key(|one| one["id"].to_string());
    assert_eq!(
        shown,
        [at(0, "system", "one"), at(1, "delivery_update", "two"), at(2, "system", "three")]
    );
    assert_eq!(list("?limit=1").await.1["notifications"].as_array().unwrap().len(), 1);

    let read = format!("/rooms/api/notifications/manual_{ms}/read");
    assert_eq!(world.patch("ann", &read, json!({})).await.status, 200);
    let unread = list("?unread=true").await.1;
    assert_eq!(unread["notifications"].as_array().unwrap().len(), 2);
    assert_eq!(unread["unreadCount"], 2);
    assert_eq!(list("?unread=false").await.1["notifications"].as_array().unwrap().len(), 3);
    assert_eq!(list("?unread=x").await, (400, json!({ "error": "unread must be true or false" })));
    for limit in ["0", "51", "x"] {
        let text = "limit must be a whole number from 1 to 50";
        assert_eq!(list(&format!("?limit={limit}")).await, (400, json!({ "error": text })));
    }
}

#[tokio::test]
async fn only_admins_speak_to_everyone() {
    let world = World::with_people().await;
    let denied = json!({ "error": "Access denied. Admin privileges required." });
    let words = json!({ "title": "Soon", "message": "We close at five", "type": "warning" });
    let broadcast = format!("{BASE}/broadcast");
    let ping = format!("{BASE}/ping");
    for path in [&broadcast, &ping] {
        assert_eq!(
            world.ask("ann", "POST", path, words.clone()).await.both(),
            (403, denied.clone())
        );
    }
    assert!(world.told().is_empty());
    assert_eq!(
        world.ask("root", "POST", &broadcast, words).await.both(),
        (200, json!({ "message": "System notification broadcasted successfully" }))
    );
    let told = world.events();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("All: Announcement"), "{told:?}");
    for part in [r#"kind: "warning""#, r#"title: "Soon""#, "data: None"] {
        assert!(told[0].contains(part), "{told:?}");
    }
    let missing = (400, json!({ "error": "Title and message are required" }));
    assert_eq!(
        world.ask("root", "POST", &broadcast, json!({ "title": "x" })).await.both(),
        missing
    );
    assert_eq!(
        world.ask("root", "POST", &ping, Value::Null).await.both(),
        (200, json!({ "message": "Ping sent to all clients", "timestamp": world.now() }))
    );
    assert_eq!(world.told(), ["All PingAll"]);
}
