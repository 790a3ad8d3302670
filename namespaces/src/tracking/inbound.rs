//! What clients of contract `tracking` send, and how often they may (`contracts/tracking.md` sections 2 and 7).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{
    arguments::{
        TrackingAck, TrackingOneMessage, TrackingOneNotification, TrackingOneRoom,
        TrackingRoomsAck, TrackingTrackAck, refused,
    },
    desk::TrackingDesk,
    texts::{Fault, MANNER, UNKNOWN_EVENT},
    wire::{TrackingPing, name},
};
use crate::{contract::Call, shape::Shape, standing::Standing};

/// How an event is handled: it is acknowledged, or refused.
type Handle = for<'a> fn(&'a TrackingDesk, Call<'a>) -> BoxFuture<'a, Result<Reply, Fault>>;

/// A row of the table.
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Shape,
    /// Whether it is our own question that it answers: then it does not count.
    answer: bool,
    handle: Handle,
}

impl Row {
    const fn new(event: &'static str, argument: Option<Shape>, handle: Handle) -> Self {
        Self { event, argument, ack: Shape::of::<TrackingAck>(), answer: false, handle }
    }
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 10] = [
    Row::new(name::JOIN_ROOM, Some(Shape::of::<TrackingOneRoom>()), |desk, call| {
        desk.join_room(call).boxed()
    }),
    Row::new(name::LEAVE_ROOM, Some(Shape::of::<TrackingOneRoom>()), |desk, call| {
        desk.leave_room(call).boxed()
    }),
    Row {
        ack: Shape::of::<TrackingRoomsAck>(),
        ..Row::new(name::GET_ROOMS, None, |desk, call| desk.get_rooms(call).boxed())
    },
    Row::new(name::SUBSCRIBE_ANALYTICS, None, |desk, call| desk.subscribe_analytics(call).boxed()),
    Row::new(name::UNSUBSCRIBE_ANALYTICS, None, |desk, call| {
        desk.unsubscribe_analytics(call).boxed()
    }),
    Row {
        ack: Shape::of::<TrackingTrackAck>(),
        ..Row::new(name::TRACK_MESSAGE, Some(Shape::of::<TrackingOneMessage>()), |desk, call| {
            desk.track_message(call).boxed()
        })
    },
    Row::new(name::UNTRACK_MESSAGE, Some(Shape::of::<TrackingOneMessage>()), |desk, call| {
        desk.untrack_message(call).boxed()
    }),
    Row::new(
        name::MARK_NOTIFICATION_READ,
        Some(Shape::of::<TrackingOneNotification>()),
        |desk, call| desk.mark_notification_read(call).boxed(),
    ),
    Row::new(name::PING, None, |desk, call| desk.ping(call).boxed()),
    Row {
        answer: true,
        ..Row::new(name::PONG, Some(Shape::of::<TrackingPing>()), |desk, call| {
            desk.pong(call).boxed()
        })
    },
];

/// A namespace of this contract.
pub struct Tracking {
    desk: Arc<TrackingDesk>,
}

impl Tracking {
    /// A namespace whose events are handled at this desk.
    #[must_use]
    pub fn new(desk: Arc<TrackingDesk>) -> Self {
        Self { desk }
    }
}

#[async_trait]
impl NamespaceHandler for Tracking {
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
        if !row.answer
            && let Err(excess) = self.desk.count(&actor)
        {
            return self.desk.too_often(conn, row.event, excess);
        }
        let call = Call { conn, standing, actor, args };
        match (row.handle)(&self.desk, call).await {
            Ok(reply) => reply,
            Err(fault) => self.desk.refuse(conn, row.event, fault, None),
        }
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.desk.depart(conn, reason);
    }
}
