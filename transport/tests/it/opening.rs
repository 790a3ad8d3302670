//! How a connection becomes a websocket, and what then leaves on it in which order.

use std::time::Duration;

use outrigger_transport::{Frame, Limits};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    http::{self, UPGRADE, target},
    polling::Polling,
    recorder::HASTY,
    server::{PATIENCE, SLOW, Server, auth},
    websocket::Ws,
};

/// A request to become a websocket, as browsers send it: without a body's length.
pub fn upgrade(server: &Server, more: &str) -> String {
    let mut text =
        format!("GET {} HTTP/1.1\r\nHost: {}\r\n", target("websocket", None), server.address);
    UPGRADE.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
    text + more + "\r\n"
}

/// A small packet in a client's frame, masked with zeros (RFC 6455 section 5.2).
pub fn masked(packet: &str) -> Vec<u8> {
    let length = u8::try_from(packet.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], packet.as_bytes()].concat()
}

pub async fn until_it_holds(stream: &mut TcpStream, wanted: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(wanted) {
        let length = timeout(PATIENCE, stream.read_buf(&mut read)).await.expect("in time").unwrap();
        assert!(length > 0, "{}", String::from_utf8_lossy(&read));
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test]
async fn a_request_may_come_in_pieces_and_packets_right_behind_it() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let whole = [
        upgrade(&server, "").into_bytes(),
        masked(r#"40{"name":"a"}"#),
        masked(r#"421["echo",7]"#),
    ];
    for piece in whole.concat().chunks(23) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = until_it_holds(&mut stream, "431[7]").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    // RFC 6455 section 1.3, the example.
    assert!(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{answer}");
}

/// A proxy may ask for one on a connection that it used before.
#[tokio::test]
async fn a_connection_that_served_requests_can_become_one() {
    let server = Server::start().await;
    server.recorder.gate.add_permits(1);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(http::text(server.address, "GET", SLOW, &[], "").as_bytes()).await.unwrap();
    assert_eq!(http::read(&mut stream).await.unwrap().body, "done");
    let text = upgrade(&server, "").into_bytes();
    stream.write_all(&[text, masked(r#"40{"name":"a"}"#)].concat()).await.unwrap();
    until_it_holds(&mut stream, "40{\"sid\"").await;
    stream.write_all(&masked(r#"421["echo",7]"#)).await.unwrap();
    until_it_holds(&mut stream, "431[7]").await;
    server.tell_all("n", &json!(1));
    until_it_holds(&mut stream, r#"42["n",1]"#).await;
    drop(stream);
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn headers_may_be_long_but_not_without_end() {
    let server = Server::start().await;
    for (length, status) in [(30 * 1024, "101"), (40 * 1024, "431")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let text = upgrade(&server, &format!("Cookie: a={}\r\n", "x".repeat(length)));
        // What is too long may be answered before all of it is read.
        drop(stream.write_all(text.as_bytes()).await);
        let answer = until_it_holds(&mut stream, "\r\n\r\n").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
}

#[tokio::test]
async fn a_request_that_never_ends_is_not_waited_for() {
    let limits = Limits { header_read_timeout: Duration::from_millis(200), ..Limits::default() };
    let server = Server::with(limits).await;
    for half in ["", "GE", "GET /so", "GET /sock/?EIO=4&transport=websocket HTTP/1.1\r\nHost:"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the end").unwrap();
    }
}

#[tokio::test]
async fn a_large_message_arrives_whole() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    let text = "x".repeat(900_000);
    client.say(&format!(r#"421["echo","{text}"]"#)).await;
    assert_eq!(client.packet().await.unwrap(), format!(r#"431["{text}"]"#));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_of_a_namespace_overtakes_the_answer_to_its_connect() {
    let server = Server::start().await;
    for round in 0..50 {
        let mut client = Ws::connect(server.address, &auth(HASTY)).await;
        assert_eq!(client.packet().await.unwrap(), r#"42["hello",1]"#);
        client.say(&format!("40/chat,{}", auth(HASTY))).await;
        let answer = client.packet().await.unwrap();
        assert!(answer.starts_with("40/chat,{"), "round {round}: {answer}");
        assert_eq!(client.packet().await.unwrap(), r#"42/chat,["hello",1]"#);
    }
}

/// What is sent while a client goes over from polling comes once and in order, however the turns fall.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_turned_round_by_an_upgrade_under_load() {
    let server = Server::start().await;
    for round in 0..10 {
        let mut client = Polling::connect(server.address, &auth("a")).await;
        server.until_open(|counts| counts.sockets == 1).await;
        let conn = server.conn("a");
        let telling = tokio::spawn(async move {
            let mut n = 0;
            while n < 300 {
                let room = conn.room(2000).await;
                assert!(room && conn.send(&Frame::new("n", &n).unwrap()), "{n}");
                n += 1;
                tokio::time::sleep(Duration::from_micros(100)).await;
            }
        });
        let mut seen = Vec::new();
        while seen.len() < 20 * round {
            seen.push(client.packet().await.unwrap());
        }
        let mut upgrade = Ws::probed(server.address, &client.sid).await;
        // A client asks until it is told that there is nothing more.
        loop {
            let packet = client.packet().await.unwrap();
            if packet == "6" {
                break;
            }
            seen.push(packet);
        }
        upgrade.say("5").await;
        seen.extend(client.rest());
        while seen.len() < 300 {
            seen.push(upgrade.packet().await.unwrap());
        }
        let expected: Vec<_> = (0..300).map(|n| format!(r#"42["n",{n}]"#)).collect();
        assert_eq!(seen, expected, "round {round}");
        telling.await.unwrap();
        drop(upgrade);
        server.until_open(|counts| counts.engines == 0).await;
    }
}
