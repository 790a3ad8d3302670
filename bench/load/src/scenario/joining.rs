//! Clients come.

use std::{collections::VecDeque, ops::Range};

use crate::{arguments::Arguments, fault::Fault, latency::Latency, net::Net, play::Play};

/// Clients come, so many at once; whoever is turned away comes again.
pub struct Joining {
    to_come: VecDeque<u32>,
    to_come_again: VecDeque<(u64, u32)>,
    under_way: u32,
    at_once: u32,
    left: u32,
    retry_us: u64,
    patience: u32,
    /// From the opening of the connection until the namespace was joined.
    pub latency: Latency,
    /// How often somebody was turned away.
    pub turned_away: u64,
    why: String,
}

/// Of each client; beyond it the server lets nobody in.
const MOST_TRIES: u32 = 50;

impl Joining {
    /// These clients.
    ///
    /// # Errors
    /// Never.
    pub fn new(clients: Range<u32>, at_once: u32, arguments: &Arguments) -> Result<Self, Fault> {
        let left = clients.end - clients.start;
        Ok(Self {
            to_come: clients.collect(),
            to_come_again: VecDeque::new(),
            under_way: 0,
            at_once,
            left,
            retry_us: arguments.retry_ms * 1000,
            patience: left.saturating_mul(MOST_TRIES),
            latency: Latency::new()?,
            turned_away: 0,
            why: String::new(),
        })
    }
}

impl Play for Joining {
    fn joined(&mut self, net: &mut Net, client: u32, _body: &[u8]) -> Result<(), Fault> {
        let at = net.at;
        if let Some(socket) = net.socket(client) {
            self.latency.note(at - socket.since);
        }
        self.under_way -= 1;
        self.left -= 1;
        // The next comes at once, not after the round: there may be many in one.
        self.open_next(net)
    }

    fn gone(&mut self, net: &mut Net, client: u32, why: &str) -> Result<(), Fault> {
        self.turned_away += 1;
        self.under_way = self.under_way.saturating_sub(1);
        why.clone_into(&mut self.why);
        if self.turned_away > u64::from(self.patience) {
            return Err(Fault::wire(format!("clients away again and again: {why}")));
        }
        self.to_come_again.push_back((net.at + self.retry_us, client));
        Ok(())
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        while let Some((_, client)) = self.to_come_again.pop_front_if(|(at, _)| *at <= net.at) {
            self.to_come.push_back(client);
        }
        while self.under_way < self.at_once && !self.to_come.is_empty() {
            self.open_next(net)?;
        }
        Ok(())
    }

    fn wake(&self) -> Option<u64> {
        self.to_come_again.front().map(|(at, _)| *at)
    }

    fn progress(&self) -> Option<String> {
        let why = if self.why.is_empty() { String::new() } else { format!(" ({})", self.why) };
        Some(format!("{} to come, {} turned away{why}", self.left, self.turned_away))
    }

    fn is_done(&self) -> bool {
        self.left == 0
    }
}

impl Joining {
    fn open_next(&mut self, net: &mut Net) -> Result<(), Fault> {
        if let Some(client) = self.to_come.pop_front() {
            net.open(client)?;
            self.under_way += 1;
        }
        Ok(())
    }
}
