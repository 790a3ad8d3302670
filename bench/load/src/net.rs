//! All connections of the generator: sockets of clients, each in its seat, and lines to the internal API.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::Registry;

use crate::{door::Door, fault::Fault, http::Caller, wire::Wire};

/// Tokens from here on are lines to the internal API.
pub const LINES: usize = 1 << 30;

/// A close frame with code 1001 (RFC 6455 section 7.4.1: going away).
const CLOSE: &[u8] = &[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9];

/// How far a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It has asked for a session of polling.
    Polling,
    /// It has asked for the upgrade.
    Upgrading,
    /// It waits to be let into its namespace.
    Joining,
    /// It is in.
    Up,
}

/// A client's socket.
pub struct Socket {
    /// Its connection.
    pub wire: Wire,
    /// How far it is.
    pub stage: Stage,
    /// When it was opened, in microseconds.
    pub since: u64,
    /// Tells it from the one before it in the same seat.
    pub turn: u32,
    /// It has to go over from polling.
    pub goes_over: bool,
}

/// A client, connected or not.
struct Seat {
    door: Door,
    hello: Box<[u8]>,
    socket: Option<Socket>,
}

/// A connection to the internal API, opened when it is needed.
#[derive(Default)]
pub struct Line {
    /// The connection, if there is one.
    pub wire: Option<Wire>,
    /// What was asked and not answered: asked again if the server had hung up before.
    pub asked: Vec<u8>,
}

/// The connections.
pub struct Net {
    registry: Registry,
    public: SocketAddr,
    internal: SocketAddr,
    host: String,
    upgrades: [String; 3],
    /// Begin with these instead.
    polls: Option<[String; 3]>,
    caller: Caller,
    seats: Vec<Seat>,
    lines: Vec<Line>,
    start: Instant,
    turn: u32,
    /// Bytes that servers sent to sockets.
    pub heard: u64,
    /// Heartbeats that were answered.
    pub heartbeats: u64,
    /// When the bytes came that are being looked at, in microseconds.
    pub at: u64,
}

impl Net {
    /// No connections yet.
    pub fn new(registry: Registry, public: SocketAddr, internal: SocketAddr, secret: &str) -> Self {
        let host = public.to_string();
        Self {
            registry,
            public,
            internal,
            upgrades: Door::ALL.map(|door| door.upgrade(&host, None)),
            polls: None,
            host,
            caller: Caller::new(&internal.to_string(), secret),
            seats: Vec::new(),
            lines: Vec::new(),
            start: Instant::now(),
            turn: 0,
            heard: 0,
            heartbeats: 0,
            at: 0,
        }
    }

    /// From now on clients begin with polling and go over.
    pub fn poll_first(&mut self) {
        self.polls = Some(Door::ALL.map(|door| door.poll(&self.host)));
    }

    /// Microseconds since the start.
    pub fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// A time of [`Net::now`] so far from now.
    pub fn after(&self, time: Duration) -> u64 {
        self.now() + time.as_micros() as u64
    }

    /// A seat for one more client: its number.
    pub fn seat(&mut self, door: Door, auth: &str) -> u32 {
        self.seats.push(Seat { door, hello: door.hello(auth).into(), socket: None });
        self.seats.len() as u32 - 1
    }

    /// The client will say this of itself the next time.
    pub fn introduce(&mut self, client: u32, auth: &str) {
        let seat = &mut self.seats[client as usize];
        seat.hello = seat.door.hello(auth).into();
    }

    /// Where a client goes.
    pub fn door(&self, client: u32) -> Door {
        self.seats[client as usize].door
    }

    /// Opens the client's socket.
    ///
    /// # Errors
    /// If the system has no connection for it.
    pub fn open(&mut self, client: u32) -> Result<(), Fault> {
        let since = self.now();
        let (stage, requests) = match &self.polls {
            Some(polls) => (Stage::Polling, polls),
            None => (Stage::Upgrading, &self.upgrades),
        };
        self.turn = self.turn.wrapping_add(1);
        let seat = &mut self.seats[client as usize];
        let mut wire = Wire::open(&self.registry, self.public, self.turn, client as usize)?;
        wire.send(requests[seat.door as usize].as_bytes());
        seat.socket = Some(Socket { wire, stage, since, turn: self.turn, goes_over: false });
        Ok(())
    }

    /// Opens the websocket that the client's session of polling is to go over to.
    ///
    /// # Errors
    /// If the system has no connection for it.
    pub fn go_over(&mut self, client: u32, sid: &str) -> Result<(), Fault> {
        let seat = &mut self.seats[client as usize];
        let Some(before) = seat.socket.take() else { return Ok(()) };
        self.turn = self.turn.wrapping_add(1);
        let mut wire = Wire::open(&self.registry, self.public, self.turn, client as usize)?;
        wire.send(seat.door.upgrade(&self.host, Some(sid)).as_bytes());
        let (stage, since) = (Stage::Upgrading, before.since);
        seat.socket = Some(Socket { wire, stage, since, turn: self.turn, goes_over: true });
        Ok(())
    }

    /// The client's socket, if it has one.
    pub fn socket(&mut self, client: u32) -> Option<&mut Socket> {
        self.seats.get_mut(client as usize)?.socket.as_mut()
    }

    /// Sends to the server; nothing if there is no socket.
    pub fn send(&mut self, client: u32, bytes: &[u8]) {
        if let Some(socket) = self.socket(client) {
            socket.wire.send(bytes);
        }
    }

    /// Introduces the client.
    pub fn greet(&mut self, client: u32) {
        let seat = &mut self.seats[client as usize];
        if let Some(socket) = &mut seat.socket {
            socket.wire.send(&seat.hello);
        }
    }

    /// Ends the client's connection as a cut cable would, so that no port stays taken. Whether there was one.
    pub fn cut(&mut self, client: u32) -> bool {
        let Some(socket) = self.seats[client as usize].socket.take() else { return false };
        socket.wire.cut();
        true
    }

    /// Ends the client's connection as a browser does when its page is closed.
    pub fn close(&mut self, client: u32) {
        if let Some(mut socket) = self.seats[client as usize].socket.take() {
            socket.wire.send(CLOSE);
        }
    }

    /// So many lines to the internal API at least.
    pub fn lines(&mut self, count: usize) {
        let missing = count.saturating_sub(self.lines.len());
        self.lines.extend((0..missing).map(|_| Line::default()));
    }

    /// A line, if there is one of that number.
    pub fn line(&mut self, line: usize) -> Option<&mut Line> {
        self.lines.get_mut(line)
    }

    /// Asks something on a line that waits for no answer.
    ///
    /// # Errors
    /// If the system has no connection for it.
    pub fn post(&mut self, line: usize, path: &str, body: &[u8]) -> Result<(), Fault> {
        let mut asked = std::mem::take(&mut self.lines[line].asked);
        asked.clear();
        self.caller.post(&mut asked, path, body);
        self.lines[line].asked = asked;
        self.ask_again(line)
    }

    /// Sends what a line asks, over a new connection if there is none.
    ///
    /// # Errors
    /// If the system has no connection for it.
    pub fn ask_again(&mut self, line: usize) -> Result<(), Fault> {
        let slot = &mut self.lines[line];
        if slot.wire.is_none() {
            slot.wire = Some(Wire::open(&self.registry, self.internal, line as u32, LINES + line)?);
        }
        if let Some(wire) = &mut slot.wire {
            wire.send(&slot.asked);
        }
        Ok(())
    }
}
