//! What clients of contract `social` send, and how often they may (`contracts/social.md` section 2).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{
    arguments::{
        SocialAck, SocialMarkAllAck, SocialOneMessage, SocialOneNotification, SocialOneReceiver,
        SocialSendAck, SocialSendMessage, SocialSetStatus, SocialUpdatePreferences, refused,
    },
    desk::SocialDesk,
    texts::{Fault, MANNER, UNKNOWN_EVENT},
    wire::name,
};
use crate::{contract::Call, shape::Shape, standing::Standing};

/// How an event is handled: it is acknowledged, or refused.
type Handle = for<'a> fn(&'a SocialDesk, Call<'a>) -> BoxFuture<'a, Result<Reply, Fault>>;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Shape,
    /// What the rate limiter calls it; REST that does the same counts as the same.
    pub(super) limit: &'static str,
    /// What is said to whoever sends too many.
    pub(super) excess: &'static str,
    /// Whether that is only said to those who asked for an acknowledgement.
    pub(super) silent: bool,
    handle: Handle,
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 10] = [
    Row {
        event: name::SEND_MESSAGE,
        argument: Some(Shape::of::<SocialSendMessage>()),
        ack: Shape::of::<SocialSendAck>(),
        limit: "social:send_message",
        excess: "Rate limit exceeded for messages",
        silent: false,
        handle: |desk, call| desk.send_message(call).boxed(),
    },
    Row {
        event: name::MESSAGE_READ,
        argument: Some(Shape::of::<SocialOneMessage>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:message_read",
        excess: "Rate limit exceeded for read confirmations",
        silent: false,
        handle: |desk, call| desk.message_read(call).boxed(),
    },
    Row {
        event: name::DELETE_MESSAGE,
        argument: Some(Shape::of::<SocialOneMessage>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:delete_message",
        excess: "Rate limit exceeded for message deletion",
        silent: false,
        handle: |desk, call| desk.delete_message(call).boxed(),
    },
    Row {
        event: name::TYPING_START,
        argument: Some(Shape::of::<SocialOneReceiver>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:typing_start",
        excess: TOO_MUCH_TYPING,
        silent: false,
        handle: |desk, call| desk.typing_start(call).boxed(),
    },
    Row {
        event: name::TYPING_STOP,
        argument: Some(Shape::of::<SocialOneReceiver>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:typing_stop",
        excess: TOO_MUCH_TYPING,
        silent: true,
        handle: |desk, call| desk.typing_stop(call).boxed(),
    },
    Row {
        event: name::SET_STATUS,
        argument: Some(Shape::of::<SocialSetStatus>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:set_status",
        excess: "Rate limit exceeded for status updates",
        silent: false,
        handle: |desk, call| desk.set_status(call).boxed(),
    },
    Row {
        event: name::MARK_NOTIFICATION_READ,
        argument: Some(Shape::of::<SocialOneNotification>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:mark_notification_read",
        excess: "Rate limit exceeded for notification updates",
        silent: false,
        handle: |desk, call| desk.mark_notification_read(call).boxed(),
    },
    Row {
        event: name::DELETE_NOTIFICATION,
        argument: Some(Shape::of::<SocialOneNotification>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:delete_notification",
        excess: "Rate limit exceeded for notification deletion",
        silent: false,
        handle: |desk, call| desk.delete_notification(call).boxed(),
    },
    Row {
        event: name::MARK_ALL_NOTIFICATIONS_READ,
        argument: None,
        ack: Shape::of::<SocialMarkAllAck>(),
        limit: "social:mark_all_notifications_read",
        excess: "Rate limit exceeded for bulk notification updates",
        silent: false,
        handle: |desk, call| desk.mark_all_notifications_read(call).boxed(),
    },
    Row {
        event: name::UPDATE_NOTIFICATION_PREFERENCES,
        argument: Some(Shape::of::<SocialUpdatePreferences>()),
        ack: Shape::of::<SocialAck>(),
        limit: "social:update_notification_preferences",
        excess: "Rate limit exceeded for preference updates",
        silent: false,
        handle: |desk, call| desk.update_preferences(call).boxed(),
    },
];

const TOO_MUCH_TYPING: &str = "Rate limit exceeded for typing events";

/// A namespace of this contract.
pub struct Social {
    desk: Arc<SocialDesk>,
}

impl Social {
    /// A namespace whose events are handled at this desk.
    #[must_use]
    pub fn new(desk: Arc<SocialDesk>) -> Self {
        Self { desk }
    }
}

#[async_trait]
impl NamespaceHandler for Social {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        self.desk.shared().admit(handshake, auth, &MANNER, false).await
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.desk.shared().enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        self.desk.arrive(conn);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor() else { return refused("Not authenticated", None) };
        let Some(row) = TABLE.iter().find(|row| row.event == event) else {
            return refused(UNKNOWN_EVENT, None);
        };
        if let Err(excess) = self.desk.count(&actor, row) {
            return self.desk.too_often(conn, row, excess);
        }
        let call = Call { conn, standing, actor, args };
        match (row.handle)(&self.desk, call).await {
            Ok(reply) => reply,
            Err(fault) => self.desk.refuse(conn, row.event, fault),
        }
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.depart(conn, reason).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_limited_under_its_own_name() {
        for row in &TABLE {
            assert_eq!(row.limit, format!("{}:{}", super::super::CONTRACT, row.event));
        }
    }
}
