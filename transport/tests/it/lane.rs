//! What a websocket has: frames, heartbeats, namespaces, its end.

use std::time::Duration;

use outrigger_transport::{Gone, Limits, Selection};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    opening::{masked, until_it_holds, upgrade},
    server::{PATIENCE, ROOT, Server, auth},
    websocket::{Ws, with_buffer},
};

/// A frame of a client, masked with zeros (RFC 6455 section 5.2).
fn frame(first: u8, payload: &str) -> Vec<u8> {
    let mut frame = masked(payload);
    frame[0] = first;
    frame
}

const TEXT_TO_BE_CONTINUED: u8 = 0x01;
const LAST_PART: u8 = 0x80;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;

/// A connection that has become a websocket and joined `/`, as its bytes.
async fn joined(server: &Server, name: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(upgrade(server, "").as_bytes()).await.unwrap();
    stream.write_all(&masked(&format!("40{}", auth(name)))).await.unwrap();
    let read = until_it_holds(&mut stream, "40{").await;
    if !read.ends_with('}') {
        until_it_holds(&mut stream, "}").await;
    }
    stream
}

/// Heartbeats after so many milliseconds, and so long to answer one.
pub fn beating(interval: u64, timeout: u64) -> Limits {
    Limits {
        ping_interval: Duration::from_millis(interval),
        ping_timeout: Duration::from_millis(timeout),
        ..Limits::default()
    }
}

