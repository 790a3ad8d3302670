//! A namespace whose incoming events are noted.

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::actor::Actor;
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::recorder::{Place, Recorder};
use crate::standing::Standing;

/// Does what the handler in it does, and tells the recorder of every event first.
pub(crate) struct Recorded {
    handler: Arc<dyn NamespaceHandler>,
    recorder: Arc<Recorder>,
    place: Place,
}

impl Recorded {
    /// Notes what this handler is given.
    pub(crate) fn new(
        handler: Arc<dyn NamespaceHandler>,
        recorder: Arc<Recorder>,
        place: Place,
    ) -> Self {
        Self { handler, recorder, place }
    }
}

#[async_trait]
impl NamespaceHandler for Recorded {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        self.handler.admit(handshake, auth).await
    }

    fn crowded(&self) -> Option<&'static str> {
        self.handler.crowded()
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.handler.entered(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        self.handler.connected(conn).await;
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        // A guest is nobody to be named.
        let known = |actor: &Arc<Actor>| !actor.is_guest();
        let user = || Some(Standing::of(conn)?.actor().filter(known)?.user.clone());
        self.recorder.incoming(self.place, event, user, &args);
        self.handler.event(conn, event, args).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.handler.disconnected(conn, reason).await;
    }
}
