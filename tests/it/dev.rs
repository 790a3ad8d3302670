use std::{os::unix::fs::PermissionsExt, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

use crate::{
    raw_client::RawClient,
    sidecar::{PATIENCE, command},
};

#[tokio::test]
async fn dev_needs_nothing_and_prints_tokens_that_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &["dev"])
        .env("PORT", "0")
        .env("INTERNAL_ADDR", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut public, mut alice) = (None, None);
    while alice.is_none() {
        let line = timeout(PATIENCE, lines.next_line())
            .await
            .expect("a line in time")
            .unwrap()
            .expect("a token");
        if let Some(rest) = line.trim().strip_prefix("clients") {
            let address = rest.trim().strip_prefix("http://").unwrap();
            public = Some(address.split(' ').next().unwrap().parse().unwrap());
        }
        if line.trim() == "alice" {
            alice = lines.next_line().await.unwrap();
        }
    }
    let mut client =
        RawClient::connect(public.unwrap(), "/api/socket", alice.unwrap().trim()).await;
    let online = client.event("getOnlineUsers").await.expect("the list");
    assert_eq!(online, serde_json::json!(["alice"]));

    let secrets = std::fs::metadata(folder.path().join(".outrigger/secrets.env")).unwrap();
    assert_eq!(secrets.permissions().mode() & 0o777, 0o600);
    child.kill().await.unwrap();
}

#[tokio::test]
async fn dev_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let refused = command(folder.path(), &["dev"]).env("BIND", "0.0.0.0").env("PORT", "0").output();
    let refused = timeout(PATIENCE, refused).await.expect("an end in time").unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("this machine only"));
}
