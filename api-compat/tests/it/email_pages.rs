//! Links that end list mail, and what templates look like, over the public listener.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::world::{Answer, Setup, World, get, send};

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.bytes).unwrap()
}

async fn is_suppressed(world: &World, address: &str) -> Value {
    let path = format!("/internal/email/suppressions/{address}");
    world.app("GET", &path, Value::Null).await.json()["suppressed"].clone()
}

async fn post(world: &World, path: &str, body: &'static str) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    send(&world.public, request).await
}

#[tokio::test]
async fn a_link_shows_a_button_and_only_the_button_ends_mail() {
    let world = World::new().await;
    let link = world.unsubscribe_path("ann&co@x.example");
    let page = send(&world.public, get(&link)).await;
    assert_eq!(page.status, 200);
    assert!(text(&page).contains("<strong>ann&amp;co@x.example</strong>"), "{}", text(&page));
    assert!(text(&page).contains("<form method=\"post\">"));
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(is_suppressed(&world, "ann%26co@x.example").await, false, "programs follow links");
    for _ in 0..2 {
        let done = post(&world, &link, "List-Unsubscribe=One-Click").await;
        assert_eq!(done.status, 200);
        assert!(text(&done).contains("You are unsubscribed") && !text(&done).contains("<form"));
    }
    assert_eq!(is_suppressed(&world, "ann%26co@x.example").await, true);
}

#[tokio::test]
async fn a_link_that_was_changed_ends_nothing() {
    let world = World::new().await;
    let link = world.unsubscribe_path("ann@x.example");
    for path in [
        "/email/unsubscribe",
        "/email/unsubscribe?token=",
        "/email/unsubscribe?token=a.b",
        &link[..link.len() - 2],
    ] {
        for answer in [send(&world.public, get(path)).await, post(&world, path, "").await] {
            assert_eq!(answer.status, 400, "{path}");
            assert!(text(&answer).contains("This link does not work"));
        }
    }
    assert_eq!(is_suppressed(&world, "ann@x.example").await, false);
    let world = World::set_up(Setup { mail: false, ..Setup::default() }).await;
    assert_eq!(post(&world, &link, "").await.status, 404);
}

#[tokio::test]
async fn admins_see_what_templates_look_like() {
    let world = World::with_people().await;
    let root = world.token("root");
    let show = async |query: &str| {
        let path = format!("/api/email/preview/welcome-email{query}");
        world.from("192.0.2.1", "GET", &path, &[("x-auth-token", &root)], Value::Null).await
    };
    let html = show("").await;
    assert_eq!(
        (html.status.as_u16(), &html.headers[header::CONTENT_TYPE]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policy = html.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("sandbox; default-src 'none'; style-src 'unsafe-inline'"),
        "{policy}"
    );
    assert!(text(&html).contains("Amara"));
    assert_eq!(
        show("?format=text").await.headers[header::CONTENT_TYPE],
        "text/plain; charset=utf-8"
    );
    assert_eq!(show("?format=json").await.json()["subject"], "welcome-email");
    assert_eq!(
        show("?format=pdf").await.both(),
        (400, json!({ "error": "format must be html, text or json" }))
    );
    let listed = world.get("root", "/api/email/templates").await.json();
    assert_eq!(
        (&listed["configured"], listed["templates"].as_array().unwrap().len()),
        (&json!(true), 10)
    );
    let none = world.get("root", "/api/email/preview/none").await;
    assert_eq!(none.both(), (404, json!({ "error": "There is no such template" })));
}

#[tokio::test]
async fn a_form_brings_the_token_of_an_admin_and_nobody_elses() {
    let world = World::with_people().await;
    let path = "/api/email/preview/welcome-email?format=html";
    let posted = async |name: &str| {
        let body = format!("token={}", world.token(name));
        let request = Request::post(path).body(Body::from(body)).unwrap();
        send(&world.public, request).await.status.as_u16()
    };
    assert_eq!((posted("root").await, posted("ann").await), (200, 403));
    assert_eq!(post(&world, path, "").await.both(), (401, json!({ "error": "Unauthorized" })));
    assert_eq!(post(&world, path, "token=x.y.z").await.status, 401);
    for path in [path, "/api/email/templates"] {
        assert_eq!(send(&world.public, get(path)).await.status, 401);
        assert_eq!(world.get("ann", path).await.status, 403);
    }
}
