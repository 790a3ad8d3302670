//! `/api/socket-test` (`contracts/rooms.md` section 4).

use serde_json::json;

use crate::world::{World, get, send};

const PATH: &str = "/api/socket-test";

#[tokio::test]
async fn it_is_for_admins() {
    let world = World::with_people().await;
    let refused = (403, json!({ "success": false, "error": "Admin access required" }));
    assert_eq!(world.get("ann", PATH).await.both(), refused);
    assert_eq!(world.post("ann", PATH, json!({ "action": "broadcast" })).await.both(), refused);
    let nobody = send(&world.public, get(PATH)).await;
    assert_eq!(nobody.both(), (401, json!({ "success": false, "error": "Unauthorized" })));
}

#[tokio::test]
async fn it_runs_five_checks_and_really_calls_the_internal_api() {
    let world = World::with_people().await;
    let report = world.get("root", PATH).await.json();
    assert_eq!(report["success"], true);
    assert_eq!(report["timestamp"], json!(world.now()));
    assert_eq!(report["summary"], json!({ "total": 5, "passed": 4, "failed": 0, "warnings": 1 }));
    assert_eq!(report["tests"]["messaging"], json!({ "status": "warn", "message": "seen" }));
    assert_eq!(report["tests"]["apiIntegration"]["status"], "pass");
    assert_eq!(report["tests"]["apiIntegration"]["details"], json!({ "callerOnline": false }));
    assert_eq!(report["onlineUsers"], json!([]));
    assert_eq!(report["serverStatus"]["isInitialized"], true);
}

#[tokio::test]
async fn it_says_what_an_admin_wants_said() {
    let world = World::with_people().await;
    let sent =
        world.post("root", PATH, json!({ "action": "sendToUser", "targetUserId": "ann" })).await;
    assert_eq!(
        sent.both(),
        (
            200,
            json!({ "success": true, "action": "sendToUser", "message": "Test message",
                "timestamp": world.now(), "reached": { "sockets": 2, "devices": 1 } })
        )
    );
    world.post("root", PATH, json!({ "action": "broadcast", "message": "hi" })).await;
    world.post("root", PATH, json!({ "action": "emitOnlineUsers" })).await;
    assert_eq!(
        world.events(),
        [
            "User(\"ann\"): TestMessage { message: \"Test message\", from: \"root\" }",
            "All: TestMessage { message: \"hi\", from: \"root\" }",
            "All: OnlineUsers([])",
        ]
    );
}

#[tokio::test]
async fn it_refuses_what_it_does_not_know() {
    let world = World::with_people().await;
    for (body, error) in [
        (json!({ "action": "dance" }), "Unknown action"),
        (json!({}), "Unknown action"),
        (json!({ "action": "sendToUser" }), "targetUserId is required"),
        (json!({ "action": 7 }), "Invalid request body"),
    ] {
        let answer = world.post("root", PATH, body).await;
        assert_eq!(answer.both(), (400, json!({ "success": false, "error": error })));
    }
    assert!(world.events().is_empty());
}
