//! `connected` before everything, `disconnected` after everything, each once.

use std::time::Duration;

use outrigger_transport::{Gone, Limits};
use serde_json::json;

use crate::{
    polling::Polling,
    recorder::What,
    server::{Server, auth},
    websocket::Ws,
};

/// A connection that never joined a namespace is kept for as long as it might.
fn hasty() -> Limits {
    Limits { connect_timeout: Duration::from_millis(500), ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connected_comes_before_an_event_sent_right_behind_the_answer() {
    let server = Server::start().await;
    for round in 0..50 {
        let name = format!("a{round}");
        let mut client = Ws::named(server.address, &name).await;
        client.burst((0..5).map(|n| format!(r#"42["yield",{n}]"#))).await;
        server.recorder.until(&name, |told| told.len() == 7).await;
        let mut expected = vec![What::Entered, What::Connected];
        expected.extend((0..5).map(|n| What::Event("yield".into(), n.to_string())));
        assert_eq!(server.recorder.of(&name), expected);
    }
}

/// Events in the same segment as CONNECT come before there is a socket for them: the protocol allows to close
/// the connection then, but not to handle them before `connected`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_in_one_segment_with_connect_is_never_handled_before_it() {
    let server = Server::with(hasty()).await;
    for round in 0..50 {
        let name = format!("a{round}");
        let mut client = Ws::open(server.address).await;
        let events = (0..5).map(|n| format!(r#"42["yield",{n}]"#));
        client.burst(std::iter::once(format!("40{}", auth(&name))).chain(events)).await;
    }
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn disconnected_comes_after_the_events_that_wait() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"42["wait",0]"#).await;
    client.burst((1..5).map(|n| format!(r#"42["n",{n}]"#))).await;
    client.say("41").await;
    server.until_open(|counts| counts.sockets == 0).await;
    assert_eq!(server.recorder.of("a"), [What::Entered, What::Connected]);
    server.recorder.gate.add_permits(1);
    assert_eq!(server.recorder.gone("a").await, Gone::Client);
    assert_eq!(server.recorder.of("a").len(), 8);
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn a_namespace_may_be_joined_again_after_it_was_left() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "first").await;
    client.say("41").await;
    server.recorder.gone("first").await;
    client.join("/", &auth("second")).await;
    assert!(client.is_served().await);
    assert_eq!(server.hub.counts().sockets, 1);
    drop(client);
    assert_eq!(server.recorder.gone("second").await, Gone::Transport);
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn leaving_one_namespace_leaves_the_others() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "root").await;
    client.join("/chat", &auth("chat")).await;
    let keys: Vec<_> = server.hub.conns().iter().map(|conn| (conn.key(), conn.engine())).collect();
    assert!(keys[0].0 != keys[1].0 && keys[0].1 == keys[1].1, "{keys:?}");
    client.say("41/chat,").await;
    assert_eq!(server.recorder.gone("chat").await, Gone::Client);
    assert!(client.is_served().await);
    assert_eq!(server.hub.counts().sockets, 1);
}

#[tokio::test]
async fn a_closed_connection_ends_all_its_namespaces() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "root").await;
    client.join("/chat", &auth("chat")).await;
    drop(client);
    assert_eq!(server.recorder.gone("chat").await, Gone::Transport);
    assert_eq!(server.recorder.gone("root").await, Gone::Transport);
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn a_polling_client_that_closes_is_gone_at_once() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    assert_eq!(client.post("1").await, 200);
    assert_eq!(server.recorder.gone("a").await, Gone::Transport);
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
}

#[tokio::test]
async fn a_handler_that_panics_at_connect_is_an_answer_and_no_socket() {
    let server = Server::start().await;
    let mut client = Ws::open(server.address).await;
    let error = client.refused(&json!({ "admit": "panic" })).await;
    assert_eq!(error, "Service unavailable");
    assert_eq!(server.hub.counts().sockets, 0);
    // The same connection may try again.
    client.join("/", &auth("a")).await;
    assert!(client.is_served().await);
}

#[tokio::test]
async fn a_refusal_is_answered_in_its_words() {
    let server = Server::start().await;
    let mut client = Ws::open(server.address).await;
    assert_eq!(client.refused(&json!({ "admit": "refuse" })).await, "not you");
    client.say("40/nowhere,").await;
    assert_eq!(client.packet().await.unwrap(), r#"44/nowhere,{"message":"Invalid namespace"}"#);
    assert_eq!(server.hub.counts().sockets, 0);
    assert!(server.recorder.log().is_empty());
}
