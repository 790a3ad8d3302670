//! Clients that go at any moment, without a word.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use outrigger_transport::Limits;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use socket2::SockRef;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Semaphore, task::JoinSet};

use crate::{
    http::{self, UPGRADE, target},
    polling::Polling,
    recorder::What,
    server::Server,
    websocket::Ws,
};

const CLIENTS: u64 = 300;
const STEPS: u32 = 19;
const OWNER: &str = "everyone";

fn impatient() -> Limits {
    Limits {
        ping_interval: Duration::from_millis(500),
        ping_timeout: Duration::from_secs(2),
        connect_timeout: Duration::from_secs(2),
        header_read_timeout: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// Says it so that the kernel forgets the connection, and tells the server of a reset.
fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

async fn on_websocket(server: SocketAddr, step: u32, auth: &serde_json::Value) {
    let mut client = Ws::open(server).await;
    if step == 3 {
        return;
    }
    let connect = match step {
        4 => format!("40{}", json!({ "owner": OWNER, "admit": "slow" })),
        5 => format!("40{}", json!({ "owner": OWNER, "admit": "never" })),
        6 => format!("40{}", json!({ "owner": OWNER, "admit": "refuse" })),
        _ => format!("40{auth}"),
    };
    client.say(&connect).await;
    if step <= 7 {
        return;
    }
    client.packet().await.unwrap();
    match step {
        8 => {}
        9 => client.burst((0..20).map(|n| format!(r#"42{n}["yield",{n}]"#))).await,
        10 => {
            client.say(r#"42["disconnect-me"]"#).await;
        }
        11 => {
            client.say("41").await;
            client.say(&connect).await;
        }
        12 => {
            // Half of a frame.
            client.socket().write_all(&[0x81, 0xfe, 0x00]).await.unwrap();
        }
        _ => {
            client.burst((0..20).map(|n| format!(r#"42{n}["yield",{n}]"#))).await;
            reset(client.socket());
        }
    }
}

async fn on_polling(server: SocketAddr, step: u32, auth: &serde_json::Value) {
    if step == 14 {
        Polling::open(server).await;
        return;
    }
    if step == 15 {
        Polling::open(server).await.post(&format!("40{auth}")).await;
        return;
    }
    let client = Polling::connect(server, auth).await;
    if step == 16 {
        let mut poll = TcpStream::connect(server).await.unwrap();
        let text = http::text(server, "GET", &target("polling", Some(&client.sid)), &[], "");
        poll.write_all(text.as_bytes()).await.unwrap();
        client.post(r#"421["yield",1]"#).await;
        return;
    }
    let mut upgrade = Ws::attach(server, &client.sid).await.unwrap();
    if step == 17 {
        return;
    }
    upgrade.say("2probe").await;
    assert_eq!(upgrade.packet().await.unwrap(), "3probe");
    upgrade.say("5").await;
    upgrade.try_say(r#"421["yield",1]"#).await;
}

/// Goes after so many steps.
async fn visit(server: SocketAddr, step: u32, half: bool) {
    let auth = json!({ "owner": OWNER, "name": "visitor", "rooms": ["a"] });
    match step {
        0..=2 => {
            let mut stream = TcpStream::connect(server).await.unwrap();
            let text = http::text(server, "GET", &target("websocket", None), &UPGRADE, "");
            let text = &text.as_bytes()[..if step == 0 { 40 } else { text.len() }];
            stream.write_all(text).await.unwrap();
            if step == 2 {
                http::read(&mut stream).await;
            }
            if half {
                reset(&stream);
            }
        }
        3..=13 => on_websocket(server, step, &auth).await,
        _ => on_polling(server, step, &auth).await,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_clients_that_vanish_at_any_step() {
    let server = Server::with(impatient()).await;
    let mut steps = StdRng::seed_from_u64(20);
    let at_once = Arc::new(Semaphore::new(40));
    let mut visits = JoinSet::new();
    for _ in 0..CLIENTS {
        let (step, half) = (steps.random_range(0..STEPS), steps.random());
        let place = Arc::clone(&at_once).acquire_owned().await.unwrap();
        let address = server.address;
        visits.spawn(async move {
            visit(address, step, half).await;
            drop(place);
        });
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
    server.until_open(|counts| counts.sockets == 0 && counts.engines == 0).await;
    assert_eq!(server.hub.owner_sockets(OWNER), 0);
    server.recorder.until_whole().await;
    let connected =
        server.recorder.of("visitor").iter().filter(|what| **what == What::Connected).count();
    assert!(connected > 50, "only {connected} came that far");
    let mut client = Ws::named(server.address, "after").await;
    assert!(client.is_served().await);
}

/// The place of an owner is free again as soon as the client is, whatever was under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_vanishes_during_its_admission_keeps_no_place() {
    let server = Server::with(impatient()).await;
    for _ in 0..20 {
        let mut client = Ws::open(server.address).await;
        client.say(&format!("40{}", json!({ "owner": OWNER, "admit": "slow" }))).await;
        drop(client);
    }
    // As long as an admission takes, twice.
    tokio::time::sleep(Duration::from_millis(60)).await;
    // Sooner than any sweep.
    let free = server.until_open(|counts| counts.engines == 0);
    tokio::time::timeout(Duration::from_secs(6), free).await.expect("no place is kept");
    assert_eq!(server.hub.owner_sockets(OWNER), 0);
}
