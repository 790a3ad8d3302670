//! `growth`: the same work while something is larger each time, so that one sees whether its cost grows faster than what
//! it puts out.

use std::{ops::Range, time::Duration};

use serde::Serialize;
use serde_json::json;

use crate::{
    arguments::{Arguments, Growing, seconds},
    checker::Tally,
    door::Door,
    fault::Fault,
    meter::rounded,
    pace::Pace,
    report::Report,
};

use super::{calls::Calls, churn::Churn, emitting::Emitting, scene::Scene};

/// Told apart from all other traffic.
const KIND: u8 = 7;
/// Lines that calls are made on.
const LINES: u32 = 4;
/// Clients in a room.
const ROOM: u32 = 10;
/// Clients that come and go in a second where presence is told.
const COMINGS: f64 = 50.0;
const STAY: Duration = Duration::from_millis(500);

/// Enough to be seen in hundredths of a second.
fn repeats(arguments: &Arguments) -> u64 {
    let usual = if arguments.of == Growing::Rooms { 2000 } else { 200 };
    u64::from(arguments.repeats.unwrap_or(usual))
}

/// What a part of a step cost.
#[derive(Serialize)]
struct Cost {
    server_cpu_s: Option<f64>,
    received_bytes: u64,
    /// Comings, joinings, calls.
    operations: u64,
    /// Events that reached somebody.
    deliveries: u64,
    seconds: f64,
}

#[derive(Serialize)]
struct Step {
    size: u32,
    connections: u32,
    /// Clients come, where they enter rooms only then.
    come: Option<Cost>,
    /// They come, or enter their rooms.
    enter: Cost,
    /// Calls, or clients that come and go.
    work: Cost,
    /// All go at once.
    leave: Cost,
    server_rss_bytes: Option<u64>,
}

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let usual: &[u32] = match arguments.of {
        Growing::Rooms => &[1, 4, 16, 64],
        Growing::Sockets => &[1, 10, 100],
        Growing::Online => &[100, 200, 400, 800],
    };
    let sizes = if arguments.steps.is_empty() { usual } else { &arguments.steps };
    let mut report = Report::default();
    let mut steps = Vec::new();
    for size in sizes.iter().map(|size| (*size).max(1)) {
        let (step, tally) = match arguments.of {
            Growing::Rooms => rooms(scene, size)?,
            Growing::Sockets => sockets(scene, size)?,
            Growing::Online => online(scene, size)?,
        };
        report.tally(tally);
        steps.push(step);
    }
    report.put(
        "parameters",
        json!({ "of": arguments.of, "repeats": repeats(arguments), "payload": arguments.payload,
            "connections": (arguments.of == Growing::Rooms).then(|| arguments.clients(100)) }),
    );
    report.put("steps", steps);
    Ok(report)
}

