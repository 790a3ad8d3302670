//! Clients that do not read cost a fixed amount for a fixed time, and nobody else anything.

use std::time::Duration;

use outrigger_transport::{Frame, Gone, Limits, Selection};
use tokio::io::AsyncReadExt;

use crate::{
    polling::Polling,
    server::{ROOT, Server, auth},
    websocket::{Ws, with_buffer},
};

/// Bytes of one event.
const EVENT: usize = 64 * 1024;

/// More than the kernel keeps for a reader that stalled, in events.
const ENOUGH: usize = 400;

/// No limit but the one a test is about.
fn unlimited() -> Limits {
    Limits {
        write_stall: Duration::from_secs(60),
        outbound_bytes_stalled: usize::MAX,
        outbound_packets: 100_000,
        ..Limits::default()
    }
}

fn frame(n: usize) -> Frame {
    Frame::new("n", &format!("{n} {}", "x".repeat(EVENT))).unwrap()
}

/// Sends events until only one socket is there, or there were enough; the steady one gets each, in order.
async fn flood(server: &Server, steady: &mut Ws) -> usize {
    server.until_open(|counts| counts.sockets == 2).await;
    for n in 0..ENOUGH {
        if server.hub.counts().sockets == 1 {
            return n;
        }
        assert!(server.hub.to(&ROOT, &Selection::default()).send(&frame(n)) > 0);
        let packet = steady.packet().await.expect("the steady one is served");
        assert!(packet.starts_with(&format!(r#"42["n","{n} "#)), "{}", &packet[..20]);
    }
    ENOUGH
}

async fn stuck(server: &Server) -> Ws {
    let stream = with_buffer(server.address, 4096).await;
    let mut stuck = Ws::over(stream, server.address).await;
    stuck.join("/", &auth("stuck")).await;
    stuck
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_websocket_that_is_not_read_is_let_go_when_its_writes_stall() {
    let limits = Limits { write_stall: Duration::from_millis(300), ..unlimited() };
    let server = Server::with(limits).await;
    let mut steady = Ws::named(server.address, "steady").await;
    let stuck = stuck(&server).await;
    flood(&server, &mut steady).await;
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
    assert_eq!(server.recorder.gone("stuck").await, Gone::Transport);
    assert!(steady.is_served().await);
    drop(stuck);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_let_go_at_once_when_too_many_bytes_wait() {
    let limits = Limits { outbound_bytes_stalled: 1 << 20, ..unlimited() };
    let server = Server::with(limits).await;
    let mut steady = Ws::named(server.address, "steady").await;
    let stuck = stuck(&server).await;
    let sent = flood(&server, &mut steady).await;
    assert!(sent < ENOUGH, "it is still there after {sent} events");
    server.until_open(|counts| counts.sockets == 1 && counts.engines == 1).await;
    assert!(steady.is_served().await);
    drop(stuck);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_let_go_at_once_when_too_many_packets_wait() {
    let server = Server::with(Limits { outbound_packets: 16, ..unlimited() }).await;
    let mut steady = Ws::named(server.address, "steady").await;
    let stuck = stuck(&server).await;
    let sent = flood(&server, &mut steady).await;
    assert!(sent < ENOUGH, "it is still there after {sent} events");
    assert!(steady.is_served().await);
    drop(stuck);
}

/// Reading half of what there is must not buy any amount of memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_websocket_that_is_read_too_slowly_is_let_go_when_too_many_bytes_wait() {
    let limits = Limits { outbound_bytes_stalled: 4 << 20, ..unlimited() };
    let server = Server::with(limits).await;
    let mut steady = Ws::named(server.address, "steady").await;
    let stream = with_buffer(server.address, 128 * 1024).await;
    let mut slow = Ws::over(stream, server.address).await;
    slow.join("/", &auth("slow")).await;
    server.until_open(|counts| counts.sockets == 2).await;
    let mut sent = 0;
    while sent < ENOUGH && server.hub.counts().sockets == 2 {
        server.hub.to(&ROOT, &Selection::default()).send(&frame(sent));
        steady.packet().await.expect("the steady one is served");
        sent += 1;
        let mut half = [0; EVENT / 2];
        let read = slow.socket().read_exact(&mut half);
        drop(tokio::time::timeout(Duration::from_millis(50), read).await);
    }
    assert!(sent < ENOUGH, "it is still there after {sent} events");
    assert!(steady.is_served().await);
}

#[tokio::test]
async fn a_polling_client_that_does_not_ask_is_let_go_when_too_many_bytes_wait() {
    let limits = Limits { outbound_bytes_stalled: 1 << 20, ..unlimited() };
    let server = Server::with(limits).await;
    let mut steady = Ws::named(server.address, "steady").await;
    let stuck = Polling::connect(server.address, &auth("stuck")).await;
    for n in 0..32 {
        server.hub.to(&ROOT, &Selection::default()).send(&frame(n));
        assert!(steady.packet_with("42").await.starts_with(&format!(r#"42["n","{n} "#)));
    }
    assert_eq!(stuck.poll().await.status, 400);
    assert_eq!(stuck.post(r#"42["n"]"#).await, 400);
    server.until_open(|counts| counts.sockets == 1).await;
    server.recorder.gone("stuck").await;
    assert!(steady.is_served().await);
}

#[tokio::test]
async fn a_polling_client_that_asks_is_served_whatever_the_sum() {
    let limits = Limits { outbound_bytes_stalled: 1 << 20, ..unlimited() };
    let server = Server::with(limits).await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    for n in 0..48 {
        server.hub.to(&ROOT, &Selection::default()).send(&frame(n));
        assert!(client.packet().await.unwrap().starts_with(&format!(r#"42["n","{n} "#)));
    }
}

#[tokio::test]
async fn what_is_state_is_left_out_and_costs_nobody_the_connection() {
    let server = Server::with(Limits { outbound_packets: 16, ..unlimited() }).await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let everyone = server.hub.to(&ROOT, &Selection::default());
    let taken: usize =
        (0..40).map(|n| everyone.send(&Frame::new("typing", &n).unwrap().state())).sum();
    assert!((1..=16).contains(&taken), "{taken}");
    for n in 0..taken {
        assert_eq!(client.packet().await.unwrap(), format!(r#"42["typing",{n}]"#));
    }
    // An event that must not be missed takes the connection with it instead.
    (0..40).for_each(|n| {
        everyone.send(&Frame::new("message", &n).unwrap());
    });
    while client.packet().await.is_some() {}
}
