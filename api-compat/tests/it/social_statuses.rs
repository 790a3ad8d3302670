//! How users are, over the REST of `contracts/social.md` and the internal API.

use std::time::Duration;

use outrigger_domain::ids::DeviceId;
use serde_json::{Value, json};

use crate::world::{Setup, World, user};

async fn shown(world: &World, name: &str) -> Value {
    let answer = world.get("ann", &format!("/social/api/users/{name}/status")).await;
    assert_eq!(answer.json()["status"], "success");
    answer.json()["userStatus"].clone()
}

fn come(world: &World, name: &str) {
    world.presence.enter(&user(name), &DeviceId::new("phone").unwrap());
}

#[tokio::test]
async fn a_user_is_there_or_was_so_long_ago() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/bob", json!({ "name": "Bob" })).await;
    assert_eq!(
        shown(&world, "bob").await,
        json!({ "userId": "bob", "username": "Bob", "isOnline": false, "lastSeen": null, "status": "offline" })
    );
    come(&world, "bob");
    assert_eq!(
        shown(&world, "bob").await,
        json!({ "userId": "bob", "username": "Bob", "isOnline": true, "lastSeen": null, "status": "online" })
    );
    // Who hides is seen to go.
    world.patch("bob", "/social/api/users/status", json!({ "status": "invisible" })).await;
    let gone = world.now();
    world.pass(Duration::from_secs(5 * 60 + 1));
    assert_eq!(
        shown(&world, "bob").await,
        json!({ "userId": "bob", "username": "Bob", "isOnline": false, "lastSeen": gone, "status": "offline",
            "lastSeenText": "5 minutes ago" })
    );
    let unknown = (404, json!({ "status": "failure", "error": "User not found" }));
    for nobody in ["nobody", "a%20b", "%ff"] {
        let answer = world.get("ann", &format!("/social/api/users/{nobody}/status")).await;
        assert_eq!(answer.both(), unknown);
    }
}

