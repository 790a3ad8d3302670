//! What clients of contract `contacts` send, and how often they may (`contracts/contacts.md` sections 2 and 6).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{
    answers::{
        ContactsAck, ContactsClaimAck, ContactsJoinAck, ContactsPendingAck, ContactsResolveAck,
        ContactsSayAck, ContactsStatsAck, ContactsSubmitAck, refused,
    },
    arguments::{
        ContactsEarlier, ContactsForm, ContactsJoinChat, ContactsOneContact, ContactsSay,
        ContactsTyping,
    },
    desk::ContactsDesk,
    texts::{Fault, INTERNAL, MANNER, UNAUTHORIZED, UNKNOWN_EVENT},
    wire::name,
};
use crate::{contract::Call, shape::Shape, standing::Standing};

/// What the rate limiter calls every event of this contract (`contracts/contacts.md` section 6, "Limits").
const EVENTS: &str = "contacts:event";

/// How an event is handled: it is acknowledged, or refused.
type Handle = for<'a> fn(&'a ContactsDesk, Call<'a>) -> BoxFuture<'a, Result<Reply, Fault>>;

/// In which event a refusal is told, beside the acknowledgement.
#[derive(Clone, Copy)]
pub(super) enum Channel {
    /// `contactFormError`.
    Form,
    /// `claimError`.
    Claim,
    /// `resolveError`.
    Resolve,
    /// `messageError`.
    Message,
    /// In none.
    Silent,
}

/// Who may send an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Anyone; the handler looks closer.
    Anyone,
    /// Admins.
    Admins,
    /// Admins; to others nothing is said but in the acknowledgement.
    AdminsQuietly,
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Shape,
    pub(super) channel: Channel,
    who: For,
    handle: Handle,
}

impl Row {
    const fn new(event: &'static str, argument: Shape, handle: Handle) -> Self {
        let (argument, ack) = (Some(argument), Shape::of::<ContactsAck>());
        Self { event, argument, ack, channel: Channel::Message, who: For::Anyone, handle }
    }

    /// One that admins send to hear something.
    const fn asking(event: &'static str, ack: Shape, handle: Handle) -> Self {
        let (channel, who) = (Channel::Message, For::AdminsQuietly);
        Self { event, argument: None, ack, channel, who, handle }
    }

    const fn acked(self, ack: Shape) -> Self {
        Self { ack, ..self }
    }

    const fn told_in(self, channel: Channel) -> Self {
        Self { channel, ..self }
    }

    const fn for_admins(self) -> Self {
        Self { who: For::Admins, ..self }
    }
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 12] = [
    Row::new(name::SUBMIT_CONTACT_FORM, Shape::of::<ContactsForm>(), |desk, call| {
        desk.submit(call).boxed()
    })
    .acked(Shape::of::<ContactsSubmitAck>())
    .told_in(Channel::Form),
    Row::new(name::CLAIM_CONTACT, Shape::of::<ContactsOneContact>(), |desk, call| {
        desk.claim(call).boxed()
    })
    .acked(Shape::of::<ContactsClaimAck>())
    .told_in(Channel::Claim)
    .for_admins(),
    Row::new(name::RELEASE_CONTACT, Shape::of::<ContactsOneContact>(), |desk, call| {
        desk.release(call).boxed()
    })
    .told_in(Channel::Claim)
    .for_admins(),
    Row::new(name::RESOLVE_CONTACT, Shape::of::<ContactsOneContact>(), |desk, call| {
        desk.resolve(call).boxed()
    })
    .acked(Shape::of::<ContactsResolveAck>())
    .told_in(Channel::Resolve)
    .for_admins(),
    Row::asking(name::GET_CONTACT_STATS, Shape::of::<ContactsStatsAck>(), |desk, call| {
        desk.stats(call).boxed()
    }),
    Row::asking(name::GET_PENDING_CONTACTS, Shape::of::<ContactsPendingAck>(), |desk, call| {
        desk.pending(call).boxed()
    }),
    Row::new(name::JOIN_CONTACT_CHAT, Shape::of::<ContactsJoinChat>(), |desk, call| {
        desk.join_chat(call).boxed()
    })
    .acked(Shape::of::<ContactsJoinAck>()),
    Row::new(name::LEAVE_CONTACT_CHAT, Shape::of::<ContactsOneContact>(), |desk, call| {
        desk.leave_chat(call).boxed()
    }),
    Row::new(name::SEND_CONTACT_MESSAGE, Shape::of::<ContactsSay>(), |desk, call| {
        desk.say(call).boxed()
    })
    .acked(Shape::of::<ContactsSayAck>()),
    Row::new(name::CONTACT_TYPING, Shape::of::<ContactsTyping>(), |desk, call| {
        desk.typing(call).boxed()
    })
    .told_in(Channel::Silent),
    Row::new(name::NEW_REPLY, Shape::of::<ContactsEarlier>(), |desk, call| {
        desk.new_reply(call).boxed()
    }),
    Row::new(name::CONTACT_MSG_CLIENT, Shape::of::<ContactsEarlier>(), |desk, call| {
        desk.contact_msg(call).boxed()
    }),
];

/// A namespace of this contract.
pub struct Contacts {
    desk: Arc<ContactsDesk>,
}

impl Contacts {
    /// A namespace whose events are handled at this desk.
    #[must_use]
    pub fn new(desk: Arc<ContactsDesk>) -> Self {
        Self { desk }
    }
}

#[async_trait]
impl NamespaceHandler for Contacts {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        self.desk.shared().admit(handshake, auth, &MANNER, false).await
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.desk.enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        self.desk.arrive(conn);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor() else { return refused(INTERNAL) };
        let Some(row) = TABLE.iter().find(|row| row.event == event) else {
            return refused(Fault::new(UNKNOWN_EVENT));
        };
        self.desk.heed_role(conn, standing);
        if let Err(excess) = self.desk.count(&actor.user, EVENTS) {
            return self.desk.refuse(conn, row, excess);
        }
        match row.who {
            For::Admins if !actor.is_admin() => {
                return self.desk.refuse(conn, row, UNAUTHORIZED);
            }
            For::AdminsQuietly if !actor.is_admin() => return refused(UNAUTHORIZED),
            For::Anyone | For::Admins | For::AdminsQuietly => {}
        }
        let call = Call { conn, standing, actor, args };
        match (row.handle)(&self.desk, call).await {
            Ok(reply) => reply,
            Err(fault) => self.desk.refuse(conn, row, fault),
        }
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.depart(conn, reason);
    }
}
