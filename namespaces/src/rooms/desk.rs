//! What is done for a client's events, shared by contracts `rooms` and `legacy`: the same effects
//! under the same names (`contracts/legacy.md` section 7, "event grouping").

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    chats::Chats,
    events::Receipt,
    identity::{AuthError as Refused, TokenFault},
    ids::{ChatId, MessageId, UserId},
    limits::RateLimits,
    messaging::{Draft, Messaging, Read, SendError},
    ports::{AuditEntry, Store},
    presence::Presence,
    sessions::Sessions,
    time::Clock,
};
use outrigger_transport::{Conn, Hub, JoinRefused, Reply};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use tracing::{debug, error};

use super::{
    outbound::online_users,
    wire::{
        AuthError, Authenticate, Authenticated, ChatRoom, MessageRead, OneUser, OnlineAnswer, Pong,
        SendChatMessage, StatusUpdateReceived, TestResponse, Typing, UpdateReceived,
    },
};
use crate::{
    audience::{chat_room, own_rooms},
    contract::{Call, WireEvent, frame},
    entry::{Door, UNAVAILABLE, refusal_code, refusal_text},
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
pub struct Desk(DeskParts);

/// Said in an acknowledgement; the contract is silent towards those who asked for none.
const BAD_PAYLOAD: &str = "Invalid payload";
const NOT_A_MEMBER: &str = "Not a member of this chat";
const INTERNAL: &str = "Internal error";

fn refuse(error: &str) -> Reply {
    Reply::Refused { error: error.to_owned() }
}

impl Desk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: DeskParts) -> Self {
        Self(parts)
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

    /// A new socket is there: presence counts it from now on.
    pub fn enter(&self, conn: &Arc<Conn>) {
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        if standing.enter_presence() && self.0.presence.enter(&actor.user, &actor.device).device {
            self.note_session(&actor, &standing);
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
            send(conn, &online_users(&self.0.presence.online()));
        }
    }

    /// The last thing on a socket.
    pub fn depart(&self, conn: &Arc<Conn>) {
        let Some(standing) = Standing::of(conn) else { return };
        if let Some(actor) = standing.actor()
            && standing.leave_presence()
        {
            self.0.presence.leave(&actor.user, &actor.device);
        }
    }

    /// In the background: nobody waits for the bookkeeping of a device.
    fn note_session(&self, actor: &Arc<Actor>, standing: &Arc<Standing>) {
        if actor.user.as_str().starts_with(outrigger_domain::identity::RESERVED_PREFIX) {
            return;
        }
        let (sessions, actor, standing) =
            (Arc::clone(&self.0.sessions), Arc::clone(actor), Arc::clone(standing));
        tokio::spawn(async move {
            if let Err(error) = sessions.seen(&actor, &standing.origin).await {
                error!(user = %actor.user, %error, "a device could not be noted");
            }
        });
    }

    /// `authenticate`: a token after connecting, the first one or a newer one of the same user.
    pub async fn authenticate(
        &self,
        conn: &Arc<Conn>,
        standing: &Arc<Standing>,
        token: Option<String>,
    ) -> Reply {
        let before = standing.actor();
        let found = self.0.door.recognise(token.as_deref(), &standing.origin).await;
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
        send(conn, &online_users(&self.0.presence.online()));
        Reply::None
    }
}

/// The events themselves.
impl Desk {
    /// `authenticate`.
    pub async fn on_authenticate(&self, call: Call<'_>) -> Reply {
        match call.args.first::<Authenticate>() {
            Ok(shown) => self.authenticate(call.conn, call.standing, shown.token).await,
            Err(_) => self.auth_error(
                call.conn,
                refusal_text(TokenFault::BadSignature),
                refusal_code(TokenFault::BadSignature),
            ),
        }
    }

    /// `tokenUpdateReceived` and `designationsUpdateReceived`.
    pub async fn on_update_received(&self, kind: &'static str, call: Call<'_>) -> Reply {
        self.acknowledged::<UpdateReceived>(kind, call).await
    }

    /// `statusUpdateReceived`.
    pub async fn on_status_update_received(&self, call: Call<'_>) -> Reply {
        self.acknowledged::<StatusUpdateReceived>("status_update_received", call).await
    }

    async fn acknowledged<T: Serialize + DeserializeOwned>(
        &self,
        kind: &'static str,
        call: Call<'_>,
    ) -> Reply {
        let Ok(update) = call.args.first::<T>() else { return refuse(BAD_PAYLOAD) };
        let mut detail = serde_json::to_string(&update).unwrap_or_default();
        // Words of a client: kept short, in whole characters.
        let end = detail
            .char_indices()
            .map(|(at, _)| at)
            .take_while(|at| *at <= 1024)
            .last()
            .unwrap_or(0);
        if detail.len() > 1024 {
            detail.truncate(end);
        }
        let entry = AuditEntry {
            at: self.0.clock.now(),
            user: call.actor.user.clone(),
            device: Some(call.actor.device.clone()),
            kind: kind.to_owned(),
            detail,
        };
        match self.0.store.audit(entry).await {
            Ok(()) => Reply::None,
            Err(error) => {
                error!(%error, kind, "an acknowledgement could not be kept");
                refuse(INTERNAL)
            }
        }
    }

    /// `typing`.
    pub async fn on_typing(&self, call: Call<'_>) -> Reply {
        let Ok(typing) = call.args.first::<Typing>() else { return refuse(BAD_PAYLOAD) };
        let Ok(receiver) = UserId::new(&typing.receiver_id) else { return refuse(BAD_PAYLOAD) };
        self.0
            .messaging
            .typing(&call.actor.user, &receiver, typing.is_typing, Receipt::default())
            .await;
        Reply::None
    }

