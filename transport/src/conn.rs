//! One Socket.IO socket: a namespace of a connection.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use socketioxide::{
    SendError, SocketError, TransportType,
    socket::{Sid, Socket},
};

use crate::{
    Class, Frame, Gone, Handshake, MountId,
    engine::Engine,
    hub::{Hub, OwnerSlot},
    inbox::Inbox,
    overload::Limit,
};

/// Names a socket inside the process. Never the Socket.IO id: that one is a credential.
pub type ConnKey = u64;
/// Names a connection inside the process; the same for all its namespaces.
pub type EngineKey = u64;

/// One Socket.IO socket.
pub struct Conn {
    key: ConnKey,
    sid: Sid,
    mount: MountId,
    /// The library keeps the socket while it is connected; we must not keep it longer.
    socket: Weak<Socket>,
    pub(crate) engine: Arc<Engine>,
    state: Arc<dyn Any + Send + Sync>,
    pub(crate) owner: Mutex<Option<OwnerSlot>>,
    pub(crate) inbox: OnceLock<Arc<Inbox>>,
    gone: AtomicBool,
    hub: Hub,
}

impl Conn {
    pub(crate) fn new(
        key: ConnKey,
        mount: MountId,
        socket: &Arc<Socket>,
        engine: Arc<Engine>,
        state: Arc<dyn Any + Send + Sync>,
        owner: Option<OwnerSlot>,
        hub: Hub,
    ) -> Arc<Self> {
        Arc::new(Self {
            key,
            sid: socket.id,
            mount,
            socket: Arc::downgrade(socket),
            engine,
            state,
            owner: Mutex::new(owner),
            inbox: OnceLock::new(),
            gone: AtomicBool::new(false),
            hub,
        })
    }

    /// Its name inside the process.
    #[must_use]
    pub fn key(&self) -> ConnKey {
        self.key
    }

    /// The Socket.IO id. It opens a polling session: show it to this socket's own client and nobody else.
    #[must_use]
    pub fn id(&self) -> String {
        self.sid.to_string()
    }

    pub(crate) fn sid(&self) -> Sid {
        self.sid
    }

    /// Its connection's name inside the process.
    #[must_use]
    pub fn engine(&self) -> EngineKey {
        self.engine.key
    }

    /// Where it is mounted.
    #[must_use]
    pub fn mount(&self) -> &MountId {
        &self.mount
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.mount.path
    }

    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'static str {
        self.mount.namespace
    }

    /// The request that opened its connection.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        &self.engine.handshake
    }

    /// What its handler keeps at it.
    #[must_use]
    pub fn state<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.state).downcast().ok()
    }

    /// `websocket` or `polling`.
    #[must_use]
    pub fn transport_name(&self) -> &'static str {
        match self.socket.upgrade().map(|socket| socket.transport_type()) {
            Some(TransportType::Polling) => "polling",
            Some(TransportType::Websocket) | None => "websocket",
        }
    }

    /// Whether it is there.
    #[must_use]
    pub fn connected(&self) -> bool {
        !self.has_departed() && self.socket.upgrade().is_some_and(|socket| socket.connected())
    }

    /// Whether its end was reported: whoever did that sees it through.
    pub(crate) fn has_departed(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Whether it has gone without a report. Asked for from the library first: between its looking and ours somebody
    /// may report.
    pub(crate) fn is_lost(&self) -> bool {
        let there = self.socket.upgrade().is_some_and(|socket| socket.connected());
        (self.engine.is_gone() || !there) && !self.has_departed()
    }

    /// Queues an event for it, behind all that was queued before. `false` if it does not take it.
    pub fn send(&self, frame: &Frame) -> bool {
        self.send_by(frame, |socket| socket.emit(frame.event(), frame.body()))
    }

    /// The same with one more argument behind the event's own: its place in the feed (`docs/RESUME.md`).
    pub fn send_marked(&self, frame: &Frame, seq: u64) -> bool {
        self.send_by(frame, |socket| socket.emit(frame.event(), &(frame.body(), seq)))
    }

    fn send_by(&self, frame: &Frame, emit: impl FnOnce(&Socket) -> Result<(), SendError>) -> bool {
        let Some(socket) = self.socket.upgrade() else { return false };
        // What is left for one who is behind is kept for events that must arrive.
        if frame.class() == Class::State && self.engine.is_behind() {
            metrics::counter!("outrigger_state_frames_dropped_total").increment(1);
            return false;
        }
        let too_many = self.engine.queue(frame.bytes());
        let sent = emit(&socket);
        if sent.is_err() {
            self.engine.unqueue(frame.bytes());
        }
        match sent {
            Ok(()) => {
                metrics::counter!("outrigger_frames_sent_total").increment(1);
                metrics::counter!("outrigger_bytes_sent_total").increment(frame.bytes() as u64);
                if too_many {
                    self.engine.let_go(Limit::Bytes);
                }
                true
            }
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                match frame.class() {
                    Class::State => {
                        metrics::counter!("outrigger_state_frames_dropped_total").increment(1)
                    }
                    // Better no connection than one that has silently missed something.
                    Class::Durable => self.engine.let_go(Limit::Packets),
                }
                false
            }
            Err(SendError::Socket(SocketError::Closed)) => false,
            Err(SendError::Serialize(fault)) => {
                tracing::error!(event = frame.event(), %fault, "an event could not be encoded");
                false
            }
        }
    }

    /// Closes it from the server's side, behind all that was queued: the client does not come back by itself.
    pub fn disconnect(&self) {
        let Some(socket) = self.socket.upgrade() else { return };
        if let Err(SocketError::InternalChannelFull) = socket.disconnect() {
            self.engine.let_go(Limit::Packets);
        }
    }

    /// Ends the whole connection at once, so that its client comes back by itself and asks for what it missed.
    pub fn cut(&self) {
        self.engine.kill();
    }

    /// It is gone, as the library or the sweep found. Only the first report counts.
    pub(crate) fn depart(&self, reason: Gone) {
        if self.gone.swap(true, Ordering::AcqRel) {
            return;
        }
        self.hub.exit(self.key);
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(inbox) = self.inbox.get() {
            inbox.close(reason);
        }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn")
            .field("key", &self.key)
            .field("mount", &self.mount)
            .finish_non_exhaustive()
    }
}
