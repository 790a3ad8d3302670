//! From a CONNECT packet to a socket in the hub, and out of it again.
//!
//! The library answers CONNECT before it runs the connect handler: whatever must hear the client's first event
//! is registered in the middleware, and waits there until the socket is in the hub.

use std::{
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
use tokio::sync::watch;

use crate::{
    Admission, Conn, Gone, Hub, Limits, MountId, NamespaceHandler, Refusal, Room,
    engine::Engine,
    failures::Failures,
    inbox::{Inbox, Overflow, Packet},
};

/// Said to an address that showed too many tokens that do not hold (`contracts/rooms.md` section 1).
const TOO_MANY_FAILURES: &str = "Too many failed attempts. Please try again later.";
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
    fn put(&self, conn: &Arc<Conn>, rooms: Vec<Room>) {
        let key = (conn.mount().clone(), conn.sid());
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

    async fn admit(
        &self,
        socket: &Arc<Socket>,
        auth: Option<serde_json::Value>,
    ) -> Result<(), Refusal> {
        let parts = &self.0;
        let refuse =
            |message: &'static str| Refusal { message: message.into(), counts_as_failure: false };
        let engine = socket.req_parts().extensions.get::<Arc<Engine>>().cloned();
        let Some(engine) = engine.filter(|engine| !engine.is_killed()) else {
            return Err(refuse("Service unavailable"));
        };
        engine.name(&socket.id.to_string());
        if parts.failures.too_many(engine.address()) {
            return Err(refuse(parts.handler.crowded().unwrap_or(TOO_MANY_FAILURES)));
        }
        // Whatever happens in there, CONNECT is answered.
        let asked =
            AssertUnwindSafe(parts.handler.admit(&engine.handshake, auth.as_ref())).catch_unwind();
        let decided = tokio::time::timeout(parts.limits.connect_timeout, asked).await;
        let Ok(Ok(decided)) = decided else {
            tracing::error!(namespace = parts.mount.namespace, "a handshake was not decided");
            return Err(refuse("Service unavailable"));
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
        let key = parts.hub.next_key(&parts.mount);
        let conn =
            Conn::new(key, parts.mount.clone(), socket, engine, state, slot, parts.hub.clone());
        let inbox = Inbox::new(
            &conn,
            Arc::clone(&parts.handler),
            Arc::clone(&parts.limits),
            Arc::clone(&parts.unfinished),
        );
        let inbox = conn.inbox.get_or_init(|| inbox);
        socket.on_fallback(Listener { inbox: Arc::clone(inbox), conn: Arc::clone(&conn) });
        socket.on_disconnect(Leaver { conn: Arc::clone(&conn) });
        parts.admitted.put(&conn, rooms);
        Ok(())
    }
}

/// Marks our implementations apart from the library's own for closures.
pub(crate) struct Ours;

type Refused = Box<dyn Display + Send>;

impl ConnectHandler<LocalAdapter, Ours> for Entry {
    /// Right behind the answer to CONNECT.
    fn call(&self, socket: Arc<Socket>, _auth: Option<Value>) {
        let Some((conn, rooms)) = self.0.admitted.take(&self.0.mount, socket.id) else { return };
        conn.engine.keep_behind(&socket);
        self.0.hub.enter(&conn, rooms);
        self.0.handler.entered(&conn);
        if let Some(inbox) = conn.inbox.get() {
            inbox.open(Arc::clone(&conn));
        }
        // It may have gone before it was in the hub: then nobody else would take it out.
        if !conn.connected() {
            self.0.hub.exit(conn.key());
            conn.depart(Gone::Transport);
        }
    }

    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket>,
        auth: &'a Option<Value>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Refused>> + Send + 'a>> {
        Box::pin(async move {
            let auth = match auth {
                Some(Value::Str(text, _)) => serde_json::from_str(text.as_str()).ok(),
                Some(Value::Bytes(_)) | None => None,
            };
            self.admit(&socket, auth).await.map_err(|refusal| {
                metrics::counter!("outrigger_refused_total", "reason" => "namespace").increment(1);
                Box::new(refusal.message) as Refused
            })
        })
    }
}

/// Takes every event of a socket, in the order in which they come.
struct Listener {
    inbox: Arc<Inbox>,
    conn: Arc<Conn>,
}

impl MessageHandler<LocalAdapter, Ours> for Listener {
    fn call(&self, socket: Arc<Socket>, mut value: Value, ack_id: Option<i64>) {
        let ack = ack_id.map(|id| {
            let sender = AckSender::from_message_parts(&socket, &mut value, &ack_id)
                .unwrap_or_else(|never| match never {});
            (id, sender)
        });
        let (text, binary) = match value {
            Value::Str(text, attachments) => (text.as_str().to_owned(), attachments.is_some()),
            Value::Bytes(_) => (String::new(), true),
        };
        if let Err(overflow) = self.inbox.push(Packet { text, binary, ack }) {
            let limit = match overflow {
                Overflow::Packets => "packets",
                Overflow::Bytes => "bytes",
            };
            metrics::counter!("outrigger_inbox_overflows_total", "limit" => limit).increment(1);
            tracing::info!(
                limit,
                path = self.conn.path(),
                namespace = self.conn.namespace(),
                "a client sent more than is handled; it is let go"
            );
            self.conn.engine.kill();
        }
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
