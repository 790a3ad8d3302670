//! Heartbeats (Engine.IO protocol 4, "heartbeat"), without a timer for each connection.
//!
//! Everything here happens a fixed time after something else: whoever comes later is due later. So each kind of thing to
//! do has a line, and only the beginning of it is looked at.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::Instant;

use super::session::Session;
use crate::{Limits, limits::milliseconds};

/// Between two looks, at most.
const TICK: Duration = Duration::from_millis(250);
/// And at least.
const SHORTEST_TICK: Duration = Duration::from_millis(5);
/// What is due within the shortest of the times is found so many times as often.
const PARTS: u32 = 20;
/// A line gives room back when it is much longer than that and mostly empty.
const ROOM: usize = 256;

/// Someone's place in a line; times are milliseconds since the beginning.
struct Turn {
    due: u64,
    /// When the client was asked.
    asked: u64,
    session: Weak<Session>,
}

type Line = VecDeque<Turn>;

#[derive(Default)]
struct Lines {
    /// To have joined a namespace.
    joining: Line,
    /// To be asked whether they are there.
    asking: Line,
    /// To have answered, or to be looked at once more.
    checking: Line,
    /// To have answered at last: the limit need not be a multiple of the time between two looks.
    last: Line,
}

/// Asks every session whether its client is there, and ends those that do not answer.
pub(crate) struct Pulse {
    began: Instant,
    connect: Duration,
    interval: Duration,
    timeout: Duration,
    lines: Mutex<Lines>,
}

impl Pulse {
    /// Must be called within the runtime; runs until the process ends.
    pub(crate) fn start(limits: &Limits) -> Arc<Self> {
        let pulse = Arc::new(Self {
            began: Instant::now(),
            connect: limits.connect_timeout,
            interval: limits.ping_interval,
            timeout: limits.ping_timeout,
            lines: Mutex::default(),
        });
        let shortest = limits.connect_timeout.min(limits.ping_interval).min(limits.ping_timeout);
        let tick = (shortest / PARTS).clamp(SHORTEST_TICK, TICK);
        let beating = Arc::clone(&pulse);
        tokio::spawn(async move {
            let mut rounds = tokio::time::interval(tick);
            loop {
                rounds.tick().await;
                beating.round();
            }
        });
        pulse
    }

    fn now(&self) -> u64 {
        milliseconds(self.began.elapsed())
    }

    /// A connection has been opened.
    pub(super) fn add(&self, session: &Arc<Session>) {
        let now = self.now();
        let mut lines = self.lines();
        let turn = |time| Turn {
            due: now + milliseconds(time),
            asked: now,
            session: Arc::downgrade(session),
        };
        lines.joining.push_back(turn(self.connect));
        lines.asking.push_back(turn(self.interval));
    }

    fn round(&self) {
        let now = self.now();
        let Lines { joining, mut asking, checking, last } = self.due(now);
        for turn in joining {
            if let Some(session) = turn.session.upgrade() {
                session.join_or_part();
            }
        }
        let (interval, timeout) = (milliseconds(self.interval), milliseconds(self.timeout));
        // From one look at whether there is an answer to the next.
        let look = timeout.min(interval);
        let mut next = Lines::default();
        for turn in checking {
            let Some(session) = turn.session.upgrade() else { continue };
            let last = turn.asked + timeout;
            if session.has_answered() {
                next.asking.push_back(Turn { due: now + interval - look, ..turn });
            } else if now >= last {
                session.expire();
            } else if now + look < last {
                next.checking.push_back(Turn { due: now + look, ..turn });
            } else {
                next.last.push_back(Turn { due: last, ..turn });
            }
        }
        for turn in last {
            match turn.session.upgrade() {
                Some(session) if !session.has_answered() => session.expire(),
                Some(_) => asking.push_back(turn),
                None => {}
            }
        }
        for turn in asking {
            if let Some(session) = turn.session.upgrade() {
                session.ask();
                next.checking.push_back(Turn { due: now + look, asked: now, ..turn });
            }
        }
        let mut lines = self.lines();
        lines.asking.append(&mut next.asking);
        lines.checking.append(&mut next.checking);
        lines.last.append(&mut next.last);
    }

    fn due(&self, now: u64) -> Lines {
        let mut lines = self.lines();
        Lines {
            joining: due(&mut lines.joining, now),
            asking: due(&mut lines.asking, now),
            checking: due(&mut lines.checking, now),
            last: due(&mut lines.last, now),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes those that are due out of a line.
fn due(line: &mut Line, now: u64) -> Line {
    let count = line.iter().take_while(|turn| turn.due <= now).count();
    let due = line.drain(..count).collect();
    if line.capacity() > ROOM && line.len() < line.capacity() / 4 {
        line.shrink_to(line.len() * 2);
    }
    due
}
