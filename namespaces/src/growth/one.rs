//! Sockets of one user, and rooms of one socket: what each more of them costs where they are counted.

use std::{sync::Arc, time::Instant};

use outrigger_domain::{
    actor::Role,
    commerce::Crowd,
    ids::{ChatId, DeviceId},
    local_bus::LocalBus,
    presence::Presence,
    quiz::{Roster, RosterParts},
};

use super::{Still, actor, sockets::Clients, user};
use crate::{audience::chat_room, commerce::Visits, quiz::QuizStay};

/// So often each is measured; the fastest counts, which others disturbed least.
const TIMES: usize = 20;

fn fastest(mut measure: impl FnMut() -> f64) -> f64 {
    (0..TIMES).map(|_| measure()).fold(f64::INFINITY, f64::min)
}

/// Nanoseconds for each of so many.
fn each(count: usize, mut work: impl FnMut(usize)) -> f64 {
    let began = Instant::now();
    (0..count).for_each(&mut work);
    began.elapsed().as_secs_f64() * 1e9 / count as f64
}

#[test]
#[ignore = "a measurement"]
fn counts_of_one_user() {
    for count in [1, 10, 100, 1_000] {
        let (bus, _events) = LocalBus::new();
        let bus = Arc::new(bus);
        let presence = Presence::new(bus.clone(), Arc::new(Still));
        let roster = Roster::new(RosterParts { bus, clock: Arc::new(Still) });
        let crowd = Crowd::new();
        let (ann, one) = (user(1), actor(1, 0));
        let device = |number| DeviceId::new(format!("d{number}")).unwrap();
        let devices: Vec<_> = (0..count).map(device).collect();
        let both = |come: &dyn Fn(usize), go: &dyn Fn(usize)| {
            let mut gone = f64::INFINITY;
            let came = fastest(|| {
                let came = each(count, come);
                gone = gone.min(each(count, go));
                came
            });
            (came, gone)
        };
        let present = both(
            &|number| {
                presence.enter(&ann, &devices[number]);
            },
            &|number| {
                presence.leave(&ann, &devices[number]);
            },
        );
        let listed = both(&|_| roster.enter(&one, "Ann"), &|_| roster.leave(&ann));
        let crowded = both(
            &|number| {
                crowd.enter(&one, number as u64);
            },
            &|number| {
                crowd.leave(&ann, number as u64);
            },
        );
        (0..count).for_each(|number| drop(crowd.enter(&one, number as u64)));
        let mut admin = false;
        let became = fastest(|| {
            admin = !admin;
            each(count, |_| crowd.became(&ann, if admin { Role::Admin } else { Role::User }))
        });
        println!(
            "{count:5} sockets, ns for each to come and go: presence {present:.0?}, roster {listed:.0?}, crowd {crowded:.0?}, to change role {became:.0}"
        );
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn rooms_of_one_socket() {
    let clients = Clients::connect(1, |number| (number, 0)).await;
    let key = clients.hub.conns()[0].key();
    for count in [1, 10, 100] {
        let chats: Vec<_> =
            (0..count).map(|number| ChatId::new(format!(":room{number}")).unwrap()).collect();
        let (visits, stay, ann) = (Visits::default(), QuizStay::default(), user(1));
        let mut left = f64::INFINITY;
        let joined = fastest(|| {
            let joined = each(count, |number| {
                stay.enter(&chats[number]);
                visits.enter(&chats[number], &ann);
                clients.hub.join(key, chat_room(&chats[number])).unwrap();
            });
            left = left.min(each(count, |number| {
                stay.leave(&chats[number]);
                visits.leave(&chats[number], &ann);
                clients.hub.leave(key, &chat_room(&chats[number]));
            }));
            joined
        });
        println!("{count:5} rooms: {joined:6.0} ns each to join, {left:6.0} ns to leave");
    }
}
