//! Requests for help, as the app makes them and looks after them (`contracts/contacts.md` section 5).

use outrigger_domain::{
    ids::ContactId,
    support::{Admin, NewSupportMessage, Speaker},
};
use serde_json::{Value, json};

use crate::world::{World, user};

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/contacts{path}"), body).await.both()
}

async fn get(world: &World, path: &str) -> (u16, Value) {
    world.app("GET", &format!("/internal/contacts{path}"), Value::Null).await.both()
}

fn form() -> Value {
    json!({ "contact_name": "Ann", "email": "ann@x.example", "message": "Help", "subject": "Marks",
        "priority": "urgent", "phone": "+1", "userId": "ann" })
}

async fn created(world: &World) -> String {
    let (status, answer) = post(world, "", form()).await;
    assert_eq!(status, 201);
    answer["contact"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_app_makes_a_request_once_under_its_key() {
    let world = World::with_people().await;
    let made = world.app_with_key("POST", "/internal/contacts", form(), Some("k")).await;
    let (status, answer) = made.both();
    let id = answer["contact"]["id"].as_str().unwrap();
    let contact = json!({ "id": id, "name": "Ann", "email": "ann@x.example", "subject": "Marks", "message": "Help",
        "priority": "urgent", "phone": "+1", "status": "pending", "submittedAt": world.now(), "userId": "ann" });
    assert_eq!((status, &answer["success"], &answer["contact"]), (201, &json!(true), &contact));
    assert_eq!(answer["accessToken"].as_str().unwrap().len(), 43);
    let again = world.app_with_key("POST", "/internal/contacts", form(), Some("k")).await;
    assert_eq!(again.both(), (201, answer.clone()));
    assert_eq!(get(&world, "").await, (200, json!({ "contacts": [contact], "total": 1 })));
    let whole = json!({ "contact": contact, "messages": [] });
    assert_eq!(get(&world, &format!("/{id}")).await, (200, whole));
    assert_eq!(get(&world, "?userId=ann").await.1["total"], 1);
    assert_eq!(get(&world, "?userId=bob").await.1["total"], 0);
    assert_eq!(get(&world, "?status=resolved").await.1["total"], 0);
    assert_eq!(get(&world, "?offset=1").await.1, json!({ "contacts": [], "total": 1 }));
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field() {
    let world = World::new().await;
    let change = |field: &str, value: Value| {
        let mut form = form();
        form[field] = value;
        form
    };
    let id = "userId must be an id: a string of 1 to 128 bytes without white space";
    for (body, field, text) in [
        (change("contact_name", json!(" ")), "name", "Name is required"),
        (change("email", json!("x")), "email", "Email is invalid"),
        (change("email", json!(7)), "email", "email must be a string"),
        (change("message", Value::Null), "message", "Message is required"),
        (change("subject", json!("x".repeat(201))), "subject", "Subject is too long"),
        (change("priority", json!("now")), "priority", "Priority is invalid"),
        (change("phone", json!("1".repeat(51))), "phone", "Phone is too long"),
        (change("userId", json!("a b")), "userId", id),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(post(&world, "", body).await, refused);
    }
    for (query, field) in [
        ("status=open", "status"),
        ("userId=a%20b", "userId"),
        ("userId=ann&status=pending", "userId"),
        ("limit=501", "limit"),
        ("offset=-1", "offset"),
    ] {
        let (status, refused) = get(&world, &format!("?{query}")).await;
        assert_eq!((status, &refused["field"]), (400, &json!(field)), "{query}");
    }
    assert_eq!(get(&world, "/chats?limit=51").await.1["field"], "limit");
    let missing = (404, json!({ "error": "Contact not found" }));
    assert_eq!(get(&world, "/contact_none").await, missing);
    for what in ["assign", "release", "resolve"] {
        let path = format!("/contact_none/{what}");
        assert_eq!(post(&world, &path, json!({ "adminId": "root" })).await, missing);
        assert_eq!(post(&world, &path, json!({})).await.1["error"], "adminId is required");
    }
}

#[tokio::test]
async fn a_request_is_assigned_released_and_resolved() {
    let world = World::with_people().await;
    world.app("PUT", "/internal/users/root", json!({ "name": "Ruth" })).await;
    let boss = Admin { id: user("boss"), name: "Boss".into(), email: "boss@x.example".into() };
    world.support.admin_entered(&boss);
    let id = created(&world).await;
    let at = |what: &str| format!("/{id}/{what}");
    let root = json!({ "adminId": "root" });

    let (status, answer) = post(&world, &at("assign"), root.clone()).await;
    let assigned = json!({ "id": "root", "name": "Ruth", "email": "root@example.com", "claimedAt": world.now() });
    assert_eq!((status, &answer["assigned"]), (200, &json!(true)));
    assert_eq!(answer["contact"]["assignedAdmin"], assigned);
    assert_eq!(answer["contact"]["status"], "in_progress");
    assert_eq!(post(&world, &at("assign"), root.clone()).await.1["assigned"], false);
    let taken =
        json!({ "error": "Contact already claimed by another admin", "assignedTo": "Ruth" });
    let to_boss = json!({ "adminId": "boss" });
    assert_eq!(post(&world, &at("assign"), to_boss.clone()).await, (409, taken));
    let not_theirs = (409, json!({ "error": "Contact is not assigned to this admin" }));
    assert_eq!(post(&world, &at("release"), to_boss.clone()).await, not_theirs);
    let (_, answer) = post(&world, &at("release"), root.clone()).await;
    assert_eq!(answer["contact"]["status"], "pending");
    let (_, answer) = post(&world, &at("assign"), to_boss).await;
    assert_eq!(answer["contact"]["assignedAdmin"]["name"], "Boss", "as the admin's own token says");

    let (status, answer) = post(&world, &at("resolve"), root.clone()).await;
    assert_eq!((status, &answer["resolved"]), (200, &json!(true)));
    assert_eq!(answer["contact"]["resolvedBy"], json!({ "id": "root", "name": "Ruth" }));
    assert_eq!(post(&world, &at("resolve"), root.clone()).await.1["resolved"], false);
    let refused = (409, json!({ "error": "Contact already resolved" }));
    assert_eq!(post(&world, &at("assign"), root).await, refused);
    let stranger = json!({ "adminId": "stranger" });
    let other = created(&world).await;
    let (_, answer) = post(&world, &format!("/{other}/assign"), stranger).await;
    assert_eq!(answer["contact"]["assignedAdmin"]["name"], "stranger", "of whom nothing is known");
}

#[tokio::test]
async fn chats_and_figures_are_told() {
    let world = World::with_people().await;
    let id = created(&world).await;
    post(&world, &format!("/{id}/assign"), json!({ "adminId": "root" })).await;
    let said = NewSupportMessage {
        contact: ContactId::new(&id).unwrap(),
        sender: user("ann"),
        sender_name: "Ann".into(),
        speaker: Speaker::Submitter,
        message: "Hello?".into(),
        kind: "text".into(),
    };
    let message = world.support.say(said).await.unwrap();
    let document = json!({ "id": message.id, "contactId": id, "senderId": "ann", "senderName": "Ann",
        "senderRole": "user", "message": "Hello?", "type": "text", "timestamp": world.now() });
    let chat = json!({ "contactId": id, "roomId": format!("contact-{id}"), "adminId": "root",
        "startedAt": world.now(), "messages": [document] });
    assert_eq!(get(&world, "/chats").await, (200, json!({ "chats": [chat], "total": 1 })));
    let stats = json!({ "totalContacts": 1, "activeChats": 1, "messagesExchanged": 1, "averageResponseTime": 0,
        "onlineAdmins": 0, "pendingContacts": 0, "activeContacts": 1, "onlineUsers": 0, "activeSessions": 1 });
    assert_eq!(get(&world, "/stats").await, (200, stats));
}

#[tokio::test]
async fn the_apps_own_events_stay_in_the_contract() {
    let world = World::new().await;
    let reached = json!({ "success": true, "reached": { "sockets": 2, "devices": 1 } });
    let event = json!({ "event": "queue:long", "data": { "waiting": 7 } });
    assert_eq!(post(&world, "/notify-admins", event.clone()).await, (200, reached.clone()));
    let mut to_ann = event;
    to_ann["userId"] = json!("ann");
    assert_eq!(post(&world, "/send-to-user", to_ann).await, (200, reached));
    let told = world.events();
    for (event, audience) in told.iter().zip(["Role(Admin)", r#"User("ann")"#]) {
        assert!(
            event.starts_with(audience) && event.contains(r#"contract: Some("contacts")"#),
            "{event}"
        );
    }
    let reserved = post(&world, "/notify-admins", json!({ "event": "disconnect" })).await;
    assert_eq!((reserved.0, &reserved.1["field"]), (400, &json!("event")));
}
