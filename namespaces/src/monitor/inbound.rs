//! What monitors send. Admins only: whoever is none any more is closed with the next event at the latest.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt;
use outrigger_domain::{
    ids::{DeviceId, UserId},
    ports::AuditEntry,
    sessions::{Ending, Sessions},
};
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::{Value, json};
use tracing::{error, info};

use super::{
    feed::Feed,
    outbound::ADMINS_ONLY,
    wire::{MonitorDisconnect, MonitorDisconnected, MonitorState, MonitorSubscribe, name},
};
use crate::{
    contract::{Call, Inbound},
    entry::{Manner, ROOMS},
    rooms::{
        Desk,
        desk::{INTERNAL, refuse},
    },
    shape::Shape,
    standing::Standing,
};

/// Every event that a monitor may send.
pub(crate) static TABLE: [Inbound<Monitor>; 4] = [
    Inbound {
        event: name::SUBSCRIBE,
        argument: Some(Shape::of::<MonitorSubscribe>()),
        ack: None,
        handle: |monitor, call| async move { monitor.subscribe(&call) }.boxed(),
    },
    Inbound {
        event: name::SNAPSHOT,
        argument: None,
        ack: Some(Shape::of::<MonitorState>()),
        handle: |monitor, _| async move { Reply::json(&monitor.feed.snapshot()) }.boxed(),
    },
    Inbound {
        event: name::DISCONNECT,
        argument: Some(Shape::of::<MonitorDisconnect>()),
        ack: Some(Shape::of::<MonitorDisconnected>()),
        handle: |monitor, call| monitor.disconnect(call).boxed(),
    },
    // The acknowledgement is the answer.
    Inbound {
        event: name::PING,
        argument: None,
        ack: None,
        handle: |_, _| async { Reply::None }.boxed(),
    },
];

/// Admins of any contract's app watch: some apps' tokens name no address.
const MANNER: Manner = Manner { needs_email: false, ..ROOMS };

/// What a user is told who is disconnected without a reason given.
const DEFAULT_REASON: &str = "Disconnected by an administrator";
/// Longest reason, in bytes.
const LONGEST_REASON: usize = 200;
const BAD_PAYLOAD: &str = "Invalid payload";

/// The namespace `/monitor`.
pub struct Monitor {
    desk: Arc<Desk>,
    sessions: Arc<Sessions>,
    feed: Arc<Feed>,
}

impl Monitor {
    /// Monitors are recognised at this desk, end these sessions, and are kept up to date by this feed.
    #[must_use]
    pub fn new(desk: Arc<Desk>, sessions: Arc<Sessions>, feed: Arc<Feed>) -> Self {
        Self { desk, sessions, feed }
    }

    /// `monitor:subscribe`.
    fn subscribe(&self, call: &Call<'_>) -> Reply {
        let Ok(asked) = call.args.first::<MonitorSubscribe>() else { return refuse(BAD_PAYLOAD) };
        self.feed.subscribe(call.conn, asked.events.unwrap_or(true));
        Reply::None
    }

    /// `monitor:disconnect`: the user hears why, the sockets close, the sessions end.
    async fn disconnect(&self, call: Call<'_>) -> Reply {
        let Ok(asked) = call.args.first::<MonitorDisconnect>() else { return refuse(BAD_PAYLOAD) };
        let Ok(user) = UserId::new(&asked.user_id) else { return refuse(BAD_PAYLOAD) };
        let Ok(device) = asked.device_id.as_deref().map(DeviceId::new).transpose() else {
            return refuse(BAD_PAYLOAD);
        };
        let reason = asked.reason.as_deref().filter(|reason| !reason.is_empty());
        let reason = reason.unwrap_or(DEFAULT_REASON);
        if reason.len() > LONGEST_REASON {
            return refuse("reason is too long");
        }
        let revoke = asked.revoke.unwrap_or(true);
        let ending = match &device {
            Some(device) => Ending::Device(user.clone(), device.clone()),
            None => Ending::User(user.clone()),
        };
        let (sessions, reach) = match self.sessions.end(&ending, reason, revoke).await {
            Ok(ended) => ended,
            Err(error) => {
                error!(%error, "sessions could not be ended");
                return refuse(INTERNAL);
            }
        };
        info!(admin = %call.actor.user, %user, sockets = reach.sockets, "disconnected by an admin");
        let parts = self.desk.parts();
        let entry = AuditEntry {
            at: parts.clock.now(),
            user,
            device,
            kind: "disconnected_by_admin".to_owned(),
            detail: json!({ "by": call.actor.user, "revoked": revoke }).to_string(),
        };
        if let Err(error) = parts.store.audit(entry).await {
            error!(%error, "a disconnection could not be put into the audit trail");
        }
        Reply::json(&MonitorDisconnected {
            ok: true,
            sessions,
            sockets: reach.sockets,
            devices: reach.devices,
        })
    }
}

#[async_trait]
impl NamespaceHandler for Monitor {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        let admission = self.desk.admit(handshake, auth, &MANNER, false).await?;
        let standing = Arc::clone(&admission.state).downcast::<Standing>();
        let admin =
            standing.is_ok_and(|standing| standing.actor().is_some_and(|actor| actor.is_admin()));
        if admin {
            Ok(admission)
        } else {
            Err(Refusal { message: ADMINS_ONLY.into(), counts_as_failure: false })
        }
    }

    // Whoever only watches is not online: presence does not count monitors.
    fn entered(&self, _conn: &Arc<Conn>) {}

    async fn connected(&self, conn: &Arc<Conn>) {
        self.desk.arrive(conn, false);
        self.feed.watch(conn);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor().filter(|actor| actor.is_admin()) else {
            return Reply::Disconnect;
        };
        let Some(row) = TABLE.iter().find(|row| row.event == event) else {
            return refuse("Unknown event");
        };
        if let Some(reply) = self.desk.too_often(&actor, event) {
            return reply;
        }
        (row.handle)(self, Call { conn, standing, actor, args }).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, _reason: Gone) {
        self.feed.forget(conn);
    }
}
