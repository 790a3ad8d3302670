//! `resume`: everyone was away, and comes back at once for what was missed.

use serde_json::json;

use crate::{
    arguments::{Recovery, seconds},
    door::Door,
    fault::Fault,
    marker::{self, Marker},
    meter::rounded,
    report::Report,
    window::Measured,
};

use super::{
    returning::{Publishing, Returning},
    scene::Scene,
};

/// Told apart from all other traffic.
pub const KIND: u8 = 4;
/// Users that one call names: each call is a stream, so that what came in which order is known.
const USERS_OF_A_CALL: u32 = 1000;
/// Until the server has seen that all are away.
const AWAY_S: f64 = 1.0;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let clients = arguments.clients(1000);
    let at_once = arguments.under_way(clients);
    let by = arguments.by;
    let beside = match by {
        Recovery::Feed => r#","resume":{}"#,
        Recovery::State => "",
    };
    let seats = scene.seat_as(Door::Root, clients, |client| client, beside)?;
    let mut first = Returning::new(seats.clone(), by, 0, arguments.joining, arguments)?;
    scene.wait("the coming of all clients", &mut first)?;
    // The offset of an event is a client's only place where there is no feed.
    if by == Recovery::State {
        let call = ("/internal/send-to-all", body("", KIND + 1, 0, 0, marker::LENGTH));
        let mut publishing = Publishing::new(vec![call]);
        publishing.places = Some(&mut first);
        scene.driver.net.lines(1);
        scene.wait("the first event", &mut publishing)?;
    }
    let places = first.places;
    for client in seats.clone() {
        scene.driver.net.cut(client);
    }
    scene.rest(seconds(AWAY_S))?;

    publish(scene, clients)?;
    for client in seats.clone() {
        let beside = places[(client - seats.start) as usize].beside(by)?;
        let auth = scene.auth(client, &beside)?;
        scene.driver.net.introduce(client, &auth);
    }
    let (mark, heard) = (scene.meter.mark(), scene.driver.net.heard);
    let began = scene.driver.net.now();
    let mut back = Returning::new(seats, by, arguments.missed, at_once, arguments)?;
    let until = scene.driver.net.after(arguments.patience());
    scene.driver.run(&mut back, until)?;
    let took = (scene.driver.net.now() - began) as f64 / 1e6;
    let used = scene.meter.since(&mark);
    let heard = scene.driver.net.heard - heard;

    let mut report = Report::default();
    report.put(
        "parameters",
        json!({ "connections": clients, "in_flight": at_once, "missed": arguments.missed, "by": by,
            "payload": arguments.payload }),
    );
    report.measured("events", &Measured { done: back.delivered, heard, used });
    report.put("rate", rounded(back.delivered as f64 / took, 1));
    report.put("all_back_s", rounded(took, 3));
    report.times("", &back.latency);
    report.times("connect_", &back.joining.latency);
    report.put("turned_away", back.joining.turned_away);
    report.failures("not_recovered", back.not_recovered);
    report.tally(back.checker.tally());
    report.put("server_rss_bytes", json!({ "after": scene.meter.rss() }));
    Ok(report)
}

/// Tells everyone what they will have missed.
fn publish(scene: &mut Scene<'_>, clients: u32) -> Result<(), Fault> {
    let arguments = scene.arguments;
    let mut calls = Vec::new();
    for number in 0..arguments.missed {
        match arguments.by {
            Recovery::State => {
                calls.push(("/internal/send-to-all", body("", KIND, 0, number, arguments.payload)));
            }
            Recovery::Feed => {
                for stream in 0..clients.div_ceil(USERS_OF_A_CALL) {
                    let start = stream * USERS_OF_A_CALL;
                    let names = (start..clients.min(start + USERS_OF_A_CALL))
                        .map(|client| scene.tokens.user(client));
                    let names: Vec<String> = names.collect();
                    let to = format!(r#""userIds":{},"durable":true,"#, json!(names));
                    let said = body(&to, KIND, stream, number, arguments.payload);
                    calls.push(("/internal/send-to-users", said));
                }
            }
        }
    }
    scene.driver.net.lines(1);
    scene.wait("the telling of what is missed", &mut Publishing::new(calls))
}

/// The stream that a client hears.
pub fn stream_of(by: Recovery, client: u32) -> u32 {
    match by {
        Recovery::Feed => client / USERS_OF_A_CALL,
        Recovery::State => 0,
    }
}

fn body(to: &str, kind: u8, stream: u32, number: u32, payload: usize) -> Vec<u8> {
    let mut out = format!(r#"{{{to}"event":"bench","data":{{"p":""#).into_bytes();
    marker::text(&mut out, Marker { kind, stream, number, at: 0 }, payload);
    out.extend(b"\"}}");
    out
}
