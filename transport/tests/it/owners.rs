//! Sockets are counted for whoever they belong to.

use std::collections::HashSet;

use outrigger_transport::{ConnKey, Room, Selection};
use serde_json::{Value, json};

use crate::{
    server::{ROOT, Server},
    websocket::Ws,
};

fn of(owner: &str, name: &str) -> Value {
    json!({ "name": name, "owner": owner, "limit": 2, "rooms": [owner] })
}

fn in_room(server: &Server, room: &str) -> HashSet<ConnKey> {
    let selection = Selection { rooms: vec![room.into()], ..Selection::default() };
    server.hub.to(&ROOT, &selection).conns().iter().map(|conn| conn.key()).collect()
}

async fn enter(server: &Server, owner: &str, name: &str) -> Ws {
    let client = Ws::connect(server.address, &of(owner, name)).await;
    server.recorder.until(name, |told| !told.is_empty()).await;
    client
}

#[tokio::test]
async fn an_owner_may_have_so_many() {
    let server = Server::start().await;
    let first = enter(&server, "ann", "a1").await;
    let _second = enter(&server, "ann", "a2").await;
    assert_eq!(server.hub.owner_sockets("ann"), 2);
    let mut third = Ws::open(server.address).await;
    assert_eq!(third.refused(&of("ann", "a3")).await, "Too many connections");
    let _other = enter(&server, "bob", "b1").await;
    // Whoever still has the socket in hand keeps no place by that.
    let in_hand = server.conn("a1");
    drop(first);
    server.recorder.gone("a1").await;
    assert!(!in_hand.connected());
    assert_eq!(server.hub.owner_sockets("ann"), 1);
    third.join("/", &of("ann", "a3")).await;
    assert_eq!(server.hub.owner_sockets("ann"), 2);
    assert_eq!(server.hub.owner_sockets("bob"), 1);
    assert_eq!(server.hub.owner_sockets("nobody"), 0);
}

#[tokio::test]
async fn a_socket_may_change_its_owner() {
    let server = Server::start().await;
    let client = enter(&server, "ann", "a").await;
    let _other = enter(&server, "bob", "b").await;
    let key = server.conn("a").key();
    server.hub.join(key, "chosen".into()).unwrap();
    let rooms = |name: &str| vec![Room::from(name)];

    assert!(!server.hub.place(key, rooms("bob"), &"bob".into(), 1), "bob has one already");
    assert_eq!((server.hub.owner_sockets("ann"), server.hub.owner_sockets("bob")), (1, 1));
    assert_eq!(in_room(&server, "ann"), HashSet::from([key]));

    assert!(server.hub.place(key, rooms("bob"), &"bob".into(), 2));
    assert_eq!((server.hub.owner_sockets("ann"), server.hub.owner_sockets("bob")), (0, 2));
    assert!(in_room(&server, "ann").is_empty());
    assert_eq!(in_room(&server, "bob").len(), 2);
    assert_eq!(in_room(&server, "chosen"), HashSet::from([key]));
    // Being at the limit with it already is no reason to refuse it.
    assert!(server.hub.place(key, rooms("bob"), &"bob".into(), 2));

    drop(client);
    server.recorder.gone("a").await;
    assert_eq!(server.hub.owner_sockets("bob"), 1);
    assert!(in_room(&server, "chosen").is_empty());
}

#[tokio::test]
async fn a_refused_socket_is_nobodys() {
    let server = Server::start().await;
    let mut client = Ws::open(server.address).await;
    let auth = json!({ "owner": "ann", "limit": 0 });
    assert_eq!(client.refused(&auth).await, "Too many connections");
    assert_eq!(server.hub.owner_sockets("ann"), 0);
}
