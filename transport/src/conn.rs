//! One Socket.IO socket: a namespace of a connection.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use socketioxide_core::{Sid, Str, Value};

use crate::{
    Class, Frame, Gone, Handshake, MountId, Reply,
    engine::Engine,
    hub::{Hub, OwnerSlot},
    inbox::{Inbox, Overflow, Packet},
    link::{Link, Taken},
    meters::Tally,
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
    pub(crate) engine: Arc<Engine>,
    /// That of its engine, which need not be looked at when something is sent.
    link: Arc<Link>,
    state: Arc<dyn Any + Send + Sync>,
    pub(crate) owner: Mutex<Option<OwnerSlot>>,
    pub(crate) inbox: OnceLock<Arc<Inbox>>,
    gone: AtomicBool,
    hub: Hub,
}

impl Conn {
    pub(crate) fn new(
        key: ConnKey,
        sid: Sid,
        mount: MountId,
        engine: Arc<Engine>,
        state: Arc<dyn Any + Send + Sync>,
        owner: Option<OwnerSlot>,
        hub: Hub,
    ) -> Arc<Self> {
        Arc::new(Self {
            key,
            sid,
            mount,
            link: Arc::clone(&engine.link),
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
        self.engine.transport()
    }

    /// Whether it is there.
    #[must_use]
    pub fn connected(&self) -> bool {
        !self.has_departed() && !self.link.is_over()
    }

    /// Whether its end was reported: whoever did that sees it through.
    pub(crate) fn has_departed(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Whether it has gone without a report. Its connection is looked at first: between its looking and ours somebody
    /// may report.
    pub(crate) fn is_lost(&self) -> bool {
        self.engine.is_gone() && !self.has_departed()
    }

    /// Queues an event for it, behind all that was queued before. `false` if it does not take it.
    pub fn send(&self, frame: &Frame) -> bool {
        self.send_counted(frame, &mut Tally::default())
    }

    /// The same, for whoever sends to many.
    pub fn send_counted(&self, frame: &Frame, tally: &mut Tally) -> bool {
        self.hand_over(frame, tally, || frame.wire(self.mount.namespace))
    }

    /// The same with one more argument behind the event's own: its place in the feed (`docs/RESUME.md`).
    pub fn send_marked(&self, frame: &Frame, seq: u64) -> bool {
        let marked = || wire::event(self.mount.namespace, frame.event(), frame.body(), Some(seq));
        self.hand_over(frame, &mut Tally::default(), marked)
    }

    fn hand_over(&self, frame: &Frame, tally: &mut Tally, encode: impl FnOnce() -> Bytes) -> bool {
        if self.has_departed() {
            return false;
        }
        match self.link.push(encode(), frame.class(), self.hub.limits()) {
            Taken::Yes => {
                tally.add(frame.bytes());
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

    /// Answers what its client waits for under this number.
    pub(crate) fn acknowledge(&self, ack: i64, reply: &Reply) {
        let frame = wire::ack(self.mount.namespace, ack, &reply.body());
        match self.engine.send(frame, Class::Durable) {
            Taken::Yes | Taken::LeftOut | Taken::Gone => {}
            // The client waits for this answer for ever: better that it starts anew.
            Taken::TooMuch(Limit::Packets) => self.engine.let_go(Limit::Ack),
            Taken::TooMuch(limit) => self.engine.let_go(limit),
        }
    }

    /// Closes it from the server's side, behind all that was queued: the client does not come back by itself.
    pub fn disconnect(&self) {
        if self.has_departed() {
            return;
        }
        let frame = wire::disconnect(self.mount.namespace);
        if let Taken::TooMuch(limit) = self.engine.send(frame, Class::Durable) {
            self.engine.let_go(limit);
        }
        self.depart(Gone::Server);
    }

    /// Takes what its client sent, behind what came before.
    pub(crate) fn take_in(&self, value: Value, ack: Option<i64>) {
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

    /// It is gone, as its session or the sweep found. Only the first report counts.
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
