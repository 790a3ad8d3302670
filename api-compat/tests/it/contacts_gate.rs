//! Who may call the REST of `contracts/contacts.md`, how often, and under which paths it stands.

use std::time::Duration;

use axum::{body::Body, http::Request};
use outrigger_api_compat::{ClientAddress, LimitedAddress};
use outrigger_domain::limits::Allowance;
use serde_json::{Value, json};

use crate::world::{Answer, Setup, World, get, send};

const HERE: &str = "192.0.2.1";

fn request() -> Value {
    json!({ "contact_name": "Eve", "email": "eve@x.example", "message": "Help" })
}

async fn ask(world: &World, method: &str, path: &str, token: Option<&str>, body: Value) -> Answer {
    let headers: Vec<_> = token.map(|token| ("x-auth-token", token)).into_iter().collect();
    world.from(HERE, method, path, &headers, body).await
}

fn said(message: &str) -> Value {
    json!({ "message": message })
}

#[tokio::test]
async fn only_asking_needs_no_token() {
    let world = World::with_people().await;
    for path in ["/api/contacts", "/contacts/api/contacts"] {
        assert_eq!(ask(&world, "POST", path, None, request()).await.status, 200, "{path}");
        for (method, path) in [
            ("GET", path.to_owned()),
            ("GET", format!("{path}/sender/ann")),
            ("GET", format!("{path}/c1")),
            ("GET", format!("{path}/c1/chat")),
            ("PUT", format!("{path}/c1")),
            ("DELETE", format!("{path}/c1")),
        ] {
            let none = (401, said("No token, authorization Denied"));
            for token in [None, Some("null"), Some("undefined"), Some("")] {
                let refused = ask(&world, method, &path, token, json!({})).await.both();
                assert_eq!(refused, none, "{method} {path} {token:?}");
            }
            // A cookie is no token here.
            assert_eq!(world.call("root", method, &path, None).await.both(), none);
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_makes_nobody_a_guest() {
    let world = World::with_people().await;
    let old = world.token_for("ann", None, Duration::from_secs(60));
    world.pass(Duration::from_secs(3600));
    for token in [old.as_str(), "x.y.z"] {
        for (method, path) in [("POST", "/api/contacts"), ("GET", "/api/contacts/c1")] {
            let refused = ask(&world, method, path, Some(token), request()).await;
            assert_eq!(refused.both(), (400, said("Session Expired, login again!")));
        }
    }
    assert!(world.events().is_empty(), "nothing was taken in");
}

#[tokio::test]
async fn lists_and_deletions_are_for_admins() {
    let world = World::with_people().await;
    let ann = world.token("ann");
    for (method, path) in [
        ("GET", "/api/contacts"),
        ("GET", "/api/contacts?pageNo=1"),
        ("GET", "/api/contacts/sender/bob"),
        ("DELETE", "/api/contacts/c1"),
    ] {
        let refused = ask(&world, method, path, Some(&ann), Value::Null).await;
        assert_eq!(refused.both(), (401, said("Unauthorized")), "{method} {path}");
    }
    let own = ask(&world, "GET", "/api/contacts/sender/ann", Some(&ann), Value::Null).await;
    assert_eq!(own.both(), (200, json!([])));
}

#[tokio::test]
async fn guests_from_one_place_and_users_ask_so_often() {
    let limits = vec![("contacts:submit", Allowance::per_secs(2, 600))];
    let world = World::with_people_and(Setup { limits, ..Setup::default() }).await;
    let submit = async |address: &str, headers: &[(&str, &str)]| {
        world.from(address, "POST", "/api/contacts", headers, request()).await
    };
    for _ in 0..2 {
        assert_eq!(submit(HERE, &[]).await.status, 200);
        let forgotten = ask(&world, "POST", "/api/contacts", None, json!({ "name": "Eve" })).await;
        assert_eq!(forgotten.status, 400, "which costs nothing");
    }
    let refused = submit(HERE, &[]).await;
    assert_eq!(refused.both(), (429, said("Rate limit exceeded")));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(submit("192.0.2.2", &[]).await.status, 200);
    let ann = world.token("ann");
    assert_eq!(submit(HERE, &[("x-auth-token", &ann)]).await.status, 200);
}

#[tokio::test]
async fn what_a_guest_says_of_where_they_are_gives_no_more_tries() {
    let limits = vec![("contacts:submit", Allowance::per_secs(1, 600))];
    let world = World::with_people_and(Setup { limits, ..Setup::default() }).await;
    let mut seen = Vec::new();
    for said in ["198.51.100.1", "198.51.100.2"] {
        let request = Request::post("/api/contacts")
            .extension(ClientAddress(Some(said.into())))
            .extension(LimitedAddress(HERE.into()))
            .body(Body::from(request().to_string()));
        seen.push(send(&world.public, request.unwrap()).await.status.as_u16());
    }
    assert_eq!(seen, [200, 429]);
}

#[tokio::test]
async fn it_says_how_it_is_and_what_it_does_not_have() {
    let world = World::new().await;
    let well = json!({ "service": "contacts-service", "status": "healthy", "database": "connected",
        "timestamp": world.now(), "uptime": 0 });
    assert_eq!(send(&world.public, get("/contacts/health")).await.both(), (200, well));
    let nowhere = (404, said("Route not found"));
    assert_eq!(send(&world.public, get("/contacts/api/broadcasts")).await.both(), nowhere);
    world.lifecycle.drain();
    assert_eq!(send(&world.public, get("/contacts/health")).await.status, 503);
}
