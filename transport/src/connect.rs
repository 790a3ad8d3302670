//! From a CONNECT packet to a socket in the hub.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use socketioxide_core::{Sid, Value};
use tokio::sync::watch;

use crate::{
    Admission, Conn, Gone, Hub, Limits, MountId, NamespaceHandler, Refusal, Room, engine::Engine,
    failures::Failures, hub::OwnerSlot, inbox::Inbox,
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
        if parts.failures.too_many(engine.handshake.limited_address()) {
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
                parts.failures.count(engine.handshake.limited_address());
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
        decision: Decision,
    ) -> (Arc<Conn>, Vec<Room>) {
        let parts = &self.0;
        let Decision { rooms, state, slot } = decision;
        let key = parts.hub.next_key(&parts.mount);
        let mount = parts.mount.clone();
        let conn = Conn::new(key, sid, mount, Arc::clone(engine), state, slot, parts.hub.clone());
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
