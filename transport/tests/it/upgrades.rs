//! From polling to a websocket.

use std::time::{Duration, Instant};

use outrigger_transport::Limits;
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
    let mut upgrade = Ws::probed(server.address, &client.sid).await;
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
    assert_eq!(status(&target("websocket=x", None), &with("Upgrade", "foo")).await, 400);
    assert_eq!(status(&target("carrier-pigeon", None), &[]).await, 400);
    let unknown = target("websocket", Some("AAAAAAAAAAAAAAAA"));
    assert_eq!(status(&unknown, &UPGRADE).await, 400);
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
    let _upgrade = Ws::probed(server.address, &client.sid).await;
    drop(kept);
}

/// Between them and us may be something that lets a websocket be opened, and nothing through: clients go on polling then.
#[tokio::test]
async fn a_probe_that_comes_to_nothing_leaves_its_session_polling() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    for step in 0..3 {
        let mut probe = attach_again(&server, &client).await;
        match step {
            0 => {}
            1 => probe.say("2probe").await,
            _ => {
                probe.say("5").await;
                probe.closed().await;
            }
        }
        drop(probe);
        assert_eq!(server.tell_all("n", &json!(step)), 1, "step {step}");
        assert_eq!(client.packet_but("6").await.unwrap(), format!(r#"42["n",{step}]"#));
    }
    // It may still go over.
    let mut upgrade = attach_again(&server, &client).await;
    upgrade.say("2probe").await;
    assert_eq!(upgrade.packet().await.unwrap(), "3probe");
    upgrade.say("5").await;
    assert!(upgrade.is_served().await);
}

/// As soon as the websocket before is seen to be gone.
async fn attach_again(server: &Server, client: &Polling) -> Ws {
    loop {
        if let Ok(websocket) = Ws::attach(server.address, &client.sid).await {
            return websocket;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_to_go_by_a_websocket_that_fails_goes_by_the_next_poll() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let mut probe = Ws::probed(server.address, &client.sid).await;
    assert_eq!(client.poll().await.body, "6");
    assert_eq!(server.tell_all("n", &json!(1)), 1);
    probe.say("garbage").await;
    probe.closed().await;
    assert_eq!(client.packet_but("6").await.unwrap(), r#"42["n",1]"#);
}

/// The answer to its probe may be on its way for long; meanwhile it need not ask as fast as it can.
#[tokio::test]
async fn whoever_polls_on_though_its_websocket_works_is_slowed_down() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let mut probe = Ws::probed(server.address, &client.sid).await;
    let began = Instant::now();
    for _ in 0..4 {
        assert_eq!(client.poll().await.body, "6");
    }
    assert!(began.elapsed() > Duration::from_millis(290), "{:?}", began.elapsed());
    probe.say("5").await;
    assert!(probe.is_served().await);
}

#[tokio::test]
async fn a_websocket_that_says_nothing_is_not_waited_for() {
    let limits = Limits { connect_timeout: Duration::from_millis(300), ..Limits::default() };
    let server = Server::with(limits).await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    let mut silent = Ws::attach(server.address, &client.sid).await.unwrap();
    silent.closed().await;
    server.tell_all("n", &json!(1));
    assert_eq!(client.packet().await.unwrap(), r#"42["n",1]"#);
}

/// A request that was held up on its way must not harm what has become of its session.
#[tokio::test]
async fn what_is_posted_behind_an_upgrade_is_refused_and_harms_nobody() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let mut upgrade = Ws::probed(server.address, &client.sid).await;
    upgrade.say("5").await;
    for _ in 0..3 {
        assert_eq!(client.post(r#"42["late"]"#).await, 400);
    }
    assert!(upgrade.is_served().await);
    assert!(!server.recorder.of("a").iter().any(|what| format!("{what:?}").contains("late")));
}

#[tokio::test]
async fn a_session_that_ends_takes_its_probe_with_it() {
    let server = Server::start().await;
    let client = Polling::connect(server.address, &auth("a")).await;
    let mut probe = Ws::probed(server.address, &client.sid).await;
    server.conn("a").cut();
    probe.closed().await;
    assert_eq!(client.poll().await.status, 400);
    server.until_open(|counts| counts.engines == 0).await;
}
