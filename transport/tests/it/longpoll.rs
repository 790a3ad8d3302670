//! What a client has that polls: payloads, heartbeats, its end.

use std::time::Duration;

use outrigger_transport::{Gone, Limits};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

use crate::{
    http::{self, target},
    lane::beating,
    polling::Polling,
    server::{PATIENCE, Server, auth},
    websocket::Ws,
};

#[tokio::test]
async fn the_first_answer_says_what_the_client_has_to_know() {
    let server = Server::with(beating(7_000, 3_000)).await;
    let answer = http::get(server.address, &target("polling", None), &[]).await;
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut open: Value = serde_json::from_str(answer.body.strip_prefix('0').unwrap()).unwrap();
    let sid = open["sid"].take();
    assert_eq!(sid.as_str().map(str::len), Some(16));
    let wanted = json!({
        "sid": null, "upgrades": ["websocket"],
        "pingInterval": 7000, "pingTimeout": 3000, "maxPayload": 1_000_000,
    });
    assert_eq!(open, wanted);
}

#[tokio::test]
async fn several_packets_go_in_one_payload_either_way() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    assert_eq!(client.post("421[\"echo\",1]\u{1e}422[\"echo\",\"é\"]").await, 200);
    let mut answers = vec![client.packet().await.unwrap(), client.packet().await.unwrap()];
    assert_eq!(answers, ["431[1]", r#"432["é"]"#]);
    (0..3).for_each(|n| assert_eq!(server.tell_all("n", &json!(n)), 1));
    answers = client.poll().await.body.split('\u{1e}').map(str::to_owned).collect();
    assert_eq!(answers, [r#"42["n",0]"#, r#"42["n",1]"#, r#"42["n",2]"#]);
}

#[tokio::test]
async fn a_poll_that_waits_is_answered_as_soon_as_there_is_something() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let conn = server.conn("a");
    let waiting = tokio::spawn(async move { client.packet().await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.tell_all("n", &json!(1));
    let packet = timeout(Duration::from_secs(2), waiting).await.expect("at once").unwrap();
    assert_eq!(packet.as_deref(), Some(r#"42["n",1]"#));
    assert_eq!(conn.waiting_bytes(), 0);
    assert_eq!(conn.transport_name(), "polling");
}

/// Whoever asks again over another connection, because the one before broke, is served.
#[tokio::test]
async fn a_poll_whose_connection_breaks_makes_room_for_the_next() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    for n in 0..20 {
        let mut broken = TcpStream::connect(server.address).await.unwrap();
        let poll =
            http::text(server.address, "GET", &target("polling", Some(&client.sid)), &[], "");
        broken.write_all(poll.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(broken);
        tokio::time::sleep(Duration::from_millis(20)).await;
        server.tell_all("n", &json!(n));
        assert_eq!(client.packet().await.unwrap(), format!(r#"42["n",{n}]"#));
    }
}

#[tokio::test]
async fn whoever_answers_heartbeats_stays_and_whoever_does_not_is_gone() {
    let server = Server::with(beating(400, 1_000)).await;
    let mut answering = Polling::connect(server.address, &auth("answering")).await;
    let silent = Polling::connect(server.address, &auth("silent")).await;
    let gone = tokio::select! {
        gone = server.recorder.gone("silent") => gone,
        packet = answering.packet() => panic!("{packet:?}"),
    };
    assert_eq!(gone, Gone::Timeout);
    assert_eq!(silent.poll().await.status, 400);
    server.tell_all("n", &json!(1));
    assert_eq!(answering.packet().await.unwrap(), r#"42["n",1]"#);
    assert_eq!(server.hub.counts().engines, 1);
}

#[tokio::test]
async fn whoever_joins_nothing_is_told_of_the_end_in_time() {
    let limits = Limits { connect_timeout: Duration::from_millis(300), ..Limits::default() };
    let server = Server::with(limits).await;
    let waiting = Polling::open(server.address).await;
    assert_eq!(timeout(PATIENCE, waiting.poll()).await.expect("the end").body, "1");
    server.until_open(|counts| counts.engines == 0).await;
    assert_eq!(waiting.poll().await.status, 400);
}

#[tokio::test]
async fn a_client_that_leaves_is_not_kept_waiting() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let leaving = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.post("1").await
    };
    let (waiting, leaving) = tokio::join!(client.poll(), leaving);
    assert_eq!((waiting.status, waiting.body.as_str(), leaving), (200, "6", 200));
    assert_eq!(server.recorder.gone("a").await, Gone::Transport);
}

#[tokio::test]
async fn attachments_come_as_base64() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let packet = r#"451-9["binary",{"_placeholder":true,"num":0}]"#;
    assert_eq!(client.post(&format!("{packet}\u{1e}bAP8gaGk=")).await, 200);
    assert_eq!(client.packet().await.unwrap(), "439[true]");
    // In two requests as well; they come one behind the other.
    assert_eq!(client.post(packet).await, 200);
    assert_eq!(client.post("bAP8gaGk=").await, 200);
    assert_eq!(client.packet().await.unwrap(), "439[true]");
}

#[tokio::test]
async fn what_a_session_of_another_path_is_called_opens_nothing_here() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let elsewhere = target("polling", Some(&client.sid)).replacen("/sock", "/other", 1);
    let answer = http::get(server.address, &elsewhere, &[]).await;
    assert!([400, 404].contains(&answer.status), "{}", answer.status);
    assert_eq!(client.post("3").await, 200);
}

#[tokio::test]
async fn refusals_have_the_codes_of_the_protocol() {
    let server = Server::start().await;
    let websocket = Ws::open(server.address).await;
    let cases = [
        ("GET", "/sock/?EIO=3&transport=polling".to_owned(), 5, "Unsupported protocol version"),
        ("GET", "/sock/?EIO=4&transport=smoke".to_owned(), 0, "Transport unknown"),
        ("POST", target("polling", None), 2, "Bad handshake method"),
        ("GET", target("polling", Some("x")), 1, "Session ID unknown"),
        ("POST", target("polling", Some("AAAAAAAAAAAAAAAA")), 1, "Session ID unknown"),
        ("GET", target("polling", Some(&websocket.sid)), 1, "Session ID unknown"),
        ("GET", target("websocket", None), 3, "Bad request"),
    ];
    for (method, target, code, message) in cases {
        let answer = http::request(server.address, method, &target, &[], "").await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status, 400, "{target}");
        assert_eq!(body, json!({ "code": code, "message": message }), "{target}");
    }
}

#[tokio::test]
async fn bodies_of_another_kind_end_the_session() {
    let server = Server::start().await;
    for (kind, body) in [("application/octet-stream", "3"), ("text/plain", "")] {
        let client = Polling::connect(server.address, &auth("a")).await;
        let target = target("polling", Some(&client.sid));
        let headers = [("Content-Type", kind)];
        let answer = http::request(server.address, "POST", &target, &headers, body).await;
        assert_eq!(answer.status, 400, "{kind}");
        server.until_open(|counts| counts.engines == 0).await;
    }
}
