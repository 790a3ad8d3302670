//! `fanout` and `emit`: calls of the internal API, to everyone, a room or a user.

use serde_json::json;

use crate::{
    arguments::{Scenario, Target, seconds},
    door::Door,
    fault::Fault,
    pace::Pace,
    report::Report,
    window::Window,
};

use super::{calls::Calls, emitting::Emitting, scene::Scene};

/// Which traffic it is.
pub const KIND: u8 = 1;
/// Lines where calls are made at a fixed rate.
const LINES_AT_A_RATE: u32 = 16;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let is_fanout = arguments.scenario == Scenario::Fanout;
    let to = if is_fanout { Target::All } else { arguments.to };
    let clients = arguments.clients(if to == Target::All { 1000 } else { 200 });
    let lines = match arguments.rate {
        Some(_) => arguments.under_way(LINES_AT_A_RATE),
        None => arguments.under_way(if is_fanout { 1 } else { 16 }),
    };
    let calls = prepare(scene, to, clients, lines)?;
    scene.settle()?;
    let window = {
        let net = &mut scene.driver.net;
        net.lines(lines as usize);
        Window::new(net, seconds(arguments.warmup), seconds(arguments.seconds))
    };
    let pace = Pace::new(arguments.rate, scene.driver.net.now());
    let mut emitting = Emitting::new(calls, pace, Some(window), &scene.meter)?;
    let until = scene.driver.net.after(arguments.whole());
    scene.driver.run(&mut emitting, until)?;
    let mut report = Report::default();
    report.put(
        "parameters",
        json!({ "to": to, "connections": clients, "in_flight": arguments.rate.is_none().then_some(lines),
            "rate": arguments.rate, "payload": arguments.payload, "seconds": arguments.seconds,
            "room_size": (to == Target::Room).then_some(arguments.room_size) }),
    );
    report.tally(emitting.checker.tally());
    report.times("", &emitting.latency);
    if let Some(measured) = emitting.window.as_ref().and_then(Window::measured) {
        report.measured("deliveries", measured);
        let calls = emitting.completed() as f64 / measured.used.wall;
        report.put("calls_per_second", crate::meter::rounded(calls, 1));
    }
    report.put("not_begun", emitting.not_begun());
    report.failures("dropped", emitting.dropped);
    report.put("server_rss_bytes", json!({ "after": scene.meter.rss() }));
    Ok(report)
}

/// Clients are there and where they should be.
fn prepare(scene: &mut Scene<'_>, to: Target, clients: u32, lines: u32) -> Result<Calls, Fault> {
    let arguments = scene.arguments;
    let door = if to == Target::Room { Door::Quiz } else { Door::Root };
    let hearers = scene.seat(door, clients)?;
    scene.join(hearers.clone(), arguments.joining)?;
    let (size, payload) = (arguments.room_size.max(1), arguments.payload);
    let calls = match to {
        Target::All => Calls::to_all(hearers, 0..lines, KIND, payload),
        Target::User => {
            Calls::to_users(hearers, 0..lines, KIND, payload, |client| scene.tokens.user(client))
        }
        Target::Room => {
            let rooms: Vec<String> =
                (0..clients.div_ceil(size)).map(|room| scene.tokens.room(room)).collect();
            let question = |client| (client, door.join(&rooms[(client / size) as usize]));
            scene.ask(hearers.clone().map(question).collect())?;
            let heard = |client| client / size..client / size + 1;
            Calls::to_rooms(hearers, 0..lines, KIND, payload, &rooms, heard)
        }
    };
    if lines > calls.streams {
        let streams = calls.streams;
        return Err(Fault::call(format!(
            "{lines} calls in flight need as many targets, not {streams}"
        )));
    }
    Ok(calls)
}
