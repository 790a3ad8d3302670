use serde_json::json;

use crate::{
    raw_client::RawClient,
    sidecar::{INTERNAL_SECRET, JWT_SECRET, Sidecar, token},
};

#[tokio::test]
async fn no_token_secret_or_message_is_logged_even_when_everything_is() {
    let folder = tempfile::tempdir().unwrap();
    let everything =
        [("LOG", "trace,socketioxide=trace,engineioxide=trace,hyper=trace,sqlx=trace")];
    let mut sidecar = Sidecar::start_with(&folder, &everything).await;
    sidecar.know(&["ann", "bob"]).await;
    let (ann, bob) = (token("ann"), token("bob"));
    let mut client = RawClient::connect(sidecar.public, "/api/socket", &bob).await;
    client.say(&format!("42{}", json!(["authenticate", { "token": bob }]))).await;
    client.event("authenticated").await.expect("a confirmation");

    let sent = reqwest::Client::new()
        .post(format!("http://{}/api/messages/send/bob", sidecar.public))
        .header("cookie", format!("authToken={ann}"))
        .json(&json!({ "text": "between-us-only" }))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 201);
    client.event("newMessage").await.expect("the message");
    sidecar
        .call("/internal/emit-token-update", json!({ "userId": "bob", "newToken": token("bob") }))
        .await;
    client.event("tokenUpdated").await.expect("the new token");
    let refused = reqwest::Client::new()
        .get(format!("http://{}/api/messages/unread", sidecar.public))
        .bearer_auth(format!("{ann}x"))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    sidecar.terminate();
    assert_eq!(sidecar.exit_code().await, Some(0));

    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.lines().count() > 3, "this test needs a log: {log}");
    for secret in [JWT_SECRET, INTERNAL_SECRET, &ann, &bob, "between-us-only", "authToken="] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a line holds what it must not");
    }
}
