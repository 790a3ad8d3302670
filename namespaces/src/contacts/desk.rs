//! What the events of this contract are handled with, and how they are refused.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    events::{Audience, DomainEvent, Published, Receipt},
    ids::UserId,
    ports::{Bus, StoreError},
    support::{Admin, SupportDesk},
    time::Timestamp,
};
use outrigger_transport::{Conn, Reply};
use tracing::{error, warn};

use super::{
    answers::{form_refused, refused},
    inbound::{Channel, Row},
    texts::{FORM_FAILED, Fault, INTERNAL},
    visits::Visits,
    wire::{ContactsClaimError, ContactsFormError, ContactsMessageError, ContactsResolveError},
};
use crate::rooms::{Desk, desk::send};

/// What only this contract works with.
#[derive(Clone)]
pub struct ContactsServices {
    /// Requests, and the admins who answer them.
    pub support: Arc<SupportDesk>,
}

/// What this contract works with.
pub struct ContactsParts {
    /// What it shares with the others: tokens, presence, limits, the way out.
    pub desk: Arc<Desk>,
    /// Where everything that is told passes.
    pub bus: Arc<dyn Bus>,
    /// What only it works with.
    pub services: ContactsServices,
}

/// Does what clients of this contract ask.
pub struct ContactsDesk {
    pub(super) parts: ContactsParts,
    pub(super) visits: Visits,
}

/// The admin that a user is.
pub(super) fn admin(actor: &Actor) -> Admin {
    let name = actor.profile.name.clone();
    let email = Some(actor.email.clone()).filter(|email| !email.is_empty());
    Admin {
        id: actor.user.clone(),
        name: name.unwrap_or_else(|| actor.user.to_string()),
        email: email.or_else(|| actor.profile.email.clone()).unwrap_or_default(),
    }
}

impl ContactsDesk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: ContactsParts) -> Self {
        Self { parts, visits: Visits::default() }
    }

    /// What it shares with the other contracts.
    pub(super) fn shared(&self) -> &Arc<Desk> {
        &self.parts.desk
    }

    /// Requests, and the admins who answer them.
    pub(super) fn support(&self) -> &Arc<SupportDesk> {
        &self.parts.services.support
    }

    /// The present instant.
    pub(super) fn now(&self) -> Timestamp {
        self.shared().parts().clock.now()
    }

    /// Counts an event against an allowance of a user, or of whoever stands for several.
    ///
    /// # Errors
    /// It came too often.
    pub(super) fn count(&self, user: &UserId, allowance: &'static str) -> Result<(), Fault> {
        self.shared().parts().limits.check(user, allowance).map_err(|excess| {
            metrics::counter!("outrigger_rate_limited_total", "event" => allowance).increment(1);
            // Whole seconds, rounded up: whoever waits so long is let through.
            let millis = u64::try_from(excess.retry_after.as_millis()).unwrap_or(u64::MAX);
            Fault::too_often(millis.div_ceil(1000).max(1))
        })
    }

    /// Says why an event was refused, in the event that the contract has for it.
    pub(super) fn refuse(&self, conn: &Conn, row: &Row, fault: Fault) -> Reply {
        let Fault { error, assigned_to, retry_after } = fault.clone();
        let event = row.event;
        match row.channel {
            Channel::Form => {
                send(conn, &ContactsFormError { error: FORM_FAILED, details: error, retry_after });
                return form_refused(FORM_FAILED, &fault);
            }
            Channel::Claim => {
                send(conn, &ContactsClaimError { error, assigned_to, event, retry_after });
            }
            Channel::Resolve => send(conn, &ContactsResolveError { error, event, retry_after }),
            Channel::Message => send(conn, &message_error(event, &fault)),
            Channel::Silent => {}
        }
        refused(fault)
    }

    /// Waits until what was published so far is with the sockets: what is said then comes behind it, an acknowledgement
    /// too, and whoever enters a room now hears nothing of it.
    pub(super) async fn passed(&self) {
        let (receipt, passed) = Receipt::requested();
        // For nobody: only its turn matters, as the dispatcher takes one event after the other.
        let nobody = Audience::Users(Vec::new());
        let event = DomainEvent::OnlineUsers([].into());
        let turn = Published::asking(self.now(), nobody, event, receipt);
        self.parts.bus.publish(turn).await;
        if passed.await.is_err() {
            warn!("the dispatcher stopped before an event was acknowledged");
        }
    }
}

/// An event was refused.
pub(super) fn message_error(event: &'static str, fault: &Fault) -> ContactsMessageError {
    let (error, event) = (fault.error.to_owned(), Some(event));
    ContactsMessageError { error, event, retry_after: fault.retry_after }
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