    /// `joinChatRoom`.
    pub async fn on_join_chat_room(&self, call: Call<'_>) -> Reply {
        let Some(chat) = chat_of(&call) else { return refuse(BAD_PAYLOAD) };
        match self.join(call.conn, &call.actor, &chat).await {
            Ok(()) => Reply::None,
            Err(error) => refuse(error),
        }
    }

    async fn join(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        chat: &ChatId,
    ) -> Result<(), &'static str> {
        let allowed = || async {
            self.0.chats.may_join(&actor.user, chat).await.map_err(|error| {
                error!(%error, "a membership could not be checked");
                INTERNAL
            })
        };
        if !allowed().await? {
            debug!(user = %actor.user, "a stranger asked to join a chat");
            return Err(NOT_A_MEMBER);
        }
        let room = chat_room(chat);
        self.0.hub.join(conn.key(), room.clone()).map_err(|refused| match refused {
            JoinRefused::TooMany => "Too many rooms",
            JoinRefused::BadName => BAD_PAYLOAD,
            JoinRefused::Gone => "Not connected",
        })?;
        // Whoever was removed between the question and the joining must not stay.
        if !allowed().await? {
            self.0.hub.leave(conn.key(), &room);
            return Err(NOT_A_MEMBER);
        }
        Ok(())
    }

    /// `leaveChatRoom`.
    pub async fn on_leave_chat_room(&self, call: Call<'_>) -> Reply {
        let Some(chat) = chat_of(&call) else { return refuse(BAD_PAYLOAD) };
        self.0.hub.leave(call.conn.key(), &chat_room(&chat));
        Reply::None
    }

    /// `messageRead`.
    pub async fn on_message_read(&self, call: Call<'_>) -> Reply {
        let Ok(read) = call.args.first::<MessageRead>() else { return refuse(BAD_PAYLOAD) };
        let Ok(message) = MessageId::new(&read.message_id) else { return refuse(BAD_PAYLOAD) };
        match self.0.messaging.mark_read(&call.actor.user, &message).await {
            Ok(Read::Now(_) | Read::Before(_)) => Reply::None,
            Ok(Read::NotYours) => refuse("Message not found"),
            Err(error) => {
                error!(%error, "a message could not be marked as read");
                refuse(INTERNAL)
            }
        }
    }

    /// `ping` of a client.
    pub async fn on_ping(&self, call: Call<'_>) -> Reply {
        send(call.conn, &Pong { timestamp: self.0.clock.now() });
        Reply::None
    }

    /// `test`.
    pub async fn on_test(&self, call: Call<'_>) -> Reply {
        let answer = TestResponse {
            message: "Test successful!",
            user_id: call.actor.user.to_string(),
            socket_id: call.conn.id(),
            timestamp: self.0.clock.now(),
        };
        send(call.conn, &answer);
        Reply::None
    }

    /// `userLoggedIn`: the app's login route knocks for its user.
    pub async fn on_user_logged_in(&self, call: Call<'_>) -> Reply {
        let Ok(login) = call.args.first::<OneUser>() else { return refuse(BAD_PAYLOAD) };
        if login.user_id != call.actor.user.as_str() {
            return refuse("Not your own login");
        }
        self.note_session(&call.actor, call.standing);
        Reply::None
    }

    /// `checkUserOnline`.
    pub async fn on_check_user_online(&self, call: Call<'_>) -> Reply {
        let Ok(asked) = call.args.first::<OneUser>() else { return refuse(BAD_PAYLOAD) };
        let Ok(user) = UserId::new(&asked.user_id) else { return refuse(BAD_PAYLOAD) };
        Reply::json(&OnlineAnswer { is_online: self.0.presence.is_online(&user) })
    }

    /// `sendChatMessage`.
    pub async fn on_send_chat_message(&self, call: Call<'_>) -> Reply {
        let Ok(said) = call.args.first::<SendChatMessage>() else { return refuse(BAD_PAYLOAD) };
        let Ok(chat) = ChatId::new(&said.chat_id) else { return refuse(BAD_PAYLOAD) };
        // Without an id of its own nothing tells a repeated line from a repeated packet, and people do repeat
        // themselves in chats: every packet is a line.
        let draft = Draft { text: Some(said.message), every_one_counts: true, ..Draft::default() };
        match self.0.messaging.send_to_chat(&call.actor, &chat, draft).await {
            Ok(_) => Reply::None,
            Err(SendError::NotAMember) => refuse(NOT_A_MEMBER),
            Err(SendError::Empty) => refuse("Text or image is required."),
            Err(SendError::TextTooLong) => refuse("Text is too long."),
            Err(SendError::Image(_) | SendError::ToYourself | SendError::UnknownReceiver) => {
                refuse(BAD_PAYLOAD)
            }
            Err(SendError::Store(error)) => {
                error!(%error, "a chat message could not be stored");
                refuse(INTERNAL)
            }
        }
    }
}

fn chat_of(call: &Call<'_>) -> Option<ChatId> {
    let room = call.args.first::<ChatRoom>().ok()?;
    ChatId::new(room.chat_id.strip_prefix("chat_").unwrap_or(&room.chat_id)).ok()
}

/// Sends one socket one event; a socket that is gone has nobody to tell.
pub(crate) fn send<E: WireEvent>(conn: &Conn, event: &E) {
    if let Some(frame) = frame(event) {
        conn.send(&frame);
    }
}
