//! What clients of contract `legacy` send (`contracts/legacy.md` sections 2 to 4). What `rooms` knows too is
//! handled as there, in whichever of the three namespaces it arrives (section 7).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use outrigger_domain::{
    events::Audience,
    ids::{DeviceId, NotificationId},
    notifications::Notifications,
};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;
use tracing::error;

use super::{
    AUTH, MESSENGER, NOTIFICATIONS,
    wire::{
        GetNotifications, Logout, MarkNotificationRead, Marked, MarkedAll, Notification,
        NotificationList, UnreadCount, name,
    },
};
use crate::{
    audience,
    contract::{Call, Handler},
    entry,
    pending::drop_if_still_pending,
    rooms::{
        Desk,
        desk::send,
        inbound::handle,
        wire::{
            Authenticate, ChatRoom, MessageRead, OneUser, OnlineAnswer, Pong, StatusUpdateReceived,
            Typing, UpdateReceived, name as shared,
        },
    },
    shape::Shape,
    standing::Standing,
};

/// A row of the table: events that only this contract has carry their handler; the others are `rooms`'.
pub(crate) struct Row {
    pub(crate) namespace: &'static str,
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Option<Shape>,
    handle: Option<Handler<LegacyDesk>>,
}

const fn as_rooms(namespace: &'static str, event: &'static str, argument: Option<Shape>) -> Row {
    Row { namespace, event, argument, ack: None, handle: None }
}

const fn own(
    namespace: &'static str,
    event: &'static str,
    argument: Option<Shape>,
    ack: Option<Shape>,
    handle: Handler<LegacyDesk>,
) -> Row {
    Row { namespace, event, argument, ack, handle: Some(handle) }
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 17] = [
    as_rooms(AUTH, shared::AUTHENTICATE, Some(Shape::of::<Authenticate>())),
    as_rooms(AUTH, shared::TOKEN_UPDATE_RECEIVED, Some(Shape::of::<UpdateReceived>())),
    as_rooms(AUTH, shared::STATUS_UPDATE_RECEIVED, Some(Shape::of::<StatusUpdateReceived>())),
    as_rooms(AUTH, shared::PONG, None),
    own(AUTH, name::LOGOUT, Some(Shape::of::<Logout>()), None, |desk, call| {
        async move { desk.logout(&call) }.boxed()
    }),
    as_rooms(MESSENGER, shared::TYPING, Some(Shape::of::<Typing>())),
    as_rooms(MESSENGER, shared::JOIN_CHAT_ROOM, Some(Shape::of::<ChatRoom>())),
    as_rooms(MESSENGER, shared::LEAVE_CHAT_ROOM, Some(Shape::of::<ChatRoom>())),
    as_rooms(MESSENGER, shared::MESSAGE_READ, Some(Shape::of::<MessageRead>())),
    as_rooms(MESSENGER, shared::GET_ONLINE_USERS, None),
    Row {
        ack: Some(Shape::of::<OnlineAnswer>()),
        ..as_rooms(MESSENGER, shared::CHECK_USER_ONLINE, Some(Shape::of::<OneUser>()))
    },
    as_rooms(MESSENGER, shared::AUTHENTICATE, Some(Shape::of::<Authenticate>())),
    as_rooms(MESSENGER, shared::TEST, None),
    as_rooms(MESSENGER, shared::PONG, None),
    own(
        NOTIFICATIONS,
        name::MARK_NOTIFICATION_READ,
        Some(Shape::of::<MarkNotificationRead>()),
        Some(Shape::of::<Marked>()),
        |desk, call| desk.mark_read(call).boxed(),
    ),
    own(
        NOTIFICATIONS,
        name::MARK_ALL_NOTIFICATIONS_READ,
        None,
        Some(Shape::of::<MarkedAll>()),
        |desk, call| desk.mark_all_read(call).boxed(),
    ),
    own(
        NOTIFICATIONS,
        name::GET_NOTIFICATIONS,
        Some(Shape::of::<GetNotifications>()),
        Some(Shape::of::<NotificationList>()),
        |desk, call| desk.list(call).boxed(),
    ),
];

/// Does what only clients of this contract ask.
pub struct LegacyDesk {
    shared: Arc<Desk>,
    notifications: Arc<Notifications>,
}

fn failed(what: &str, error: &outrigger_domain::ports::StoreError) -> Reply {
    error!(%error, "{what}");
    Reply::Refused { error: "Internal error".to_owned() }
}

fn bad_payload() -> Reply {
    Reply::Refused { error: "Invalid payload".to_owned() }
}

impl LegacyDesk {
    /// A desk that does what `rooms` does, and notifications.
    #[must_use]
    pub fn new(shared: Arc<Desk>, notifications: Arc<Notifications>) -> Self {
        Self { shared, notifications }
    }

