//! Clients in pairs talk to each other.

use std::{collections::VecDeque, ops::Range};

use crate::{
    checker::Checker,
    door::{self, Door, SAID},
    fault::Fault,
    latency::Latency,
    marker::{self, Marker},
    meter::Meter,
    net::Net,
    pace::Pace,
    play::Play,
    window::{Turn, Window},
};

/// Who talks.
pub struct Pairs {
    /// Where; the room says whether the speaker hears it too.
    pub door: Door,
    /// Clients, next to each other in pairs.
    pub clients: Range<u32>,
    /// The room of each pair.
    pub rooms: Vec<String>,
    /// Which kind of traffic it is.
    pub kind: u8,
    /// Bytes of text.
    pub payload: usize,
}

struct Speaker {
    /// What stands before its text.
    head: Vec<u8>,
    /// The acknowledgement that it waits for, and since when.
    waits_for: Option<(u64, u64)>,
    next: u64,
}

/// Pairs that talk: each client has at most one message under way.
pub struct Talking<'a> {
    pairs: Pairs,
    meter: &'a Meter,
    pace: Pace,
    speakers: Vec<Speaker>,
    idle: VecDeque<u32>,
    under_way: u32,
    at_once: u32,
    text: Vec<u8>,
    frame: Vec<u8>,
    /// Every delivery.
    pub checker: Checker,
    /// Messages that were heard and acknowledged.
    pub done: u64,
    /// From the sender to the receiver.
    pub latency: Latency,
    /// From the sender to its acknowledgement.
    pub ack_latency: Latency,
    /// Acknowledgements that said no, or came unasked.
    pub refused: u64,
    /// Clients that were cut off.
    pub dropped: u64,
    /// One refusal.
    pub refusal: Option<String>,
    /// The time that is measured.
    pub window: Window,
}

impl<'a> Talking<'a> {
    /// They talk, so many at once, at that pace.
    ///
    /// # Errors
    /// If they are more than a marker can name.
    pub fn new(
        pairs: Pairs,
        at_once: u32,
        pace: Pace,
        window: Window,
        meter: &'a Meter,
    ) -> Result<Self, Fault> {
        let count = pairs.clients.end - pairs.clients.start;
        if count > marker::MOST_STREAMS {
            return Err(Fault::call(format!("{count} speakers are too many")));
        }
        let heard = (0..count).map(|client| match pairs.door {
            // What is stored is told to the whole room.
            Door::Rooms => client & !1..(client | 1) + 1,
            Door::Root | Door::Quiz => client ^ 1..(client ^ 1) + 1,
        });
        let head = |client: u32| pairs.door.say(&pairs.rooms[client as usize / 2]).into_bytes();
        let speaker = |client| Speaker { head: head(client), waits_for: None, next: 1 };
        Ok(Self {
            checker: Checker::new(count as usize, heard),
            speakers: (0..count).map(speaker).collect(),
            pairs,
            meter,
            pace,
            idle: (0..count).collect(),
            under_way: 0,
            at_once,
            text: Vec::new(),
            frame: Vec::new(),
            done: 0,
            latency: Latency::new()?,
            ack_latency: Latency::new()?,
            refused: 0,
            dropped: 0,
            refusal: None,
            window,
        })
    }

    /// Which of these clients it is.
    pub fn speaker(&self, client: u32) -> Option<u32> {
        self.pairs.clients.contains(&client).then(|| client - self.pairs.clients.start)
    }

    /// Messages that were due and could not be sent.
    pub fn not_begun(&self) -> usize {
        self.pace.waiting()
    }

    fn is_over(&self) -> bool {
        self.window.measured().is_some()
    }

    /// Whoever is next speaks, if it is time.
    fn go_on(&mut self, net: &mut Net) {
        while self.under_way < self.at_once && !self.is_over() && !self.idle.is_empty() {
            let at = match &mut self.pace {
                Pace::Closed => net.now(),
                Pace::Fixed(beat) => match beat.take() {
                    Some(at) => at,
                    None => return,
                },
            };
            if let Some(speaker) = self.idle.pop_front() {
                self.speak(net, speaker, at);
            }
        }
    }

    fn speak(&mut self, net: &mut Net, speaker: u32, at: u64) {
        let number = self.checker.send(speaker);
        let client = &mut self.speakers[speaker as usize];
        let id = client.next;
        client.next += 1;
        client.waits_for = Some((id, at));
        self.text.clear();
        let said = Marker { kind: self.pairs.kind, stream: speaker, number, at };
        marker::text(&mut self.text, said, self.pairs.payload);
        self.frame.clear();
        self.pairs.door.ask(&mut self.frame, id, &[&client.head, &self.text, SAID]);
        net.send(self.pairs.clients.start + speaker, &self.frame);
        self.under_way += 1;
    }

    /// What a speaker said may be done.
    fn look(&mut self, net: &mut Net, speaker: u32) {
        let waits = self.speakers[speaker as usize].waits_for.is_some();
        if !waits && self.checker.left(speaker) == 0 {
            self.done += 1;
            self.under_way -= 1;
            self.idle.push_back(speaker);
            self.go_on(net);
        }
    }
}

impl Play for Talking<'_> {
    fn event(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        let Some(said) = Marker::find(body).filter(|said| said.kind == self.pairs.kind) else {
            return Ok(());
        };
        let receiver = client.wrapping_sub(self.pairs.clients.start);
        if !self.checker.hear(receiver, said.stream, said.number) {
            return Ok(());
        }
        if self.window.is_open() && receiver != said.stream {
            self.latency.note(net.at.saturating_sub(said.at));
        }
        self.look(net, said.stream);
        Ok(())
    }

    fn ack(&mut self, net: &mut Net, client: u32, id: u64, body: &[u8]) -> Result<(), Fault> {
        let Some(speaker) = self.speaker(client) else { return Ok(()) };
        let slot = &mut self.speakers[speaker as usize].waits_for;
        match slot.take_if(|(waits_for, _)| *waits_for == id) {
            Some((_, since)) if door::is_yes(body) => {
                if self.window.is_open() {
                    self.ack_latency.note(net.at.saturating_sub(since));
                }
            }
            Some(_) | None => {
                self.refused += 1;
                self.refusal = Some(String::from_utf8_lossy(body).into_owned());
                return Ok(());
            }
        }
        self.look(net, speaker);
        Ok(())
    }

    fn gone(&mut self, _net: &mut Net, _client: u32, _why: &str) -> Result<(), Fault> {
        self.dropped += 1;
        Ok(())
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        if self.window.look(net, self.meter, self.done) == Turn::Begun {
            self.latency.clear();
            self.ack_latency.clear();
        }
        if let (Pace::Fixed(beat), None) = (&mut self.pace, self.window.measured()) {
            beat.advance(net.at);
        }
        self.go_on(net);
        Ok(())
    }

    fn wake(&self) -> Option<u64> {
        self.window.next().into_iter().chain(self.pace.next()).min()
    }

    fn progress(&self) -> Option<String> {
        let (under_way, waiting) = (self.under_way, self.pace.waiting());
        Some(format!("{} messages, {under_way} under way, {waiting} waiting", self.done))
    }

    fn is_done(&self) -> bool {
        self.is_over() && self.under_way == 0
    }
}
