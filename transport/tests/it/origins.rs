//! Pages of others may not connect, on either transport.

use outrigger_transport::Limits;

use crate::{
    http::{self, UPGRADE, target},
    server::Server,
};

const APP: &str = "https://app.example.com";

/// The status of a handshake on each transport.
async fn open(server: &Server, headers: &[(&str, &str)]) -> [u16; 2] {
    let upgrade: Vec<_> = UPGRADE.iter().chain(headers).copied().collect();
    let polling = http::get(server.address, &target("polling", None), headers).await;
    let websocket = http::get(server.address, &target("websocket", None), &upgrade).await;
    [polling.status, websocket.status]
}

const OPENED: [u16; 2] = [200, 101];
const REFUSED: [u16; 2] = [403, 403];

#[tokio::test]
async fn the_app_may_connect_and_strangers_may_not() {
    let server = Server::behind_proxy(Limits::default(), &[APP]).await;
    assert_eq!(open(&server, &[]).await, OPENED);
    assert_eq!(open(&server, &[("Origin", APP)]).await, OPENED);
    let own = server.address.to_string();
    assert_eq!(open(&server, &[("Origin", &format!("http://{own}"))]).await, OPENED);
    for stranger in
        ["https://evil.example", "http://127.0.0.1:1", "null", "https://app.example.com.evil"]
    {
        assert_eq!(open(&server, &[("Origin", stranger)]).await, REFUSED, "{stranger}");
    }
}

#[tokio::test]
async fn a_stranger_may_not_use_a_session_either() {
    let server = Server::behind_proxy(Limits::default(), &[APP]).await;
    let client = crate::polling::Polling::open(server.address).await;
    let stranger = [("Origin", "https://evil.example")];
    let target = target("polling", Some(&client.sid));
    assert_eq!(http::get(server.address, &target, &stranger).await.status, 403);
    assert_eq!(http::request(server.address, "POST", &target, &stranger, "40").await.status, 403);
    assert_eq!(client.post("40").await, 200);
}

#[tokio::test]
async fn the_forwarded_host_counts_from_a_trusted_proxy_only() {
    let headers = [("Origin", "https://shop.example"), ("X-Forwarded-Host", "shop.example")];
    let behind = Server::behind_proxy(Limits::default(), &[]).await;
    assert_eq!(open(&behind, &headers).await, OPENED);
    let bare = Server::start().await;
    assert_eq!(open(&bare, &headers).await, REFUSED);
}

#[tokio::test]
async fn polling_from_the_app_is_allowed_by_its_headers() {
    let server = Server::behind_proxy(Limits::default(), &[APP]).await;
    let polling = target("polling", None);
    let answer = http::get(server.address, &polling, &[("Origin", APP)]).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(APP));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("vary").is_some_and(|vary| vary.to_lowercase().contains("origin")));

    let preflight = |origin: &'static str| {
        [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type"),
        ]
    };
    let asked = http::request(server.address, "OPTIONS", &polling, &preflight(APP), "").await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("access-control-allow-origin"), Some(APP));
    assert!(asked.header("access-control-allow-methods").unwrap().contains("POST"));
    assert!(asked.header("access-control-allow-headers").unwrap().contains("content-type"));
    let evil = preflight("https://evil.example");
    let asked = http::request(server.address, "OPTIONS", &polling, &evil, "").await;
    assert_eq!(asked.header("access-control-allow-origin"), None);
    assert_eq!(server.hub.counts().engines, 1);
}
