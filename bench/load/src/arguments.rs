//! The command line.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    time::Duration,
};

use clap::{Parser, ValueEnum};
use serde::Serialize;

use crate::fault::Fault;

/// Loads a Socket.IO server with many clients from one thread, checks every delivery, and prints one line of JSON.
/// It ends with 1 if anything was lost, doubled, out of order, misdelivered or refused, and with 2 if there is no result.
#[derive(Debug, Parser)]
#[command(name = "outrigger-load", version)]
pub struct Arguments {
    /// What to do.
    #[arg(value_enum)]
    pub scenario: Scenario,
    /// Where clients connect: http://127.0.0.1:PORT
    #[arg(long)]
    pub public: String,
    /// Where the app calls: http://127.0.0.1:PORT
    #[arg(long)]
    pub internal: String,
    /// Signs the clients' tokens (HS256).
    #[arg(long)]
    pub jwt_secret: String,
    /// Opens the internal API.
    #[arg(long)]
    pub internal_secret: String,
    /// The server's process, whose CPU and memory are told.
    #[arg(long)]
    pub pid: Option<u32>,
    /// Clients; each scenario has a number of its own.
    #[arg(long)]
    pub connections: Option<u32>,
    /// How many of what is measured may be under way at once.
    #[arg(long)]
    pub in_flight: Option<u32>,
    /// So many of it a second, whatever the server does, instead of `--in-flight` (fanout, emit, direct, direct-stored).
    #[arg(long)]
    pub rate: Option<f64>,
    /// Bytes of text in each payload; at least 29.
    #[arg(long, default_value_t = 200)]
    pub payload: usize,
    /// How long is measured.
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
    /// How long before that the same is done without being measured.
    #[arg(long, default_value_t = 2.0)]
    pub warmup: f64,
    /// Rest before memory is read, and after clients came.
    #[arg(long, default_value_t = 2.0)]
    pub settle: f64,
    /// The longest that clients may take to come, or deliveries that are under way.
    #[arg(long, default_value_t = 120.0)]
    pub patience: f64,
    /// Handshakes under way while clients come that are not measured.
    #[arg(long, default_value_t = 64)]
    pub joining: u32,
    /// Pause before a client that was turned away comes again, in milliseconds.
    #[arg(long, default_value_t = 100)]
    pub retry_ms: u64,
    /// Everyone has been there once before, and gone, unmeasured (connect).
    #[arg(long)]
    pub known: bool,
    /// Clients begin with polling and go over, as stock ones do unless told otherwise.
    #[arg(long)]
    pub polled: bool,
    /// To whom calls go (emit).
    #[arg(long, value_enum, default_value_t = Target::User)]
    pub to: Target,
    /// Clients in each room (emit --to room).
    #[arg(long, default_value_t = 10)]
    pub room_size: u32,
    /// Events that each client misses (resume).
    #[arg(long, default_value_t = 50)]
    pub missed: u32,
    /// How clients get what they missed (resume).
    #[arg(long, value_enum, default_value_t = Recovery::Feed)]
    pub by: Recovery,
    /// What grows (growth).
    #[arg(long, value_enum, default_value_t = Growing::Rooms)]
    pub of: Growing,
    /// Its sizes (growth); each kind has its own.
    #[arg(long, value_delimiter = ',')]
    pub steps: Vec<u32>,
    /// Calls, or comings and goings, of each step (growth); each kind has its own.
    #[arg(long)]
    pub repeats: Option<u32>,
    /// Clients that come and go, a second (mixed).
    #[arg(long, default_value_t = 20.0)]
    pub connect_rate: f64,
    /// How long each of them stays, in seconds (mixed).
    #[arg(long, default_value_t = 2.0)]
    pub stay: f64,
    /// Direct messages a second (mixed).
    #[arg(long, default_value_t = 200.0)]
    pub direct_rate: f64,
    /// Stored direct messages a second (mixed).
    #[arg(long, default_value_t = 50.0)]
    pub stored_rate: f64,
    /// HTTP calls to one user a second (mixed).
    #[arg(long, default_value_t = 100.0)]
    pub emit_rate: f64,
    /// HTTP calls to everyone a second (mixed).
    #[arg(long, default_value_t = 5.0)]
    pub broadcast_rate: f64,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Clients come as fast as they can; memory of each.
    Connect,
    /// HTTP calls to everyone.
    Fanout,
    /// Clients in pairs, nothing stored.
    Direct,
    /// Clients in pairs, everything stored.
    DirectStored,
    /// HTTP calls to a user, a room or everyone.
    Emit,
    /// All are cut off and come back at once.
    Storm,
    /// All come back and get what they missed.
    Resume,
    /// Clients that do nothing.
    Idle,
    /// A bit of everything, at fixed rates.
    Mixed,
    /// The same work at growing sizes.
    Growth,
}

/// To whom calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One user.
    User,
    /// A room.
    Room,
    /// Everyone.
    All,
}

/// How clients get what they missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// `auth.resume` with a place in the feed.
    Feed,
    /// Connection state recovery of Socket.IO: `auth.pid` and `auth.offset`.
    State,
}

/// What grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Growing {
    /// Rooms that each socket is in.
    Rooms,
    /// Sockets of one user.
    Sockets,
    /// Users online where presence is told.
    Online,
}

/// How long after the measured time what is under way may still take, in seconds.
const DRAIN_S: f64 = 15.0;

impl Arguments {
    /// Clients, or this many.
    pub fn clients(&self, usual: u32) -> u32 {
        self.connections.unwrap_or(usual).max(1)
    }

    /// What may be under way, or this.
    pub fn under_way(&self, usual: u32) -> u32 {
        self.in_flight.unwrap_or(usual).max(1)
    }

    /// Warm-up, what is measured, and the time in which what is under way then may still arrive.
    pub fn whole(&self) -> Duration {
        seconds(self.warmup + self.seconds + DRAIN_S.min(self.patience))
    }

    /// The longest wait.
    pub fn patience(&self) -> Duration {
        seconds(self.patience)
    }

    /// Whether it can be done like this.
    ///
    /// # Errors
    /// What cannot.
    pub fn check(&self) -> Result<(), Fault> {
        let rates = [self.rate.unwrap_or(1.0), self.connect_rate, self.direct_rate];
        let more = [self.stored_rate, self.emit_rate, self.broadcast_rate];
        if rates.iter().chain(&more).any(|rate| !(*rate > 0.0 && *rate <= 1e6)) {
            return Err(Fault::call("a rate is more than 0 and at most 1000000 a second"));
        }
        if !(crate::marker::LENGTH..=500_000).contains(&self.payload) {
            return Err(Fault::call("a payload has 29 to 500000 bytes"));
        }
        Ok(())
    }
}

/// A length of time that somebody wrote; a day at most.
pub fn seconds(of: f64) -> Duration {
    Duration::from_secs_f64(of.clamp(0.0, 86_400.0))
}

/// The address in `http://HOST:PORT`.
///
/// # Errors
/// If there is none in it.
pub fn address(url: &str) -> Result<SocketAddr, Fault> {
    let bare = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
    let found = bare.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| Fault::call(format!("{url:?} is not of the form http://127.0.0.1:3001")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
        assert_eq!(address("http://127.0.0.1:80/").unwrap().port(), 80);
        assert!(address("somewhere").is_err());
    }
}
