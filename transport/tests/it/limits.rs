//! As much as may be, and not one more.

use std::time::Duration;

use outrigger_transport::{JoinRefused, Limits};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    http::{self, UPGRADE, target},
    polling::Polling,
    server::{PATIENCE, Server, auth},
    websocket::Ws,
};

#[tokio::test]
async fn a_full_server_says_so_and_when_to_come_back() {
    let server = Server::with(Limits { max_connections: 2, ..Limits::default() }).await;
    let client = Polling::open(server.address).await;
    let websocket = Ws::named(server.address, "a").await;
    for (transport, headers) in [("polling", &[][..]), ("websocket", &UPGRADE[..])] {
        let refused = http::get(server.address, &target(transport, None), headers).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("2")));
    }
    // Those who are in are not asked again.
    assert_eq!(client.post("40").await, 200);
    drop(websocket);
    server.until_open(|counts| counts.engines == 1).await;
    Ws::named(server.address, "b").await;
}

#[tokio::test]
async fn an_address_has_its_share() {
    let limits = Limits { max_connections_per_address: 1, ..Limits::default() };
    let server = Server::behind_proxy(limits, &[]).await;
    let from = async |addresses: &str| {
        let forwarded = [("X-Forwarded-For", addresses)];
        http::get(server.address, &target("polling", None), &forwarded).await.status
    };
    assert_eq!(from("192.0.2.1").await, 200);
    assert_eq!(from("192.0.2.1").await, 429);
    // What a client put before its own address does not count.
    assert_eq!(from("198.51.100.9, 192.0.2.1").await, 429);
    assert_eq!(from("192.0.2.2").await, 200);
    let first = Ws::open(server.address).await;
    assert_eq!(http::get(server.address, &target("polling", None), &[]).await.status, 429);
    drop(first);
    // A session that joined nothing is kept for as long as it might.
    assert_eq!(server.hub.counts().engines, 3);
}

#[tokio::test]
async fn a_socket_may_be_in_so_many_rooms() {
    let limits = Limits { max_rooms_per_socket: 2, max_room_name_bytes: 8, ..Limits::default() };
    let server = Server::with(limits).await;
    let _client = Ws::connect(server.address, &json!({ "name": "a", "rooms": ["own"] })).await;
    server.recorder.until("a", |told| !told.is_empty()).await;
    let key = server.conn("a").key();
    let join = |room: &str| server.hub.join(key, room.into());
    assert_eq!(join(""), Err(JoinRefused::BadName));
    assert_eq!(join("123456789"), Err(JoinRefused::BadName));
    // Bytes, not characters.
    assert_eq!(join("ééééé"), Err(JoinRefused::BadName));
    assert_eq!(join("12345678"), Ok(()));
    assert_eq!(join("éééé"), Ok(()));
    assert_eq!(join("third"), Err(JoinRefused::TooMany));
    assert_eq!(join("éééé"), Ok(()));
    assert_eq!(join("own"), Ok(()));
    server.hub.leave(key, "own");
    server.hub.leave(key, "éééé");
    assert_eq!(join("third"), Ok(()));
    assert_eq!(join("fourth"), Err(JoinRefused::TooMany));
}

#[tokio::test]
async fn nobody_is_in_a_room_after_being_gone() {
    let server = Server::start().await;
    let client = Ws::named(server.address, "a").await;
    server.recorder.until("a", |told| !told.is_empty()).await;
    let key = server.conn("a").key();
    drop(client);
    server.recorder.gone("a").await;
    assert_eq!(server.hub.join(key, "room".into()), Err(JoinRefused::Gone));
    assert!(!server.hub.place(key, vec!["room".into()], &"owner".into(), 9));
    assert_eq!(server.hub.owner_sockets("owner"), 0);
}

#[tokio::test]
async fn an_address_may_show_so_many_bad_tokens() {
    let limits = Limits { failed_handshakes_per_minute: 3, ..Limits::default() };
    let server = Server::with(limits).await;
    let mut client = Ws::open(server.address).await;
    for _ in 0..5 {
        assert_eq!(client.refused(&json!({ "admit": "refuse" })).await, "not you");
    }
    for _ in 0..3 {
        assert_eq!(client.refused(&json!({ "admit": "bad token" })).await, "bad token");
    }
    let too_many = "Too many failed attempts. Please try again later.";
    assert_eq!(client.refused(&json!({ "admit": "bad token" })).await, too_many);
    // Nothing is looked at any more, on any connection from there.
    let mut other = Ws::open(server.address).await;
    assert_eq!(other.refused(&auth("a")).await, too_many);
}

#[tokio::test]
async fn a_connection_that_joins_nothing_is_closed() {
    let limits = Limits { connect_timeout: Duration::from_millis(200), ..Limits::default() };
    let server = Server::with(limits).await;
    let mut silent = Ws::open(server.address).await;
    let mut undecided = Ws::open(server.address).await;
    undecided.say(&format!("40{}", json!({ "admit": "never" }))).await;
    silent.closed().await;
    undecided.closed().await;
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn headers_must_come_in_time() {
    let limits = Limits { header_read_timeout: Duration::from_millis(200), ..Limits::default() };
    let server = Server::with(limits).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /sock/ HTTP/1.1\r\nHost: ").await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the end in time").unwrap();
}

#[tokio::test]
async fn headers_must_not_be_too_many() {
    let server = Server::start().await;
    let long = "x".repeat(100 * 1024);
    let refused = http::get(server.address, &target("polling", None), &[("X-Long", &long)]).await;
    assert_eq!(refused.status, 431);
}

/// Twice the Engine.IO connections and some more; those that never send a request count as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_so_many_places_for_tcp_connections() {
    let server = Server::with(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..1026 {
        idle.push(TcpStream::connect(server.address).await.unwrap());
    }
    let ended = async || {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = http::text(server.address, "GET", &target("polling", None), &[], "");
        let written = stream.write_all(request.as_bytes()).await;
        written.is_err() || http::read(&mut stream).await.is_none()
    };
    assert!(ended().await);
    idle.truncate(1000);
    let served = async {
        while ended().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, served).await.expect("places are free again");
}
