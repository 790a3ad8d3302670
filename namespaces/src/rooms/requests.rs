//! The events that clients send, one method each (`contracts/rooms.md` section 2).

use outrigger_domain::{
    actor::Actor,
    events::Receipt,
    identity::TokenFault,
    ids::{ChatId, MessageId, UserId},
    messaging::{Draft, Read, Reading, SendError},
    ports::{AuditEntry, StoreError},
};
use outrigger_transport::{Conn, JoinRefused, Reply};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;
use tracing::{debug, error};

use super::{
    desk::{Desk, INTERNAL, refuse, send},
    wire::{
        Authenticate, ChatRoom, MessageRead, OneUser, OnlineAnswer, Pong, SendChatMessage,
        StatusUpdateReceived, TestResponse, Typing, UpdateReceived,
    },
};
use crate::{
    audience::chat_room,
    contract::Call,
    entry::{refusal_code, refusal_text},
};

/// Said in an acknowledgement; the contract is silent towards those who asked for none.
const BAD_PAYLOAD: &str = "Invalid payload";
const NOT_A_MEMBER: &str = "Not a member of this chat";

/// Why a socket was not let into a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotJoined {
    /// Its user may not be there.
    NotAMember,
    /// It is in as many rooms as it may.
    TooMany,
    /// There can be no such chat.
    BadName,
    /// It is gone.
    Gone,
    /// Something of ours failed; the log says what.
    Failed,
}

impl NotJoined {
    fn text(self) -> &'static str {
        match self {
            Self::NotAMember => NOT_A_MEMBER,
            Self::TooMany => "Too many rooms",
            Self::BadName => BAD_PAYLOAD,
            Self::Gone => "Not connected",
            Self::Failed => INTERNAL,
        }
    }
}

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
            .typing(
                &call.actor.user,
                call.actor.profile.name.as_deref(),
                &receiver,
                typing.is_typing,
                Receipt::default(),
            )
            .await;
        Reply::None
    }

    /// `joinChatRoom`.
    pub async fn on_join_chat_room(&self, call: Call<'_>) -> Reply {
        let Some(chat) = chat_of(&call) else { return refuse(BAD_PAYLOAD) };
        match self.join(call.conn, &call.actor, &chat).await {
            Ok(()) => Reply::None,
            Err(refused) => refuse(refused.text()),
        }
    }

    /// Lets a socket into a chat.
    ///
    /// # Errors
    /// [`NotJoined`]; the socket is not in the chat, or was before.
    pub(crate) async fn join(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        chat: &ChatId,
    ) -> Result<(), NotJoined> {
        let allowed = || async {
            self.0.chats.may_join(&actor.user, chat).await.map_err(|error| {
                error!(%error, "a membership could not be checked");
                NotJoined::Failed
            })
        };
        if !allowed().await? {
            debug!(user = %actor.user, "a stranger asked to join a chat");
            return Err(NotJoined::NotAMember);
        }
        let room = chat_room(chat);
        self.0.hub.join(conn.key(), room.clone()).map_err(|refused| match refused {
            JoinRefused::TooMany => NotJoined::TooMany,
            JoinRefused::BadName => NotJoined::BadName,
            JoinRefused::Gone => NotJoined::Gone,
        })?;
        // Whoever was removed between the question and the joining must not stay.
        if !allowed().await? {
            self.0.hub.leave(conn.key(), &room);
            return Err(NotJoined::NotAMember);
        }
        Ok(())
    }

    /// Lets a socket that comes back into a chat it was in; whether it is in now.
    ///
    /// # Errors
    /// If the store failed.
    pub(crate) async fn join_again(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        chat: &ChatId,
    ) -> Result<bool, StoreError> {
        if !self.0.chats.may_join(&actor.user, chat).await? {
            return Ok(false);
        }
        let room = chat_room(chat);
        if self.0.hub.join(conn.key(), room.clone()).is_err() {
            return Ok(false);
        }
        // As in `join`: whoever was removed meanwhile must not stay.
        let may = self.0.chats.may_join(&actor.user, chat).await;
        if !matches!(may, Ok(true)) {
            self.0.hub.leave(conn.key(), &room);
        }
        may
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
        match self.0.messaging.mark_read(&call.actor.user, &message, Reading::Read).await {
            Ok(Read::Now(..) | Read::Before(_)) => Reply::None,
            // This contract does not say whose it is.
            Ok(Read::NotYours | Read::Missing) => refuse("Message not found"),
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
        self.note_session(&call.actor, call.standing).await;
        Reply::None
    }

    /// `checkUserOnline`.
    pub async fn on_check_user_online(&self, call: Call<'_>) -> Reply {
        let Ok(asked) = call.args.first::<OneUser>() else { return refuse(BAD_PAYLOAD) };
        let Ok(user) = UserId::new(&asked.user_id) else { return refuse(BAD_PAYLOAD) };
        Reply::json(&OnlineAnswer { is_online: self.0.presence.is_visible(&user) })
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
