//! A namespace whose clients can take up their feed.

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{
    feed::{Asked, Feed},
    messaging::Deliveries,
};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{Gate, Passing, Rejoin, replay::Replay};
use crate::{contract::Voice, standing::Standing};

/// What all of them work with.
#[derive(Clone)]
pub(crate) struct ResumeParts {
    /// The feeds.
    pub(crate) feed: Arc<Feed>,
    /// Notes which messages arrived, if anyone wants to know.
    pub(crate) deliveries: Option<Arc<Deliveries>>,
    /// Knows how far feeds went past sockets.
    pub(crate) passing: Arc<Passing>,
}

/// Does what the handler in it does, and takes up the feed of those who ask for it.
pub(crate) struct Resuming {
    handler: Arc<dyn NamespaceHandler>,
    voice: Arc<dyn Voice>,
    chats: Arc<dyn Rejoin>,
    parts: ResumeParts,
}

impl Resuming {
    /// Wraps a namespace in which events are told by `voice`, and sockets go back into `chats`.
    pub(crate) fn new(
        handler: Arc<dyn NamespaceHandler>,
        voice: Arc<dyn Voice>,
        chats: Arc<dyn Rejoin>,
        parts: ResumeParts,
    ) -> Self {
        Self { handler, voice, chats, parts }
    }

    /// Once, as soon as it is known whose socket it is.
    async fn take_up(&self, conn: &Arc<Conn>) {
        let Some(standing) = Standing::of(conn) else { return };
        // Asked after every event: most sockets have none.
        let Some(gate) = standing.gate() else { return };
        let Some(actor) = standing.actor() else { return };
        if conn.connected() && gate.begin() {
            let replay = Replay {
                conn,
                actor: &actor,
                gate,
                voice: &*self.voice,
                rooms: &*self.chats,
                parts: &self.parts,
            };
            replay.run().await;
        }
    }
}

#[async_trait]
impl NamespaceHandler for Resuming {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        let admission = self.handler.admit(handshake, auth).await?;
        let resume = auth.and_then(|auth| auth.get("resume")).filter(|asked| !asked.is_null());
        if let Some(resume) = resume
            && let Ok(standing) = Arc::clone(&admission.state).downcast::<Standing>()
        {
            let asked = Asked::read(resume);
            let start = match standing.actor() {
                // A store that fails now is asked again when the socket is there.
                Some(actor) => self.parts.feed.start(&actor.user, &asked).await.ok(),
                None => None,
            };
            standing.close_gate(Gate::new(asked, start));
        }
        Ok(admission)
    }

    fn crowded(&self) -> Option<&'static str> {
        self.handler.crowded()
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.handler.entered(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        if has_gate(conn) {
            self.parts.passing.enter();
        }
        self.handler.connected(conn).await;
        self.take_up(conn).await;
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let reply = self.handler.event(conn, event, args).await;
        // It may have been the first token of a pending socket.
        self.take_up(conn).await;
        reply
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.handler.disconnected(conn, reason).await;
        if has_gate(conn) {
            self.parts.passing.leave();
        }
    }
}

fn has_gate(conn: &Conn) -> bool {
    Standing::of(conn).is_some_and(|standing| standing.gate().is_some())
}
