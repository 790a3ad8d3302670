//! Clients that come, stay for a while and go, half of them without a word.

use std::{collections::VecDeque, ops::Range, time::Duration};

use crate::{fault::Fault, latency::Latency, net::Net, pace::Beat, play::Play};

/// Clients that come and go at a fixed rate.
pub struct Churn {
    clients: Range<u32>,
    away: VecDeque<u32>,
    /// Who goes when.
    here: VecDeque<(u64, u32)>,
    beat: Beat,
    stay_us: u64,
    /// How many may come at all, if it is said.
    limit: u64,
    begun: u64,
    /// Those who came.
    pub came: u64,
    /// Those who went by themselves.
    pub went: u64,
    /// Those who were turned away or cut off.
    pub turned_away: u64,
    /// From the opening of the connection until the namespace was joined.
    pub latency: Latency,
}

impl Churn {
    /// Seats that are enough for that rate.
    pub fn seats(rate: f64, stay: Duration) -> u32 {
        (rate * stay.as_secs_f64() * 1.5) as u32 + 50
    }

    /// These clients, so many a second from now on.
    ///
    /// # Errors
    /// Never.
    pub fn new(net: &Net, clients: Range<u32>, rate: f64, stay: Duration) -> Result<Self, Fault> {
        Ok(Self {
            away: clients.clone().collect(),
            clients,
            here: VecDeque::new(),
            beat: Beat::new(rate, net.now()),
            stay_us: stay.as_micros() as u64,
            limit: u64::MAX,
            begun: 0,
            came: 0,
            went: 0,
            turned_away: 0,
            latency: Latency::new()?,
        })
    }

    /// No more than so many.
    #[must_use]
    pub fn limited(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// Whether it is one of these.
    pub fn has(&self, client: u32) -> bool {
        self.clients.contains(&client)
    }

    /// Nobody comes any more.
    pub fn end(&mut self) {
        self.limit = self.begun;
    }
}

impl Play for Churn {
    fn joined(&mut self, net: &mut Net, client: u32, _body: &[u8]) -> Result<(), Fault> {
        let at = net.at;
        if let Some(socket) = net.socket(client) {
            self.latency.note(at - socket.since);
        }
        self.came += 1;
        self.here.push_back((at + self.stay_us, client));
        Ok(())
    }

    fn gone(&mut self, _net: &mut Net, client: u32, _why: &str) -> Result<(), Fault> {
        self.turned_away += 1;
        self.here.retain(|(_, one)| *one != client);
        self.away.push_back(client);
        Ok(())
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        while let Some((_, client)) = self.here.pop_front_if(|(until, _)| *until <= net.at) {
            self.went += 1;
            if self.went.is_multiple_of(2) {
                net.cut(client);
            } else {
                net.close(client);
            }
            self.away.push_back(client);
        }
        self.beat.advance(net.at);
        while self.begun < self.limit && self.beat.is_due() {
            let Some(client) = self.away.pop_front() else { break };
            self.beat.take();
            self.begun += 1;
            net.open(client)?;
        }
        Ok(())
    }

    fn wake(&self) -> Option<u64> {
        let goes = self.here.front().map(|(at, _)| *at);
        let comes = (self.begun < self.limit).then(|| self.beat.next());
        goes.into_iter().chain(comes).min()
    }

    fn progress(&self) -> Option<String> {
        Some(format!("{} came, {} went, {} turned away", self.came, self.went, self.turned_away))
    }

    fn is_done(&self) -> bool {
        self.begun >= self.limit && self.went + self.turned_away >= self.begun
    }
}
