//! From polling to a websocket.

use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    http::{self, UPGRADE, target},
    polling::Polling,
    server::{Server, auth},
    websocket::Ws,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_keep_flowing_in_order() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    server.until_open(|counts| counts.sockets == 1).await;
    for n in 0..5 {
        server.tell_all("n", &json!(n));
        assert_eq!(client.packet().await.unwrap(), format!(r#"42["n",{n}]"#));
    }
    client.post(r#"42["yield",0]"#).await;
    let mut upgrade = Ws::attach(server.address, &client.sid).await.unwrap();
    upgrade.say("2probe").await;
    assert_eq!(upgrade.packet().await.unwrap(), "3probe");
    assert_eq!(client.poll().await.body, "6");
    (5..10).for_each(|n| assert_eq!(server.tell_all("n", &json!(n)), 1));
    upgrade.say("5").await;
    (10..15).for_each(|n| assert_eq!(server.tell_all("n", &json!(n)), 1));
    for n in 5..15 {
        assert_eq!(upgrade.packet().await.unwrap(), format!(r#"42["n",{n}]"#));
    }
    upgrade.burst((1..20).map(|n| format!(r#"42["yield",{n}]"#))).await;
    server.recorder.until("a", |told| told.len() == 22).await;
    assert_eq!(server.hub.conns()[0].transport_name(), "websocket");
    assert!(upgrade.is_served().await);
    drop(upgrade);
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
    server.recorder.gone("a").await;
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn a_session_has_one_websocket() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let mut upgrade = Ws::attach(server.address, &client.sid).await.unwrap();
    assert_eq!(Ws::attach(server.address, &client.sid).await.err(), Some(400));
    upgrade.say("2probe").await;
    upgrade.packet().await.unwrap();
    upgrade.say("5").await;
    assert!(upgrade.is_served().await);
    assert_eq!(Ws::attach(server.address, &client.sid).await.err(), Some(400));
    assert_eq!(client.poll().await.status, 400);
    assert_eq!(client.post("2").await, 400);
    assert!(upgrade.is_served().await);

    let mut websocket = Ws::named(server.address, "b").await;
    assert_eq!(Ws::attach(server.address, &websocket.sid).await.err(), Some(400));
    assert!(websocket.is_served().await);
}

#[tokio::test]
async fn what_only_looks_like_an_upgrade_is_refused() {
    let server = Server::start().await;
    let websocket = target("websocket", None);
    let with = |name: &'static str, value: &'static str| {
        UPGRADE.map(|(header, was)| (header, if header == name { value } else { was }))
    };
    let status = async |target: &str, headers: &[(&str, &str)]| {
        http::get(server.address, target, headers).await.status
    };
    assert_eq!(status(&websocket, &with("Upgrade", "foo")).await, 400);
    assert_eq!(status(&websocket, &with("Sec-WebSocket-Version", "8")).await, 426);
    assert_eq!(status(&websocket, &UPGRADE[..2]).await, 426);
    assert_eq!(status(&websocket, &UPGRADE[..3]).await, 400);
    assert_eq!(status(&websocket, &[]).await, 400);
    assert_eq!(status(&target("polling", None), &UPGRADE).await, 400);
    // The library takes this for a websocket.
    assert_eq!(status(&target("websocket=x", None), &with("Upgrade", "foo")).await, 400);
    assert_eq!(status(&target("carrier-pigeon", None), &[]).await, 400);
    let unknown = target("websocket", Some("AAAAAAAAAAAAAAAA"));
    let answer = http::request(server.address, "GET", &unknown, &UPGRADE, "").await.status;
    // The library looks for the session behind its answer, and hangs up then.
    assert!([101, 400].contains(&answer), "{answer}");
    server.until_open(|counts| counts.engines == 0).await;
}

#[tokio::test]
async fn a_refused_upgrade_takes_nothing_from_its_session() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    // The key is missing; the TCP connection stays.
    let mut kept = TcpStream::connect(server.address).await.unwrap();
    let upgrade = target("websocket", Some(&client.sid));
    let request = http::text(server.address, "GET", &upgrade, &UPGRADE[..3], "");
    kept.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(http::read(&mut kept).await.unwrap().status, 400);
    server.tell_all("n", &json!(1));
    assert_eq!(client.packet().await.unwrap(), r#"42["n",1]"#);
    // A proper one is still possible.
    let mut upgrade = Ws::attach(server.address, &client.sid).await.unwrap();
    upgrade.say("2probe").await;
    assert_eq!(upgrade.packet().await.unwrap(), "3probe");
    drop(kept);
}

#[tokio::test]
async fn an_abandoned_probe_harms_nobody_else() {
    let server = Server::start().await;
    let mut other = Polling::connect(server.address, &auth("other")).await;
    let mut websocket = Ws::named(server.address, "websocket").await;
    for step in 0..3 {
        let client = Polling::connect(server.address, &auth("a")).await;
        let mut probe = Ws::attach(server.address, &client.sid).await.unwrap();
        match step {
            0 => {}
            1 => probe.say("2probe").await,
            _ => probe.say("garbage").await,
        }
        drop(probe);
    }
    server.until_open(|counts| counts.sockets == 2 && counts.engines == 2).await;
    server.tell_all("n", &json!(1));
    assert_eq!(other.packet().await.unwrap(), r#"42["n",1]"#);
    assert!(websocket.is_served().await);
}
