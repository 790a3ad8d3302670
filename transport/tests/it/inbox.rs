//! A client that sends more than is handled.

use outrigger_transport::{Gone, Limits};

use crate::{
    polling::Polling,
    recorder::What,
    server::{Server, auth},
    websocket::Ws,
};

fn small() -> Limits {
    Limits { inbox_packets: 8, inbox_bytes: 4096, ..Limits::default() }
}

/// Events that were handled, without the first.
fn handled(told: &[What]) -> usize {
    told.iter().filter(|what| matches!(what, What::Event(..))).count()
}

#[tokio::test]
async fn too_many_events_end_the_connection_that_sent_them_and_no_other() {
    let server = Server::with(small()).await;
    let mut other = Ws::named(server.address, "other").await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"42["wait"]"#).await;
    server.recorder.until_at_work().await;
    client.burst((0..20).map(|n| format!(r#"42["n",{n}]"#))).await;
    client.closed().await;
    assert!(other.is_served().await);
    server.recorder.gate.add_permits(1);
    assert_eq!(server.recorder.gone("a").await, Gone::Transport);
    // What was accepted was handled: as many as may wait, beside the one that was at work.
    assert_eq!(handled(&server.recorder.of("a")), 9);
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
    assert!(other.is_served().await);
}

#[tokio::test]
async fn too_many_bytes_do_as_well() {
    let server = Server::with(small()).await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"42["wait"]"#).await;
    let text = "x".repeat(1500);
    client.burst((0..3).map(|_| format!(r#"42["n","{text}"]"#))).await;
    client.closed().await;
    server.recorder.gate.add_permits(1);
    server.recorder.gone("a").await;
}

#[tokio::test]
async fn what_was_handled_waits_no_more() {
    let server = Server::with(small()).await;
    let mut client = Ws::named(server.address, "a").await;
    let text = "x".repeat(1500);
    for n in 0..20 {
        client.say(&format!(r#"42{n}["n","{text}"]"#)).await;
        assert_eq!(client.packet().await.unwrap(), format!(r#"43{n}[{{"ok":true}}]"#));
    }
}

#[tokio::test]
async fn as_much_as_may_wait_is_fine() {
    let server = Server::with(small()).await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"42["wait"]"#).await;
    server.recorder.until_at_work().await;
    client.burst((0..8).map(|n| format!(r#"42["n",{n}]"#))).await;
    server.recorder.gate.add_permits(1);
    server.recorder.until("a", |told| handled(told) == 9).await;
    assert!(client.is_served().await);
}

#[tokio::test]
async fn a_polling_client_is_refused_after_it() {
    let server = Server::with(small()).await;
    let mut other = Ws::named(server.address, "other").await;
    let client = Polling::connect(server.address, &auth("a")).await;
    client.post(r#"42["wait"]"#).await;
    let events: Vec<_> = (0..20).map(|n| format!(r#"42["n",{n}]"#)).collect();
    client.post(&events.join("\u{1e}")).await;
    assert_eq!(client.poll().await.status, 400);
    assert_eq!(client.post(r#"42["n",1]"#).await, 400);
    server.recorder.gate.add_permits(1);
    server.until_open(|counts| counts.sockets == 1).await;
    server.recorder.gone("a").await;
    assert!(other.is_served().await);
}
