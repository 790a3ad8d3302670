//! Clients that break rules harm themselves alone.

use std::time::Duration;

use outrigger_transport::{Gone, Limits};
use tokio::io::AsyncWriteExt;

use crate::{
    http::{self, target},
    polling::Polling,
    recorder::What,
    server::{Server, auth},
    websocket::Ws,
};

async fn only_the_witness_is_left(server: &Server, witness: &mut Ws) {
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
    assert!(witness.is_served().await);
}

#[tokio::test]
async fn a_second_connect_changes_nothing() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "first").await;
    client.say(&format!("40{}", auth("second"))).await;
    client.burst((0..3).map(|_| format!("40{}", auth("third")))).await;
    assert!(client.is_served().await);
    assert_eq!(server.hub.counts().sockets, 1);
    assert!(server.recorder.log().iter().all(|told| told.name == "first"));
    drop(client);
    server.recorder.gone("first").await;
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn connects_at_the_same_moment_are_one() {
    let server = Server::start().await;
    let mut client = Ws::open(server.address).await;
    client.burst((0..10).map(|_| format!("40{}", auth("a")))).await;
    client.packet_with("40{").await;
    assert!(client.is_served().await);
    let told = server.recorder.of("a");
    assert_eq!(told.iter().filter(|what| **what == What::Connected).count(), 1);
    assert_eq!(server.hub.counts().sockets, 1);
}

#[tokio::test]
async fn packets_that_are_none_end_the_connection() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    for packet in
        ["4", "9", "49", "42", "4é", "45", "451", "43[1]", "463-[1]", "44{}", "0{}", "2probe", "5"]
    {
        let mut client = Ws::named(server.address, "a").await;
        client.say(packet).await;
        // Whatever it makes of that, an event of a namespace that was never joined is too much.
        client.try_say(r#"42/chat,["n"]"#).await;
        client.closed().await;
    }
    only_the_witness_is_left(&server, &mut witness).await;
}

#[tokio::test]
async fn packets_that_are_none_end_a_polling_session() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    for payload in ["9", "49", "42[", "bAAA!", "\u{1e}\u{1e}", "42[\"n\"]\u{1e}garbage"] {
        let client = Polling::connect(server.address, &auth("a")).await;
        client.post(payload).await;
        client.post(r#"42/chat,["n"]"#).await;
        assert_eq!(client.poll().await.status, 400, "{payload:?}");
    }
    only_the_witness_is_left(&server, &mut witness).await;
}

#[tokio::test]
async fn attachments_are_taken_and_their_absence_is_harmless() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"451-7["binary",{"_placeholder":true,"num":0}]"#).await;
    client.say_binary(b"\x00\xff attached").await;
    assert_eq!(client.packet().await.unwrap(), "437[true]");
    // Placeholders of nothing.
    client.say(r#"428["none",{"_placeholder":true,"num":7}]"#).await;
    assert_eq!(client.packet().await.unwrap(), r#"438[{"ok":true}]"#);
    client.say(r#"450-9["none",{"_placeholder":true,"num":0}]"#).await;
    assert_eq!(client.packet().await.unwrap(), r#"439[{"ok":true}]"#);

    let mut other = Ws::named(server.address, "other").await;
    other.say(r#"451-["none",{"_placeholder":true,"num":0}]"#).await;
    other.say(r#"42["none"]"#).await;
    other.closed().await;
    let mut greedy = Ws::named(server.address, "greedy").await;
    greedy.say(r#"4599999-["none"]"#).await;
    greedy.closed().await;
    let mut stray = Ws::named(server.address, "stray").await;
    stray.say_binary(b"unasked").await;
    stray.closed().await;
    assert!(client.is_served().await);
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
}

#[tokio::test]
async fn too_large_a_message_ends_the_connection() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    let large = format!(r#"42["n","{}"]"#, "x".repeat(2_000_000));
    let mut client = Ws::named(server.address, "a").await;
    client.try_say(&large).await;
    client.closed().await;
    let polling = Polling::connect(server.address, &auth("b")).await;
    assert_eq!(polling.post(&large).await, 413);
    assert_eq!(polling.poll().await.status, 400);
    only_the_witness_is_left(&server, &mut witness).await;
    for name in ["a", "b"] {
        server.recorder.gone(name).await;
        assert!(!server.recorder.of(name).iter().any(|what| matches!(what, What::Event(..))));
    }
}

/// The head of a frame from a client (RFC 6455 section 5.2), whose bytes never come.
fn announced(opcode: u8, length: u64) -> Vec<u8> {
    let mut head = vec![opcode, 0xff];
    head.extend(length.to_be_bytes());
    head.extend([0; 4]);
    head
}

const TEXT: u8 = 0x81;
const TEXT_TO_BE_CONTINUED: u8 = 0x01;
const CONTINUATION: u8 = 0x00;

#[tokio::test]
async fn a_frame_that_is_announced_too_large_ends_the_connection_at_once() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    for length in [16 << 20, 2_000_000, u64::MAX] {
        let mut client = Ws::named(server.address, "a").await;
        client.socket().write_all(&announced(TEXT, length)).await.unwrap();
        client.closed().await;
    }
    only_the_witness_is_left(&server, &mut witness).await;
}

#[tokio::test]
async fn a_message_that_is_too_large_in_parts_ends_the_connection() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    let mut client = Ws::named(server.address, "a").await;
    let part = vec![b'4'; 400_000];
    for opcode in [TEXT_TO_BE_CONTINUED, CONTINUATION, CONTINUATION, CONTINUATION] {
        let mut frame = announced(opcode, part.len() as u64);
        frame.extend(&part);
        if client.socket().write_all(&frame).await.is_err() {
            break;
        }
    }
    client.closed().await;
    only_the_witness_is_left(&server, &mut witness).await;
}

#[tokio::test]
async fn a_frame_that_does_not_come_is_waited_for_until_the_heartbeat_fails() {
    let limits = Limits {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(500),
        ..Limits::default()
    };
    let server = Server::with(limits).await;
    let mut client = Ws::named(server.address, "a").await;
    client.socket().write_all(&announced(TEXT, 900_000)).await.unwrap();
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
    assert_eq!(server.recorder.gone("a").await, Gone::Timeout);
}

#[tokio::test]
async fn requests_of_the_wrong_kind_are_refused() {
    let server = Server::start().await;
    let address = server.address;
    let polling = target("polling", None);
    assert_eq!(http::request(address, "POST", &polling, &[], "40").await.status, 400);
    assert_eq!(http::request(address, "DELETE", &polling, &[], "").await.status, 400);
    assert_eq!(http::get(address, "/sock/?EIO=3&transport=polling", &[]).await.status, 400);
    assert_eq!(http::get(address, "/sock/?EIO=&transport=polling", &[]).await.status, 400);
    assert_eq!(http::get(address, "/sock/?transport=polling", &[]).await.status, 404);
    assert_eq!(http::get(address, "/sock/x?EIO=4&transport=polling", &[]).await.status, 404);
    for sid in ["", "x", "AAAAAAAAAAAAAAAA", "%00", "é"] {
        let target = target("polling", Some(sid));
        assert_eq!(http::get(address, &target, &[]).await.status, 400, "{sid}");
    }
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn two_polls_at_once_end_the_session_and_no_other() {
    let server = Server::start().await;
    let mut witness = Ws::named(server.address, "witness").await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let (first, second) = tokio::join!(client.poll(), client.poll());
    assert!(first.status == 400 || second.status == 400);
    assert_eq!(client.poll().await.status, 400);
    only_the_witness_is_left(&server, &mut witness).await;
    server.recorder.gone("a").await;
}
