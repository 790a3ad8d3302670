//! What becomes of a webhook that the app does not take.

use std::{sync::Arc, time::Duration};

use axum::{http::StatusCode, response::IntoResponse};
use outrigger_domain::{
    events::Secret,
    time::SystemClock,
    webhooks::{AppEndpoint, NotTaken},
};
use outrigger_webhook::{BadSecret, EndpointError, HttpEndpoint};
use tokio::net::TcpListener;

use crate::app::{App, endpoint, webhook};

fn later(why: impl Into<String>) -> Result<(), NotTaken> {
    Err(NotTaken::Now { why: why.into(), retry_after: None })
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = App::with_status(StatusCode::OK).await;
    let target = elsewhere.url();
    let app = App::answering(move || {
        (StatusCode::TEMPORARY_REDIRECT, [("location", target.clone())]).into_response()
    })
    .await;
    assert_eq!(app.post().await, later(format!("{} answered 307", app.url())));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn gone_is_for_ever() {
    let app = App::with_status(StatusCode::GONE).await;
    assert_eq!(app.post().await, Err(NotTaken::Ever));
}

#[tokio::test]
async fn a_wish_to_be_left_alone_is_heard_from_an_app_with_too_much_to_do() {
    let cases = [
        (429, "7", Some(7)),
        (503, " 120 ", Some(120)),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", None),
        (503, "-1", None),
        (500, "7", None),
        (302, "7", None),
    ];
    for (status, after, seconds) in cases {
        let app = App::answering(move || {
            (StatusCode::from_u16(status).unwrap(), [("retry-after", after)]).into_response()
        })
        .await;
        let why = format!("{} answered {status}", app.url());
        let retry_after = seconds.map(Duration::from_secs);
        assert_eq!(app.post().await, Err(NotTaken::Now { why, retry_after }), "{status} {after}");
    }
}

#[tokio::test]
async fn an_app_that_does_not_answer_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", silent.local_addr().unwrap());
    let started = std::time::Instant::now();
    let answer = endpoint(&url).post(&webhook()).await;
    assert_eq!(answer, later(format!("{url} did not answer in time")));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_app_that_is_not_there_is_named_without_what_is_secret_in_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let endpoint = endpoint(&format!("http://user:pa55@{address}/hooks?key=s3cret"));
    let Err(NotTaken::Now { why, retry_after: None }) = endpoint.post(&webhook()).await else {
        unreachable!("nobody is there")
    };
    assert!(why.starts_with(&format!("http://{address}/hooks cannot be reached: ")), "{why}");
    assert!(why.contains("refused"), "{why}");
    for text in [why, format!("{endpoint:?}")] {
        assert!(
            !text.contains("pa55") && !text.contains("s3cret") && !text.contains("whsec"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_app_that_hangs_up_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let Err(NotTaken::Now { why, .. }) = endpoint(&url).post(&webhook()).await else {
        unreachable!("nobody answers")
    };
    assert!(why.starts_with(&format!("{url} did not answer: ")), "{why}");
}

#[tokio::test]
async fn https_is_not_spoken_with_who_cannot_prove_who_he_is() {
    let app = App::with_status(StatusCode::OK).await;
    let url = format!("https://{}/hooks", app.address);
    let Err(NotTaken::Now { why, .. }) = endpoint(&url).post(&webhook()).await else {
        unreachable!("it speaks no TLS")
    };
    assert!(why.starts_with(&format!("{url} cannot be reached: ")), "{why}");
    assert!(app.seen().is_empty());
}

#[test]
fn bad_settings_are_refused_without_being_repeated() {
    let new = |url: &str, secret: &str| {
        HttpEndpoint::new(url, &Secret::new(secret), Duration::from_secs(1), Arc::new(SystemClock))
    };
    let address = new("app.example?key=s3cret", "secret").unwrap_err();
    assert!(matches!(address, EndpointError::Address(_)));
    assert!(!format!("{address} {address:?}").contains("s3cret"));
    let secret = new("https://app.example", "whsec_pa55 w0rd").unwrap_err();
    assert!(matches!(secret, EndpointError::Secret(BadSecret::NotBase64)));
    assert!(!format!("{secret} {secret:?}").contains("pa55"));
}
