//! Calls of the internal API that become events.

use crate::{
    checker::Checker,
    fault::Fault,
    latency::Latency,
    marker::{self, Marker},
    meter::Meter,
    net::Net,
    pace::Pace,
    play::{Play, accept},
    window::{Turn, Window},
};

use super::calls::{Calls, TAIL};

struct Line {
    is_asking: bool,
    /// What it said last.
    stream: Option<u32>,
    next: u32,
}

/// Calls under way.
pub struct Emitting<'a> {
    calls: Calls,
    meter: &'a Meter,
    pace: Pace,
    lines: Vec<Line>,
    body: Vec<u8>,
    /// No more than so many, if it is said.
    limit: Option<u64>,
    made: u64,
    /// Every delivery.
    pub checker: Checker,
    /// Deliveries.
    pub delivered: u64,
    /// Calls that all have heard.
    pub complete: u64,
    /// Calls that all have heard when the time began that is measured.
    complete_before: u64,
    /// From the request to the client.
    pub latency: Latency,
    /// Clients that were cut off.
    pub dropped: u64,
    /// The time that is measured; none where one call is made.
    pub window: Option<Window>,
}

impl<'a> Emitting<'a> {
    /// Calls at that pace.
    ///
    /// # Errors
    /// If there are more streams than a marker can name.
    pub fn new(
        calls: Calls,
        pace: Pace,
        window: Option<Window>,
        meter: &'a Meter,
    ) -> Result<Self, Fault> {
        if calls.streams > marker::MOST_STREAMS {
            return Err(Fault::call(format!("{} targets are too many", calls.streams)));
        }
        let checker = Checker::new(calls.streams as usize, calls.heard.iter().cloned());
        let line = |number| Line { is_asking: false, stream: None, next: number };
        Ok(Self {
            lines: calls.lines.clone().map(|at| line(at - calls.lines.start)).collect(),
            calls,
            meter,
            pace,
            body: Vec::new(),
            limit: None,
            made: 0,
            checker,
            delivered: 0,
            complete: 0,
            complete_before: 0,
            latency: Latency::new()?,
            dropped: 0,
            window,
        })
    }

    /// One call and no more.
    #[must_use]
    pub fn limited(self, limit: u64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Whether that client is one of those who are to hear it.
    pub fn is_for(&self, client: u32) -> bool {
        self.calls.hearers.contains(&client)
    }

    /// Calls that all have heard while it was measured.
    pub fn completed(&self) -> u64 {
        self.complete - self.complete_before
    }

    /// Calls that were due and could not be made.
    pub fn not_begun(&self) -> usize {
        self.pace.waiting()
    }

    fn is_over(&self) -> bool {
        self.window.as_ref().is_some_and(|window| window.measured().is_some())
            || self.limit.is_some_and(|limit| self.made >= limit)
    }

    fn is_free(&self, line: u32) -> bool {
        let line = &self.lines[line as usize];
        !line.is_asking
            && (matches!(self.pace, Pace::Fixed(_))
                || line.stream.is_none_or(|stream| self.checker.left(stream) == 0))
    }

    /// The next call on a line, if it is time for one.
    fn go_on(&mut self, net: &mut Net, line: u32) -> Result<(), Fault> {
        if self.is_over() || !self.is_free(line) {
            return Ok(());
        }
        let at = match &mut self.pace {
            Pace::Closed => net.now(),
            Pace::Fixed(beat) => match beat.take() {
                Some(at) => at,
                None => return Ok(()),
            },
        };
        let stream = self.next_stream(line);
        let number = self.checker.send(stream);
        let head = match self.calls.heads.as_slice() {
            [only] => only,
            many => &many[stream as usize],
        };
        self.body.clear();
        self.body.extend_from_slice(head.as_bytes());
        let said = Marker { kind: self.calls.kind, stream, number, at };
        marker::text(&mut self.body, said, self.calls.payload);
        self.body.extend_from_slice(TAIL);
        self.made += 1;
        net.post((self.calls.lines.start + line) as usize, self.calls.path, &self.body)
    }

    /// Streams are said in turn, each on the line that is its own.
    fn next_stream(&mut self, line: u32) -> u32 {
        let lines = self.lines.len() as u32;
        let slot = &mut self.lines[line as usize];
        let stream = slot.next;
        slot.next = if stream + lines < self.calls.streams { stream + lines } else { line };
        slot.is_asking = true;
        slot.stream = Some(stream);
        stream
    }
}

impl Play for Emitting<'_> {
    fn event(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        let Some(said) = Marker::find(body).filter(|said| said.kind == self.calls.kind) else {
            return Ok(());
        };
        let receiver = client.wrapping_sub(self.calls.hearers.start);
        if !self.checker.hear(receiver, said.stream, said.number) {
            return Ok(());
        }
        self.delivered += 1;
        if self.window.as_ref().is_some_and(Window::is_open) {
            self.latency.note(net.at.saturating_sub(said.at));
        }
        if self.checker.left(said.stream) == 0 {
            self.complete += 1;
            let line = said.stream % self.lines.len() as u32;
            self.go_on(net, line)?;
        }
        Ok(())
    }

    fn answered(&mut self, net: &mut Net, line: usize, status: u16) -> Result<(), Fault> {
        accept(status)?;
        let line = line as u32 - self.calls.lines.start;
        self.lines[line as usize].is_asking = false;
        self.go_on(net, line)
    }

    fn gone(&mut self, _net: &mut Net, _client: u32, _why: &str) -> Result<(), Fault> {
        self.dropped += 1;
        Ok(())
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        if let Some(window) = &mut self.window
            && window.look(net, self.meter, self.delivered) == Turn::Begun
        {
            self.latency.clear();
            self.complete_before = self.complete;
        }
        if self.is_over() {
            return Ok(());
        }
        match &mut self.pace {
            // Nothing has begun yet.
            Pace::Closed if self.made > 0 => return Ok(()),
            Pace::Closed => {}
            Pace::Fixed(beat) => {
                beat.advance(net.at);
                if !beat.is_due() {
                    return Ok(());
                }
            }
        }
        (0..self.lines.len() as u32).try_for_each(|line| self.go_on(net, line))
    }

    fn wake(&self) -> Option<u64> {
        let window = self.window.as_ref().and_then(Window::next);
        window.into_iter().chain(self.pace.next()).min()
    }

    fn progress(&self) -> Option<String> {
        let (calls, under_way) = (self.made, self.checker.outstanding());
        let waiting = self.pace.waiting();
        Some(format!(
            "{calls} calls, {} deliveries, {under_way} under way, {waiting} waiting",
            self.delivered
        ))
    }

    fn is_done(&self) -> bool {
        self.is_over()
            && self.checker.outstanding() == 0
            && self.lines.iter().all(|line| !line.is_asking)
    }
}
