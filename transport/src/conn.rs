//! One Socket.IO socket: a namespace of a connection.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::value::RawValue;
use socketioxide::{
    SocketError, TransportType,
    extract::AckSender,
    socket::{Sid, Socket},
};

use crate::{
    Class, Frame, Gone, Handshake, MountId, Reply,
    engine::{Engine, Parcel},
    hub::{Hub, OwnerSlot},
    inbox::Inbox,
    link::Taken,
    meters::{BYTES_SENT, FRAMES_SENT},
    overload::Limit,
    wire,
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
    pub(crate) socket: Weak<Socket>,
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
        self.hand_over(
            frame,
            Parcel {
                class: frame.class(),
                bytes: frame.bytes(),
                frame: &|| frame.wire(self.mount.namespace),
                emit: &mut |socket| socket.emit(frame.event(), frame.body()),
            },
        )
    }

    /// The same with one more argument behind the event's own: its place in the feed (`docs/RESUME.md`).
    pub fn send_marked(&self, frame: &Frame, seq: u64) -> bool {
        let (event, body) = (frame.event(), frame.body());
        self.hand_over(
            frame,
            Parcel {
                class: frame.class(),
                bytes: frame.bytes(),
                frame: &|| wire::event(self.mount.namespace, event, body.get(), Some(seq)),
                emit: &mut |socket| socket.emit(event, &(body, seq)),
            },
        )
    }

    fn hand_over(&self, frame: &Frame, parcel: Parcel<'_>) -> bool {
        if self.has_departed() {
            return false;
        }
        match self.engine.send(&self.socket, parcel) {
            Taken::Yes => {
                FRAMES_SENT.increment(1);
                BYTES_SENT.increment(frame.bytes() as u64);
                true
            }
            Taken::LeftOut => {
                metrics::counter!("outrigger_state_frames_dropped_total").increment(1);
                false
            }
            // Better no connection than one that has silently missed something.
            Taken::TooMuch(limit) => {
                self.engine.let_go(limit);
                false
            }
            Taken::Gone => false,
        }
    }

    /// Answers what its client waits for.
    pub(crate) fn acknowledge(&self, ack: (i64, AckSender), reply: &Reply) {
        let (id, sender) = ack;
        let body = reply.body();
        let mut sender = Some(sender);
        let parcel = Parcel {
            class: Class::Durable,
            bytes: body.len() + 7,
            frame: &|| wire::ack(self.mount.namespace, id, &body),
            emit: &mut |_| match (sender.take(), serde_json::from_str::<&RawValue>(&body)) {
                (Some(sender), Ok(body)) => sender.send(body),
                // Whatever is a reply's body is JSON, and it is sent once.
                (Some(_), Err(_)) | (None, _) => Ok(()),
            },
        };
        match self.engine.send(&self.socket, parcel) {
            Taken::Yes | Taken::LeftOut | Taken::Gone => {}
            // The client waits for this answer for ever: better that it starts anew.
            Taken::TooMuch(Limit::Packets) => self.engine.let_go(Limit::Ack),
            Taken::TooMuch(limit) => self.engine.let_go(limit),
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
