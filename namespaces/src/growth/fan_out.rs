//! One event for many sockets, without what the sockets do with it: it is one that this contract does not tell, found out
//! socket by socket.

use std::{sync::Arc, time::Instant};

use outrigger_domain::{
    events::{Audience, CustomEvent, DomainEvent, Published, Receipt},
    time::Clock,
};
use serde_json::value::to_raw_value;

use super::{
    Still,
    sockets::{Clients, MOUNT},
    user,
};
use crate::{
    dispatch::Dispatcher,
    monitor::Recorder,
    mount::Mounted,
    resume::Passing,
    rooms::{self, RoomsVoice},
};

fn elsewhere() -> DomainEvent {
    let contract = Some("nowhere".to_owned());
    let data = to_raw_value(&1).unwrap().into();
    DomainEvent::Custom(CustomEvent { name: "x".into(), data, contract, namespace: None })
}

fn dispatcher(clients: &Clients) -> Dispatcher {
    let mounted = Mounted {
        path: MOUNT.path,
        namespace: MOUNT.namespace,
        contract: rooms::CONTRACT,
        least_role: outrigger_domain::actor::Role::Guest,
        handler: Arc::new(super::sockets::Open),
        voice: Arc::new(RoomsVoice::new(Arc::new(Still))),
        follower: None,
        lists: None,
    };
    let recorder = Arc::new(Recorder::new(Arc::new(Still)));
    let passing = Arc::new(Passing::default());
    Dispatcher::new(clients.hub.clone(), Arc::new([mounted]), recorder, None, passing, None)
}

fn measure(name: &str, clients: &Clients, audience: &Audience, asked: bool) {
    const TIMES: u32 = 200;
    let dispatcher = dispatcher(clients);
    let one = || {
        let receipt = if asked { Receipt::requested().0 } else { Receipt::default() };
        Published::asking(Still.now(), audience.clone(), elsewhere(), receipt)
    };
    let event = one();
    let mut sockets = 0;
    let selection = crate::audience::selection(audience).unwrap();
    let (mut selecting, mut all) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    // One after the other, so that what disturbs the machine disturbs both.
    for _ in 0..TIMES {
        let began = Instant::now();
        sockets = std::hint::black_box(clients.hub.to(&MOUNT, &selection).conns()).len();
        selecting += began.elapsed();
        let began = Instant::now();
        std::hint::black_box(dispatcher.tell(&event));
        all += began.elapsed();
    }
    let each = |took: std::time::Duration| {
        took.as_secs_f64() * 1e9 / f64::from(TIMES) / sockets.max(1) as f64
    };
    println!(
        "{name:30} {sockets:6} sockets: {:7.1} ns each, {:7.1} ns of it finding them",
        each(all),
        each(selecting),
    );
}

#[tokio::test]
#[ignore = "a measurement"]
async fn sockets_that_hear_an_event() {
    for count in [10, 1_000, 5_000] {
        let clients = Clients::connect(count, |number| (number, 0)).await;
        assert_eq!(clients.count(), count);
        measure("everyone", &clients, &Audience::All, false);
        measure("everyone, counted", &clients, &Audience::All, true);
        let others = Audience::Except { of: Box::new(Audience::All), users: vec![user(1)] };
        measure("everyone but one", &clients, &others, false);
        measure("one", &clients, &Audience::User(user(1)), false);
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn sockets_of_one_user() {
    for count in [1, 10, 100, 1_000] {
        let clients = Clients::connect(count, |number| (1, number)).await;
        measure("all of one user", &clients, &Audience::User(user(1)), false);
        measure("all of one user, counted", &clients, &Audience::User(user(1)), true);
    }
}
