//! From a CONNECT packet to a socket in the hub, and out of it again.
//!
//! The library answers CONNECT before it runs the connect handler: whatever must hear the client's first event
//! is registered in the middleware, and waits there until the socket is in the hub.

use std::{
    any::Any,
    collections::HashMap,
    fmt::Display,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use futures_util::FutureExt;
use socketioxide::{
    adapter::LocalAdapter,
    extract::AckSender,
    handler::{ConnectHandler, DisconnectHandler, FromMessageParts, MessageHandler, Value},
    socket::{DisconnectReason, Sid, Socket},
};
use socketioxide_core::Str;
use tokio::sync::watch;

use crate::{
    Admission, Conn, Gone, Hub, Limits, MountId, NamespaceHandler, Refusal, Room,
    conn::Seat,
    engine::Engine,
    failures::Failures,
    hub::OwnerSlot,
    inbox::{Ack, Inbox},
};

/// Said to an address that showed too many tokens that do not hold (`contracts/rooms.md` section 1).
const TOO_MANY_FAILURES: &str = "Too many failed attempts. Please try again later.";
/// Said when nothing can be decided.
const UNAVAILABLE: &str = "Service unavailable";
/// Said to an owner of too many sockets.
const TOO_MANY_SOCKETS: &str = "Too many connections";

/// A namespace of a path.
#[derive(Clone)]
pub(crate) struct Entry(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) mount: MountId,
    pub(crate) handler: Arc<dyn NamespaceHandler>,
    pub(crate) hub: Hub,
    pub(crate) limits: Arc<Limits>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) unfinished: Arc<watch::Sender<usize>>,
    pub(crate) admitted: Arc<Waiting>,
}

/// Sockets that were admitted and not yet answered; there is an instant between the two.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<(MountId, Sid), Admitted>>);

struct Admitted {
    /// The library's socket keeps it, by its listeners: if the answer cannot be sent, nothing else may.
    conn: Weak<Conn>,
    rooms: Vec<Room>,
}

impl Waiting {
    fn put(&self, sid: Sid, conn: &Arc<Conn>, rooms: Vec<Room>) {
        let key = (conn.mount().clone(), sid);
        let admitted = Admitted { conn: Arc::downgrade(conn), rooms };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, admitted);
    }

    fn take(&self, mount: &MountId, sid: Sid) -> Option<(Arc<Conn>, Vec<Room>)> {
        let key = (mount.clone(), sid);
        let admitted = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key)?;
        Some((admitted.conn.upgrade()?, admitted.rooms))
    }

    /// Forgets those whose answer could not be sent.
    pub(crate) fn forget_gone(&self) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, admitted| admitted.conn.strong_count() > 0);
    }
}

impl Entry {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn namespace(&self) -> &'static str {
        self.0.mount.namespace
    }

    /// Decides about a CONNECT.
    pub(crate) async fn decide(
        &self,
        engine: &Arc<Engine>,
        auth: Option<&serde_json::Value>,
    ) -> Result<Decision, Refusal> {
        let parts = &self.0;
        let refuse =
            |message: &'static str| Refusal { message: message.into(), counts_as_failure: false };
        if engine.is_killed() {
            return Err(refuse(UNAVAILABLE));
        }
        if parts.failures.too_many(engine.address()) {
            return Err(refuse(parts.handler.crowded().unwrap_or(TOO_MANY_FAILURES)));
        }
        // Whatever happens in there, CONNECT is answered.
        let asked = AssertUnwindSafe(parts.handler.admit(&engine.handshake, auth)).catch_unwind();
        let decided = tokio::time::timeout(parts.limits.connect_timeout, asked).await;
        let Ok(Ok(decided)) = decided else {
            tracing::error!(namespace = parts.mount.namespace, "a handshake was not decided");
            return Err(refuse(UNAVAILABLE));
        };
        let admission = decided.inspect_err(|refusal| {
            if refusal.counts_as_failure {
                parts.failures.count(engine.address());
            }
        })?;
        let Admission { rooms, state, owner, owner_limit } = admission;
        let slot = match owner {
            None => None,
            Some(owner) => {
                let crowded = || refuse(parts.handler.crowded().unwrap_or(TOO_MANY_SOCKETS));
                Some(parts.hub.claim(&owner, owner_limit).ok_or_else(crowded)?)
            }
        };
        Ok(Decision { rooms, state, slot })
    }

    /// A socket that was let in, before it is in the hub: what its client sends waits.
    pub(crate) fn seat(
        &self,
        engine: &Arc<Engine>,
        sid: Sid,
        seat: Seat,
        decision: Decision,
    ) -> (Arc<Conn>, Vec<Room>) {
        let parts = &self.0;
        let Decision { rooms, state, slot } = decision;
        let key = parts.hub.next_key(&parts.mount);
        let mount = parts.mount.clone();
        let conn =
            Conn::new(key, sid, mount, seat, Arc::clone(engine), state, slot, parts.hub.clone());
        let inbox = Inbox::new(
            &conn,
            Arc::clone(&parts.handler),
            Arc::clone(&parts.limits),
            Arc::clone(&parts.unfinished),
        );
        conn.inbox.get_or_init(|| inbox);
        (conn, rooms)
    }

    /// Right behind the answer to CONNECT: the socket is in the hub from now on.
    pub(crate) fn enter(&self, conn: &Arc<Conn>, rooms: Vec<Room>) {
        self.0.hub.enter(conn, rooms);
        self.0.handler.entered(conn);
        if let Some(inbox) = conn.inbox.get() {
            inbox.open(Arc::clone(conn));
        }
        // It may have gone before it was in the hub: then nobody else would take it out.
        if !conn.connected() {
            self.0.hub.exit(conn.key());
            conn.depart(Gone::Transport);
        }
    }

    /// For the library: what must hear the client's first event is registered before CONNECT is answered.
    async fn admit(
        &self,
        socket: &Arc<Socket>,
        auth: Option<serde_json::Value>,
    ) -> Result<(), Refusal> {
        let engine = socket.req_parts().extensions.get::<Arc<Engine>>().cloned();
        let Some(engine) = engine else {
            return Err(Refusal { message: UNAVAILABLE.into(), counts_as_failure: false });
        };
        engine.name(socket.id.as_str());
        let decision = self.decide(&engine, auth.as_ref()).await?;
        let seat = Seat::Library(Arc::downgrade(socket));
        let (conn, rooms) = self.seat(&engine, socket.id, seat, decision);
        socket.on_fallback(Listener { conn: Arc::clone(&conn) });
        socket.on_disconnect(Leaver { conn: Arc::clone(&conn) });
        self.0.admitted.put(socket.id, &conn, rooms);
        Ok(())
    }
}

