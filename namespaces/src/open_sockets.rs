//! The domain's view of open connections.

use std::{collections::BTreeSet, sync::Arc};

use outrigger_domain::{
    connections::{Connections, Gathered, OpenSocket, Totals},
    events::Audience,
    identity::RESERVED_PREFIX,
    ids::{ChatId, UserId},
};
use outrigger_transport::{Conn, Hub};

use crate::{
    audience::{chat_of, left_out, selection},
    standing::Standing,
};

/// Answers from the hub.
pub struct OpenSockets(Hub);

impl OpenSockets {
    /// What this hub holds.
    #[must_use]
    pub fn new(hub: Hub) -> Self {
        Self(hub)
    }

    /// How many chats have anybody in them. Looks at every room.
    #[must_use]
    pub fn chats(&self) -> usize {
        self.0.room_sizes(|room| chat_of(room).map(str::to_owned)).len()
    }

    fn of(&self, audience: &Audience) -> Vec<Arc<Conn>> {
        let Some(selection) = selection(audience) else { return Vec::new() };
        let left_out = left_out(audience);
        let mut conns = self.0.selected(&selection);
        conns.retain(|conn| Some(conn.key()) != left_out);
        conns
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
                key: conn.key(),
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

    fn gathered(&self, audience: &Audience) -> Gathered {
        let conns = self.of(audience);
        let actors = conns.iter().filter_map(|conn| Standing::of(conn)?.actor());
        let (mut users, mut sockets) = (BTreeSet::new(), 0);
        for actor in actors {
            sockets += 1;
            if !actor.user.as_str().starts_with(RESERVED_PREFIX) {
                users.insert(actor.user.clone());
            }
        }
        Gathered { users: users.len(), sockets }
    }
}
