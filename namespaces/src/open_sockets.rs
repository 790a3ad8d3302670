//! The domain's view of open connections.

use std::{collections::BTreeSet, sync::Arc};

use outrigger_domain::{
    connections::{Connections, OpenSocket, Totals},
    events::Audience,
    ids::{ChatId, UserId},
};
use outrigger_transport::{Conn, Hub};

use crate::{audience::selection, standing::Standing};

/// Answers from the hub.
pub struct OpenSockets(Hub);

impl OpenSockets {
    /// What this hub holds.
    #[must_use]
    pub fn new(hub: Hub) -> Self {
        Self(hub)
    }

    fn of(&self, audience: &Audience) -> Vec<Arc<Conn>> {
        let Some(selection) = selection(audience) else { return Vec::new() };
        self.0.mounts().iter().flat_map(|mount| self.0.to(mount, &selection).conns()).collect()
    }
}

impl Connections for OpenSockets {
    fn totals(&self) -> Totals {
        let counts = self.0.counts();
        Totals { connections: counts.engines, sockets: counts.sockets }
    }

    fn of_user(&self, user: &UserId) -> Vec<OpenSocket> {
        let conns = self.of(&Audience::User(user.clone()));
        let open = conns.iter().filter_map(|conn| {
            let actor = Standing::of(conn)?.actor()?;
            Some(OpenSocket {
                user: actor.user.clone(),
                device: actor.device.clone(),
                role: actor.role,
                token: actor.token.clone(),
                path: conn.path(),
                namespace: conn.namespace(),
                transport: conn.transport_name(),
            })
        });
        open.collect()
    }

    fn in_chat(&self, chat: &ChatId) -> Vec<UserId> {
        let conns = self.of(&Audience::Chat(chat.clone()));
        let users: BTreeSet<_> = conns
            .iter()
            .filter_map(|conn| Some(Standing::of(conn)?.actor()?.user.clone()))
            .collect();
        users.into_iter().collect()
    }
}
