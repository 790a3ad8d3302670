//! Events of clients that no contract knows and the app decides about (`docs/WEBHOOKS.md`, `client.event`).

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use outrigger_domain::{ports::StoreError, webhooks::Webhooks};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use crate::{
    entry::UNAVAILABLE,
    rooms::{
        Desk,
        desk::{INTERNAL, refuse},
    },
    standing::Standing,
};

/// What the rate limiter calls such an event, whatever its name is.
pub const ACTION_ALLOWANCE: &str = "client.event";

/// Most bytes of arguments: they are kept until the app has taken them.
const MOST_BYTES: usize = 64 << 10;

/// Which events the app decides about, and how it is asked.
#[derive(Clone)]
pub struct Actions {
    /// Their names.
    pub names: Arc<HashSet<String>>,
    /// The way to the app.
    pub webhooks: Arc<Webhooks>,
}

/// Does what the handler in it does, and hands the app's actions on to the app.
pub(crate) struct Acting {
    handler: Arc<dyn NamespaceHandler>,
    actions: Actions,
    desk: Arc<Desk>,
    contract: &'static str,
}

impl Acting {
    /// Wraps a namespace of this contract.
    pub(crate) fn new(
        handler: Arc<dyn NamespaceHandler>,
        actions: Actions,
        desk: Arc<Desk>,
        contract: &'static str,
    ) -> Self {
        Self { handler, actions, desk, contract }
    }

    async fn act(&self, conn: &Arc<Conn>, event: &str, args: &Args) -> Reply {
        // No webhook tells of guests.
        let known = Standing::of(conn).and_then(|standing| standing.actor());
        let Some(actor) = known.filter(|actor| !actor.is_guest()) else {
            return refuse("Not authenticated");
        };
        if let Some(reply) = self.desk.too_often(&actor, ACTION_ALLOWANCE) {
            return reply;
        }
        let Some(args) = args.to_json() else { return refuse("Invalid payload") };
        if args.get().len() > MOST_BYTES {
            return refuse("Payload too large");
        }
        // A client that was told `ok` may rely on the app learning of it: it is committed by then.
        match self.actions.webhooks.act(&actor, self.contract, event, &args).await {
            Ok(()) => Reply::None,
            Err(StoreError::Overloaded) => refuse(UNAVAILABLE),
            Err(error) => {
                tracing::error!(%error, "an action for the app could not be kept");
                refuse(INTERNAL)
            }
        }
    }
}

#[async_trait]
impl NamespaceHandler for Acting {
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
        if self.actions.names.contains(event) {
            return self.act(conn, event, &args).await;
        }
        self.handler.event(conn, event, args).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.handler.disconnected(conn, reason).await;
    }
}
