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
    socket::{Sid, Socket},
};
use socketioxide_core::{Str, Value};

use crate::{
    Class, Frame, Gone, Handshake, MountId, Reply,
    engine::{Engine, Parcel},
    hub::{Hub, OwnerSlot},
    inbox::{Ack, Inbox, Overflow, Packet},
    link::{Link, Taken},
    meters::{BYTES_SENT, FRAMES_SENT},
    overload::{Limit, POLLING, WEBSOCKET},
    wire,
};

/// Names a socket inside the process. Never the Socket.IO id: that one is a credential.
pub type ConnKey = u64;
/// Names a connection inside the process; the same for all its namespaces.
pub type EngineKey = u64;

/// What is JSON, for the library to send as it is.
fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap_or_else(|fault| {
        tracing::error!(%fault, "what was to be sent is no JSON");
        RawValue::NULL
    })
}

/// Who speaks the protocol for a socket.
pub(crate) enum Seat {
    /// The library, which keeps its socket while that is connected; we must not keep it longer.
    Library(Weak<Socket>),
    /// A lane ([`crate::lane`]), with the connection's own queue.
    Lane(Arc<Link>),
}

impl Seat {
    /// The library's socket, while that is there.
    pub(crate) fn socket(&self) -> Option<Arc<Socket>> {
        match self {
            Self::Library(socket) => socket.upgrade(),
            Self::Lane(_) => None,
        }
    }
}

/// One Socket.IO socket.
pub struct Conn {
    key: ConnKey,
    sid: Sid,
    mount: MountId,
    pub(crate) seat: Seat,
    pub(crate) engine: Arc<Engine>,
    state: Arc<dyn Any + Send + Sync>,
    pub(crate) owner: Mutex<Option<OwnerSlot>>,
    pub(crate) inbox: OnceLock<Arc<Inbox>>,
    gone: AtomicBool,
    hub: Hub,
}

impl Conn {
    #[expect(clippy::too_many_arguments, reason = "each is a part of it")]
    pub(crate) fn new(
        key: ConnKey,
        sid: Sid,
        mount: MountId,
        seat: Seat,
        engine: Arc<Engine>,
        state: Arc<dyn Any + Send + Sync>,
        owner: Option<OwnerSlot>,
        hub: Hub,
    ) -> Arc<Self> {
        Arc::new(Self {
            key,
            sid,
            mount,
            seat,
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

    /// The same without keeping it.
    #[must_use]
    pub fn state_ref<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.state.downcast_ref()
    }

    /// `websocket` or `polling`.
    #[must_use]
    pub fn transport_name(&self) -> &'static str {
        match self.seat.socket().map(|socket| socket.transport_type()) {
            Some(TransportType::Polling) => POLLING,
            Some(TransportType::Websocket) | None => WEBSOCKET,
        }
    }

    /// Whether it is there.
    #[must_use]
    pub fn connected(&self) -> bool {
        !self.has_departed() && self.is_held()
    }

    fn is_held(&self) -> bool {
        match &self.seat {
            Seat::Library(socket) => socket.upgrade().is_some_and(|socket| socket.connected()),
            Seat::Lane(link) => !link.is_over(),
        }
    }

    /// Whether its end was reported: whoever did that sees it through.
    pub(crate) fn has_departed(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Whether it has gone without a report. Asked for from the library first: between its looking and ours somebody
    /// may report.
    pub(crate) fn is_lost(&self) -> bool {
        let there = self.is_held();
        (self.engine.is_gone() || !there) && !self.has_departed()
    }

    /// Queues an event for it, behind all that was queued before. `false` if it does not take it.
    pub fn send(&self, frame: &Frame) -> bool {
        let parcel = Parcel {
            class: frame.class(),
            bytes: frame.bytes(),
            frame: &|| frame.wire(self.mount.namespace),
            emit: &mut |socket| socket.emit(frame.event(), raw(frame.body())),
        };
        self.hand_over(frame, parcel)
    }

    /// The same with one more argument behind the event's own: its place in the feed (`docs/RESUME.md`).
    pub fn send_marked(&self, frame: &Frame, seq: u64) -> bool {
        let (event, body) = (frame.event(), frame.body());
        self.hand_over(
            frame,
            Parcel {
                class: frame.class(),
                bytes: frame.bytes(),
                frame: &|| wire::event(self.mount.namespace, event, body, Some(seq)),
                emit: &mut |socket| socket.emit(event, &(raw(body), seq)),
            },
        )
    }

    fn hand_over(&self, frame: &Frame, parcel: Parcel<'_>) -> bool {
        if self.has_departed() {
            return false;
        }
        match self.engine.send(&self.seat, parcel) {
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
    pub(crate) fn acknowledge(&self, ack: Ack, reply: &Reply) {
        let Ack { id, mut sender } = ack;
        let body = reply.body();
        let parcel = Parcel {
            class: Class::Durable,
            bytes: body.len() + 7,
            frame: &|| wire::ack(self.mount.namespace, id, &body),
            // It is sent once.
            emit: &mut |_| sender.take().map_or(Ok(()), |sender| sender.send(raw(&body))),
        };
        match self.engine.send(&self.seat, parcel) {
            Taken::Yes | Taken::LeftOut | Taken::Gone => {}
            // The client waits for this answer for ever: better that it starts anew.
            Taken::TooMuch(Limit::Packets) => self.engine.let_go(Limit::Ack),
            Taken::TooMuch(limit) => self.engine.let_go(limit),
        }
    }

    /// Closes it from the server's side, behind all that was queued: the client does not come back by itself.
    pub fn disconnect(&self) {
        match &self.seat {
            Seat::Library(socket) => {
                let Some(socket) = socket.upgrade() else { return };
                if let Err(SocketError::InternalChannelFull) = socket.disconnect() {
                    self.engine.let_go(Limit::Packets);
                }
            }
            Seat::Lane(_) if self.has_departed() => {}
            Seat::Lane(link) => {
                let frame = wire::disconnect(self.mount.namespace);
                if let Taken::TooMuch(limit) = link.push(frame, Class::Durable) {
                    self.engine.let_go(limit);
                }
                self.depart(Gone::Server);
            }
        }
    }

    /// Takes what its client sent, behind what came before.
    pub(crate) fn take_in(&self, value: Value, ack: Option<Ack>) {
        let Some(inbox) = self.inbox.get() else { return };
        let (text, binary) = match value {
            Value::Str(text, attachments) => (text, attachments.is_some()),
            Value::Bytes(_) => (Str::default(), true),
        };
        if let Err(overflow) = inbox.push(Packet { text, binary, ack }) {
            let limit = match overflow {
                Overflow::Packets => "packets",
                Overflow::Bytes => "bytes",
            };
            metrics::counter!("outrigger_inbox_overflows_total", "limit" => limit).increment(1);
            tracing::info!(
                limit,
                path = self.path(),
                namespace = self.namespace(),
                "a client sent more than is handled; it is let go"
            );
            self.engine.kill();
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
