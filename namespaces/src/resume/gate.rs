//! Between a socket's feed and its live events.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use outrigger_domain::feed::{Asked, Start};
use outrigger_transport::{Class, Conn, Frame};

/// Events without a place in the feed that wait for the gate to open; one more ends the connection.
const MOST_HELD: usize = 128;
/// Bytes of them.
const MOST_HELD_BYTES: usize = 1 << 20;

/// Of these so many may be state with the same name.
const MOST_STATE: usize = 32;
/// Bytes of them, unless the last one alone has more.
const MOST_STATE_BYTES: usize = 64 << 10;

/// Keeps live events back until the socket has what it missed.
pub(crate) struct Gate {
    /// What the client asked for.
    pub(super) asked: Asked,
    /// Where it begins, and where its feed ended before the socket was there.
    pub(super) start: Option<(Start, u64)>,
    begun: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: bool,
    /// Events without a place that came meanwhile.
    held: Vec<Frame>,
    held_bytes: usize,
    /// The latest place that came meanwhile.
    latest: u64,
    /// Nothing up to this place comes again.
    passed: u64,
    /// The position that the client knows of.
    told: u64,
}

impl Gate {
    /// A closed one. `start` is known if it is known whose socket this will be: whatever happens from the moment
    /// on in which its client hears that it is connected comes behind that.
    pub(crate) fn new(asked: Asked, start: Option<(Start, u64)>) -> Self {
        Self { asked, start, begun: AtomicBool::new(false), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the client was here before: it takes up its feed rather than begin one.
    pub(crate) fn takes_up(&self) -> bool {
        matches!(self.asked, Asked::Since { .. })
    }

    /// Whether live events pass.
    pub(crate) fn is_open(&self) -> bool {
        self.state().open
    }

    /// `true` once: for whoever takes up the feed.
    pub(super) fn begin(&self) -> bool {
        !self.begun.swap(true, Ordering::AcqRel)
    }

    /// An event that is published: sends it if its turn is now. Gives whether the socket has it, or will.
    ///
    /// `closing`: the socket is closed behind it, so it waits for nothing.
    pub(crate) fn deliver(
        &self,
        conn: &Conn,
        frames: &[Frame],
        seq: Option<u64>,
        closing: bool,
    ) -> bool {
        let mut state = self.state();
        match seq {
            _ if closing => send_all(conn, frames),
            Some(seq) if !state.open => {
                // It is in the store, and is read from there.
                state.latest = state.latest.max(seq);
                !frames.is_empty()
            }
            // The store gave it already.
            Some(seq) if seq <= state.passed => !frames.is_empty(),
            Some(seq) => {
                state.passed = seq;
                let sent = send_marked(conn, frames, seq);
                if sent {
                    state.told = seq;
                }
                sent
            }
            None if state.open => send_all(conn, frames),
            None => state.hold(conn, frames),
        }
    }

    /// Opens, if nothing behind `at` was published meanwhile; gives whether it did. `last` is said first, and
    /// what was held back after it.
    pub(super) fn open(&self, conn: &Conn, at: u64, last: Option<&Frame>) -> bool {
        let mut state = self.state();
        if state.latest > at {
            return false;
        }
        state.open = true;
        state.passed = at;
        state.told = state.told.max(at);
        state.held_bytes = 0;
        let held = std::mem::take(&mut state.held);
        if let Some(last) = last {
            conn.send(last);
        }
        send_all(conn, &held);
        true
    }

    /// How far the feed went past what the client knows, `beside` it or with events that were nothing for it;
    /// asked for to tell it.
    pub(crate) fn untold(&self, beside: Option<u64>) -> Option<u64> {
        let state = self.state();
        let passed = state.passed.max(beside.unwrap_or_default());
        (state.open && passed > state.told).then_some(passed)
    }

    /// The client was told of a position.
    pub(crate) fn tell(&self, seq: u64) {
        let mut state = self.state();
        state.told = state.told.max(seq);
    }
}

impl State {
    /// Keeps events of the moment for later. Of state with one name only the latest, as many as are no burden: one list of
    /// who is online is as good as ten, while each of the last changes may be of somebody else.
    fn hold(&mut self, conn: &Conn, frames: &[Frame]) -> bool {
        for frame in frames {
            self.held.push(frame.clone());
            if frame.class() == Class::State {
                self.thin_out(frame.event());
            }
        }
        self.held_bytes = self.held.iter().map(Frame::bytes).sum();
        if self.held.len() > MOST_HELD || self.held_bytes > MOST_HELD_BYTES {
            metrics::counter!("outrigger_resumes_total", "outcome" => "overflow").increment(1);
            self.held.clear();
            conn.cut();
            return false;
        }
        !frames.is_empty()
    }

    /// Forgets the oldest state of that name, while it is more than is worth keeping.
    fn thin_out(&mut self, event: &str) {
        let of_it = |held: &Frame| held.class() == Class::State && held.event() == event;
        let (mut count, mut bytes) = (0, 0);
        for held in self.held.iter().filter(|held| of_it(held)) {
            count += 1;
            bytes += held.bytes();
        }
        self.held.retain(|held| {
            let spare =
                of_it(held) && count > 1 && (count > MOST_STATE || bytes > MOST_STATE_BYTES);
            if spare {
                count -= 1;
                bytes -= held.bytes();
            }
            !spare
        });
    }
}

fn send_all(conn: &Conn, frames: &[Frame]) -> bool {
    frames.iter().filter(|frame| conn.send(frame)).count() > 0
}

/// Sends an event's frames, the last one with its place in the feed: a client that has it has them all.
fn send_marked(conn: &Conn, frames: &[Frame], seq: u64) -> bool {
    let Some((last, before)) = frames.split_last() else { return false };
    let before = before.iter().filter(|frame| conn.send(frame)).count();
    conn.send_marked(last, seq) || before > 0
}
