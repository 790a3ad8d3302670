//! Who cannot keep up is sent no state, and is let go for a reason that is counted.

use std::time::Duration;

use outrigger_transport::{Frame, Limits};

use crate::{
    counts::Counts,
    polling::Polling,
    server::{PATIENCE, Server, auth, until},
    websocket::{Ws, with_buffer},
};

const LET_GO: &str = "outrigger_slow_consumers_total";
const LEFT_OUT: &str = "outrigger_state_frames_dropped_total";
const OVERFLOWS: &str = "outrigger_inbox_overflows_total";

fn patient() -> Limits {
    Limits { write_stall: PATIENCE * 5, ..Limits::default() }
}

fn state(n: usize) -> Frame {
    Frame::new("typing", &n).unwrap().state()
}

fn durable(n: usize) -> Frame {
    Frame::new("n", &format!("{n} {}", "x".repeat(4096))).unwrap()
}

/// One who does not read, and for whom the kernel takes nothing more.
async fn stalled(server: &Server) -> Ws {
    let stream = with_buffer(server.address, 4096).await;
    let mut stalled = Ws::over(stream, server.address).await;
    stalled.join("/", &auth("stalled")).await;
    server.until_open(|counts| counts.sockets == 1).await;
    let conn = server.conn("stalled");
    let large = Frame::new("large", &"x".repeat(128 * 1024)).unwrap();
    assert!(conn.send(&large));
    until(|| !conn.send(&state(0)), || "all taken".to_owned()).await;
    stalled
}

/// It is let go, once, and for this.
async fn let_go_for(server: &Server, counts: &Counts, limit: &str) {
    server.until_open(|open| open.sockets == 0).await;
    assert_eq!((counts.at(LET_GO, limit), counts.of(LET_GO)), (1, 1), "{limit}");
}

#[tokio::test]
async fn state_takes_no_room_from_events_that_must_arrive() {
    let (counts, _recording) = Counts::start();
    let server = Server::narrow(patient()).await;
    let mut client = stalled(&server).await;
    let conn = server.conn("stalled");
    let before = counts.of(LEFT_OUT);
    // More than there would be room for.
    assert_eq!((1..=1000).filter(|n| conn.send(&state(*n))).count(), 0);
    assert_eq!(counts.of(LEFT_OUT) - before, 1000);
    // As much as there is room for.
    for n in 0..200 {
        assert!(conn.send(&durable(n)), "{n}");
    }
    assert!(client.packet_with(r#"42["large""#).await.len() > 128 * 1024);
    for n in 0..200 {
        let mut packet = client.packet().await.expect("an event");
        // Those that were taken before it stalled.
        while n == 0 && packet == r#"42["typing",0]"# {
            packet = client.packet().await.expect("an event");
        }
        assert!(packet.starts_with(&format!(r#"42["n","{n} "#)), "{}", &packet[..20]);
    }
    // It has caught up.
    until(|| conn.send(&state(7)), || "nothing taken".to_owned()).await;
    assert_eq!(client.packet().await.unwrap(), r#"42["typing",7]"#);
    assert_eq!(counts.of(LET_GO), 0);
}

#[tokio::test]
async fn nor_for_a_client_that_has_not_asked() {
    for size in [1, 4096] {
        let (counts, _recording) = Counts::start();
        let server = Server::with(patient()).await;
        let mut client = Polling::connect(server.address, &auth("a")).await;
        let conn = server.conn("a");
        let text = "x".repeat(size);
        let mut sent = 0;
        while conn.send(&state(sent)) {
            assert!(conn.send(&Frame::new("n", &text).unwrap()));
            sent += 1;
        }
        // 32 packets, or 64 KiB.
        assert!(if size == 1 { sent == 17 } else { (15..=16).contains(&sent) }, "{sent}");
        assert_eq!(counts.of(LEFT_OUT), 1);
        assert!(conn.send(&Frame::new("last", &1).unwrap()));
        assert_eq!(client.packet().await.unwrap(), r#"42["typing",0]"#);
        assert!(conn.send(&state(7)));
        while client.packet().await.unwrap() != r#"42["last",1]"# {}
        assert_eq!(client.packet().await.unwrap(), r#"42["typing",7]"#);
    }
}

#[tokio::test]
async fn too_many_packets() {
    let (counts, _recording) = Counts::start();
    let server = Server::narrow(patient()).await;
    let _client = stalled(&server).await;
    let conn = server.conn("stalled");
    let taken = (0..1_000).take_while(|_| conn.send(&Frame::new("n", &1).unwrap())).count();
    assert!((200..=Limits::default().outbound_packets).contains(&taken), "{taken}");
    let_go_for(&server, counts, "packets").await;
}

#[tokio::test]
async fn too_many_bytes() {
    let (counts, _recording) = Counts::start();
    let server = Server::narrow(Limits { outbound_bytes_stalled: 400_000, ..patient() }).await;
    let _client = stalled(&server).await;
    let conn = server.conn("stalled");
    for n in 0..200 {
        conn.send(&durable(n));
    }
    let_go_for(&server, counts, "bytes").await;
}

#[tokio::test]
async fn an_acknowledgement_without_room() {
    let (counts, _recording) = Counts::start();
    let server = Server::narrow(Limits { outbound_packets: 4, ..patient() }).await;
    let mut client = stalled(&server).await;
    client.burst((0..8).map(|n| format!(r#"42{n}["echo","x"]"#))).await;
    let_go_for(&server, counts, "ack").await;
}

#[tokio::test]
async fn a_write_without_progress() {
    let (counts, _recording) = Counts::start();
    let limits = Limits { write_stall: Duration::from_millis(300), ..Limits::default() };
    let server = Server::narrow(limits).await;
    let _client = stalled(&server).await;
    let_go_for(&server, counts, "stall").await;
}

#[tokio::test]
async fn a_client_that_sends_too_much() {
    for (text, limit) in [("x".to_owned(), "packets"), ("x".repeat(1500), "bytes")] {
        let (counts, _recording) = Counts::start();
        let server =
            Server::with(Limits { inbox_packets: 8, inbox_bytes: 4096, ..patient() }).await;
        let mut client = Ws::named(server.address, "a").await;
        client.say(r#"42["wait"]"#).await;
        server.recorder.until_at_work().await;
        client.burst((0..9).map(|_| format!(r#"42["n","{text}"]"#))).await;
        client.closed().await;
        // Events behind the first one too many may have been on their way.
        assert!(counts.at(OVERFLOWS, limit) > 0, "{limit}");
        assert_eq!(counts.at(OVERFLOWS, limit), counts.of(OVERFLOWS));
        server.recorder.gate.add_permits(1);
    }
}
