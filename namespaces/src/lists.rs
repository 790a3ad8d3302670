//! Lists of everyone who is there, handed out at a pace.
//!
//! A list for each of n users has n names: what all of them get grows with the square of their number, and nothing that a
//! contract promises makes it less. So it is spread: while there is little to hand out everyone gets the list at once; of
//! more, only so much a second is handed out, and each gets the list as it is when it is that one's turn. Newcomers, who have
//! none, go first. Nobody waits twice, so that lists which follow each other quickly become one.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use outrigger_domain::presence::Allowance;
use outrigger_transport::{Conn, ConnKey, Frame};
use tokio::time::{Instant, sleep};

use crate::standing::Standing;

/// From one handing out to the next, while some wait.
const TICK: Duration = Duration::from_millis(100);

/// Somebody who is told lists.
pub(crate) trait Ear: Send + 'static {
    /// By which it is known whether it waits already.
    fn key(&self) -> ConnKey;
    /// Whether anybody is there.
    fn is_there(&self) -> bool;
    /// Tells it; the first thing it hears if `newcomer`.
    fn hear(&self, frame: &Frame, newcomer: bool);
}

/// A socket; one that waits is not kept when it is gone.
pub(crate) struct Socket {
    key: ConnKey,
    conn: Weak<Conn>,
}

impl Socket {
    pub(crate) fn of(conn: &Arc<Conn>) -> Self {
        Self { key: conn.key(), conn: Arc::downgrade(conn) }
    }
}

impl Ear for Socket {
    fn key(&self) -> ConnKey {
        self.key
    }

    fn is_there(&self) -> bool {
        self.conn.upgrade().is_some_and(|conn| conn.connected())
    }

    fn hear(&self, frame: &Frame, newcomer: bool) {
        let Some(conn) = self.conn.upgrade() else { return };
        match Standing::of(&conn).and_then(Standing::gate) {
            // While it takes up its feed, news waits for that.
            Some(gate) if !newcomer => {
                gate.deliver(&conn, std::slice::from_ref(frame), None, false);
            }
            _ => {
                conn.send(frame);
            }
        }
    }
}

/// Makes the list as it is now.
type Source = Box<dyn Fn() -> Option<Frame> + Send + Sync>;

/// Hands out one list, in one contract's words.
pub(crate) struct Lists<E = Socket> {
    list: Source,
    /// Held while a list is made and said, so that what a client hears last is the latest.
    waiting: Mutex<Waiting<E>>,
}

/// Bounded by the sockets there are.
struct Waiting<E> {
    allowance: Allowance,
    newcomers: VecDeque<E>,
    others: VecDeque<E>,
    /// Those who wait, and whether as newcomers.
    known: HashMap<ConnKey, bool>,
    handing_out: bool,
}

impl<E: Ear> Waiting<E> {
    fn put(&mut self, ear: E, newcomer: bool) {
        match self.known.get(&ear.key()) {
            // Whoever asks goes before those who are only told.
            Some(false) if newcomer => {}
            Some(_) => return,
            None => {}
        }
        self.known.insert(ear.key(), newcomer);
        if newcomer {
            self.newcomers.push_back(ear);
        } else {
            self.others.push_back(ear);
        }
    }

    /// The next one who is there.
    fn next(&mut self) -> Option<(E, bool)> {
        loop {
            let (ear, newcomer) = match self.newcomers.pop_front() {
                Some(ear) => (ear, true),
                None => (self.others.pop_front()?, false),
            };
            // Some wait in one place as well, from before they asked.
            if self.known.get(&ear.key()) == Some(&newcomer) {
                self.known.remove(&ear.key());
                if ear.is_there() {
                    return Some((ear, newcomer));
                }
            }
        }
    }
}

impl<E: Ear> Lists<E> {
    /// Nobody waits yet.
    pub(crate) fn new(list: impl Fn() -> Option<Frame> + Send + Sync + 'static) -> Arc<Self> {
        let waiting = Waiting {
            allowance: Allowance::new(Instant::now()),
            newcomers: VecDeque::new(),
            others: VecDeque::new(),
            known: HashMap::new(),
            handing_out: false,
        };
        Arc::new(Self { list: Box::new(list), waiting: Mutex::new(waiting) })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<E>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One who came, or asks.
    pub(crate) fn greet(self: &Arc<Self>, ear: E) {
        self.tell([ear], true);
    }

    /// All of these, because the list is another one.
    pub(crate) fn tell_all(self: &Arc<Self>, ears: impl IntoIterator<Item = E>) {
        self.tell(ears, false);
    }

    fn tell(self: &Arc<Self>, ears: impl IntoIterator<Item = E>, newcomer: bool) {
        let mut waiting = self.waiting();
        let frame = if waiting.handing_out { None } else { (self.list)() };
        let now = Instant::now();
        for ear in ears {
            match &frame {
                Some(frame) if waiting.allowance.take(frame.bytes(), now) => {
                    ear.hear(frame, newcomer);
                }
                _ => waiting.put(ear, newcomer),
            }
        }
        if !waiting.known.is_empty() && !waiting.handing_out {
            waiting.handing_out = true;
            tokio::spawn(Arc::clone(self).hand_out());
        }
    }

    /// Goes on until nobody waits.
    async fn hand_out(self: Arc<Self>) {
        loop {
            sleep(TICK).await;
            if !self.hand_out_some() {
                return;
            }
        }
    }

    /// As much as may be; whether somebody waits still.
    fn hand_out_some(&self) -> bool {
        let (mut waiting, now) = (self.waiting(), Instant::now());
        if !waiting.known.is_empty() && !waiting.allowance.is_left(now) {
            return true;
        }
        if let Some(frame) = (self.list)() {
            while !waiting.known.is_empty() {
                if !waiting.allowance.take(frame.bytes(), now) {
                    return true;
                }
                if let Some((ear, newcomer)) = waiting.next() {
                    ear.hear(&frame, newcomer);
                }
            }
        }
        // A list that cannot be made is told to nobody.
        waiting.known = HashMap::new();
        waiting.newcomers = VecDeque::new();
        waiting.others = VecDeque::new();
        waiting.handing_out = false;
        false
    }
}

#[cfg(test)]
mod tests;
