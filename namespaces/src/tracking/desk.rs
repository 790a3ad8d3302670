//! What the events of this contract are handled with, and how they are refused.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    limits::TooOften,
    notifications::Notifications,
    ports::StoreError,
    time::Timestamp,
    tracking::{Figures, Progress, Tracking},
};
use outrigger_transport::{Conn, Gone, Reply};
use tracing::error;

use super::{
    arguments::refused,
    notices::{closing, denied, welcome},
    texts::{Fault, INTERNAL, TOO_OFTEN, credential_ended},
};
use crate::{
    rooms::{Desk, desk::send},
    standing::Standing,
};

/// What the rate limiter calls every event of this contract, and what REST changes (`contracts/tracking.md` section 7).
const ALLOWANCE: &str = "tracking:event";

/// What this contract works with.
pub struct TrackingParts {
    /// What it shares with the others: tokens, chats, presence, limits.
    pub desk: Arc<Desk>,
    /// Notifications.
    pub notifications: Arc<Notifications>,
    /// Messages sent to many.
    pub tracking: Arc<Tracking>,
    /// Tells what becomes of them.
    pub progress: Arc<Progress>,
    /// Figures of them.
    pub figures: Arc<Figures>,
    /// Whether messages that nobody told of yet can be tracked: the user hears of them once they turn out to be the
    /// user's (`contracts/tracking.md` section 8).
    pub track_unknown: bool,
}

/// Does what clients of this contract ask.
pub struct TrackingDesk(pub(super) TrackingParts);

impl TrackingDesk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: TrackingParts) -> Self {
        Self(parts)
    }

    /// What it shares with the other contracts.
    pub(super) fn shared(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// The present instant.
    pub(super) fn now(&self) -> Timestamp {
        self.shared().parts().clock.now()
    }

    /// Counts an event of a user.
    pub(super) fn count(&self, actor: &Actor) -> Result<(), TooOften> {
        let counted = self.shared().parts().limits.check(&actor.user, ALLOWANCE);
        if counted.is_err() {
            metrics::counter!("outrigger_rate_limited_total", "event" => ALLOWANCE).increment(1);
        }
        counted
    }

    /// Says that events came too often.
    pub(super) fn too_often(&self, conn: &Conn, event: &'static str, excess: TooOften) -> Reply {
        // Whole seconds, rounded up: whoever waits so long is let through.
        let millis = u64::try_from(excess.retry_after.as_millis()).unwrap_or(u64::MAX);
        self.refuse(conn, event, TOO_OFTEN, Some(millis.div_ceil(1000).max(1)))
    }

    /// Says why an event was refused, and when it may be tried again, in seconds.
    pub(super) fn refuse(
        &self,
        conn: &Conn,
        event: &'static str,
        fault: Fault,
        retry_after: Option<u64>,
    ) -> Reply {
        send(conn, &denied(event, fault.0, self.now()));
        refused(fault.0, retry_after)
    }

    /// The first thing on a new socket. A revocation between the handshake and now has found no socket to close.
    pub(super) fn arrive(&self, conn: &Conn) {
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        match self.shared().parts().door.identity().standing(&actor) {
            Ok(()) => {
                send(conn, &welcome(self.now()));
                if actor.is_admin() && standing.followed().watch_everyone(true) {
                    self.0.figures.admin_entered();
                }
            }
            Err(end) => {
                send(conn, &closing(credential_ended(end), self.now()));
                conn.disconnect();
            }
        }
    }

    /// The last thing on a socket.
    pub(super) fn depart(&self, conn: &Arc<Conn>, reason: Gone) {
        self.shared().depart(conn, reason);
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        if standing.followed().want_analytics(false) {
            self.0.figures.unsubscribed(&actor.user);
        }
        if standing.followed().watch_everyone(false) {
            self.0.figures.admin_left();
        }
    }
}

/// Notes in the log why something of ours failed. A store that is overloaded says so itself.
pub(super) fn failed(event: &'static str) -> impl Fn(StoreError) -> Fault {
    move |error| {
        if !matches!(error, StoreError::Overloaded) {
            error!(%error, event, "an event could not be handled");
        }
        INTERNAL
    }
}
