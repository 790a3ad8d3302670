//! `mixed`: a bit of everything at fixed rates.

use serde_json::json;

use crate::{
    arguments::seconds, door::Door, fault::Fault, marker::Marker, net::Net, pace::Pace, play::Play,
    report::Report, window::Window,
};

use super::{
    calls::Calls, churn::Churn, direct, emitting::Emitting, scene::Scene, talking::Talking,
};

/// Kinds of traffic.
const DIRECT: u8 = 2;
const STORED: u8 = 3;
const EMIT: u8 = 5;
const BROADCAST: u8 = 6;
/// Lines of each kind of call.
const LINES: u32 = 8;

/// Plays it.
///
/// # Errors
/// If there is no result.
pub fn play(scene: &mut Scene<'_>) -> Result<Report, Fault> {
    let arguments = scene.arguments;
    let clients = arguments.clients(1000).max(LINES * 4);
    let pairs = (clients / 4).next_multiple_of(2);
    let direct = direct::pair(scene, Door::Quiz, pairs, DIRECT)?;
    let stored = direct::pair(scene, Door::Rooms, pairs, STORED)?;
    let hearers = scene.seat(Door::Root, clients - 2 * pairs)?;
    scene.join(hearers.clone(), arguments.joining)?;
    let stay = seconds(arguments.stay);
    let visitors = scene.seat(Door::Root, Churn::seats(arguments.connect_rate, stay))?;
    scene.settle()?;

    let payload = arguments.payload;
    let name = |client| scene.tokens.user(client);
    let emits = Calls::to_users(hearers.clone(), 0..LINES, EMIT, payload, name);
    let broadcasts = Calls::to_all(hearers, LINES..2 * LINES, BROADCAST, payload);
    let (net, meter) = (&mut scene.driver.net, &scene.meter);
    net.lines(2 * LINES as usize);
    let window =
        |net: &Net| Window::new(net, seconds(arguments.warmup), seconds(arguments.seconds));
    let pace = |net: &Net, rate| Pace::new(Some(rate), net.now());
    let talk = |net: &Net, pairs_of, rate| {
        Talking::new(pairs_of, pairs, pace(net, rate), window(net), meter)
    };
    let call =
        |net: &Net, calls, rate| Emitting::new(calls, pace(net, rate), Some(window(net)), meter);
    let mut mixed = Mixed {
        direct: talk(net, direct, arguments.direct_rate)?,
        stored: talk(net, stored, arguments.stored_rate)?,
        emits: call(net, emits, arguments.emit_rate)?,
        broadcasts: call(net, broadcasts, arguments.broadcast_rate)?,
        churn: Churn::new(net, visitors, arguments.connect_rate, stay)?,
        dropped: 0,
    };
    let until = net.after(arguments.whole());
    scene.driver.run(&mut mixed, until)?;

    let mut report = Report::default();
    report.put(
        "parameters",
        json!({ "connections": clients, "payload": payload, "seconds": arguments.seconds,
            "connect_rate": arguments.connect_rate, "stay": arguments.stay,
            "direct_rate": arguments.direct_rate, "stored_rate": arguments.stored_rate,
            "emit_rate": arguments.emit_rate, "broadcast_rate": arguments.broadcast_rate }),
    );
    mixed.told(&mut report);
    report.put("server_rss_bytes", json!({ "after": scene.meter.rss() }));
    Ok(report)
}

struct Mixed<'a> {
    direct: Talking<'a>,
    stored: Talking<'a>,
    emits: Emitting<'a>,
    broadcasts: Emitting<'a>,
    churn: Churn,
    dropped: u64,
}

impl Mixed<'_> {
    fn told(&self, report: &mut Report) {
        direct::told(report, "direct_", &self.direct);
        direct::told(report, "stored_", &self.stored);
        for (name, emitting) in [("emit_", &self.emits), ("broadcast_", &self.broadcasts)] {
            report.tally(emitting.checker.tally());
            report.times(name, &emitting.latency);
            report.put(&format!("{name}not_begun"), emitting.not_begun());
        }
        report.times("connect_", &self.churn.latency);
        report.failures("turned_away", self.churn.turned_away);
        report.failures("dropped", self.dropped);
        let windows = [
            ("direct", Some(&self.direct.window)),
            ("stored", Some(&self.stored.window)),
            ("emit", self.emits.window.as_ref()),
            ("broadcast", self.broadcasts.window.as_ref()),
        ];
        for (name, window) in windows {
            if let Some(measured) = window.and_then(Window::measured) {
                report.put(&format!("{name}_rate"), measured.rate());
                report.put("received_bytes", measured.heard);
                report.used(&measured.used);
            }
        }
        report.put("connects", self.churn.came);
    }

    fn traffic(&mut self) -> [&mut dyn Play; 5] {
        [&mut self.direct, &mut self.stored, &mut self.emits, &mut self.broadcasts, &mut self.churn]
    }
}

impl Play for Mixed<'_> {
    fn joined(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        self.churn.joined(net, client, body)
    }

    fn event(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        match Marker::find(body).map(|said| said.kind) {
            Some(DIRECT) => self.direct.event(net, client, body),
            Some(STORED) => self.stored.event(net, client, body),
            Some(EMIT) => self.emits.event(net, client, body),
            // Whether those who speak elsewhere or pass by hear it too is not looked at.
            Some(BROADCAST) if self.broadcasts.is_for(client) => {
                self.broadcasts.event(net, client, body)
            }
            _ => Ok(()),
        }
    }

    fn ack(&mut self, net: &mut Net, client: u32, id: u64, body: &[u8]) -> Result<(), Fault> {
        self.direct.ack(net, client, id, body)?;
        self.stored.ack(net, client, id, body)
    }

    fn answered(&mut self, net: &mut Net, line: usize, status: u16) -> Result<(), Fault> {
        if line < LINES as usize {
            self.emits.answered(net, line, status)
        } else {
            self.broadcasts.answered(net, line, status)
        }
    }

    fn gone(&mut self, net: &mut Net, client: u32, why: &str) -> Result<(), Fault> {
        if self.churn.has(client) {
            return self.churn.gone(net, client, why);
        }
        self.dropped += 1;
        Ok(())
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        if self.direct.window.measured().is_some() {
            self.churn.end();
        }
        self.traffic().into_iter().try_for_each(|play| play.tick(net))
    }

    fn wake(&self) -> Option<u64> {
        let talk = [self.direct.wake(), self.stored.wake()];
        let calls = [self.emits.wake(), self.broadcasts.wake(), self.churn.wake()];
        talk.into_iter().chain(calls).flatten().min()
    }

    fn progress(&self) -> Option<String> {
        let all = [&self.direct as &dyn Play, &self.stored, &self.emits, &self.broadcasts];
        let words = all.into_iter().chain([&self.churn as &dyn Play]).filter_map(Play::progress);
        Some(words.collect::<Vec<_>>().join("; "))
    }

    fn is_done(&self) -> bool {
        self.direct.is_done()
            && self.stored.is_done()
            && self.emits.is_done()
            && self.broadcasts.is_done()
            && self.churn.is_done()
    }
}
