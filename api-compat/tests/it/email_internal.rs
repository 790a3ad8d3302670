//! E-mail that the app wants sent (`contracts/quiz.md` sections 5 and 7).

use outrigger_domain::{email::MailTemplate, ports::MailStore};
use serde_json::{Value, json};

use crate::world::{Setup, World};

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/email{path}"), body).await.both()
}

async fn get(world: &World, path: &str) -> (u16, Value) {
    world.app("GET", &format!("/internal/email{path}"), Value::Null).await.both()
}

fn letter(to: &str) -> Value {
    json!({ "template": "account-verification", "to": to, "vars": { "name": "Ann", "otp": "482913" } })
}

#[tokio::test]
async fn it_waits_in_the_outbox_once_under_its_key() {
    let world = World::new().await;
    let mut keyed = letter("ann@x.example");
    keyed["key"] = json!("signup-1");
    let (status, first) = post(&world, "", keyed.clone()).await;
    assert_eq!((status, &first["success"], &first["queued"]), (202, &json!(true), &json!(true)));
    let (_, second) = post(&world, "", keyed).await;
    assert_eq!((&second["id"], &second["queued"]), (&first["id"], &json!(false)));
    let other =
        world.app_with_key("POST", "/internal/email", letter("bob@x.example"), Some("k")).await;
    let again =
        world.app_with_key("POST", "/internal/email", letter("bob@x.example"), Some("k")).await;
    assert_eq!(other.both(), again.both());

    let (_, list) = get(&world, "").await;
    assert_eq!((&list["waiting"], &list["dead"]), (&json!(2), &json!(0)));
    let now = world.now();
    let mail =
        list["mails"].as_array().unwrap().iter().find(|mail| mail["id"] == first["id"]).unwrap();
    let expected = json!({ "id": first["id"], "template": "account-verification", "to": "ann@x.example",
        "state": "waiting", "attempts": 0, "createdAt": now, "dueAt": now, "updatedAt": now, "key": "signup-1" });
    assert_eq!(*mail, expected);
    assert!(!list.to_string().contains("482913"), "what it is filled with may be secret");
    assert_eq!(get(&world, "?state=sent&limit=1").await.1["mails"], json!([]));
    for (query, field) in [("state=lost", "state"), ("limit=0", "limit"), ("limit=501", "limit")] {
        assert_eq!(get(&world, &format!("?{query}")).await.1["field"], field);
    }
    assert_eq!(post(&world, "", letter("cid@x.example")).await.0, 202);
    let full = world.app("POST", "/internal/email", letter("dan@x.example")).await;
    assert_eq!(full.both(), (503, json!({ "error": "Too many e-mails wait" })));
    assert_eq!(full.headers["retry-after"], "60");
}