    /// `logout`: the sockets of a device of this user go, on every path; nothing else happens.
    fn logout(&self, call: &Call<'_>) -> Reply {
        let Ok(logout) = call.args.first::<Logout>() else { return bad_payload() };
        let device = match logout.device_id.as_deref().map(DeviceId::new) {
            None => call.actor.device.clone(),
            Some(Ok(device)) => device,
            Some(Err(_)) => return bad_payload(),
        };
        let here = device == call.actor.device;
        let hub = &self.shared.parts().hub;
        if let Some(selection) =
            audience::selection(&Audience::Device(call.actor.user.clone(), device))
        {
            for conn in hub.selected(&selection) {
                // This socket goes last, behind its acknowledgement.
                if conn.key() != call.conn.key() {
                    conn.disconnect();
                }
            }
        }
        if here { Reply::Disconnect } else { Reply::None }
    }

    /// `markNotificationRead`.
    async fn mark_read(&self, call: Call<'_>) -> Reply {
        let id = match call.args.first::<MarkNotificationRead>() {
            Ok(
                MarkNotificationRead::Named { notification_id: id }
                | MarkNotificationRead::Bare(id),
            ) => id,
            Err(_) => return bad_payload(),
        };
        let Ok(id) = NotificationId::new(&id) else { return bad_payload() };
        match self
            .notifications
            .mark_read(&call.actor.user, Some(&call.actor.device), Some(&id))
            .await
        {
            Ok(read) => Reply::json(&Marked { success: read.found }),
            Err(error) => failed("a notification could not be marked as read", &error),
        }
    }

    /// `markAllNotificationsRead`.
    async fn mark_all_read(&self, call: Call<'_>) -> Reply {
        match self.notifications.mark_read(&call.actor.user, Some(&call.actor.device), None).await {
            Ok(read) => {
                Reply::json(&MarkedAll { success: true, modified_count: read.newly_read.len() })
            }
            Err(error) => failed("notifications could not be marked as read", &error),
        }
    }

    /// `getNotifications`.
    async fn list(&self, call: Call<'_>) -> Reply {
        let Ok(asked) = call.args.first::<GetNotifications>() else { return bad_payload() };
        let unread_only = asked.unread_only.unwrap_or(false);
        match self.notifications.list(&call.actor.user, asked.limit, None, unread_only).await {
            Ok(found) => Reply::json(&NotificationList {
                notifications: found.iter().map(Notification::from).collect(),
            }),
            Err(error) => failed("notifications could not be listed", &error),
        }
    }

    /// A new socket hears how many notifications are unread.
    async fn tell_unread(&self, conn: &Arc<Conn>) {
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        match self.notifications.unread(&actor.user).await {
            Ok(count) => send(conn, &UnreadCount { count }),
            Err(error) => error!(%error, "unread notifications could not be counted"),
        }
    }
}

/// One of the three namespaces.
pub struct Legacy {
    desk: Arc<LegacyDesk>,
    namespace: &'static str,
    pending: Duration,
}

impl Legacy {
    /// `pending` is how long a socket of `/auth` without a token may stay until it shows one.
    #[must_use]
    pub fn new(desk: Arc<LegacyDesk>, namespace: &'static str, pending: Duration) -> Self {
        Self { desk, namespace, pending }
    }

    fn own_handler(&self, event: &str) -> Option<Handler<LegacyDesk>> {
        TABLE
            .iter()
            .find(|row| row.event == event && row.namespace == self.namespace)
            .and_then(|row| row.handle)
    }
}

#[async_trait]
impl NamespaceHandler for Legacy {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        let pending = self.namespace == AUTH && !self.pending.is_zero();
        self.desk.shared.admit(handshake, auth, &entry::ROOMS, pending).await
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.desk.shared.enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        drop_if_still_pending(&self.desk.shared, conn, self.pending);
        self.desk.shared.arrive(conn, self.namespace == MESSENGER);
        if self.namespace == NOTIFICATIONS {
            self.desk.tell_unread(conn).await;
        }
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(handler) = self.own_handler(event) else {
            return handle(&self.desk.shared, conn, event, args).await;
        };
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor() else {
            return Reply::Refused { error: "Not authenticated".to_owned() };
        };
        if let Some(reply) = self.desk.shared.too_often(&actor, event) {
            return reply;
        }
        handler(&self.desk, Call { conn, standing, actor, args }).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.shared.depart(conn, reason);
    }
}

/// The namespace `/` of `/api/socket-namespaces`: anyone may connect, and `ping` is answered; it is there for
/// clients that open it on the way to the others.
pub struct Anteroom {
    desk: Arc<Desk>,
}

impl Anteroom {
    /// An anteroom that takes the time from this desk.
    #[must_use]
    pub fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }
}

#[async_trait]
impl NamespaceHandler for Anteroom {
    async fn admit(
        &self,
        handshake: &Handshake,
        _auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        Ok(crate::entry::nobody(handshake))
    }

    fn entered(&self, _conn: &Arc<Conn>) {}

    async fn connected(&self, _conn: &Arc<Conn>) {}

    async fn event(&self, conn: &Arc<Conn>, event: &str, _args: Args) -> Reply {
        if event != shared::PING {
            return Reply::Refused { error: "Not authenticated".to_owned() };
        }
        send(conn, &Pong { timestamp: self.desk.parts().clock.now() });
        Reply::None
    }

    async fn disconnected(&self, _conn: &Arc<Conn>, _reason: Gone) {}
}
