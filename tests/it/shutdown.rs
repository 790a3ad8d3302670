use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::{
    raw_client::RawClient,
    sidecar::{Sidecar, token},
};

#[tokio::test]
async fn everyone_is_told_before_the_process_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut sidecar = Sidecar::start(&folder).await;
    let mut ann = RawClient::connect(sidecar.public, "/api/socket", &token("ann")).await;
    sidecar.terminate();
    let farewell = ann.event("server_shutdown").await.expect("a farewell");
    assert_eq!(farewell["message"], "Server is shutting down");
    assert!(farewell["timestamp"].is_string());
    while ann.packet().await.is_some() {}
    assert_eq!(sidecar.exit_code().await, Some(0));
}

#[tokio::test]
async fn a_second_signal_waits_for_no_client_and_ends_in_good_order() {
    let folder = tempfile::tempdir().unwrap();
    let slow = [("SHUTDOWN_NOTICE_MS", "60000"), ("SHUTDOWN_DEADLINE_MS", "120000")];
    let mut sidecar = Sidecar::start_with(&folder, &slow).await;
    let mut ann = RawClient::connect(sidecar.public, "/api/socket", &token("ann")).await;
    sidecar.terminate();
    ann.event("server_shutdown").await.expect("a farewell");
    sidecar.terminate();
    while ann.packet().await.is_some() {}
    assert_eq!(sidecar.exit_code().await, Some(0));
}

#[tokio::test]
async fn a_third_signal_ends_the_process_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let slow = [("SHUTDOWN_NOTICE_MS", "60000"), ("SHUTDOWN_DEADLINE_MS", "120000")];
    let mut sidecar = Sidecar::start_with(&folder, &slow).await;
    let mut ann = RawClient::connect(sidecar.public, "/api/socket", &token("ann")).await;
    // A request that never comes to its end is waited for after the sockets are closed.
    let mut request = tokio::net::TcpStream::connect(sidecar.public).await.unwrap();
    let head = "POST /api/messages/send/bob HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";
    request.write_all(head.as_bytes()).await.unwrap();
    sidecar.terminate();
    ann.event("server_shutdown").await.expect("a farewell");
    sidecar.terminate();
    while ann.packet().await.is_some() {}
    sidecar.terminate();
    assert_eq!(sidecar.exit_code().await, Some(130));
}

#[tokio::test]
async fn the_devices_of_a_stopped_process_are_known_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Sidecar::start(&folder).await;
    let mut ann = RawClient::connect(first.public, "/api/socket", &token("ann")).await;
    ann.event("getOnlineUsers").await.expect("the list");
    first
        .call(
            "/internal/notify",
            json!({ "userId": "ann", "type": "info", "title": "t", "message": "m" }),
        )
        .await;
    first.terminate();
    assert_eq!(first.exit_code().await, Some(0));

    let second = Sidecar::start(&folder).await;
    let sessions: serde_json::Value = reqwest::Client::new()
        .get(format!("http://{}/api/auth/sessions?userId=ann", second.public))
        .bearer_auth(token("ann"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let sessions =
        sessions.as_array().or_else(|| sessions["sessions"].as_array()).expect("a list").clone();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
}
