//! The last event before a disconnect arrives.

use outrigger_transport::{Frame, Gone, Limits, Selection};
use std::time::Duration;

use crate::{
    polling::Polling,
    server::{ROOT, Server, auth},
    websocket::Ws,
};

fn say_and_close(server: &Server) {
    let everyone = server.hub.to(&ROOT, &Selection::default());
    let frame = Frame::new("force_logout", "bye").unwrap();
    assert_eq!(everyone.send(&frame), 1);
    assert_eq!(everyone.disconnect(), 1);
    // Whatever is sent after it goes nowhere.
    assert_eq!(server.tell_all("late", &1.into()), 0);
}

#[tokio::test]
async fn on_a_websocket() {
    let server = Server::start().await;
    let mut client = Ws::named(server.address, "a").await;
    say_and_close(&server);
    assert_eq!(client.packet().await.unwrap(), r#"42["force_logout","bye"]"#);
    assert_eq!(client.packet().await.unwrap(), "41");
    assert_eq!(server.recorder.gone("a").await, Gone::Server);
    assert_eq!(server.hub.counts().sockets, 0);
}

#[tokio::test]
async fn on_polling() {
    let server = Server::start().await;
    let mut client = Polling::connect(server.address, &auth("a")).await;
    say_and_close(&server);
    assert_eq!(client.packet().await.unwrap(), r#"42["force_logout","bye"]"#);
    assert_eq!(client.packet().await.unwrap(), "41");
    assert_eq!(server.recorder.gone("a").await, Gone::Server);
}

/// A client that is told to go while its events are on their way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_websocket_that_is_sending() {
    let server = Server::start().await;
    for round in 0..20 {
        let name = format!("a{round}");
        let mut client = Ws::named(server.address, &name).await;
        server.recorder.until(&name, |told| !told.is_empty()).await;
        client.burst((0..10).map(|n| format!(r#"42["n",{n}]"#))).await;
        say_and_close(&server);
        client.burst((0..10).map(|n| format!(r#"42["n",{n}]"#))).await;
        assert_eq!(client.packet().await.unwrap(), r#"42["force_logout","bye"]"#);
        assert_eq!(client.packet().await.unwrap(), "41");
        assert_eq!(server.recorder.gone(&name).await, Gone::Server);
    }
    server.recorder.until_whole().await;
}

#[tokio::test]
async fn a_connection_without_a_namespace_is_closed_after_a_while() {
    let limits = Limits { connect_timeout: Duration::from_millis(200), ..Limits::default() };
    let server = Server::with(limits).await;
    let mut client = Ws::named(server.address, "a").await;
    say_and_close(&server);
    client.closed().await;
    server.until_open(|counts| counts.engines == 0).await;
}
