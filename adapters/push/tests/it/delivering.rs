//! What a push service and a browser get.

use axum::{body::Body, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use outrigger_domain::ports::PushGateway;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    push_service::{NOW_MS, PushService, SUBJECT},
};

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[tokio::test]
async fn a_message_comes_encrypted_and_signed() {
    let (service, browser) = (PushService::with_status(201).await, Browser::new());
    let gateway = service.gateway();
    let payload = r#"{"title":"żółw"}"#.as_bytes();
    gateway.push(&browser.subscription(&service.endpoint()), payload).await.unwrap();
    let [seen] = <[_; 1]>::try_from(service.seen()).unwrap();
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    assert_eq!((seen.method.as_str(), &*seen.path), ("POST", "/push/s3cret-name"));
    assert_eq!(header("ttl"), "86400");
    assert_eq!(header("urgency"), "normal");
    assert_eq!(header("content-encoding"), "aes128gcm");
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("user-agent"), format!("Outrigger/{}", env!("CARGO_PKG_VERSION")));
    assert!(!seen.headers.contains_key("topic"));
    assert_eq!(browser.decrypt(&seen.body), payload);

    // RFC 8292 sections 2 and 3.
    let authorization = header("authorization");
    let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(key, gateway.public_key());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    VerifyingKey::from_sec1_bytes(&bytes(key))
        .unwrap()
        .verify(signed.as_bytes(), &Signature::from_slice(&bytes(signature)).unwrap())
        .unwrap();
    let [head, claims] = <[_; 2]>::try_from(signed.split('.').collect::<Vec<_>>())
        .unwrap()
        .map(|part| serde_json::from_slice::<Value>(&bytes(part)).unwrap());
    assert_eq!(head, json!({ "typ": "JWT", "alg": "ES256" }));
    let exp = NOW_MS / 1000 + 12 * 3600;
    assert_eq!(claims, json!({ "aud": service.origin(), "exp": exp, "sub": SUBJECT }));
}

#[tokio::test]
async fn the_longest_payload_is_short_enough_for_every_push_service() {
    let (service, browser) = (PushService::with_status(201).await, Browser::new());
    let payload = vec![b'x'; outrigger_domain::push::MOST_PAYLOAD_BYTES];
    let to = browser.subscription(&service.endpoint());
    service.gateway().push(&to, &payload).await.unwrap();
    let seen = service.seen();
    assert_eq!(browser.decrypt(&seen[0].body), payload);
    assert!(seen[0].body.len() <= 4096, "RFC 8030 section 7.2");
}

#[tokio::test]
async fn every_2xx_is_taken() {
    for status in [200, 201, 202, 204] {
        let service = PushService::with_status(status).await;
        let to = Browser::new().subscription(&service.endpoint());
        service.gateway().push(&to, b"{}").await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let service = PushService::answering(|_| {
        let parts = std::iter::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(16 * 1024)));
        Response::new(Body::from_stream(futures_util::stream::iter(parts)))
    })
    .await;
    let started = std::time::Instant::now();
    let to = Browser::new().subscription(&service.endpoint());
    service.gateway().push(&to, b"{}").await.unwrap();
    assert!(started.elapsed().as_secs() < 5, "it did not wait for the time to be over");
}
