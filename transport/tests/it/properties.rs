//! Rooms and owners agree with a model, whatever sockets do.

use std::collections::{BTreeSet, HashSet};

use outrigger_transport::{ConnKey, Limits, Room, Selection};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use crate::{
    server::{ROOT, Server},
    websocket::Ws,
};

const CLIENTS: usize = 3;
/// So few that what a client chose meets what it is in because of who it is.
const ROOMS: [&str; 3] = ["x", "y", "z"];
const OWNERS: [&str; 2] = ["ann", "bob"];
const OWNER_LIMIT: usize = 2;
const ROOM_LIMIT: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    Join(usize, usize),
    Leave(usize, usize),
    Place(usize, BTreeSet<usize>, usize),
    Reenter(usize, BTreeSet<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let rooms = || prop::collection::btree_set(0..ROOMS.len(), 0..=2);
    prop_oneof![
        4 => (0..CLIENTS, 0..ROOMS.len()).prop_map(|(client, room)| Step::Join(client, room)),
        3 => (0..CLIENTS, 0..ROOMS.len()).prop_map(|(client, room)| Step::Leave(client, room)),
        3 => (0..CLIENTS, rooms(), 0..OWNERS.len())
            .prop_map(|(client, rooms, owner)| Step::Place(client, rooms, owner)),
        1 => (0..CLIENTS, rooms()).prop_map(|(client, rooms)| Step::Reenter(client, rooms)),
    ]
}

struct Member {
    ws: Ws,
    name: String,
    key: ConnKey,
    own: BTreeSet<usize>,
    joined: BTreeSet<usize>,
    owner: Option<usize>,
}

fn names(rooms: &BTreeSet<usize>) -> Vec<&'static str> {
    rooms.iter().map(|room| ROOMS[*room]).collect()
}

struct House {
    server: Server,
    members: Vec<Member>,
    entered: usize,
}

impl House {
    async fn enter(&mut self, mut ws: Ws, own: BTreeSet<usize>) -> Member {
        self.entered += 1;
        let name = format!("client {}", self.entered);
        ws.join("/", &json!({ "name": name, "rooms": names(&own) })).await;
        self.server.recorder.until(&name, |told| !told.is_empty()).await;
        let key = self.server.conn(&name).key();
        Member { ws, name, key, own, joined: BTreeSet::new(), owner: None }
    }

    async fn reenter(&mut self, client: usize, own: BTreeSet<usize>) {
        let mut member = self.members.remove(client);
        member.ws.say("41").await;
        self.server.recorder.gone(&member.name).await;
        let member = self.enter(member.ws, own).await;
        self.members.insert(client, member);
    }

    async fn take(&mut self, step: &Step) {
        let hub = self.server.hub.clone();
        match step {
            Step::Join(client, room) => {
                let member = &mut self.members[*client];
                let inside = member.own.contains(room) || member.joined.contains(room);
                let may = inside || member.joined.len() < ROOM_LIMIT;
                assert_eq!(hub.join(member.key, ROOMS[*room].into()).is_ok(), may);
                if may && !inside {
                    member.joined.insert(*room);
                }
            }
            Step::Leave(client, room) => {
                let member = &mut self.members[*client];
                hub.leave(member.key, ROOMS[*room]);
                member.joined.remove(room);
            }
            Step::Place(client, rooms, owner) => {
                let has = self.sockets_of(*owner);
                let member = &mut self.members[*client];
                let may = member.owner == Some(*owner) || has < OWNER_LIMIT;
                let own = names(rooms).into_iter().map(Room::from).collect();
                let placed = hub.place(member.key, own, &OWNERS[*owner].into(), OWNER_LIMIT);
                assert_eq!(placed, may);
                if may {
                    (member.own, member.owner) = (rooms.clone(), Some(*owner));
                }
            }
            Step::Reenter(client, rooms) => self.reenter(*client, rooms.clone()).await,
        }
    }

    fn sockets_of(&self, owner: usize) -> usize {
        self.members.iter().filter(|member| member.owner == Some(owner)).count()
    }

    fn agrees(&self) {
        let meant = |selection: &Selection| -> Vec<ConnKey> {
            let there = self.server.hub.to(&ROOT, selection);
            there.conns().iter().map(|conn| conn.key()).collect()
        };
        let expected = |wanted: &dyn Fn(&Member) -> bool| -> HashSet<ConnKey> {
            self.members.iter().filter(|member| wanted(member)).map(|member| member.key).collect()
        };
        let is_in = |member: &Member, room: usize| {
            member.own.contains(&room) || member.joined.contains(&room)
        };
        for (room, name) in ROOMS.iter().enumerate() {
            let only = Selection { rooms: vec![(*name).into()], except: Vec::new() };
            let found = meant(&only);
            assert_eq!(
                HashSet::from_iter(found),
                expected(&|member| is_in(member, room)),
                "{name}"
            );
            let except = Selection { rooms: Vec::new(), except: vec![(*name).into()] };
            let found = meant(&except);
            assert_eq!(HashSet::from_iter(found), expected(&|member| !is_in(member, room)));
        }
        // One who is in both is meant once.
        let either = Selection { rooms: vec!["x".into(), "y".into()], except: vec!["z".into()] };
        let found = meant(&either);
        let wanted = |member: &Member| (is_in(member, 0) || is_in(member, 1)) && !is_in(member, 2);
        assert_eq!(found.len(), expected(&wanted).len());
        assert_eq!(HashSet::from_iter(found), expected(&wanted));
        for (owner, name) in OWNERS.iter().enumerate() {
            assert_eq!(self.server.hub.owner_sockets(name), self.sockets_of(owner), "{name}");
        }
    }
}

#[test]
fn rooms_and_owners_are_what_the_steps_make_them() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let house = runtime.block_on(async {
        let limits = Limits { max_rooms_per_socket: ROOM_LIMIT, ..Limits::default() };
        let server = Server::with(limits).await;
        let mut house = House { server, members: Vec::new(), entered: 0 };
        for _ in 0..CLIENTS {
            let ws = Ws::open(house.server.address).await;
            let member = house.enter(ws, BTreeSet::new()).await;
            house.members.push(member);
        }
        house
    });
    let house = std::cell::RefCell::new(house);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let story = prop::collection::vec(step(), 1..30);
    TestRunner::new(config)
        .run(&story, |steps| {
            let mut house = house.borrow_mut();
            runtime.block_on(async {
                for client in 0..CLIENTS {
                    house.reenter(client, BTreeSet::new()).await;
                }
                for step in &steps {
                    house.take(step).await;
                    house.agrees();
                }
            });
            Ok(())
        })
        .unwrap();
}
