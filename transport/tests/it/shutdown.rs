//! The end, in good order and in time.

use std::time::{Duration, Instant};

use outrigger_transport::{Frame, Gone, Limits, Pace, Selection};
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    http::{self, UPGRADE, target},
    polling::Polling,
    server::{PATIENCE, ROOT, SLOW, Server, auth},
    websocket::{Ws, with_buffer},
};

pub const LAST_WORD: &str = r#"42["server_shutdown","bye"]"#;

/// The end without a drain.
fn at_once(notice: Duration, deadline: Duration) -> Pace {
    Pace { notice, drain: Duration::ZERO, deadline }
}

pub fn last_word(mount: &outrigger_transport::MountId) -> Option<Frame> {
    (*mount == ROOT).then(|| Frame::new("server_shutdown", "bye").unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_hears_the_last_word_and_is_gone_for_shutdown() {
    let limits = Limits { connect_timeout: PATIENCE * 3, ..Limits::default() };
    let server = Server::with(limits).await;
    let mut websocket = Ws::named(server.address, "websocket").await;
    let mut polling = Polling::connect(server.address, &auth("polling")).await;
    let mut both = Ws::named(server.address, "both").await;
    both.join("/chat", &auth("chat")).await;
    let mut nowhere = Ws::open(server.address).await;
    let names = ["websocket", "polling", "both", "chat"];
    for name in names {
        server.recorder.until(name, |told| !told.is_empty()).await;
    }
    let sockets = server.sockets.clone();
    let ended = tokio::spawn(async move {
        let pace = at_once(Duration::from_millis(300), PATIENCE);
        sockets.shutdown(last_word, &pace, &CancellationToken::new()).await;
    });
    assert_eq!(websocket.packet().await.unwrap(), LAST_WORD);
    assert_eq!(both.packet().await.unwrap(), LAST_WORD);
    assert_eq!(polling.packet().await.unwrap(), LAST_WORD);
    // Nobody new; those who are in are still served.
    for (transport, headers) in [("polling", &[][..]), ("websocket", &UPGRADE[..])] {
        let refused = http::get(server.address, &target(transport, None), headers).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("2")));
    }
    assert!(websocket.is_served().await);
    // The connection ends, not the socket: `41` would keep clients from coming back.
    for client in [&mut websocket, &mut both] {
        assert_eq!(client.packet().await.as_deref(), Some("1"));
        client.closed().await;
    }
    assert!(matches!(polling.packet().await.as_deref(), Some("1") | None));
    nowhere.closed().await;
    ended.await.unwrap();
    for name in names {
        assert_eq!(server.recorder.gone(name).await, Gone::Shutdown, "{name}");
    }
    server.recorder.until_whole().await;
    server.until_open(|counts| counts.sockets == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_does_not_read_holds_up_nobody_for_long() {
    let limits = Limits {
        write_stall: Duration::from_secs(60),
        outbound_bytes_stalled: usize::MAX,
        outbound_packets: 100_000,
        ..Limits::default()
    };
    let server = Server::with(limits).await;
    let stream = with_buffer(server.address, 4096).await;
    let mut stuck = Ws::over(stream, server.address).await;
    stuck.join("/", &auth("stuck")).await;
    server.recorder.until("stuck", |told| !told.is_empty()).await;
    let large = Frame::new("large", &"x".repeat(1 << 18)).unwrap();
    for _ in 0..64 {
        server.hub.to(&ROOT, &Selection::default()).send(&large);
    }
    let mut other = Ws::named(server.address, "other").await;
    server.recorder.until("other", |told| !told.is_empty()).await;
    let began = Instant::now();
    let pace = at_once(Duration::from_millis(50), PATIENCE);
    server.sockets.shutdown(last_word, &pace, &CancellationToken::new()).await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(other.packet().await.unwrap(), LAST_WORD);
    other.closed().await;
    for name in ["stuck", "other"] {
        assert_eq!(server.recorder.gone(name).await, Gone::Shutdown);
    }
    server.until_open(|counts| counts.sockets == 0).await;
    drop(stuck);
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_not_waited_for_beyond_the_deadline() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    client.say(r#"42["wait"]"#).await;
    assert!(Ws::named(server.address, "b").await.is_served().await);
    let pace = at_once(Duration::ZERO, Duration::from_millis(500));
    let cut = CancellationToken::new();
    let ended = server.sockets.shutdown(last_word, &pace, &cut);
    timeout(PATIENCE, ended).await.expect("the deadline");
    server.recorder.gate.add_permits(1);
    assert_eq!(server.recorder.gone("a").await, Gone::Shutdown);
}

#[tokio::test]
async fn nothing_is_waited_for_when_nobody_is_there() {
    let server = Server::start().await;
    let pace = Pace { notice: PATIENCE * 2, drain: PATIENCE * 2, deadline: PATIENCE * 5 };
    let cut = CancellationToken::new();
    let ended = server.sockets.shutdown(last_word, &pace, &cut);
    timeout(PATIENCE, ended).await.expect("no notice to nobody");
}

/// What is under way is answered, idle connections are closed, upgraded ones are not waited for.
#[tokio::test]
async fn serving_ends_when_it_is_told_to() {
    let limits = Limits { header_read_timeout: PATIENCE * 3, ..Limits::default() };
    let mut server = Server::with(limits).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let mut websocket = Ws::named(server.address, "a").await;
    let address = server.address;
    let under_way = tokio::spawn(async move { http::get(address, SLOW, &[]).await });
    let arrived = timeout(PATIENCE, server.recorder.arrived.acquire()).await.unwrap();
    arrived.unwrap().forget();
    server.stop.cancel();
    assert_eq!(timeout(PATIENCE, idle.read(&mut [0])).await.unwrap().unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err(), "nobody new");
    assert!(!server.serving.is_finished());
    server.recorder.gate.add_permits(1);
    assert_eq!(under_way.await.unwrap().body, "done");
    timeout(PATIENCE, &mut server.serving).await.expect("an end").unwrap().unwrap();
    assert!(websocket.is_served().await);
}