#[tokio::test]
async fn what_is_wrong_with_it_is_named() {
    let world = World::new().await;
    let names = MailTemplate::ALL.map(MailTemplate::as_str).join(", ");
    let vars =
        |vars: Value| json!({ "template": "password-reset", "to": "a@x.example", "vars": vars });
    for (body, field, text) in [
        (json!({}), "template", "template is required".to_owned()),
        (
            json!({ "template": "x", "to": "a@x.example" }),
            "template",
            format!("template must be one of {names}"),
        ),
        (json!({ "template": "welcome-email" }), "to", "to is required".to_owned()),
        (
            json!({ "template": "welcome-email", "to": "nowhere", "vars": { "name": "A" } }),
            "to",
            "to must be an e-mail address".to_owned(),
        ),
        (
            json!({ "template": "welcome-email", "to": "a@x.example", "vars": 7 }),
            "vars",
            "vars must be an object".to_owned(),
        ),
        (vars(json!({ "name": "A" })), "vars.link", "Missing required variable: link".to_owned()),
        (
            vars(json!({ "name": [], "link": "https://x.example" })),
            "vars.name",
            "Invalid variable: name".to_owned(),
        ),
        (
            vars(json!({ "name": "A", "link": "javascript:alert(1)" })),
            "vars.link",
            "Invalid link: link".to_owned(),
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(post(&world, "", body).await, refused);
    }
    let mut keyed = letter("ann@x.example");
    keyed["key"] = json!("x".repeat(256));
    assert_eq!(post(&world, "", keyed).await.1["field"], "key");
}

#[tokio::test]
async fn suppressed_addresses_get_nothing_until_they_are_allowed_again() {
    let world = World::new().await;
    let path = "/suppressions/Bob%40x.example";
    let free = json!({ "address": "Bob@x.example", "suppressed": false });
    assert_eq!(get(&world, path).await, (200, free));
    let link = world.unsubscribe_path("bob@x.example");
    assert_eq!(world.from("192.0.2.1", "POST", &link, &[], Value::Null).await.status, 200);
    let (_, suppressed) = get(&world, path).await;
    assert_eq!(
        (&suppressed["suppressed"], &suppressed["reason"]),
        (&json!(true), &json!("unsubscribed"))
    );
    assert_eq!(suppressed["since"], json!(world.now()));
    assert_eq!(post(&world, "", letter("bob@x.example")).await.0, 202, "a code is no list mail");
    let reminder = json!({ "template": "quiz-reminder", "to": "bob@x.example",
        "vars": { "name": "Bob", "newQuiz": "Rivers", "quizzesLink": "https://x.example" } });
    let (status, refused) = post(&world, "", reminder.clone()).await;
    assert_eq!((status, &refused["reason"]), (409, &json!("unsubscribed")));
    let allow =
        async || world.app("DELETE", &format!("/internal/email{path}"), Value::Null).await.both();
    assert_eq!(allow().await, (200, json!({ "success": true, "removed": true })));
    assert_eq!(allow().await, (200, json!({ "success": true, "removed": false })));
    assert_eq!(post(&world, "", reminder).await.0, 202);
    assert_eq!(get(&world, "/suppressions/nowhere").await.1["field"], "address");
}

#[tokio::test]
async fn templates_are_described_and_shown() {
    let world = World::with_people_and(Setup { mail: false, ..Setup::default() }).await;
    let (_, listed) = get(&world, "/templates").await;
    let listed = listed["templates"].as_array().unwrap();
    assert_eq!(listed.len(), MailTemplate::ALL.len());
    let reminder = listed.iter().find(|template| template["name"] == "quiz-reminder").unwrap();
    assert_eq!(reminder["required"], json!(["name", "quizTitle", "quizLink"]));
    assert_eq!(reminder["aliases"], json!({ "newQuiz": "quizTitle", "quizzesLink": "quizLink" }));
    assert_eq!((&reminder["listMail"], reminder["sample"].is_object()), (&json!(true), true));
    for template in listed {
        let body = json!({ "template": template["name"] });
        let (status, shown) = post(&world, "/preview", body).await;
        assert_eq!((status, &shown["subject"]), (200, &template["name"]));
        assert!(shown["html"].is_string() && shown["text"].is_string());
    }
    let own = json!({ "template": "welcome-email", "vars": { "name": "Zoe" } });
    assert!(post(&world, "/preview", own).await.1["text"].as_str().unwrap().contains("Zoe"));
    let lacking =
        post(&world, "/preview", json!({ "template": "welcome-email", "vars": {} })).await;
    assert_eq!(
        lacking,
        (400, json!({ "error": "Missing required variable: name", "field": "vars.name" }))
    );
}

#[tokio::test]
async fn without_a_mail_server_it_is_said_that_there_is_none() {
    let world = World::with_people_and(Setup { mail: false, ..Setup::default() }).await;
    let none = (503, json!({ "error": "E-mail is not configured" }));
    assert_eq!(post(&world, "", letter("ann@x.example")).await, none);
    assert_eq!(get(&world, "").await, none);
    assert_eq!(post(&world, "/m1/retry", json!({})).await, none);
    assert_eq!(get(&world, "/suppressions/ann@x.example").await, none);
}

#[tokio::test]
async fn a_dead_one_is_tried_again() {
    let world = World::new().await;
    let (_, queued) = post(&world, "", letter("ann@x.example")).await;
    let id = queued["id"].as_str().unwrap();
    let none_such = (404, json!({ "error": "No such dead e-mail" }));
    assert_eq!(post(&world, &format!("/{id}/retry"), json!({})).await, none_such, "it waits");
    let dead = outrigger_domain::email::SettledMail::Dead("550 no".into());
    let mail = outrigger_domain::ids::MailId::new(id).unwrap();
    world.store.settle_mail(&mail, &dead, world.now()).await.unwrap();
    let (_, list) = get(&world, "?state=dead").await;
    assert_eq!((&list["dead"], &list["mails"][0]["lastError"]), (&json!(1), &json!("550 no")));
    assert_eq!(
        post(&world, &format!("/{id}/retry"), json!({})).await,
        (200, json!({ "success": true }))
    );
    assert_eq!(get(&world, "").await.1["waiting"], 1);
    assert_eq!(post(&world, "/nothing/retry", json!({})).await, none_such);
}
