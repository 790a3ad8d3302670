//! What every scenario begins with: clients with tokens, who come and go into rooms.

use std::{ops::Range, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    arguments::{Arguments, address, seconds},
    checker::Tally,
    door::Door,
    driver::Driver,
    fault::Fault,
    meter::Meter,
    net::Net,
    pace::Pace,
    play::Play,
    tokens::Tokens,
};

use super::{asking::Asking, calls::Calls, emitting::Emitting, joining::Joining};

/// Clients, and what they need.
pub struct Scene<'a> {
    /// What was asked for.
    pub arguments: &'a Arguments,
    /// The loop.
    pub driver: Driver,
    /// What is used.
    pub meter: Meter,
    /// Who they are.
    pub tokens: Tokens,
    clients: u32,
}

/// Files beside those of clients: the poll, lines to the internal API, standard streams.
const FILES_BESIDE: u64 = 1100;
/// How long the server is looked at to see whether it is busy, how often, and what share of a core is nothing.
const LOOK: Duration = Duration::from_millis(250);
const MOST_LOOKS: u32 = 40;
const CALM: f64 = 0.1;

impl<'a> Scene<'a> {
    /// Nobody is there yet.
    ///
    /// # Errors
    /// If an address is none.
    pub fn new(arguments: &'a Arguments) -> Result<Self, Fault> {
        let (public, internal) = (address(&arguments.public)?, address(&arguments.internal)?);
        let secret = &arguments.internal_secret;
        let mut driver = Driver::new(|registry| Net::new(registry, public, internal, secret))?;
        if arguments.polled {
            driver.net.poll_first();
        }
        Ok(Self {
            arguments,
            driver,
            meter: Meter::new(arguments.pid)?,
            tokens: Tokens::new(&arguments.jwt_secret),
            clients: 0,
        })
    }

    /// Seats for so many more clients, each a user of its own.
    ///
    /// # Errors
    /// If there cannot be so many.
    pub fn seat(&mut self, door: Door, count: u32) -> Result<Range<u32>, Fault> {
        self.seat_as(door, count, |number| number, "")
    }

    /// The same with a say in who is which user, and in what stands beside the token.
    ///
    /// # Errors
    /// If there cannot be so many.
    pub fn seat_as(
        &mut self,
        door: Door,
        count: u32,
        user: impl Fn(u32) -> u32,
        beside: &str,
    ) -> Result<Range<u32>, Fault> {
        let first = self.clients;
        allow_files(u64::from(first + count))?;
        for client in first..first + count {
            let auth = self.auth(user(client), beside)?;
            self.driver.net.seat(door, &auth);
        }
        self.clients += count;
        Ok(first..first + count)
    }

    /// How many seats there are.
    pub fn seated(&self) -> u32 {
        self.clients
    }

    /// What a user says of itself, and what stands beside the token.
    ///
    /// # Errors
    /// If there is no token.
    pub fn auth(&self, user: u32, beside: &str) -> Result<String, Fault> {
        let token = self.tokens.sign(&self.tokens.user(user))?;
        Ok(format!(r#"{{"token":"{token}"{beside}}}"#))
    }

    /// Plays until it ends by itself.
    ///
    /// # Errors
    /// If that took longer than it may, or something went wrong.
    pub fn wait(&mut self, what: &str, play: &mut dyn Play) -> Result<(), Fault> {
        let until = self.driver.net.after(self.arguments.patience());
        if self.driver.run(play, until)? {
            return Ok(());
        }
        Err(Fault::call(format!("{what} took longer than {} s", self.arguments.patience)))
    }

    /// Lets clients come, so many handshakes at once.
    ///
    /// # Errors
    /// If they do not all get in.
    pub fn join(&mut self, clients: Range<u32>, at_once: u32) -> Result<Joining, Fault> {
        let mut joining = Joining::new(clients, at_once, self.arguments)?;
        self.wait("the coming of all clients", &mut joining)?;
        Ok(joining)
    }

    /// Each says something that must be answered with yes: `(client, event)`.
    ///
    /// # Errors
    /// If somebody is told no.
    pub fn ask(&mut self, questions: Vec<(u32, String)>) -> Result<(), Fault> {
        let mut asking = Asking::new(questions);
        self.wait("the answers to all clients", &mut asking)
    }

    /// Tells everyone something, once: whoever does not hear it was lost.
    ///
    /// # Errors
    /// If it cannot be said.
    pub fn tell_all_once(&mut self, hearers: Range<u32>) -> Result<Tally, Fault> {
        /// Told apart from all other traffic.
        const KIND: u8 = 9;
        self.driver.net.lines(1);
        let calls = Calls::to_all(hearers, 0..1, KIND, self.arguments.payload);
        let mut once = Emitting::new(calls, Pace::Closed, None, &self.meter)?.limited(1);
        let until = self.driver.net.after(self.arguments.patience());
        self.driver.run(&mut once, until)?;
        Ok(once.checker.tally())
    }

    /// Lets the time pass, and heartbeats be answered.
    ///
    /// # Errors
    /// If somebody is cut off.
    pub fn rest(&mut self, time: Duration) -> Result<(), Fault> {
        let until = self.driver.net.after(time);
        self.driver.run(&mut Resting, until).map(drop)
    }

    /// The rest that was asked for.
    ///
    /// # Errors
    /// If somebody is cut off.
    pub fn settle(&mut self) -> Result<(), Fault> {
        self.rest(seconds(self.arguments.settle))
    }

    /// The same, and on until the server has nothing to do: what it writes of those who came or went is then written.
    ///
    /// # Errors
    /// If somebody is cut off.
    pub fn calm(&mut self) -> Result<(), Fault> {
        self.settle()?;
        for _ in 0..MOST_LOOKS {
            let mark = self.meter.mark();
            self.rest(LOOK)?;
            if self.meter.since(&mark).server_cpu_share.is_none_or(|share| share < CALM) {
                break;
            }
        }
        Ok(())
    }

    /// Everyone goes, without leaving a port behind that stays taken.
    pub fn leave(&mut self) {
        for client in 0..self.clients {
            self.driver.net.cut(client);
        }
    }
}

struct Resting;

impl Play for Resting {
    fn is_done(&self) -> bool {
        false
    }
}

/// Raises what the system lets this process have open.
fn allow_files(clients: u64) -> Result<(), Fault> {
    let wanted = clients + FILES_BESIDE;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    let raised = Rlimit { current: Some(maximum.unwrap_or(wanted).max(wanted)), maximum };
    setrlimit(Resource::Nofile, raised).map_err(|_| {
        let most = maximum.unwrap_or_default();
        Fault::call(format!(
            "{wanted} open files are needed and {most} allowed: raise the limit (ulimit -Hn {wanted})"
        ))
    })
}
