//! What is not sent, and what is not taken.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    ports::PushGateway,
    push::{PushFault, Subscription},
};
use tokio::net::TcpListener;

use crate::{
    browser::Browser,
    push_service::{PushService, gateway},
};

async fn fault(service: &PushService) -> PushFault {
    let to = Browser::new().subscription(&service.endpoint());
    service.gateway().push(&to, b"{}").await.unwrap_err()
}

fn answer(status: u16, header: (&'static str, String)) -> Response {
    (StatusCode::from_u16(status).unwrap(), [header]).into_response()
}

#[tokio::test]
async fn a_subscription_that_ended_is_gone() {
    for status in [404, 410] {
        let fault = fault(&PushService::with_status(status).await).await;
        assert!(matches!(fault, PushFault::Gone), "{fault}");
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_told_by_its_status() {
    for status in [400, 401, 403, 413, 418, 301, 307] {
        let fault = fault(&PushService::with_status(status).await).await;
        assert!(matches!(fault, PushFault::Refused(same) if same == status), "{fault}");
    }
}

#[tokio::test]
async fn a_service_with_too_much_to_do_is_asked_later() {
    let cases = [
        (429, "7", Some(7)),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", None),
        (408, "1", Some(1)),
        (500, "-1", None),
        (502, "", None),
        (503, " 120 ", Some(120)),
    ];
    for (status, wish, seconds) in cases {
        let service =
            PushService::answering(move |_| answer(status, ("retry-after", wish.to_owned()))).await;
        match fault(&service).await {
            PushFault::Later { cause, after } => {
                assert_eq!(*cause, *format!("status {status}"));
                assert_eq!(after, seconds.map(Duration::from_secs));
            }
            other => unreachable!("{status}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = PushService::with_status(201).await;
    let target = elsewhere.endpoint();
    let service = PushService::answering(move |_| answer(307, ("location", target.clone()))).await;
    assert!(matches!(fault(&service).await, PushFault::Refused(307)));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn nobody_is_called_who_is_not_a_push_service() {
    let (service, browser) = (PushService::with_status(201).await, Browser::new());
    let port = service.address.port();
    let only_others = gateway(vec!["https://push.example".to_owned()]);
    let only_this = service.gateway();
    let this = browser.subscription(&service.endpoint());
    assert!(only_this.accepts(&this) && !only_others.accepts(&this));
    assert!(matches!(only_others.push(&this, b"{}").await, Err(PushFault::Unusable)));
    for endpoint in [
        format!("http://localhost:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://127.0.0.2:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://user@127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
    ] {
        let to = browser.subscription(&endpoint);
        assert!(!only_this.accepts(&to), "{endpoint}");
        assert!(matches!(only_this.push(&to, b"{}").await, Err(PushFault::Unusable)));
    }
    assert!(service.seen().is_empty());
    // Other ways to write the same address reach no one else.
    let same = browser.subscription(&format!("HTTP://2130706433:{port}/same"));
    only_this.push(&same, b"{}").await.unwrap();
    assert_eq!(service.seen()[0].path, "/same");
}

#[tokio::test]
async fn keys_that_are_none_are_refused_before_anything_is_sent() {
    let service = PushService::with_status(201).await;
    let gateway = service.gateway();
    let good = Browser::new().subscription(&service.endpoint());
    let bad = |p256dh: &str, auth: &str| Subscription {
        endpoint: good.endpoint.clone(),
        p256dh: p256dh.to_owned(),
        auth: auth.to_owned(),
    };
    for to in [bad("", ""), bad(&good.auth, &good.p256dh), bad(&good.p256dh, "c2hvcnQ")] {
        assert!(!gateway.accepts(&to));
        assert!(matches!(gateway.push(&to, b"{}").await, Err(PushFault::Unusable)));
    }
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn what_is_too_long_for_a_record_is_not_sent() {
    let service = PushService::with_status(201).await;
    let to = Browser::new().subscription(&service.endpoint());
    let fault = service.gateway().push(&to, &[b'x'; 4080]).await.unwrap_err();
    assert!(matches!(fault, PushFault::Refused(413)), "{fault}");
    assert!(service.seen().is_empty());
}

async fn cause(origin: String) -> String {
    let gateway = gateway(vec![origin.clone()]);
    let to = Browser::new().subscription(&format!("{origin}/push/s3cret-name"));
    match gateway.push(&to, b"{}").await {
        Err(PushFault::Later { cause, after: None }) => {
            assert!(!cause.contains("s3cret") && !format!("{gateway:?}{to:?}").contains("s3cret"));
            cause.to_string()
        }
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_asked_later_and_not_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let cause = cause(origin).await;
    assert!(cause.starts_with("it cannot be reached: ") && cause.contains("refused"), "{cause}");
}

#[tokio::test]
async fn a_service_that_hangs_up_is_asked_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    assert!(cause(origin).await.starts_with("no answer: "));
}

#[tokio::test]
async fn a_service_that_cannot_prove_who_it_is_gets_nothing() {
    let service = PushService::with_status(201).await;
    let cause = cause(format!("https://{}", service.address)).await;
    assert!(cause.starts_with("it cannot be reached: "), "{cause}");
    assert!(service.seen().is_empty());
}

// Waiting costs no time here: the clock of timers jumps whenever everything waits.
#[tokio::test(start_paused = true)]
async fn a_silent_service_is_given_up_after_ten_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let started = tokio::time::Instant::now();
    let cause = cause(format!("http://{}", silent.local_addr().unwrap())).await;
    assert_eq!(cause, "no answer in time");
    assert_eq!(started.elapsed().as_secs(), 10);
}
