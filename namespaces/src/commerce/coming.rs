//! Coming and going (`contracts/commerce.md` section 1).

use std::sync::Arc;

use outrigger_domain::{
    actor::{Actor, Role},
    commerce::{AuditKind, CommerceEvent, Left, Visitor, role_word},
    events::Audience,
    ids::ChatId,
};
use outrigger_transport::{Conn, Gone, Reply};
use serde_json::json;
use tracing::error;

use super::{
    desk::{CommerceDesk, recognised, shown},
    outbound::{auth_error, events_available},
    stay::Stay,
    texts::{ADMINS_ONLY, INACTIVE, credential_ended},
    wire::{CommerceConnectionSuccess, CommerceReconnected},
};
use crate::{
    audience::selection,
    contract::Call,
    follower::{Follower, become_role},
    rooms::desk::send,
    standing::Standing,
};

/// Why a socket is gone, in Socket.IO's words.
pub(super) fn reason(gone: Gone) -> &'static str {
    match gone {
        Gone::Client => "client namespace disconnect",
        Gone::Transport => "transport close",
        Gone::Timeout => "ping timeout",
        Gone::Server => "server namespace disconnect",
        Gone::Shutdown => "server shutting down",
    }
}

/// What a client is told who came.
pub(super) fn success(
    actor: &Actor,
    socket_id: String,
    connections: usize,
    timestamp: i64,
) -> CommerceConnectionSuccess {
    CommerceConnectionSuccess {
        socket_id,
        message: "Successfully connected to server",
        user_id: recognised(actor).map(ToString::to_string),
        user_name: own_name(actor),
        user_role: role_word(actor.role),
        timestamp,
        active_connections: connections,
        is_authenticated: !actor.is_guest(),
    }
}

/// What a client is told who came back.
pub(super) fn reconnected(actor: &Actor, socket_id: String, timestamp: i64) -> CommerceReconnected {
    CommerceReconnected {
        socket_id,
        message: "Reconnected to server",
        user_id: recognised(actor).map(ToString::to_string),
        user_name: own_name(actor),
        timestamp,
    }
}

fn own_name(actor: &Actor) -> String {
    if actor.is_guest() {
        "Guest".to_owned()
    } else {
        shown(actor.profile.name.as_deref(), &actor.user)
    }
}

impl CommerceDesk {
    /// A socket is there: it counts from now on.
    pub(super) fn enter(&self, conn: &Arc<Conn>) {
        self.shared().enter(conn);
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        let visitor = self.services().crowd.enter(&actor, conn.key());
        standing.stay_as(Stay::new(visitor));
    }

    /// The first thing on a new socket, in a place where nobody is who is less than that.
    pub(super) async fn arrive(&self, conn: &Arc<Conn>, least: Role) {
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        let Some(actor) = self.check_anew(conn, &actor, least).await else { return };
        let (services, now) = (self.services(), self.now());
        send(conn, &success(&actor, conn.id(), services.crowd.connections(), now.ms()));
        let role = role_word(actor.role);
        let detail = json!({ "role": role, "transport": conn.transport_name() });
        services.audit.note(AuditKind::Connected, recognised(&actor), detail.clone());
        if let Some(stay) = standing.stay()
            && !actor.is_guest()
            && !actor.is_admin()
        {
            let visitor = Arc::new(Visitor { role: actor.role, ..(*stay.visitor).clone() });
            let admins = Audience::Role(Role::Admin);
            self.tell(admins, CommerceEvent::Arrived(visitor)).await;
        }
        send(conn, &events_available(actor.role, services.map.events_for(actor.role)));
        if standing.gate().is_some_and(crate::resume::Gate::takes_up) {
            send(conn, &reconnected(&actor, conn.id(), now.ms()));
            services.audit.note(AuditKind::Reconnected, recognised(&actor), detail);
        }
    }

