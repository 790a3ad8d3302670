//! What a session is in: the namespaces it has joined, and its client's heartbeat.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use socketioxide_core::{Sid, Value};

use crate::{
    Class, Conn, Gone,
    connect::{Entry, count_refusal, shown},
    engine::Engine,
    link::Taken,
    start::start,
    wire,
};

/// One Engine.IO session. Its task keeps it, and whoever decides about a CONNECT of it.
pub(super) struct Session {
    pub(super) engine: Arc<Engine>,
    pub(super) sid: Sid,
    sockets: Mutex<Sockets>,
    /// Its client was heard of since it was asked.
    answered: AtomicBool,
    expired: AtomicBool,
}

#[derive(Default)]
struct Sockets {
    joined: Vec<Arc<Conn>>,
    /// Namespaces that are being decided about.
    joining: Vec<&'static str>,
    ended: bool,
}

/// Whether an event had a socket to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivered {
    Yes,
    /// The namespace was never joined.
    Nowhere,
}

impl Session {
    pub(super) fn new(engine: Arc<Engine>) -> Arc<Self> {
        Arc::new(Self {
            engine,
            sid: Sid::new(),
            sockets: Mutex::default(),
            answered: AtomicBool::new(false),
            expired: AtomicBool::new(false),
        })
    }

    fn sockets(&self) -> MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first packet of one that is a websocket from the beginning.
    pub(super) fn open(&self) {
        self.push(wire::open(self.sid.as_str(), &[], self.engine.limits()));
    }

    /// A packet of the protocol. Whoever lets so many wait that one has no place is let go.
    fn push(&self, frame: bytes::Bytes) {
        if let Taken::TooMuch(limit) = self.engine.send(frame, Class::Durable) {
            self.engine.let_go(limit);
        }
    }

    /// CONNECT to a namespace. A second one, while the first holds or is decided about, changes nothing.
    pub(super) fn connect(
        self: &Arc<Self>,
        entry: Option<&Entry>,
        namespace: &str,
        auth: Option<Value>,
    ) {
        let Some(entry) = entry else {
            self.push(wire::connect_error(namespace, "Invalid namespace"));
            return;
        };
        let namespace = entry.namespace();
        {
            let mut sockets = self.sockets();
            let is_there = |conn: &Arc<Conn>| conn.namespace() == namespace && !conn.has_departed();
            if sockets.ended
                || sockets.joining.contains(&namespace)
                || sockets.joined.iter().any(is_there)
            {
                return;
            }
            sockets.joining.push(namespace);
        }
        let auth = shown(auth.as_ref());
        // Other packets of the connection need not wait for what is asked of the store.
        start(Arc::clone(self).join(entry.clone(), auth));
    }

    async fn join(self: Arc<Self>, entry: Entry, auth: Option<serde_json::Value>) {
        let namespace = entry.namespace();
        let decided = entry.decide(&self.engine, auth.as_ref()).await;
        let mut sockets = self.sockets();
        sockets.joining.retain(|joining| *joining != namespace);
        sockets.joining.shrink_to_fit();
        if sockets.ended {
            return;
        }
        match decided {
            Err(refusal) => {
                count_refusal();
                self.push(wire::connect_error(namespace, &refusal.message));
            }
            Ok(decision) => {
                let (conn, rooms) = entry.seat(&self.engine, self.sid, decision);
                // Before anyone can find the socket: nothing else may come before it.
                self.push(wire::connect(namespace, self.sid.as_str()));
                sockets.joined.retain(|conn| !conn.has_departed());
                sockets.joined.reserve_exact(1);
                sockets.joined.push(Arc::clone(&conn));
                drop(sockets);
                entry.enter(&conn, rooms);
            }
        }
    }

    fn find(&self, namespace: &str) -> Option<Arc<Conn>> {
        self.sockets().joined.iter().find(|conn| conn.namespace() == namespace).cloned()
    }

    /// An event. For a socket that we closed, and whose client cannot know it yet, it is dropped.
    pub(super) fn deliver(&self, namespace: &str, value: Value, ack: Option<i64>) -> Delivered {
        let Some(conn) = self.find(namespace) else { return Delivered::Nowhere };
        conn.take_in(value, ack);
        Delivered::Yes
    }

    /// DISCONNECT from a namespace.
    pub(super) fn leave(&self, namespace: &str) {
        let conn = {
            let mut sockets = self.sockets();
            let place = sockets.joined.iter().position(|conn| conn.namespace() == namespace);
            place.map(|place| sockets.joined.swap_remove(place))
        };
        if let Some(conn) = conn {
            conn.depart(Gone::Client);
        }
    }

    /// The connection is over: every socket is gone. Only the first report counts.
    pub(super) fn end(&self) {
        let joined = {
            let mut sockets = self.sockets();
            sockets.ended = true;
            std::mem::take(&mut sockets.joined)
        };
        let reason = if self.engine.end.is_announced() {
            Gone::Shutdown
        } else if self.expired.load(Ordering::Acquire) {
            Gone::Timeout
        } else {
            Gone::Transport
        };
        joined.iter().for_each(|conn| conn.depart(reason));
    }

    /// Its client said something: it is there.
    pub(super) fn heard(&self) {
        self.answered.store(true, Ordering::Release);
    }

    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Acquire)
    }

    /// Asks whether its client is there.
    pub(super) fn ask(&self) {
        self.answered.store(false, Ordering::Release);
        self.push(wire::PING);
    }

    /// Its client does not answer.
    pub(super) fn expire(&self) {
        self.expired.store(true, Ordering::Release);
        self.engine.kill();
    }

    /// Whoever has joined nothing by now has no business here.
    pub(super) fn join_or_part(&self) {
        if self.engine.is_untouched() {
            self.engine.link.part();
        }
    }
}
