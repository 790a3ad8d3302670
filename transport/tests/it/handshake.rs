//! What a namespace is told of the request that opened a connection.

use outrigger_transport::Limits;
use serde_json::Value;

use crate::{
    http::{self, target},
    server::{PATH, Server},
};

/// Opens a polling session with these headers, and joins.
async fn told(server: &Server, target: &str, headers: &[(&str, &str)]) -> Value {
    let open = http::get(server.address, target, headers).await;
    let open: Value = serde_json::from_str(&open.body[1..]).unwrap();
    let session = format!("{target}&sid={}", open["sid"].as_str().unwrap());
    let others = [("Cookie", "authToken=later"), ("User-Agent", "later")];
    assert_eq!(http::request(server.address, "POST", &session, &others, "40").await.status, 200);
    server.recorder.until("", |told| !told.is_empty()).await;
    server.recorder.handshake.lock().unwrap().clone()
}

#[tokio::test]
async fn it_is_told_of_the_first_request() {
    let server = Server::behind_proxy(Limits::default(), &[]).await;
    let headers = [
        ("Cookie", "a=b; authToken=cookie%20token"),
        ("User-Agent", "tests/1"),
        ("Authorization", "Bearer header-token"),
        ("X-Forwarded-For", "203.0.113.9, 192.0.2.7"),
    ];
    let told = told(&server, &target("polling", None), &headers).await;
    assert_eq!(told["path"], PATH);
    assert_eq!(told["peer"], "127.0.0.1");
    assert_eq!(told["cookie"], "cookie token");
    assert_eq!(told["userAgent"], "tests/1");
    assert_eq!(told["authorization"], "Bearer header-token");
    assert_eq!(told["forwarded"], "203.0.113.9");
    assert_eq!(told["limited"], "192.0.2.7");
    let debug = told["debug"].as_str().unwrap();
    assert!(!debug.contains("token"), "{debug}");
}

#[tokio::test]
async fn nobody_else_is_believed_about_addresses() {
    let server = Server::start().await;
    let headers = [("X-Forwarded-For", "203.0.113.9"), ("X-Real-IP", "203.0.113.9")];
    let told = told(&server, &target("polling", None), &headers).await;
    assert_eq!((&told["forwarded"], &told["limited"]), (&Value::Null, &"127.0.0.1".into()));
}

#[tokio::test]
async fn a_token_in_the_url_is_told_nobody() {
    let server = Server::start().await;
    let target = format!("{}&token=url-secret&authToken=url-secret", target("polling", None));
    let told = told(&server, &target, &[]).await;
    assert!(!told.to_string().contains("url-secret"), "{told}");
    assert_eq!((&told["cookie"], &told["authorization"]), (&Value::Null, &Value::Null));
}
