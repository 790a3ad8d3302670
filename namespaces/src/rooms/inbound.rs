//! What clients of contract `rooms` send (`contracts/rooms.md` section 2).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::future::FutureExt;
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{
    Desk,
    wire::{
        Authenticate, ChatRoom, MessageRead, OneUser, OnlineAnswer, SendChatMessage,
        StatusUpdateReceived, Typing, UpdateReceived, name,
    },
};
use crate::{
    contract::{Call, Inbound},
    entry,
    pending::drop_if_still_pending,
    shape::Shape,
    standing::Standing,
};

/// Every event that a client may send.
pub(crate) static TABLE: [Inbound<Desk>; 15] = [
    Inbound {
        event: name::AUTHENTICATE,
        argument: Some(Shape::of::<Authenticate>()),
        ack: None,
        handle: |desk, call| desk.on_authenticate(call).boxed(),
    },
    Inbound {
        event: name::TOKEN_UPDATE_RECEIVED,
        argument: Some(Shape::of::<UpdateReceived>()),
        ack: None,
        handle: |desk, call| desk.on_update_received("token_update_received", call).boxed(),
    },
    Inbound {
        event: name::STATUS_UPDATE_RECEIVED,
        argument: Some(Shape::of::<StatusUpdateReceived>()),
        ack: None,
        handle: |desk, call| desk.on_status_update_received(call).boxed(),
    },
    Inbound {
        event: name::DESIGNATIONS_UPDATE_RECEIVED,
        argument: Some(Shape::of::<UpdateReceived>()),
        ack: None,
        handle: |desk, call| desk.on_update_received("designations_update_received", call).boxed(),
    },
    Inbound {
        event: name::TYPING,
        argument: Some(Shape::of::<Typing>()),
        ack: None,
        handle: |desk, call| desk.on_typing(call).boxed(),
    },
    Inbound {
        event: name::JOIN_CHAT_ROOM,
        argument: Some(Shape::of::<ChatRoom>()),
        ack: None,
        handle: |desk, call| desk.on_join_chat_room(call).boxed(),
    },
    Inbound {
        event: name::LEAVE_CHAT_ROOM,
        argument: Some(Shape::of::<ChatRoom>()),
        ack: None,
        handle: |desk, call| desk.on_leave_chat_room(call).boxed(),
    },
    Inbound {
        event: name::MESSAGE_READ,
        argument: Some(Shape::of::<MessageRead>()),
        ack: None,
        handle: |desk, call| desk.on_message_read(call).boxed(),
    },
    Inbound {
        event: name::GET_ONLINE_USERS,
        argument: None,
        ack: None,
        handle: |desk, call| async move { desk.online_users(call.conn) }.boxed(),
    },
    // The packet itself shows that the socket is alive.
    Inbound {
        event: name::PONG,
        argument: None,
        ack: None,
        handle: |_, _| async { Reply::None }.boxed(),
    },
    Inbound {
        event: name::PING,
        argument: None,
        ack: None,
        handle: |desk, call| desk.on_ping(call).boxed(),
    },
    Inbound {
        event: name::TEST,
        argument: None,
        ack: None,
        handle: |desk, call| desk.on_test(call).boxed(),
    },
    Inbound {
        event: name::USER_LOGGED_IN,
        argument: Some(Shape::of::<OneUser>()),
        ack: None,
        handle: |desk, call| desk.on_user_logged_in(call).boxed(),
    },
    Inbound {
        event: name::CHECK_USER_ONLINE,
        argument: Some(Shape::of::<OneUser>()),
        ack: Some(Shape::of::<OnlineAnswer>()),
        handle: |desk, call| desk.on_check_user_online(call).boxed(),
    },
    Inbound {
        event: name::SEND_CHAT_MESSAGE,
        argument: Some(Shape::of::<SendChatMessage>()),
        ack: None,
        handle: |desk, call| desk.on_send_chat_message(call).boxed(),
    },
];

/// Handles an event of this contract, whichever contract's namespace it arrived in.
pub(crate) async fn handle(desk: &Desk, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
    let Some(standing) = Standing::of(conn) else { return Reply::None };
    let Some(row) = TABLE.iter().find(|row| row.event == event) else {
        return Reply::Refused { error: "Unknown event".to_owned() };
    };
    let Some(actor) = standing.actor() else {
        if event != name::AUTHENTICATE {
            return Reply::Refused { error: "Not authenticated".to_owned() };
        }
        return first_token(desk, conn, standing, args).await;
    };
    if let Some(reply) = desk.too_often(&actor, event) {
        return reply;
    }
    (row.handle)(desk, Call { conn, standing, actor, args }).await
}

/// A pending socket shows its first token.
async fn first_token(desk: &Desk, conn: &Arc<Conn>, standing: &Standing, args: Args) -> Reply {
    let token = args.first::<Authenticate>().ok().and_then(|shown| shown.token);
    let reply = desk.authenticate(conn, standing, token).await;
    if standing.actor().is_some() {
        desk.enter(conn);
        desk.arrive(conn, conn.namespace() == "/");
    }
    reply
}

/// The namespace `/` of `/api/socket`.
pub struct Rooms {
    desk: Arc<Desk>,
    pending: Duration,
}

impl Rooms {
    /// `pending` is how long a socket without a token may stay until it shows one; zero refuses it.
    #[must_use]
    pub fn new(desk: Arc<Desk>, pending: Duration) -> Self {
        Self { desk, pending }
    }
}

#[async_trait]
impl NamespaceHandler for Rooms {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        self.desk.admit(handshake, auth, &entry::ROOMS, !self.pending.is_zero()).await
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.desk.enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        drop_if_still_pending(&self.desk, conn, self.pending);
        self.desk.arrive(conn, true);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        handle(&self.desk, conn, event, args).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.depart(conn, reason);
    }
}
