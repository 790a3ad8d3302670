//! `idle`: clients that only answer heartbeats, and the server's memory meanwhile.

use serde_json::json;

use crate::{
    arguments::seconds,
    door::Door,
    fault::Fault,
    meter::{Meter, rounded},
    net::Net,
    play::Play,
    report::Report,
};

use super::scene::Scene;

/// Between two looks at the server's memory.
const BETWEEN_LOOKS_US: u64 = 1_000_000;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let clients = arguments.clients(10_000);
    let seats = scene.seat(Door::Root, clients)?;
    let before = scene.meter.rss();
    scene.join(seats.clone(), arguments.joining)?;
    scene.settle()?;
    let (mark, answered) = (scene.meter.mark(), scene.driver.net.heartbeats);
    let next = scene.driver.net.now();
    let mut watch = Watching { meter: &scene.meter, next, seen: Vec::new(), dropped: 0 };
    let until = scene.driver.net.after(seconds(arguments.seconds));
    scene.driver.run(&mut watch, until)?;
    let Watching { mut seen, dropped, .. } = watch;
    seen.extend(scene.meter.rss());
    let used = scene.meter.since(&mark);
    let answered = scene.driver.net.heartbeats - answered;
    let tally = scene.tell_all_once(seats)?;

    let mut report = Report::default();
    report.put("parameters", json!({ "connections": clients, "seconds": arguments.seconds }));
    report.used(&used);
    report.put("heartbeats", answered);
    report.failures("dropped", dropped);
    report.tally(tally);
    let (first, last) = (seen.first(), seen.last());
    let more = last.zip(before).map(|(last, before)| last.saturating_sub(before) as f64);
    report.put("bytes_per_connection", more.map(|more| rounded(more / f64::from(clients), 0)));
    report.put(
        "server_rss_bytes",
        json!({ "before": before, "first": first, "last": last, "greatest": seen.iter().max() }),
    );
    Ok(report)
}

struct Watching<'a> {
    meter: &'a Meter,
    next: u64,
    seen: Vec<u64>,
    dropped: u64,
}

impl Play for Watching<'_> {
    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        if net.at >= self.next {
            self.next += BETWEEN_LOOKS_US;
            self.seen.extend(self.meter.rss());
        }
        Ok(())
    }

    fn gone(&mut self, _net: &mut Net, _client: u32, _why: &str) -> Result<(), Fault> {
        self.dropped += 1;
        Ok(())
    }

    fn wake(&self) -> Option<u64> {
        Some(self.next)
    }

    fn progress(&self) -> Option<String> {
        let resident = self.seen.last().map_or("?".to_owned(), u64::to_string);
        Some(format!("{resident} resident bytes, {} cut off", self.dropped))
    }

    fn is_done(&self) -> bool {
        false
    }
}
