//! What clients of contract `commerce` send (`contracts/commerce.md` section 2).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt};
use outrigger_domain::{
    actor::{Actor, Role},
    commerce::{AuditKind, OTHER, Permission, role_word},
};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{
    ADMIN,
    answers::{
        CommerceAck, CommerceBroadcastAck, CommerceSaidAck, CommerceSentAck, CommerceStatsAck,
        CommerceUsersAck, done, failed, unknown,
    },
    arguments::{
        CommerceBroadcast, CommerceCartUpdate, CommerceDisconnectUser, CommerceForApp,
        CommerceOneMessage, CommerceOneNotification, CommerceOneRoom, CommerceOrderCreate,
        CommerceOrderStatusUpdate, CommercePing, CommerceProductCreate, CommerceProductUpdate,
        CommerceProfileUpdate, CommerceSay, CommerceSystemNotification, CommerceTyping,
        CommerceWishlistUpdate,
    },
    desk::{CommerceDesk, recognised},
    texts::{ADMINS_ONLY, Fault, MANNER},
    wire::name,
};
use crate::{contract::Call, entry::Manner, shape::Shape, standing::Standing};

/// How an event is handled: it is acknowledged, or refused.
type Handle = for<'a> fn(&'a CommerceDesk, Call<'a>) -> BoxFuture<'a, Result<Reply, Fault>>;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Shape,
    handle: Handle,
}

impl Row {
    const fn new(event: &'static str, argument: Shape, handle: Handle) -> Self {
        Self { event, argument: Some(argument), ack: Shape::of::<CommerceAck>(), handle }
    }

    const fn bare(event: &'static str, handle: Handle) -> Self {
        Self { event, argument: None, ack: Shape::of::<CommerceAck>(), handle }
    }

    const fn acked(self, ack: Shape) -> Self {
        Self { ack, ..self }
    }
}

/// A row whose event only the app does something about.
macro_rules! for_app {
    ($event:path) => {
        Row::new($event, Shape::of::<CommerceForApp>(), |desk, call| {
            async move { desk.hand_on(&call, $event).await }.boxed()
        })
    };
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 28] = [
    Row::new(name::PING, Shape::of::<CommercePing>(), |desk, call| {
        async move { Ok(desk.ping(&call)) }.boxed()
    }),
    Row::bare(name::DISCONNECT_REQUEST, |desk, call| {
        async move { Ok(desk.disconnect(&call)) }.boxed()
    }),
    Row::new(name::JOIN_ROOM, Shape::of::<String>(), |desk, call| {
        async move { desk.join_own(&call) }.boxed()
    }),
    Row::new(name::ADMIN_BROADCAST, Shape::of::<CommerceBroadcast>(), |desk, call| {
        desk.broadcast(call).boxed()
    })
    .acked(Shape::of::<CommerceBroadcastAck>()),
    Row::bare(name::ADMIN_STATS, |desk, _| async move { Ok(desk.stats()) }.boxed())
        .acked(Shape::of::<CommerceStatsAck>()),
    Row::new(name::ADMIN_FORCE_DISCONNECT, Shape::of::<CommerceDisconnectUser>(), |desk, call| {
        desk.force_disconnect(call).boxed()
    }),
    Row::new(name::ADMIN_DISCONNECT_USER, Shape::of::<CommerceDisconnectUser>(), |desk, call| {
        desk.force_disconnect(call).boxed()
    }),
    Row::bare(name::ADMIN_USER_LIST, |desk, _| async move { Ok(desk.user_list()) }.boxed())
        .acked(Shape::of::<CommerceUsersAck>()),
    Row::new(
        name::ADMIN_SYSTEM_NOTIFICATION,
        Shape::of::<CommerceSystemNotification>(),
        |desk, call| desk.system_notification(call).boxed(),
    ),
    for_app!(name::ADMIN_MODERATE_PRODUCT),
    for_app!(name::ADMIN_MODERATE_SELLER),
    Row::new(name::SELLER_PRODUCT_CREATE, Shape::of::<CommerceProductCreate>(), |desk, call| {
        desk.product_create(call).boxed()
    })
    .acked(Shape::of::<CommerceSaidAck>()),
    Row::new(name::SELLER_PRODUCT_UPDATE, Shape::of::<CommerceProductUpdate>(), |desk, call| {
        desk.product_update(call).boxed()
    }),
    for_app!(name::SELLER_PRODUCT_DELETE),
    for_app!(name::SELLER_INVENTORY_UPDATE),
    Row::new(
        name::SELLER_ORDER_STATUS_UPDATE,
        Shape::of::<CommerceOrderStatusUpdate>(),
        |desk, call| desk.order_status_update(call).boxed(),
    ),
    for_app!(name::SELLER_DASHBOARD),
    Row::new(name::USER_CART_UPDATE, Shape::of::<CommerceCartUpdate>(), |desk, call| {
        desk.cart_update(call).boxed()
    }),
    Row::new(name::USER_WISHLIST_UPDATE, Shape::of::<CommerceWishlistUpdate>(), |desk, call| {
        desk.wishlist_update(call).boxed()
    }),
    Row::new(name::USER_PROFILE_UPDATE, Shape::of::<CommerceProfileUpdate>(), |desk, call| {
        desk.profile_update(call).boxed()
    }),
    Row::new(name::USER_ORDER_CREATE, Shape::of::<CommerceOrderCreate>(), |desk, call| {
        desk.order_create(call).boxed()
    })
    .acked(Shape::of::<CommerceSaidAck>()),
    Row::new(name::CHAT_MESSAGE, Shape::of::<CommerceSay>(), |desk, call| desk.say(call).boxed())
        .acked(Shape::of::<CommerceSentAck>()),
    Row::new(name::CHAT_TYPING, Shape::of::<CommerceTyping>(), |desk, call| {
        desk.typing(call).boxed()
    }),
    Row::new(name::CHAT_JOIN_ROOM, Shape::of::<CommerceOneRoom>(), |desk, call| {
        desk.join_room(call).boxed()
    }),
    Row::new(name::CHAT_LEAVE_ROOM, Shape::of::<CommerceOneRoom>(), |desk, call| {
        desk.leave_room(call).boxed()
    }),
    Row::new(name::CHAT_READ, Shape::of::<CommerceOneMessage>(), |desk, call| {
        desk.message_read(call).boxed()
    }),
    Row::new(name::NOTIFICATION_READ, Shape::of::<CommerceOneNotification>(), |desk, call| {
        desk.notification_read(call).boxed()
    }),
    Row::new(name::NOTIFICATION_DISMISS, Shape::of::<CommerceOneNotification>(), |desk, call| {
        desk.notification_dismiss(call).boxed()
    }),
];

