//! Events of one socket are handled in the order in which they came, one at a time.

use std::sync::atomic::Ordering;

use outrigger_transport::Limits;

use crate::{recorder::What, server::Server, websocket::Ws};

const BURST: usize = 2_000;

fn roomy() -> Limits {
    Limits { inbox_packets: 2 * BURST, inbox_bytes: 64 << 20, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_handled_in_order_and_one_at_a_time() {
    let server = Server::with(roomy()).await;
    let mut client = Ws::named(server.address, "a").await;
    client.burst((0..BURST).map(|n| format!(r#"42["yield",{n}]"#))).await;
    server.recorder.until("a", |told| told.len() >= BURST + 2).await;
    let told = server.recorder.of("a");
    assert_eq!(told[..2], [What::Entered, What::Connected]);
    let expected = (0..BURST).map(|n| What::Event("yield".into(), n.to_string()));
    assert!(told[2..].iter().cloned().eq(expected));
    assert_eq!(server.recorder.most_at_once.load(Ordering::Acquire), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_over_polling_is_handled_in_order_too() {
    let server = Server::with(roomy()).await;
    let client = crate::polling::Polling::connect(server.address, &crate::server::auth("a")).await;
    let payload: Vec<_> = (0..BURST).map(|n| format!(r#"42["yield",{n}]"#)).collect();
    for half in payload.chunks(BURST / 2) {
        assert_eq!(client.post(&half.join("\u{1e}")).await, 200);
    }
    server.recorder.until("a", |told| told.len() >= BURST + 2).await;
    let expected = (0..BURST).map(|n| What::Event("yield".into(), n.to_string()));
    assert!(server.recorder.of("a")[2..].iter().cloned().eq(expected));
}

#[tokio::test]
async fn one_socket_does_not_wait_for_another() {
    let server = Server::start().await;
    let mut waiting = Ws::named(server.address, "waiting").await;
    let mut other = Ws::named(server.address, "other").await;
    waiting.say(r#"421["wait"]"#).await;
    waiting.say(r#"422["echo",2]"#).await;
    for n in 0..50 {
        other.say(&format!(r#"42{n}["echo",{n}]"#)).await;
        assert_eq!(other.packet().await.unwrap(), format!("43{n}[{n}]"));
    }
    assert_eq!(server.recorder.of("waiting"), [What::Entered, What::Connected]);
    server.recorder.gate.add_permits(1);
    assert_eq!(waiting.packet().await.unwrap(), r#"431[{"ok":true}]"#);
    assert_eq!(waiting.packet().await.unwrap(), "432[2]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_to_one_socket_arrive_in_the_order_in_which_they_were_sent() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    server.until_open(|counts| counts.sockets == 1).await;
    for round in 0..10 {
        for n in 0..100 {
            assert_eq!(server.tell_all("n", &(round * 100 + n).into()), 1);
        }
        for n in 0..100 {
            let n = round * 100 + n;
            assert_eq!(client.packet().await.unwrap(), format!(r#"42["n",{n}]"#));
        }
    }
}
