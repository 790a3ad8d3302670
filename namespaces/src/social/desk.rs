//! What the events of this contract are handled with, and how they are refused.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    events::{Audience, DomainEvent, Published, Receipt},
    ids::UserId,
    limits::TooOften,
    messaging::TypingTimers,
    notifications::Notifications,
    ports::{Bus, StoreError},
    statuses::Statuses,
};
use outrigger_transport::{Conn, Gone, MountId, Reply};
use tracing::{error, warn};

use super::{
    arguments::refused,
    inbound::Row,
    texts::{CONNECTION, Fault, RATE_LIMITED, credential_ended},
    wire::SocialError,
};
use crate::{
    audience::selection,
    rooms::{Desk, desk::send},
    standing::Standing,
};

/// What this contract works with.
pub struct SocialParts {
    /// What it shares with the others: tokens, messages, presence, limits.
    pub desk: Arc<Desk>,
    /// Notifications.
    pub notifications: Arc<Notifications>,
    /// What users say of themselves.
    pub statuses: Arc<Statuses>,
    /// Who is typing to whom.
    pub typing: Arc<TypingTimers>,
    /// Where everything that is told passes.
    pub bus: Arc<dyn Bus>,
    /// Where this contract is mounted.
    pub places: Vec<MountId>,
}

/// Does what clients of this contract ask.
pub struct SocialDesk(pub(super) SocialParts);

impl SocialDesk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: SocialParts) -> Self {
        Self(parts)
    }

    /// What it shares with the other contracts.
    pub(super) fn shared(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// Counts an event of a user (`contracts/social.md` section 2, "Rate window").
    pub(super) fn count(&self, actor: &Actor, row: &Row) -> Result<(), TooOften> {
        let counted = self.shared().parts().limits.check(&actor.user, row.limit);
        if counted.is_err() {
            metrics::counter!("outrigger_rate_limited_total", "event" => row.limit).increment(1);
        }
        counted
    }

    /// Says that an event came too often.
    pub(super) fn too_often(&self, conn: &Conn, row: &Row, excess: TooOften) -> Reply {
        // Whole seconds, rounded up: whoever waits so long is let through.
        let millis = u64::try_from(excess.retry_after.as_millis()).unwrap_or(u64::MAX);
        let retry_after = Some(millis.div_ceil(1000).max(1));
        if !row.silent {
            let message = row.excess.into();
            send(conn, &SocialError { message, event: row.event, code: RATE_LIMITED, retry_after });
        }
        refused(row.excess, retry_after)
    }

    /// Says why an event was refused.
    pub(super) fn refuse(&self, conn: &Conn, event: &'static str, fault: Fault) -> Reply {
        let Fault { code, message } = fault;
        send(conn, &SocialError { message: message.into(), event, code, retry_after: None });
        refused(message, None)
    }

    /// Waits until what was published so far is with the sockets: what is said then comes behind it, an
    /// acknowledgement too.
    pub(super) async fn told(&self) {
        let (receipt, passed) = Receipt::requested();
        let at = self.shared().parts().clock.now();
        // For nobody: only its turn matters, as the dispatcher takes one event after the other.
        let nobody = Audience::Users(Vec::new());
        let turn = Published::asking(at, nobody, DomainEvent::OnlineUsers([].into()), receipt);
        self.0.bus.publish(turn).await;
        if passed.await.is_err() {
            warn!("the dispatcher stopped before an event was acknowledged");
        }
    }

    /// The first thing on a new socket. A revocation between the handshake and now has found no socket to close.
    pub(super) fn arrive(&self, conn: &Conn) {
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        if let Err(end) = self.shared().parts().door.identity().standing(&actor) {
            send(conn, &closing(credential_ended(end)));
            conn.disconnect();
        }
    }

    /// The last thing on a socket.
    pub(super) async fn depart(&self, conn: &Arc<Conn>, reason: Gone) {
        self.shared().depart(conn, reason);
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        if !self.is_here(&actor.user) {
            self.0.typing.gone(&actor.user).await;
        }
    }

    /// Whether the user has a socket of this contract.
    fn is_here(&self, user: &UserId) -> bool {
        let Some(selection) = selection(&Audience::User(user.clone())) else { return false };
        let hub = &self.shared().parts().hub;
        self.0.places.iter().any(|place| !hub.to(place, &selection).conns().is_empty())
    }
}

/// Says that the connection ends, and why.
pub(super) fn closing(fault: Fault) -> SocialError {
    let Fault { code, message } = fault;
    SocialError { message: message.into(), event: CONNECTION, code, retry_after: None }
}

/// Notes in the log why something of ours failed. A store that is overloaded says so itself.
pub(super) fn failed(fault: Fault) -> impl FnOnce(StoreError) -> Fault {
    move |error| {
        if !matches!(error, StoreError::Overloaded) {
            error!(%error, "{}", fault.message);
        }
        fault
    }
}