    /// What changed between the handshake and now has found no socket. `None` if this one may not stay.
    async fn check_anew(&self, conn: &Arc<Conn>, actor: &Actor, least: Role) -> Option<Actor> {
        let parts = self.shared().parts();
        let refused = match parts.door.identity().standing(actor) {
            Err(end) => Some(credential_ended(end)),
            Ok(()) if actor.is_guest() => return Some(actor.clone()),
            Ok(()) => None,
        };
        let mut actor = actor.clone();
        let refused = match (refused, parts.store.user(&actor.user).await) {
            (Some(why), _) => Some(why),
            (None, Ok(Some(known))) if !known.active => Some(INACTIVE),
            (None, Ok(known)) => {
                if let Some(told) = known.and_then(|known| known.told_role)
                    && told != actor.role
                {
                    actor = become_role(&parts.hub, conn, &actor, told);
                    self.services().crowd.became(&actor.user, told);
                }
                (actor.role < least).then_some(ADMINS_ONLY)
            }
            (None, Err(error)) => {
                // It stays what it was an instant ago.
                error!(%error, "[SOCKET ERROR] a new socket could not be checked anew");
                self.trouble(conn, &actor, "store");
                None
            }
        };
        let Some(why) = refused else { return Some(actor) };
        send(conn, &auth_error(why, self.now()));
        conn.disconnect();
        None
    }

    /// `disconnect_request`: the whole connection, with all the namespaces in which it is the user's. Each is closed from
    /// the server's side, so that the client closes the connection and does not come back by itself.
    pub(super) fn disconnect(&self, call: &Call<'_>) -> Reply {
        let hub = &self.shared().parts().hub;
        if let Some(own) = selection(&Audience::User(call.actor.user.clone())) {
            let conns = hub.selected(&own);
            conns
                .iter()
                .filter(|conn| conn.engine() == call.conn.engine())
                // This one goes last, behind its acknowledgement.
                .filter(|conn| conn.key() != call.conn.key())
                .for_each(|conn| conn.disconnect());
        }
        Reply::Disconnect
    }

    /// The last thing on a socket.
    pub(super) async fn depart(&self, conn: &Arc<Conn>, gone: Gone) {
        self.shared().depart(conn, gone);
        let Some(standing) = Standing::of(conn) else { return };
        let (Some(actor), Some(stay)) = (standing.actor(), standing.stay()) else { return };
        let left = self.services().crowd.leave(&actor.user, conn.key());
        let detail = json!({ "role": role_word(actor.role), "reason": reason(gone) });
        self.services().audit.note(AuditKind::Disconnected, recognised(&actor), detail);
        for chat in stay.leave_all() {
            if self.visits.leave(&chat, &actor.user) && gone != Gone::Shutdown {
                self.tell_visit(&actor, &chat, false).await;
            }
        }
        if let Some(Left { visitor, last: true }) = left
            && !actor.is_guest()
            // Those who would hear of it go as well.
            && gone != Gone::Shutdown
        {
            self.parts.typing.gone(&actor.user).await;
            let departed = CommerceEvent::Departed { visitor, reason: reason(gone) };
            self.tell(Audience::Role(Role::Admin), departed).await;
        }
    }
}

impl Follower for CommerceDesk {
    /// `contracts/commerce.md` section 1, "JWT".
    fn goes_by_record(&self) -> bool {
        true
    }

    fn became(&self, conn: &Conn, actor: &Actor, may_stay: bool) {
        self.services().crowd.became(&actor.user, actor.role);
        if may_stay {
            let events = self.services().map.events_for(actor.role);
            send(conn, &events_available(actor.role, events));
        } else {
            send(conn, &auth_error(ADMINS_ONLY, self.now()));
        }
    }

    fn deactivated(&self, conn: &Conn) {
        send(conn, &auth_error(INACTIVE, self.now()));
    }

    fn left(&self, standing: &Standing, actor: &Actor, chat: &ChatId) {
        self.taken_out(standing, actor, chat);
    }
}
