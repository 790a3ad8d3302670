use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::sidecar::{Sidecar, token};

/// Sends messages until the connection breaks; gives what was acknowledged: text and id.
async fn send_until_killed(
    public: std::net::SocketAddr,
    sender: usize,
    acknowledged: Arc<AtomicUsize>,
) -> BTreeMap<String, String> {
    let client = reqwest::Client::new();
    let token = token("ann");
    let mut stored = BTreeMap::new();
    for number in 0.. {
        let text = format!("{sender}-{number}");
        let sent = client
            .post(format!("http://{public}/api/messages/send/bob"))
            .bearer_auth(&token)
            .json(&json!({ "text": text, "clientMessageId": text }))
            .send()
            .await;
        let Ok(answer) = sent else { break };
        if answer.status() != 201 {
            break;
        }
        let Ok(document) = answer.json::<Value>().await else { break };
        stored.insert(text, document["_id"].as_str().unwrap().to_owned());
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_kill_9_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let sidecar = Sidecar::start(&folder).await;
    sidecar.know(&["ann", "bob"]).await;

    let count = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..8)
        .map(|sender| tokio::spawn(send_until_killed(sidecar.public, sender, Arc::clone(&count))))
        .collect();
    while count.load(Ordering::Relaxed) < 400 {
        tokio::task::yield_now().await;
    }
    sidecar.kill().await;
    let mut acknowledged = BTreeMap::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    assert!(acknowledged.len() >= 400);

    let again = Sidecar::start(&folder).await;
    // A client that lost the answer sends again under its own id: that stores nothing twice.
    let client = reqwest::Client::new();
    for text in acknowledged.keys().take(20) {
        let repeated = client
            .post(format!("http://{}/api/messages/send/bob", again.public))
            .bearer_auth(token("ann"))
            .json(&json!({ "text": text, "clientMessageId": text }))
            .send()
            .await
            .unwrap();
        assert_eq!(repeated.status(), 200);
    }
    let stored = history(&again).await;
    for (text, id) in &acknowledged {
        assert_eq!(stored.get(text), Some(&vec![id.clone()]), "message {text}");
    }
    // What was on its way may or may not be there, but nothing is there twice.
    assert!(stored.values().all(|ids| ids.len() == 1));
}

/// Everything bob got from ann: text and the ids under which it is stored.
async fn history(sidecar: &Sidecar) -> BTreeMap<String, Vec<String>> {
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut before = String::new();
    loop {
        let url = format!("http://{}/api/messages/ann?limit=500{before}", sidecar.public);
        let page: Vec<Value> = reqwest::Client::new()
            .get(url)
            .bearer_auth(token("bob"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let Some(oldest) = page.first() else { return stored };
        before = format!("&before={}", oldest["_id"].as_str().unwrap());
        for message in &page {
            let text = message["text"].as_str().unwrap().to_owned();
            stored.entry(text).or_default().push(message["_id"].as_str().unwrap().to_owned());
        }
    }
}
