//! `connect`: how fast clients come, and what each of them costs while it is there.

use std::ops::Range;

use serde_json::json;

use crate::{door::Door, fault::Fault, meter::rounded, report::Report, window::Measured};

use super::scene::Scene;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let clients = arguments.clients(1000);
    let at_once = arguments.under_way(64);
    let seats = scene.seat(Door::Root, clients)?;
    let before = scene.meter.rss();
    let gone = if arguments.known { come_and_go(scene, seats.clone())? } else { None };
    let (mark, heard) = (scene.meter.mark(), scene.driver.net.heard);
    let joining = scene.join(seats.clone(), at_once)?;
    let used = scene.meter.since(&mark);
    let heard = scene.driver.net.heard - heard;
    let measured = Measured { done: u64::from(clients), heard, used };
    let connected = scene.meter.rss();
    scene.settle()?;
    let idle = scene.meter.rss();

    let tally = scene.tell_all_once(seats)?;
    scene.settle()?;
    let after = scene.meter.rss();

    let mut report = Report::default();
    report.put(
        "parameters",
        json!({ "connections": clients, "in_flight": at_once, "known": arguments.known,
            "polled": arguments.polled,
            "payload": arguments.payload }),
    );
    report.measured("connections", &measured);
    report.times("", &joining.latency);
    report.put("turned_away", joining.turned_away);
    report.tally(tally);
    // From before anybody came at all: what a server keeps of those who went counts, as a server is never new for long.
    let each = |rss: Option<u64>| {
        let more = rss?.saturating_sub(before?);
        Some(rounded(more as f64 / f64::from(clients), 0))
    };
    report.put("bytes_per_connection", each(idle));
    report.put("bytes_per_connection_after_broadcast", each(after));
    report.put(
        "server_rss_bytes",
        json!({ "before": before, "gone": gone, "connected": connected, "idle": idle,
            "after_broadcast": after }),
    );
    Ok(report)
}

/// Everyone comes and goes, so that the server knows them; what it holds then.
fn come_and_go(scene: &mut Scene<'_>, seats: Range<u32>) -> Result<Option<u64>, Fault> {
    scene.join(seats.clone(), scene.arguments.joining)?;
    scene.calm()?;
    for client in seats {
        scene.driver.net.cut(client);
    }
    scene.calm()?;
    Ok(scene.meter.rss())
}
