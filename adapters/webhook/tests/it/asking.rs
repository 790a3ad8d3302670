//! Asking an app for a user.

use std::time::{Duration, Instant};

use axum::{
    Json,
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use outrigger_domain::{accounts::UserPatch, ids::UserId, ports::UserLookup};
use serde_json::json;
use tokio::{net::TcpListener, time::sleep};

use crate::{
    app::{App, SECRET, lookup},
    posting::hmac_sha256,
};

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

async fn refusal(app: &App) -> String {
    let error = lookup(&app.url()).look_up(&user("ann")).await.unwrap_err();
    error.0.to_string()
}

#[tokio::test]
async fn the_question_is_signed_and_the_answer_is_a_user() {
    let answer = json!({ "user": { "name": "Ann", "role": "moderator" } });
    let app = App::answering(move || Json(answer.clone()).into_response()).await;
    let url = format!("{}?key=1", app.url());
    let ann = lookup(&url).look_up(&user("ann&b=c/ü")).await.unwrap().unwrap();
    assert_eq!(ann.name.as_deref(), Some("Ann"));
    let [seen] = <[_; 1]>::try_from(app.seen()).unwrap();
    assert_eq!(seen.path, "/hooks?key=1&userId=ann%26b%3Dc%2F%C3%BC");
    assert!(seen.body.is_empty());
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("webhook-id"), "ann%26b%3Dc%2F%C3%BC");
    assert_eq!(header("webhook-timestamp"), "1763700000");
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.1763700000.", header("webhook-id"));
    let signature = STANDARD.encode(hmac_sha256(&key, signed.as_bytes()));
    assert_eq!(header("webhook-signature"), format!("v1,{signature}"));
}

#[tokio::test]
async fn a_plain_id_is_signed_as_it_is() {
    let app = App::answering(|| Json(json!({})).into_response()).await;
    let found = lookup(&app.url()).look_up(&user("ann@example.com")).await.unwrap();
    assert_eq!(found, Some(UserPatch::default()));
    assert_eq!(app.seen()[0].headers["webhook-id"], "ann@example.com");
}

#[tokio::test]
async fn it_is_believed_for_a_while_that_there_is_nobody() {
    let app = App::with_status(StatusCode::NOT_FOUND).await;
    let lookup = lookup(&app.url());
    for _ in 0..5 {
        assert_eq!(lookup.look_up(&user("nobody")).await.unwrap(), None);
    }
    assert_eq!(app.seen().len(), 1);
    assert_eq!(lookup.look_up(&user("another")).await.unwrap(), None);
    assert_eq!(app.seen().len(), 2);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(lookup.look_up(&user("nobody")).await.unwrap(), None);
    assert_eq!(app.seen().len(), 3);
}

#[tokio::test]
async fn who_was_found_is_asked_for_again() {
    let app = App::answering(|| Json(json!({})).into_response()).await;
    let lookup = lookup(&app.url());
    for _ in 0..2 {
        assert!(lookup.look_up(&user("ann")).await.unwrap().is_some());
    }
    assert_eq!(app.seen().len(), 2);
}

#[tokio::test]
async fn any_other_answer_is_none() {
    for status in [204, 302, 401, 410, 500, 503] {
        let app = App::with_status(StatusCode::from_u16(status).unwrap()).await;
        let refusal = refusal(&app).await;
        let expected = match status {
            204 => format!("{}: the answer is not a user as JSON", app.url()),
            _ => format!("{} answered {status}", app.url()),
        };
        assert_eq!(refusal, expected);
    }
}

#[tokio::test]
async fn a_failure_is_not_believed_to_be_an_answer() {
    let app = App::with_status(StatusCode::INTERNAL_SERVER_ERROR).await;
    let lookup = lookup(&app.url());
    for _ in 0..2 {
        assert!(lookup.look_up(&user("ann")).await.is_err());
    }
    assert_eq!(app.seen().len(), 2);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let app = App::answering(|| {
        let parts = std::iter::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(16 * 1024)));
        Response::new(Body::from_stream(futures_util::stream::iter(parts)))
    })
    .await;
    assert_eq!(refusal(&app).await, format!("{} answered with more than 65536 bytes", app.url()));
}

#[tokio::test]
async fn an_app_that_does_not_answer_is_given_up_in_time_however_many_ask() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://user:pa55@{}/hooks?key=s3cret", silent.local_addr().unwrap());
    let lookup = lookup(&url);
    let started = Instant::now();
    let ids: Vec<_> = (0..100).map(|number| user(&format!("user-{number}"))).collect();
    let answers = join_all(ids.iter().map(|id| lookup.look_up(id))).await;
    assert!(started.elapsed() < Duration::from_secs(3));
    for answer in answers {
        let why = answer.unwrap_err().0.to_string();
        assert!(why.ends_with("/hooks did not answer in time"), "{why}");
        assert!(!why.contains("pa55") && !why.contains("s3cret"), "{why}");
    }
    assert!(!format!("{lookup:?}").contains("s3cret"));
}
