//! What an app gets.

use axum::{
    body::Body,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use outrigger_domain::webhooks::AppEndpoint;
use sha2::{Digest, Sha256};

use crate::app::{App, SECRET, endpoint, webhook};

/// HMAC as RFC 2104 section 2 spells it, so that the signature is not checked with the code that made it.
pub(crate) fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let pad = |with: u8| -> Vec<u8> {
        (0..64).map(|at| key.get(at).copied().unwrap_or_default() ^ with).collect()
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[tokio::test]
async fn a_webhook_comes_whole_and_signed() {
    let app = App::with_status(StatusCode::NO_CONTENT).await;
    app.post().await.unwrap();
    let [seen] = <[_; 1]>::try_from(app.seen()).unwrap();
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    assert_eq!(seen.path, "/hooks");
    assert_eq!(seen.body, webhook().body);
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("webhook-id"), "0199-w");
    assert_eq!(header("webhook-timestamp"), "1763700000");
    assert_eq!(header("user-agent"), format!("Outrigger/{}", env!("CARGO_PKG_VERSION")));
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = [b"0199-w.1763700000.".as_slice(), &seen.body].concat();
    let signature = STANDARD.encode(hmac_sha256(&key, &signed));
    assert_eq!(header("webhook-signature"), format!("v1,{signature}"));
}

#[tokio::test]
async fn credentials_and_queries_of_the_address_are_used() {
    let app = App::with_status(StatusCode::OK).await;
    let url = format!("http://user:pass@{}/hooks?key=1", app.address);
    endpoint(&url).post(&webhook()).await.unwrap();
    let seen = app.seen();
    assert_eq!(seen[0].path, "/hooks?key=1");
    assert_eq!(seen[0].headers["authorization"], format!("Basic {}", STANDARD.encode("user:pass")));
}

#[tokio::test]
async fn every_2xx_is_taken_and_cookies_are_not_kept() {
    for status in [200, 201, 202, 204, 299] {
        let app = App::answering(move || {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("set-cookie", "a=b")], "{}").into_response()
        })
        .await;
        let endpoint = endpoint(&app.url());
        endpoint.post(&webhook()).await.unwrap();
        endpoint.post(&webhook()).await.unwrap();
        assert!(app.seen().iter().all(|seen| !seen.headers.contains_key("cookie")));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let app = App::answering(|| {
        let parts = std::iter::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(16 * 1024)));
        Response::new(Body::from_stream(futures_util::stream::iter(parts)))
    })
    .await;
    let started = std::time::Instant::now();
    app.post().await.unwrap();
    assert!(started.elapsed().as_millis() < 450, "it did not wait for the time to be over");
}
