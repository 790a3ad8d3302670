//! What the server, the generator and the rest of the machine use, from `/proc`.

use std::{fs, time::Instant};

use serde::Serialize;

use crate::fault::Fault;

/// Reads `/proc`.
pub struct Meter {
    server: Option<u32>,
    ticks: f64,
}

/// What was used up to a moment, in seconds of CPU.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: Instant,
    server: Option<f64>,
    generator: f64,
    all: f64,
}

/// What was used between two moments. Shares are of one core.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Use {
    /// How long it was.
    #[serde(rename = "measured_s")]
    pub wall: f64,
    /// Seconds of CPU of the server.
    #[serde(rename = "server_cpu_s")]
    pub server: Option<f64>,
    /// Its share of one core.
    pub server_cpu_share: Option<f64>,
    /// The generator's share of one core.
    pub generator_cpu_share: f64,
    /// What anything else used, as a share of one core.
    pub other_cpu_share: f64,
    /// Whether a faster generator would have measured more.
    pub generator_was_limit: bool,
}

/// From here on somebody is busy all the time.
const BUSY: f64 = 0.9;

impl Meter {
    /// Looks at this server, if one is named.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn new(server: Option<u32>) -> Result<Self, Fault> {
        let meter = Self { server, ticks: rustix::param::clock_ticks_per_second() as f64 };
        if let Some(pid) = server {
            meter.process(pid).ok_or_else(|| Fault::call(format!("there is no process {pid}")))?;
        }
        Ok(meter)
    }

    /// User and system time of a process, with all its threads, in seconds.
    fn process(&self, pid: u32) -> Option<f64> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything.
        let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<f64>().ok();
        Some((next()? + next()?) / self.ticks)
    }

    /// Resident bytes of the server.
    pub fn rss(&self) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{}/statm", self.server?)).ok()?;
        let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64)
    }

    /// What was used so far.
    pub fn mark(&self) -> Mark {
        Mark {
            at: Instant::now(),
            server: self.server.and_then(|pid| self.process(pid)),
            generator: self.process(std::process::id()).unwrap_or(0.0),
            all: self.everything().unwrap_or(0.0),
        }
    }

    /// All that ran on any core, in seconds.
    fn everything(&self) -> Option<f64> {
        let text = fs::read_to_string("/proc/stat").ok()?;
        let line = text.lines().next()?.strip_prefix("cpu")?;
        let fields: Vec<f64> = line.split_ascii_whitespace().flat_map(str::parse).collect();
        // user nice system idle iowait irq softirq steal; the guests' time stands in `user` already.
        let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|at| fields.get(*at)).sum::<f64>();
        Some(busy / self.ticks)
    }

    /// What was used since.
    pub fn since(&self, mark: &Mark) -> Use {
        let now = self.mark();
        let wall = (now.at - mark.at).as_secs_f64().max(1e-6);
        let server = mark.server.zip(now.server).map(|(before, after)| after - before);
        let generator = now.generator - mark.generator;
        let other = (now.all - mark.all - generator - server.unwrap_or(0.0)).max(0.0);
        let share = |used: f64| rounded(used / wall, 3);
        Use {
            wall: rounded(wall, 3),
            server: server.map(|used| rounded(used, 3)),
            server_cpu_share: server.map(share),
            generator_cpu_share: share(generator),
            other_cpu_share: share(other),
            generator_was_limit: generator / wall > BUSY
                && server.is_some_and(|used| used / wall < BUSY),
        }
    }
}

/// To so many places.
pub fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen() {
        let meter = Meter::new(Some(std::process::id())).unwrap();
        let mark = meter.mark();
        let mut sum = 0_u64;
        while mark.at.elapsed().as_millis() < 60 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        let used = meter.since(&mark);
        assert!(used.server.unwrap() > 0.0 && used.generator_cpu_share > 0.1, "{used:?}");
        assert!(meter.rss().unwrap() > 100_000);
        assert!(Meter::new(Some(u32::MAX)).is_err());
    }
}
