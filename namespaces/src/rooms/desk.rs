//! What is done for a client's events, shared by contracts `rooms` and `legacy`: the same effects under the same names
//! (`contracts/legacy.md` section 7, "event grouping"). Others share its coming and going.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    chats::Chats,
    identity::{AuthError as Refused, RESERVED_PREFIX, TokenFault},
    limits::RateLimits,
    messaging::Messaging,
    ports::Store,
    presence::Presence,
    sessions::Sessions,
    time::Clock,
};
use outrigger_transport::{Admission, Conn, Gone, Handshake, Hub, Refusal, Reply};
use serde_json::{Value, json};
use tracing::{debug, error};

use super::wire::{AuthError, Authenticated, OnlineUsers};
use crate::{
    audience::own_rooms,
    contract::{WireEvent, frame},
    entry::{Door, Manner, ROOMS, UNAVAILABLE, refusal_code, refusal_text},
    lists::{Lists, Socket},
    standing::Standing,
};

/// What the desk works with.
pub struct DeskParts {
    /// Recognises tokens.
    pub door: Arc<Door>,
    /// Messages.
    pub messaging: Arc<Messaging>,
    /// Who may join what.
    pub chats: Arc<Chats>,
    /// Who is online.
    pub presence: Arc<Presence>,
    /// Devices.
    pub sessions: Arc<Sessions>,
    /// Where acknowledgements of updates are kept.
    pub store: Arc<dyn Store>,
    /// Who may do what how often.
    pub limits: Arc<RateLimits>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The way out.
    pub hub: Hub,
}

/// Does what clients ask.
pub struct Desk(pub(super) DeskParts, Arc<Lists>);

/// Told when something of ours failed; the log says what.
pub(crate) const INTERNAL: &str = "Internal error";

/// An acknowledgement that says no.
pub(crate) fn refuse(error: &str) -> Reply {
    Reply::Refused { error: error.to_owned() }
}

impl Desk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: DeskParts) -> Self {
        let presence = Arc::clone(&parts.presence);
        Self(parts, Lists::new(move || frame(&OnlineUsers(presence.online()))))
    }

    /// Hands out the list of who is online.
    pub(crate) fn lists(&self) -> &Arc<Lists> {
        &self.1
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &DeskParts {
        &self.0
    }

    /// Counts an event of a user; a reply if there were too many.
    #[must_use]
    pub fn too_often(&self, actor: &Actor, event: &str) -> Option<Reply> {
        let refused = self.0.limits.check(&actor.user, event).err()?;
        metrics::counter!("outrigger_rate_limited_total", "event" => event.to_owned()).increment(1);
        let secs = refused.retry_after.as_secs_f64().ceil();
        Some(Reply::json(
            &json!({ "ok": false, "error": "Rate limit exceeded", "retryAfter": secs }),
        ))
    }

    /// Decides about a socket; a device that is new here is noted.
    ///
    /// # Errors
    /// The contract's text for what is wrong with the token.
    pub async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
        manner: &Manner,
        pending: bool,
    ) -> Result<Admission, Refusal> {
        let admission = self.0.door.admit(handshake, auth, manner, pending).await?;
        if let Ok(standing) = Arc::clone(&admission.state).downcast::<Standing>()
            && let Some(actor) = standing.actor()
            && !self.0.presence.has_device(&actor.user, &actor.device)
        {
            self.note_session(&actor, &standing).await;
        }
        Ok(admission)
    }

    /// A new socket is there: presence counts it from now on.
    pub fn enter(&self, conn: &Arc<Conn>) {
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        // A guest is nobody who could be online.
        if !actor.is_guest() && standing.enter_presence() {
            self.0.presence.enter(&actor.user, &actor.device);
            debug!(user = %actor.user, device = %actor.device, path = conn.path(),
                namespace = conn.namespace(), transport = conn.transport_name(), "a socket came");
        }
    }

    /// The first thing on a new socket: it hears who is online if `list`.
    pub fn arrive(&self, conn: &Arc<Conn>, list: bool) {
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        // A revocation between the handshake and now has found no socket to close.
        if let Err(end) = self.0.door.identity().standing(&actor) {
            let said = super::outbound::credential_ended(end, self.0.clock.now());
            send(conn, &said);
            conn.disconnect();
            return;
        }
        if list {
            self.1.greet(Socket::of(conn));
        }
    }

    /// The last thing on a socket.
    pub fn depart(&self, conn: &Arc<Conn>, reason: Gone) {
        let Some(standing) = Standing::of(conn) else { return };
        if let Some(actor) = standing.actor()
            && standing.leave_presence()
        {
            self.0.presence.leave(&actor.user, &actor.device);
            debug!(user = %actor.user, device = %actor.device, path = conn.path(),
                namespace = conn.namespace(), ?reason, "a socket went");
        }
    }

    /// A device is on the list of sessions before its first socket is answered. Failing to note it keeps nobody
    /// out.
    pub(super) async fn note_session(&self, actor: &Actor, standing: &Standing) {
        if actor.user.as_str().starts_with(RESERVED_PREFIX) {
            return;
        }
        if let Err(error) = self.0.sessions.seen(actor, &standing.origin).await {
            error!(user = %actor.user, %error, "a device could not be noted");
        }
    }

    /// `authenticate`: a token after connecting, the first one or a newer one of the same user.
    pub async fn authenticate(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        token: Option<String>,
    ) -> Reply {
        let before = standing.actor();
        let found = self.0.door.recognise(token.as_deref(), &standing.origin, &ROOMS).await;
        let actor = match found {
            Ok(actor) => actor,
            Err(Refused::Token(fault)) => {
                return self.auth_error(conn, refusal_text(fault), refusal_code(fault));
            }
            Err(Refused::Store(error)) => {
                error!(%error, "a token could not be checked");
                return refuse(UNAVAILABLE);
            }
        };
        if before.as_ref().is_some_and(|before| before.user != actor.user) {
            return self.auth_error(conn, refusal_text(TokenFault::Refused), "USER_MISMATCH");
        }
        let mut actor = actor;
        if let Some(before) = &before {
            // The device was settled when the socket opened; another one would be counted twice.
            actor.device = before.device.clone();
        }
        let owner = actor.user.as_str().into();
        if !self.0.hub.place(conn.key(), own_rooms(&actor), &owner, self.0.door.sockets_per_user())
        {
            return self.auth_error(conn, "Too many connections", "TOO_MANY_CONNECTIONS");
        }
        let answer = Authenticated {
            user_id: actor.user.to_string(),
            email: actor.email.clone(),
            is_admin: actor.is_admin(),
            socket_id: conn.id(),
            timestamp: self.0.clock.now(),
        };
        if before.is_none() {
            self.note_session(&actor, standing).await;
        }
        standing.become_actor(actor);
        send(conn, &answer);
        self.0.presence.refresh_list();
        Reply::None
    }

    /// Says why, then closes.
    pub fn auth_error(&self, conn: &Arc<Conn>, message: &'static str, code: &'static str) -> Reply {
        send(conn, &AuthError { message, code, timestamp: self.0.clock.now() });
        Reply::Disconnect
    }

    /// Sends the list to the asking socket.
    pub fn online_users(&self, conn: &Arc<Conn>) -> Reply {
        self.1.greet(Socket::of(conn));
        Reply::None
    }
}

/// Sends one socket one event; a socket that is gone has nobody to tell.
pub(crate) fn send<E: WireEvent>(conn: &Conn, event: &E) {
    if let Some(frame) = frame(event) {
        conn.send(&frame);
    }
}