#[tokio::test]
async fn the_first_packet_says_what_the_client_has_to_know() {
    let server = Server::with(beating(7_000, 3_000)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(upgrade(&server, "").as_bytes()).await.unwrap();
    let text = until_it_holds(&mut stream, "}").await;
    let (_, packet) = text.split_once("0{").unwrap();
    let mut open: Value = serde_json::from_str(&format!("{{{packet}")).unwrap();
    let sid = open["sid"].take();
    assert_eq!(sid.as_str().map(str::len), Some(16));
    let wanted = json!({
        "sid": null, "upgrades": [], "pingInterval": 7000, "pingTimeout": 3000, "maxPayload": 1_000_000,
    });
    assert_eq!(open, wanted);
}

#[tokio::test]
async fn whoever_answers_heartbeats_stays_and_whoever_does_not_is_gone() {
    // A limit below the time between two heartbeats, and one above it.
    for limits in [beating(1_500, 1_000), beating(600, 1_800)] {
        let server = Server::with(limits).await;
        let mut answering = Ws::named(server.address, "answering").await;
        let _silent = Ws::named(server.address, "silent").await;
        assert_eq!(
            tokio::select! {
                gone = server.recorder.gone("silent") => gone,
                packet = answering.packet() => panic!("{packet:?}"),
            },
            Gone::Timeout
        );
        assert!(answering.is_served().await);
    }
}

#[tokio::test]
async fn a_heartbeat_may_be_answered_late_where_that_is_allowed() {
    let server = Server::with(beating(100, 30_000)).await;
    let mut late = joined(&server, "late").await;
    let mut prompt = joined(&server, "prompt").await;
    for _ in 0..3 {
        until_it_holds(&mut late, "2").await;
        // Longer than the time between two heartbeats.
        for _ in 0..2 {
            until_it_holds(&mut prompt, "2").await;
            prompt.write_all(&masked("3")).await.unwrap();
        }
        late.write_all(&masked("3")).await.unwrap();
    }
    late.write_all(&masked(r#"421["echo",7]"#)).await.unwrap();
    until_it_holds(&mut late, "431[7]").await;
}

#[tokio::test]
async fn a_message_may_come_in_parts_with_a_ping_between_them() {
    let server = Server::start().await;
    let mut client = joined(&server, "a").await;
    let parts = [
        frame(TEXT_TO_BE_CONTINUED, r#"421["ec"#),
        frame(PING, "hi"),
        frame(LAST_PART, r#"ho","é"]"#),
    ];
    for part in parts {
        client.write_all(&part).await.unwrap();
    }
    let answers = until_it_holds(&mut client, r#"431["é"]"#).await;
    assert!(answers.contains("\u{2}hi"), "{answers}");
}

#[tokio::test]
async fn a_close_frame_is_answered_and_the_connection_ended() {
    let server = Server::start().await;
    let mut client = joined(&server, "a").await;
    client.write_all(&frame(CLOSE, "")).await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, client.read_to_end(&mut rest)).await.expect("an end").unwrap();
    assert_eq!(rest.first(), Some(&CLOSE), "{rest:?}");
    assert_eq!(server.recorder.gone("a").await, Gone::Transport);
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn a_slow_decision_about_one_namespace_holds_up_no_other() {
    let server = Server::start().await;
    let mut client = Ws::open(server.address).await;
    client.say(&format!("40{}", json!({ "name": "a", "admit": "never" }))).await;
    client.join("/chat", &auth("b")).await;
    client.say(r#"42/chat,3["echo",1]"#).await;
    assert_eq!(client.packet().await.unwrap(), "43/chat,3[1]");
}

#[tokio::test]
async fn a_namespace_that_is_none_is_refused_and_the_others_stay() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    for namespace in ["/none", r#"/"é\"#] {
        client.say(&format!("40{namespace},")).await;
        let wanted = format!(r#"44{namespace},{{"message":"Invalid namespace"}}"#);
        assert_eq!(client.packet().await.unwrap(), wanted);
        client.say(&format!(r#"42{namespace},["n"]"#)).await;
    }
    assert!(client.is_served().await);
}

/// Node's server ends the whole connection here.
#[tokio::test]
async fn an_event_that_crosses_the_servers_disconnect_is_dropped_and_the_connection_goes_on() {
    let server = Server::start().await;
    let mut client = joined(&server, "a").await;
    server.recorder.until("a", |told| !told.is_empty()).await;
    server.hub.to(&ROOT, &Selection::default()).disconnect();
    client.write_all(&masked(r#"427["echo",1]"#)).await.unwrap();
    until_it_holds(&mut client, "41").await;
    client.write_all(&masked(&format!("40{}", auth("b")))).await.unwrap();
    until_it_holds(&mut client, "40{").await;
    client.write_all(&masked(r#"428["echo",2]"#)).await.unwrap();
    until_it_holds(&mut client, "438[2]").await;
    assert_eq!(server.recorder.gone("a").await, Gone::Server);
}

#[tokio::test]
async fn the_connection_ends_at_once_though_a_handler_still_has_its_socket() {
    let server = Server::start().await;
    let mut client = joined(&server, "a").await;
    client.write_all(&masked(r#"42["wait"]"#)).await.unwrap();
    server.recorder.until_at_work().await;
    server.conn("a").cut();
    let mut rest = Vec::new();
    // With or without a reset: it is over.
    drop(timeout(PATIENCE, client.read_to_end(&mut rest)).await.expect("an end"));
    server.recorder.gate.add_permits(1);
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn whoever_pings_and_does_not_read_is_let_go() {
    let server =
        Server::narrow(Limits { write_stall: Duration::from_millis(500), ..Limits::default() })
            .await;
    let mut client = with_buffer(server.address, 4096).await;
    client.write_all(upgrade(&server, "").as_bytes()).await.unwrap();
    let pings = frame(PING, &"p".repeat(120)).repeat(1_000);
    let pinging = async { while client.write_all(&pings).await.is_ok() {} };
    timeout(PATIENCE, pinging).await.expect("an end");
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn attachments_follow_their_packet_or_the_connection_ends() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"451-9["binary",{"_placeholder":true,"num":0}]"#).await;
    client.say_binary(b"bytes").await;
    assert_eq!(client.packet().await.unwrap(), "439[true]");
    client.say(r#"451-["binary",{"_placeholder":true,"num":0}]"#).await;
    client.say(r#"42["echo",1]"#).await;
    client.closed().await;
    let mut other = Ws::named(server.address, "b").await;
    other.say_binary(b"of nothing").await;
    other.closed().await;
}