/// Whether there are attachments: this contract has none. Looked for where nothing else could be read.
fn has_attachments(args: &Args) -> bool {
    args.first::<IgnoredAny>().is_err() && args.to_json().is_none()
}

impl CommerceDesk {
    /// One event of someone: first whether the role allows it, then whether it comes too often, then the rest.
    async fn handle(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        actor: Arc<Actor>,
        event: &str,
        args: Args,
    ) -> Reply {
        let services = self.services();
        if has_attachments(&args) {
            services.debug.count_event(OTHER);
            self.trouble(conn, &actor, "attachments");
            return failed();
        }
        let row = TABLE.iter().find(|row| row.event == event);
        match services.map.permission(event, actor.role) {
            Permission::Allowed => services.debug.count_event(event),
            Permission::Denied { required } => {
                // Names that are in no map are the client's invention.
                let known = row.is_some() || !required.is_empty();
                services.debug.count_event(if known { event } else { OTHER });
                return self.refuse(conn, &actor, event, Fault::Unauthorized(required));
            }
            Permission::Unknown if self.is_known_beside(event, &actor) => {
                services.debug.count_event(event);
            }
            Permission::Unknown => {
                services.debug.count_event(OTHER);
                return unknown();
            }
        }
        if let Err(excess) = self.count(&actor, event) {
            return self.too_often(conn, event, excess);
        }
        let call = Call { conn, standing, actor: Arc::clone(&actor), args };
        let handled = match row {
            Some(row) => (row.handle)(self, call).await,
            None => self.hand_on(&call, event).await,
        };
        handled.unwrap_or_else(|fault| self.refuse(conn, &actor, event, fault))
    }

    /// Events that are in no map: that of clients which know no better, and those of the app. Not for guests.
    fn is_known_beside(&self, event: &str, actor: &Actor) -> bool {
        let of_app = || self.parts.actions.as_ref().is_some_and(|own| own.names.contains(event));
        !actor.is_guest() && (event == name::JOIN_ROOM || of_app())
    }

    /// `join_room`: everyone is in their own room, and in nobody else's.
    fn join_own(&self, call: &Call<'_>) -> Result<Reply, Fault> {
        match call.args.first::<String>() {
            Ok(user) if user == call.actor.user.as_str() => Ok(done()),
            // Ignored, but for whoever waits for an acknowledgement.
            Ok(_) | Err(_) => Ok(unknown()),
        }
    }
}

/// A namespace of this contract.
pub struct Commerce {
    desk: Arc<CommerceDesk>,
    namespace: &'static str,
}

impl Commerce {
    /// A namespace whose events are handled at this desk.
    #[must_use]
    pub fn new(desk: Arc<CommerceDesk>, namespace: &'static str) -> Self {
        Self { desk, namespace }
    }

    /// Whoever is less than this is not let in.
    #[must_use]
    pub fn least_role(namespace: &str) -> Role {
        if namespace == ADMIN { Role::Admin } else { Role::Guest }
    }

    fn least(&self) -> Role {
        Self::least_role(self.namespace)
    }
}

#[async_trait]
impl NamespaceHandler for Commerce {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        let services = self.desk.services();
        let guests = services.guests && self.least() == Role::Guest;
        let manner = Manner { guests, ..MANNER };
        let admission = self.desk.shared().admit(handshake, auth, &manner, false).await;
        let admission = admission.inspect_err(|refusal| {
            let kind = match refusal.counts_as_failure {
                true => AuditKind::AuthFailed,
                false => AuditKind::ConnectionFailed,
            };
            services.audit.note(kind, None, json!({ "reason": refusal.message }));
        })?;
        let standing = Arc::clone(&admission.state).downcast::<Standing>();
        let actor = standing.ok().and_then(|standing| standing.actor());
        match actor.filter(|actor| actor.role < self.least()) {
            None => Ok(admission),
            Some(actor) => {
                let role = role_word(actor.role);
                let detail = json!({ "role": role, "reason": ADMINS_ONLY });
                services.audit.note(AuditKind::ConnectionFailed, recognised(&actor), detail);
                Err(Refusal { message: ADMINS_ONLY.into(), counts_as_failure: false })
            }
        }
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.desk.enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        self.desk.arrive(conn, self.least()).await;
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor() else { return failed() };
        self.desk.handle(conn, standing, actor, event, args).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.depart(conn, reason).await;
    }
}