/// What was decided about a CONNECT that is accepted.
pub(crate) struct Decision {
    rooms: Vec<Room>,
    state: Arc<dyn Any + Send + Sync>,
    slot: Option<OwnerSlot>,
}

/// What a client shows at CONNECT, as far as it is JSON.
pub(crate) fn shown(auth: Option<&Value>) -> Option<serde_json::Value> {
    match auth {
        Some(Value::Str(text, _)) => serde_json::from_str(text.as_str()).ok(),
        Some(Value::Bytes(_)) | None => None,
    }
}

/// Counts a CONNECT that is refused.
pub(crate) fn count_refusal() {
    metrics::counter!("outrigger_refused_total", "reason" => "namespace").increment(1);
}

/// Marks our implementations apart from the library's own for closures.
pub(crate) struct Ours;

type Refused = Box<dyn Display + Send>;

impl ConnectHandler<LocalAdapter, Ours> for Entry {
    /// Right behind the answer to CONNECT.
    fn call(&self, socket: Arc<Socket>, _auth: Option<Value>) {
        let Some((conn, rooms)) = self.0.admitted.take(&self.0.mount, socket.id) else { return };
        conn.engine.keep_behind(&socket);
        self.enter(&conn, rooms);
    }

    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket>,
        auth: &'a Option<Value>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Refused>> + Send + 'a>> {
        Box::pin(async move {
            let auth = shown(auth.as_ref());
            self.admit(&socket, auth).await.map_err(|refusal| {
                count_refusal();
                Box::new(refusal.message) as Refused
            })
        })
    }
}

/// Takes every event of a socket, in the order in which they come.
struct Listener {
    conn: Arc<Conn>,
}

impl MessageHandler<LocalAdapter, Ours> for Listener {
    fn call(&self, socket: Arc<Socket>, mut value: Value, ack_id: Option<i64>) {
        let ack = ack_id.map(|id| {
            let sender = AckSender::from_message_parts(&socket, &mut value, &ack_id)
                .unwrap_or_else(|never| match never {});
            Ack { id, sender: Some(sender) }
        });
        // The library's text is a part of what it read at once; what waits must not keep all of that.
        let value = match value {
            Value::Str(text, attachments) => Value::Str(Str::copy_from_slice(&text), attachments),
            bytes @ Value::Bytes(_) => bytes,
        };
        self.conn.take_in(value, ack);
    }
}

/// Hears of a socket's end.
struct Leaver {
    conn: Arc<Conn>,
}

impl DisconnectHandler<LocalAdapter, Ours> for Leaver {
    fn call_with_defer(
        &self,
        socket: Arc<Socket>,
        reason: DisconnectReason,
        defer: fn(Arc<Socket>),
    ) {
        let gone = match reason {
            DisconnectReason::ClientNSDisconnect => Gone::Client,
            DisconnectReason::ServerNSDisconnect => Gone::Server,
            DisconnectReason::HeartbeatTimeout => Gone::Timeout,
            DisconnectReason::ClosingServer => Gone::Shutdown,
            // However the library came to hear of it.
            _ if self.conn.engine.end.is_announced() => Gone::Shutdown,
            DisconnectReason::TransportClose
            | DisconnectReason::TransportError
            | DisconnectReason::MultipleHttpPollingError
            | DisconnectReason::PacketParsingError => Gone::Transport,
        };
        self.conn.depart(gone);
        defer(socket);
    }
}
