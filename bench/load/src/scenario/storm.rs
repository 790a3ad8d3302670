//! `storm`: everyone is cut off, and everyone comes back at once.

use serde_json::json;

use crate::{door::Door, fault::Fault, meter::rounded, report::Report, window::Measured};

use super::scene::Scene;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let clients = arguments.clients(2000);
    let at_once = arguments.under_way(clients);
    let seats = scene.seat(Door::Root, clients)?;
    scene.join(seats.clone(), arguments.joining)?;
    scene.settle()?;
    let before = scene.meter.rss();
    let (mark, heard) = (scene.meter.mark(), scene.driver.net.heard);
    for client in seats.clone() {
        scene.driver.net.cut(client);
    }
    let cut_at = scene.driver.net.now();
    let joining = scene.join(seats.clone(), at_once)?;
    let all_back = scene.driver.net.now() - cut_at;
    let used = scene.meter.since(&mark);
    let heard = scene.driver.net.heard - heard;
    let after = scene.meter.rss();
    let tally = scene.tell_all_once(seats)?;

    let mut report = Report::default();
    report.put("parameters", json!({ "connections": clients, "in_flight": at_once }));
    report.measured("connections", &Measured { done: u64::from(clients), heard, used });
    let seconds = all_back as f64 / 1e6;
    report.put("rate", rounded(f64::from(clients) / seconds, 1));
    report.put("all_back_s", rounded(seconds, 3));
    report.times("", &joining.latency);
    report.put("turned_away", joining.turned_away);
    report.tally(tally);
    report.put("server_rss_bytes", json!({ "before": before, "after": after }));
    Ok(report)
}
