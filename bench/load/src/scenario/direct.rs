//! `direct` and `direct-stored`: clients in pairs.

use std::ops::Range;

use serde_json::json;

use crate::{
    arguments::{Scenario, seconds},
    door::Door,
    fault::Fault,
    pace::Pace,
    report::Report,
    window::Window,
};

use super::{
    scene::Scene,
    talking::{Pairs, Talking},
};

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let door = match arguments.scenario {
        Scenario::DirectStored => Door::Rooms,
        _ => Door::Quiz,
    };
    let count = arguments.clients(200).next_multiple_of(2);
    let at_once = arguments.under_way(count);
    if at_once > count {
        return Err(Fault::call(format!(
            "each client has one message under way: {at_once} need as many clients"
        )));
    }
    let pairs = pair(scene, door, count, 2)?;
    scene.settle()?;
    let net = &scene.driver.net;
    let window = Window::new(net, seconds(arguments.warmup), seconds(arguments.seconds));
    let pace = Pace::new(arguments.rate, net.now());
    let mut talking = Talking::new(pairs, at_once, pace, window, &scene.meter)?;
    let until = scene.driver.net.after(arguments.whole());
    scene.driver.run(&mut talking, until)?;
    let mut report = Report::default();
    report.put(
        "parameters",
        json!({ "connections": count, "in_flight": at_once, "rate": arguments.rate,
            "payload": arguments.payload, "seconds": arguments.seconds }),
    );
    told(&mut report, "", &talking);
    if let Some(measured) = talking.window.measured() {
        report.measured("messages", measured);
    }
    report.failures("dropped", talking.dropped);
    report.put("server_rss_bytes", json!({ "after": scene.meter.rss() }));
    Ok(report)
}

/// What is told of talking, behind a prefix.
pub fn told(report: &mut Report, prefix: &str, talking: &Talking<'_>) {
    report.tally(talking.checker.tally());
    report.times(prefix, &talking.latency);
    report.times(&format!("{prefix}ack_"), &talking.ack_latency);
    report.put(&format!("{prefix}not_begun"), talking.not_begun());
    report.failures(&format!("{prefix}refused"), talking.refused);
    if let Some(refusal) = &talking.refusal {
        report.put(&format!("{prefix}refusal"), refusal);
    }
}

/// Clients are there, in rooms of two.
///
/// # Errors
/// If somebody is not let in.
pub fn pair(scene: &mut Scene<'_>, door: Door, count: u32, kind: u8) -> Result<Pairs, Fault> {
    let clients = scene.seat(door, count)?;
    scene.join(clients.clone(), scene.arguments.joining)?;
    let rooms: Vec<String> =
        clients.clone().step_by(2).map(|first| room(scene, door, first..first + 2)).collect();
    let of = |client: u32| &rooms[(client - clients.start) as usize / 2];
    scene.ask(clients.clone().map(|client| (client, door.join(of(client)))).collect())?;
    Ok(Pairs { door, clients, rooms, kind, payload: scene.arguments.payload })
}

fn room(scene: &Scene<'_>, door: Door, pair: Range<u32>) -> String {
    match door {
        // A chat of two is named for both, and nobody else gets in.
        Door::Rooms => {
            format!("{}_{}", scene.tokens.user(pair.start), scene.tokens.user(pair.start + 1))
        }
        Door::Root | Door::Quiz => scene.tokens.room(pair.start),
    }
}
