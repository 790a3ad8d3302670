//! Requests over HTTP, and what is said about them (`contracts/contacts.md` section 4).

use serde_json::{Value, json};

use crate::world::World;

const HERE: &str = "192.0.2.1";

async fn ask(
    world: &World,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> (u16, Value) {
    world.from(HERE, method, &format!("/api/contacts{path}"), headers, body).await.both()
}

/// A guest's request: its id and access token.
async fn asked(world: &World, fields: Value) -> (String, String) {
    let mut form = json!({ "contact_name": "Eve", "email": "eve@x.example", "message": "Help" });
    form.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (status, receipt) = ask(world, "POST", "", &[], form).await;
    assert_eq!(status, 200, "{receipt}");
    let text = |field: &str| receipt[field].as_str().unwrap().to_owned();
    (text("_id"), text("accessToken"))
}

#[tokio::test]
async fn a_request_enters_the_queue_and_is_confirmed() {
    let world = World::with_people().await;
    let form = json!({ "contact_name": "Eve", "email": "eve@x.example", "message": "Help", "priority": "high",
        "status": "resolved", "_id": "mine" });
    let (status, mut receipt) = ask(&world, "POST", "", &[], form).await;
    let id = receipt["_id"].as_str().unwrap().to_owned();
    assert!(status == 200 && id.starts_with("contact_"));
    assert_eq!(receipt["accessToken"].as_str().unwrap().len(), 43);
    receipt.as_object_mut().unwrap().remove("accessToken");
    let document = json!({ "_id": id, "contact_name": "Eve", "email": "eve@x.example", "message": "Help",
        "contact_date": world.now(), "replies": [], "priority": "high", "status": "pending" });
    assert_eq!(receipt, document);
    let told = world.events();
    assert!(told.len() == 1 && told[0].starts_with("Role(Admin): Support(Submitted("), "{told:?}");
    let mails = world.app("GET", "/internal/email", Value::Null).await.json();
    assert_eq!(mails["mails"][0]["template"], "contact-confirmation");
    assert_eq!(mails["mails"][0]["to"], "eve@x.example");
}

#[tokio::test]
async fn what_people_forget_is_said() {
    let world = World::new().await;
    for (form, text) in [
        (json!({}), "Name is required"),
        (json!({ "name": "Eve" }), "Email is required"),
        (json!({ "name": "Eve", "email": "e@x.example" }), "Message is required"),
        (json!({ "name": "Eve", "email": "nowhere", "message": "m" }), "Email is invalid"),
        (
            json!({ "name": "x".repeat(101), "email": "e@x.example", "message": "m" }),
            "Name is too long",
        ),
        (json!({ "name": 7, "email": "e@x.example", "message": "m" }), "Name is invalid"),
        (
            json!({ "name": "E", "email": "e@x.example", "message": "m", "priority": "now" }),
            "Priority is invalid",
        ),
        (json!([]), "Invalid request body."),
    ] {
        let refused = (400, json!({ "message": text }));
        assert_eq!(ask(&world, "POST", "", &[], form).await, refused);
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn whoever_asked_comes_back_with_the_access_token_and_nobody_else_does() {
    let world = World::with_people().await;
    let (id, access) = asked(&world, json!({})).await;
    let path = format!("/{id}");
    let mine = [("x-contact-token", access.as_str())];
    let (status, document) = ask(&world, "GET", &path, &mine, Value::Null).await;
    assert_eq!((status, &document["_id"]), (200, &json!(id)));
    let missing = (404, json!({ "message": "Contact not found" }));
    let ann = world.token("ann");
    for headers in [[("x-contact-token", "wrong")], [("x-auth-token", ann.as_str())]] {
        for (method, path) in
            [("GET", path.clone()), ("GET", format!("{path}/chat")), ("PUT", path.clone())]
        {
            let refused = ask(&world, method, &path, &headers, json!({ "message": "m" })).await;
            assert_eq!(refused, missing, "{method} {path}");
        }
    }
    assert_eq!(ask(&world, "GET", "/contact_1_none", &mine, Value::Null).await, missing);
}

#[tokio::test]
async fn owners_are_known_by_their_id_and_by_the_address_that_their_token_names() {
    let world = World::with_people().await;
    let (ann, bob) = (world.token("ann"), world.token("bob"));
    let own = [("x-auth-token", ann.as_str())];
    let form = json!({ "name": "Ann", "email": "elsewhere@x.example", "message": "Help" });
    let (_, receipt) = ask(&world, "POST", "", &own, form).await;
    let path = format!("/{}", receipt["_id"].as_str().unwrap());
    assert_eq!(ask(&world, "GET", &path, &own, Value::Null).await.0, 200);
    assert_eq!(ask(&world, "GET", &path, &[("x-auth-token", &bob)], Value::Null).await.0, 404);
    let listed = ask(&world, "GET", "/sender/ann", &own, Value::Null).await.1;
    assert_eq!(listed[0]["_id"], receipt["_id"]);
    // Somebody asked as a guest under bob's address; bob's token proves that it is his.
    let (id, _) = asked(&world, json!({ "email": "bob@example.com" })).await;
    assert_eq!(
        ask(&world, "GET", &format!("/{id}"), &[("x-auth-token", &bob)], Value::Null).await.0,
        200
    );
    assert_eq!(ask(&world, "GET", &format!("/{id}"), &own, Value::Null).await.0, 404);
}

#[tokio::test]
async fn replies_go_both_ways_under_the_names_of_the_tokens() {
    let world = World::with_people().await;
    let (id, access) = asked(&world, json!({})).await;
    let path = format!("/{id}");
    let (root, mine) = (world.token("root"), [("x-contact-token", access.as_str())]);
    let admin = [("x-auth-token", root.as_str())];
    world.events();
    let forged = json!({ "reply_name": "Bob", "email": "bob@x.example", "message": "Have you tried again?" });
    let (status, document) = ask(&world, "PUT", &path, &admin, forged).await;
    assert_eq!(status, 200);
    assert_eq!(document["replies"][0]["reply_name"], "root");
    assert!(document["replies"][0].get("email").is_none());
    assert!(world.events().iter().any(|event| event.contains("Support(Response(")));
    let mails = world.app("GET", "/internal/email", Value::Null).await.json();
    let sent: Vec<_> =
        mails["mails"].as_array().unwrap().iter().map(|mail| &mail["template"]).collect();
    assert!(sent.contains(&&json!("contact-reply")), "{sent:?}");

    let (_, document) = ask(&world, "PUT", &path, &mine, json!({ "message": "Yes" })).await;
    let reply = &document["replies"][1];
    assert_eq!((&reply["reply_name"], &reply["email"]), (&json!("Eve"), &json!("eve@x.example")));
    let (_, history) = ask(&world, "GET", &format!("{path}/chat"), &mine, Value::Null).await;
    assert_eq!((&history["contactId"], &history["status"]), (&json!(id), &json!("pending")));
    let roles: Vec<_> =
        history["messages"].as_array().unwrap().iter().map(|one| &one["senderRole"]).collect();
    assert_eq!(roles, [&json!("admin"), &json!("guest")]);

    for (body, text) in [
        (json!({}), "Message is required"),
        (json!({ "message": " " }), "Message is required"),
        (json!({ "message": 7 }), "Message is invalid"),
        (json!({ "message": "x".repeat(5001) }), "Message is too long"),
    ] {
        let refused = (400, json!({ "message": text }));
        assert_eq!(ask(&world, "PUT", &path, &mine, body).await, refused);
    }
}

#[tokio::test]
async fn admins_see_pages_and_delete() {
    let world =
        World::with_people_and(crate::world::Setup { mail: false, ..Default::default() }).await;
    let root = world.token("root");
    let admin = [("x-auth-token", root.as_str())];
    let mut ids = Vec::new();
    for number in 0..11 {
        world.pass(std::time::Duration::from_secs(1));
        let priority = if number == 3 { "urgent" } else { "normal" };
        ids.push(asked(&world, json!({ "priority": priority })).await.0);
    }
    let (_, page) = ask(&world, "GET", "?pageNo=1", &admin, Value::Null).await;
    assert_eq!((&page["totalPages"], page["contacts"].as_array().unwrap().len()), (&json!(2), 10));
    let (_, page) = ask(&world, "GET", "?pageNo=2", &admin, Value::Null).await;
    assert_eq!(page["contacts"][0]["_id"], json!(ids[0]), "the oldest comes last");
    let (_, page) = ask(&world, "GET", "?pageNo=1&status=pending", &admin, Value::Null).await;
    assert_eq!(page["contacts"][0]["_id"], json!(ids[3]), "what is urgent comes first");
    let (_, all) = ask(&world, "GET", "", &admin, Value::Null).await;
    assert_eq!(all.as_array().unwrap().len(), 11);
    for (query, text) in [
        ("pageNo=0", "Invalid pageNo"),
        ("pageNo=x", "Invalid pageNo"),
        ("status=x", "Invalid status"),
    ] {
        let refused = (400, json!({ "message": text }));
        assert_eq!(ask(&world, "GET", &format!("?{query}"), &admin, Value::Null).await, refused);
    }
    let path = format!("/{}", ids[5]);
    let gone = json!({ "success": true, "message": "Contact deleted" });
    assert_eq!(ask(&world, "DELETE", &path, &admin, Value::Null).await, (200, gone));
    let missing = (404, json!({ "message": "Contact not found" }));
    assert_eq!(ask(&world, "DELETE", &path, &admin, Value::Null).await, missing);
    assert_eq!(ask(&world, "GET", &path, &admin, Value::Null).await, missing);
}
