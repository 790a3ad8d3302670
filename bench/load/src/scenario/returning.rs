//! Clients that know how far they came, and come back for what they missed.

use std::{collections::VecDeque, ops::Range};

use serde::Deserialize;
use serde_json::json;

use crate::{
    arguments::{Arguments, Recovery},
    checker::Checker,
    fault::Fault,
    latency::Latency,
    marker::Marker,
    net::Net,
    packet,
    play::{Play, accept},
};

use super::{joining::Joining, resume};

/// How far a client came.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// In the feed.
    seq: Option<u64>,
    feed: Option<String>,
    /// In connection state recovery.
    pid: Option<String>,
    offset: Option<String>,
}

impl Place {
    /// What stands beside the token when it comes back.
    ///
    /// # Errors
    /// If it does not know its place.
    pub fn beside(&self, by: Recovery) -> Result<String, Fault> {
        match (by, self) {
            (Recovery::Feed, Self { seq: Some(seq), feed, .. }) => {
                Ok(format!(r#","resume":{}"#, json!({ "seq": seq, "feed": feed })))
            }
            (Recovery::State, Self { pid: Some(pid), offset: Some(offset), .. }) => {
                Ok(format!(r#","pid":{},"offset":{}"#, json!(pid), json!(offset)))
            }
            _ => Err(Fault::wire(format!("nothing that says how far a client came: {self:?}"))),
        }
    }

    fn is_known(&self, by: Recovery) -> bool {
        match by {
            Recovery::Feed => self.seq.is_some(),
            // The offset comes with the first event.
            Recovery::State => self.pid.is_some(),
        }
    }
}

/// What `resume` and `reset` say (`docs/RESUME.md`).
#[derive(Deserialize)]
struct Standing {
    to: u64,
    feed: Option<String>,
    #[serde(default)]
    recovered: bool,
}

/// Clients come, and hear what they missed.
pub struct Returning {
    /// Their coming.
    pub joining: Joining,
    first: u32,
    by: Recovery,
    missed: u32,
    left: Vec<u32>,
    unplaced: usize,
    /// How far each came.
    pub places: Vec<Place>,
    /// Every delivery.
    pub checker: Checker,
    /// Events that were missed and are here.
    pub delivered: u64,
    /// Those who were told that what they missed is lost.
    pub not_recovered: u64,
    /// From the opening of the connection until the last event that was missed.
    pub latency: Latency,
}

impl Returning {
    /// They come, so many at once, and have missed so many events each.
    ///
    /// # Errors
    /// Never.
    pub fn new(
        clients: Range<u32>,
        by: Recovery,
        missed: u32,
        at_once: u32,
        arguments: &Arguments,
    ) -> Result<Self, Fault> {
        let count = (clients.end - clients.start) as usize;
        let heard = (0..count as u32).map(|client| resume::stream_of(by, client));
        let streams = resume::stream_of(by, count as u32 - 1) + 1;
        let mut checker = Checker::new(streams as usize, heard.map(|stream| stream..stream + 1));
        for stream in 0..streams {
            for _ in 0..missed {
                checker.send(stream);
            }
        }
        Ok(Self {
            first: clients.start,
            joining: Joining::new(clients, at_once, arguments)?,
            by,
            missed,
            left: vec![missed; count],
            unplaced: if missed == 0 { count } else { 0 },
            places: vec![Place::default(); count],
            checker,
            delivered: 0,
            not_recovered: 0,
            latency: Latency::new()?,
        })
    }

    fn place(&mut self, client: u32, change: impl FnOnce(&mut Place)) {
        let place = &mut self.places[(client - self.first) as usize];
        let was_known = place.is_known(self.by);
        change(place);
        if !was_known && place.is_known(self.by) {
            self.unplaced = self.unplaced.saturating_sub(1);
        }
    }

    fn hear(&mut self, net: &mut Net, client: u32, said: Marker) {
        let receiver = client - self.first;
        if !self.checker.hear(receiver, said.stream, said.number) {
            return;
        }
        self.delivered += 1;
        let left = &mut self.left[receiver as usize];
        *left -= 1;
        if *left == 0 {
            let at = net.at;
            if let Some(socket) = net.socket(client) {
                self.latency.note(at - socket.since);
            }
        }
    }

    fn stand(&mut self, client: u32, body: &[u8]) -> Result<(), Fault> {
        let read = serde_json::from_slice::<(String, Standing)>(body);
        let (_, standing) = read.map_err(|error| Fault::wire(format!("no standing: {error}")))?;
        if self.missed > 0 && !standing.recovered {
            self.not_recovered += 1;
        }
        self.place(client, |place| {
            place.seq = place.seq.max(Some(standing.to));
            place.feed = standing.feed;
        });
        Ok(())
    }
}

impl Play for Returning {
    fn joined(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        if self.by == Recovery::State {
            #[derive(Deserialize)]
            struct Said {
                pid: Option<String>,
            }
            let pid = serde_json::from_slice::<Said>(body).ok().and_then(|said| said.pid);
            if pid.is_none() {
                return Err(Fault::wire("no pid: connection state recovery is off there"));
            }
            self.place(client, |place| place.pid = pid);
        }
        self.joining.joined(net, client, body)
    }

    fn event(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        match self.by {
            Recovery::Feed => {
                if body.starts_with(br#"["resume","#) || body.starts_with(br#"["reset","#) {
                    return self.stand(client, body);
                }
                if let Some(seq) = packet::last_number(body) {
                    self.place(client, |place| place.seq = place.seq.max(Some(seq)));
                }
            }
            Recovery::State => {
                if let Some(offset) = packet::last_text(body) {
                    let offset = String::from_utf8_lossy(offset).into_owned();
                    self.place(client, |place| place.offset = Some(offset));
                }
            }
        }
        if let Some(said) = Marker::find(body).filter(|said| said.kind == resume::KIND) {
            self.hear(net, client, said);
        }
        Ok(())
    }

    fn gone(&mut self, net: &mut Net, client: u32, why: &str) -> Result<(), Fault> {
        self.joining.gone(net, client, why)
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        self.joining.tick(net)
    }

    fn wake(&self) -> Option<u64> {
        self.joining.wake()
    }

    fn progress(&self) -> Option<String> {
        let joining = self.joining.progress().unwrap_or_default();
        Some(format!("{joining}; {} events to come", self.checker.outstanding()))
    }

    fn is_done(&self) -> bool {
        self.joining.is_done() && self.unplaced == 0 && self.checker.outstanding() == 0
    }
}

/// Calls, one after the other on the first line.
pub struct Publishing<'a> {
    calls: VecDeque<(&'static str, Vec<u8>)>,
    is_asking: bool,
    /// Clients who are there and note how far they came: it ends when all know.
    pub places: Option<&'a mut Returning>,
}

impl Publishing<'_> {
    /// These calls.
    pub fn new(calls: Vec<(&'static str, Vec<u8>)>) -> Self {
        Self { calls: calls.into(), is_asking: false, places: None }
    }
}

impl Play for Publishing<'_> {
    fn event(&mut self, net: &mut Net, client: u32, body: &[u8]) -> Result<(), Fault> {
        match &mut self.places {
            Some(places) => places.event(net, client, body),
            None => Ok(()),
        }
    }

    fn answered(&mut self, net: &mut Net, _line: usize, status: u16) -> Result<(), Fault> {
        accept(status)?;
        self.is_asking = false;
        self.tick(net)
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        if !self.is_asking
            && let Some((path, body)) = self.calls.pop_front()
        {
            self.is_asking = true;
            return net.post(0, path, &body);
        }
        Ok(())
    }

    fn progress(&self) -> Option<String> {
        Some(format!("{} calls to make", self.calls.len()))
    }

    fn is_done(&self) -> bool {
        let placed = |places: &Returning| places.places.iter().all(|place| place.offset.is_some());
        self.calls.is_empty()
            && !self.is_asking
            && self.places.as_ref().is_none_or(|places| placed(places))
    }
}