/// Does something and tells its cost.
fn cost<T>(
    scene: &mut Scene<'_>,
    operations: u64,
    work: impl FnOnce(&mut Scene<'_>) -> Result<(T, u64), Fault>,
) -> Result<(T, Cost), Fault> {
    let (mark, heard) = (scene.meter.mark(), scene.driver.net.heard);
    let (done, deliveries) = work(scene)?;
    let used = scene.meter.since(&mark);
    let received_bytes = scene.driver.net.heard - heard;
    let cost = Cost {
        server_cpu_s: used.server,
        received_bytes,
        operations,
        deliveries,
        seconds: rounded(used.wall, 3),
    };
    Ok((done, cost))
}

/// Clients come, and what is told of it is told.
fn come(scene: &mut Scene<'_>, seats: &Range<u32>) -> Result<Cost, Fault> {
    let ((), cost) = cost(scene, u64::from(seats.end - seats.start), |scene| {
        scene.join(seats.clone(), scene.arguments.joining)?;
        scene.settle()?;
        Ok(((), 0))
    })?;
    Ok(cost)
}

/// Each of the clients is in so many rooms.
fn rooms(scene: &mut Scene<'_>, size: u32) -> Result<(Step, Tally), Fault> {
    let count = scene.arguments.clients(100).next_multiple_of(ROOM);
    let seats = scene.seat(Door::Quiz, count)?;
    // Names of rooms of this step alone.
    let names: Vec<String> = (0..count / ROOM * size)
        .map(|room| scene.tokens.room(seats.start * 100_000 + room))
        .collect();
    let own = |client: u32| {
        let group = (client - seats.start) / ROOM;
        group * size..(group + 1) * size
    };
    let joins = seats.clone().flat_map(|client| own(client).map(move |room| (client, room)));
    let joins = joins.map(|(client, room)| (client, Door::Quiz.join(&names[room as usize])));
    let joins: Vec<_> = joins.collect();
    let come = come(scene, &seats)?;
    let ((), enter) = cost(scene, joins.len() as u64, |scene| {
        scene.ask(joins)?;
        scene.settle()?;
        Ok(((), 0))
    })?;
    let heard = |client: u32| own(seats.start + client);
    let lines = LINES.min(names.len() as u32);
    let payload = scene.arguments.payload;
    let calls = Calls::to_rooms(seats.clone(), 0..lines, KIND, payload, &names, heard);
    emit(scene, size, seats, calls, (Some(come), enter))
}

/// One user has so many sockets.
fn sockets(scene: &mut Scene<'_>, size: u32) -> Result<(Step, Tally), Fault> {
    let user = scene.seated();
    let seats = scene.seat_as(Door::Root, size, |_| user, "")?;
    let entered = (None, come(scene, &seats)?);
    let name = |_| scene.tokens.user(user);
    let one = seats.start..seats.start + 1;
    let mut calls = Calls::to_users(one, 0..1, KIND, scene.arguments.payload, name);
    calls.hearers = seats.clone();
    calls.heard = vec![0..1; size as usize];
    emit(scene, size, seats, calls, entered)
}

fn emit(
    scene: &mut Scene<'_>,
    size: u32,
    seats: Range<u32>,
    calls: Calls,
    entered: (Option<Cost>, Cost),
) -> Result<(Step, Tally), Fault> {
    scene.driver.net.lines(LINES as usize);
    let repeats = repeats(scene.arguments);
    let (tally, work) = cost(scene, repeats, |scene| {
        let mut emitting = Emitting::new(calls, Pace::Closed, None, &scene.meter)?.limited(repeats);
        let until = scene.driver.net.after(scene.arguments.patience());
        scene.driver.run(&mut emitting, until)?;
        Ok((emitting.checker.tally(), emitting.delivered))
    })?;
    leave(scene, size, seats, entered, work).map(|step| (step, tally))
}

/// So many users are online where everyone hears who comes and goes.
fn online(scene: &mut Scene<'_>, size: u32) -> Result<(Step, Tally), Fault> {
    let seats = scene.seat(Door::Rooms, size)?;
    let entered = (None, come(scene, &seats)?);
    let visitors = scene.seat(Door::Rooms, Churn::seats(COMINGS, STAY))?;
    let repeats = repeats(scene.arguments);
    let ((), work) = cost(scene, repeats, |scene| {
        let churn = Churn::new(&scene.driver.net, visitors, COMINGS, STAY)?;
        let mut churn = churn.limited(repeats);
        scene.wait("the comings and goings", &mut churn)?;
        // Goings are told after a while: a page may only be loading again.
        scene.rest(seconds(scene.arguments.settle))?;
        Ok(((), churn.came))
    })?;
    leave(scene, size, seats, entered, work).map(|step| (step, Tally::default()))
}

fn leave(
    scene: &mut Scene<'_>,
    size: u32,
    seats: Range<u32>,
    entered: (Option<Cost>, Cost),
    work: Cost,
) -> Result<Step, Fault> {
    let server_rss_bytes = scene.meter.rss();
    let connections = seats.end - seats.start;
    let ((), leave) = cost(scene, u64::from(connections), |scene| {
        for client in seats {
            scene.driver.net.cut(client);
        }
        scene.settle()?;
        Ok(((), 0))
    })?;
    let (come, enter) = entered;
    Ok(Step { size, connections, come, enter, work, leave, server_rss_bytes })
}