#[tokio::test]
async fn a_word_is_kept_and_told_to_others() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/bob", json!({ "name": "Bob" })).await;
    come(&world, "bob");
    world.events();
    let body = json!({ "status": " busy ", "customStatus": "in a meeting" });
    let answer = world.patch("bob", "/social/api/users/status", body).await;
    assert_eq!(
        answer.both(),
        (
            200,
            json!({ "status": "success", "message": "Status updated successfully",
                "user": { "username": "Bob", "status": "busy", "customStatus": "in a meeting" } })
        )
    );
    assert_eq!(world.told(), [r#"Except { of: All, users: ["bob"] } UserStatus"#]);
    let status = shown(&world, "bob").await;
    assert_eq!(
        (&status["status"], &status["currentStatus"], &status["customStatus"]),
        (&json!("online"), &json!("busy"), &json!("in a meeting"))
    );
    let answer =
        world.patch("bob", "/social/api/users/status", json!({ "customStatus": "" })).await;
    assert_eq!(
        answer.json()["user"],
        json!({ "username": "Bob", "status": "busy", "customStatus": null })
    );
}

#[tokio::test]
async fn who_hides_is_offline_for_everyone_else() {
    let world = World::with_people_and(Setup { limits: Vec::new(), ..Setup::default() }).await;
    come(&world, "bob");
    for (word, online) in [("busy", true), ("INVISIBLE", false), ("away", true), ("offline", false)]
    {
        world.patch("bob", "/social/api/users/status", json!({ "status": word })).await;
        assert_eq!(shown(&world, "bob").await["isOnline"], online, "{word}");
        let rooms = world.get("root", "/api/users/bob/online").await;
        assert_eq!(rooms.json()["isOnline"], online);
        let app = world.app("GET", "/internal/users/bob/online", Value::Null).await.json();
        assert_eq!(app["isOnline"], online);
        let several = json!({ "userIds": ["bob"] });
        let several = world.app("POST", "/internal/online-status", several).await.json();
        assert_eq!(several["statuses"]["bob"], online);
        let count = world.app("GET", "/internal/online", Value::Null).await.json()["count"].clone();
        assert_eq!(count, json!(usize::from(online)));
    }
    let hidden = shown(&world, "bob").await;
    assert!(hidden.get("currentStatus").is_none(), "{hidden}");
}

#[tokio::test]
async fn what_is_no_status_is_refused() {
    let world = World::with_people().await;
    let set = async |body: Value| world.patch("bob", "/social/api/users/status", body).await.both();
    let wrong = |errors: Value| (400, json!({ "message": "validation error", "errors": errors }));
    assert_eq!(
        set(json!({})).await,
        wrong(json!([{ "field": "value", "type": "object.missing",
            "message": "\"value\" must contain at least one of [status, customStatus]" }]))
    );
    assert_eq!(
        set(json!({ "status": " ", "customStatus": "x".repeat(51) })).await,
        wrong(json!([
            { "field": "status", "message": "\"status\" is not allowed to be empty", "type": "string.empty" },
            { "field": "customStatus", "type": "string.max",
              "message": "\"customStatus\" length must be less than or equal to 50 characters long" },
        ]))
    );
    assert_eq!(
        set(json!({ "status": 7 })).await,
        wrong(
            json!([{ "field": "status", "message": "\"status\" must be a string", "type": "string.base" }])
        )
    );
    assert_eq!(
        set(json!({ "status": "a\u{7}b" })).await,
        (400, json!({ "status": "failure", "error": "Invalid status" }))
    );
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn the_app_sets_a_status_for_its_user() {
    let world = World::with_people().await;
    come(&world, "bob");
    world.events();
    let path = "/internal/users/bob/status";
    let body = json!({ "status": "busy", "customStatus": "lunch" });
    let answer = world.app("PUT", path, body).await;
    assert_eq!(
        answer.both(),
        (200, json!({ "success": true, "status": "busy", "customStatus": "lunch" }))
    );
    assert_eq!(world.told().len(), 1);
    let cases = [
        (json!({}), "status", "status or customStatus is required"),
        (json!({ "status": "" }), "status", "status must have 1 to 50 printable characters"),
        (
            json!({ "customStatus": "x".repeat(51) }),
            "customStatus",
            "customStatus must have at most 50 characters",
        ),
        (json!({ "status": 7 }), "status", "status must be a string"),
    ];
    for (body, field, error) in cases {
        let answer = world.app("PUT", path, body).await;
        assert_eq!(answer.both(), (400, json!({ "error": error, "field": field })));
    }
}

#[tokio::test]
async fn followers_decide_who_hears_of_a_status() {
    let world = World::with_people().await;
    let path = "/internal/users/bob/followers";
    assert_eq!(
        world.app("GET", path, Value::Null).await.both(),
        (200, json!({ "followers": null }))
    );
    let body = json!({ "followers": ["root", "ann", "ann"] });
    assert_eq!(world.app("PUT", path, body).await.both(), (200, json!({ "success": true })));
    let given = json!({ "followers": ["ann", "root"] });
    assert_eq!(world.app("GET", path, Value::Null).await.both(), (200, given));
    come(&world, "bob");
    world.events();
    world.patch("bob", "/social/api/users/status", json!({ "status": "busy" })).await;
    assert_eq!(world.told(), [r#"Users(["ann", "root"]) UserStatus"#]);
    assert_eq!(world.app("PUT", path, json!({ "followers": [] })).await.status.as_u16(), 200);
    assert_eq!(world.app("GET", path, Value::Null).await.both(), (200, json!({ "followers": [] })));

    let many: Vec<String> = (0..50_001).map(|n| n.to_string()).collect();
    let answer = world.app("PUT", path, json!({ "followers": many })).await;
    assert_eq!(
        answer.both(),
        (400, json!({ "error": "followers must have at most 50000 ids", "field": "followers" }))
    );
    let answer = world.app("PUT", path, json!({})).await;
    assert_eq!(answer.json()["error"], "followers is required");
    let answer = world.app("PUT", path, json!({ "followers": [7] })).await;
    assert_eq!(answer.json()["error"], "followers must be an array of ids");
    let answer =
        world.app("PUT", "/internal/users/a%20b/followers", json!({ "followers": [] })).await;
    assert_eq!(answer.json()["field"], "id");
}
