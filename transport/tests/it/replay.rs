//! Sending very much to one client, as fast as it takes it.

use std::{sync::Arc, time::Duration};

use outrigger_transport::{Conn, Frame, Limits};
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    counts::Counts,
    polling::Polling,
    server::{PATIENCE, Server, auth, until},
    websocket::{Ws, with_buffer},
};

/// Frames of a replay.
const EVENTS: usize = 5_000;
/// At once.
const BATCH: usize = 32;

/// Sends them all; how many were not taken.
fn replay(conn: Arc<Conn>, text: usize) -> JoinHandle<usize> {
    tokio::spawn(async move {
        let text = "x".repeat(text);
        let mut refused = 0;
        for n in 0..EVENTS {
            if n % BATCH == 0 && !conn.room(0).await {
                return EVENTS - n;
            }
            let frame = Frame::new("n", &format!("{n} {text}")).unwrap();
            refused += usize::from(!conn.send(&frame));
        }
        refused
    })
}

fn is(packet: &str, n: usize) -> bool {
    packet.starts_with(&format!(r#"42["n","{n} "#))
}

#[tokio::test]
async fn a_slow_websocket_gets_all_of_it() {
    let (counts, _recording) = Counts::start();
    // Small ones fill the queue by their number, larger ones the kernel.
    for (text, pause_every) in [(1, 8), (1500, 2)] {
        let server = Server::narrow(Limits::default()).await;
        let stream = with_buffer(server.address, 4096).await;
        let mut client = Ws::over(stream, server.address).await;
        client.join("/", &auth("slow")).await;
        server.until_open(|counts| counts.sockets == 1).await;
        let sending = replay(server.conn("slow"), text);
        for n in 0..EVENTS {
            let packet = client.packet().await.unwrap_or_else(|| panic!("let go before {n}"));
            assert!(is(&packet, n), "{n}: {}", &packet[..16]);
            if n % pause_every == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        assert_eq!(sending.await.unwrap(), 0);
    }
    assert_eq!(counts.of("outrigger_slow_consumers_total"), 0);
}

#[tokio::test]
async fn a_polling_client_gets_all_of_it() {
    let (counts, _recording) = Counts::start();
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let sending = replay(server.conn("a"), 1);
    for n in 0..EVENTS {
        let packet = client.packet().await.unwrap_or_else(|| panic!("let go before {n}"));
        assert!(is(&packet, n), "{n}: {packet}");
    }
    assert_eq!(sending.await.unwrap(), 0);
    assert_eq!(counts.of("outrigger_slow_consumers_total"), 0);
}

#[tokio::test]
async fn there_is_no_room_until_a_polling_client_has_asked() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let conn = server.conn("a");
    assert!(conn.room(0).await);
    conn.send(&Frame::new("n", &1).unwrap());
    assert!(conn.waiting_bytes() > 0);
    assert!(timeout(Duration::from_millis(200), conn.room(0)).await.is_err());
    assert!(timeout(PATIENCE, conn.room(conn.waiting_bytes())).await.unwrap());
    client.packet().await.unwrap();
    assert!(timeout(PATIENCE, conn.room(0)).await.unwrap());
}

#[tokio::test]
async fn there_is_no_room_while_nobody_reads_and_then_again() {
    let server = Server::narrow(Limits::default()).await;
    let stream = with_buffer(server.address, 4096).await;
    let mut client = Ws::over(stream, server.address).await;
    client.join("/", &auth("slow")).await;
    server.until_open(|counts| counts.sockets == 1).await;
    let conn = server.conn("slow");
    conn.send(&Frame::new("large", &"x".repeat(256 * 1024)).unwrap());
    assert!(timeout(Duration::from_millis(300), conn.room(32 * 1024)).await.is_err());
    client.packet().await.unwrap();
    assert!(timeout(PATIENCE, conn.room(0)).await.unwrap());
    assert_eq!(conn.waiting_bytes(), 0, "nothing waits");
}

/// Whatever else is written, or was counted otherwise, does not add up.
#[tokio::test]
async fn there_is_always_room_for_a_healthy_client() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    let conn = server.conn("a");
    for n in 0..200 {
        client.say(&format!(r#"42{n}["echo","x"]"#)).await;
        client.packet().await.unwrap();
        conn.send(&Frame::new("n", "\"\\\u{1}").unwrap());
        client.packet().await.unwrap();
        assert!(timeout(PATIENCE, conn.room(0)).await.unwrap());
    }
    // On the way from one transport to the other.
    let mut polling = Polling::connect(server.address, &auth("b")).await;
    let conn = server.conn("b");
    let mut upgrade = Ws::probed(server.address, &polling.sid).await;
    conn.send(&Frame::new("n", &1).unwrap());
    assert_eq!(polling.packet().await.unwrap(), "6");
    upgrade.say("5").await;
    assert_eq!(upgrade.packet_with("42").await, r#"42["n",1]"#);
    assert!(timeout(PATIENCE, conn.room(0)).await.unwrap());
}

#[tokio::test]
async fn there_is_none_for_one_who_has_gone() {
    let server = Server::start().await;
    let client = Ws::named(server.address, "a").await;
    let conn = server.conn("a");
    conn.send(&Frame::new("n", &1).unwrap());
    drop(client);
    until(|| !conn.connected(), || "connected".to_owned()).await;
    assert!(!timeout(PATIENCE, conn.room(0)).await.unwrap());
}
