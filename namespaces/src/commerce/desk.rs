//! What the events of this contract are handled with, and how they are refused.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    commerce::{
        AuditKind, AuditLog, CommerceEvent, Crowd, DebugCounters, EventMap, Marketplace, role_word,
    },
    events::{Audience, DomainEvent, Published},
    ids::UserId,
    limits::TooOften,
    messaging::TypingTimers,
    naming::Ids,
    notifications::Notifications,
    outreach::Outreach,
    ports::{Bus, CommerceStore, StoreError},
    time::Timestamp,
    webhooks::Webhooks,
};
use outrigger_transport::{Conn, Reply};
use serde_json::json;
use tracing::error;

use super::{
    answers::{CommerceNameless, failed},
    stay::Visits,
    texts::{Fault, NO_EVENT_NAME, RATE_LIMITED, TOO_OFTEN},
    wire::{
        CommerceConnectionError, CommerceErrorMessage, CommerceInternalError, CommerceInvalid,
        CommerceUnauthorized,
    },
};
use crate::{
    actions::Actions,
    rooms::{Desk, desk::send},
};

/// What the rate limiter calls refusals for a role, as far as they are put into the audit log: beyond it they are not.
const DENIED: &str = "commerce:denied";

/// What only this contract works with.
#[derive(Clone)]
pub struct CommerceServices {
    /// Who may send what.
    pub map: Arc<EventMap>,
    /// Who is there.
    pub crowd: Arc<Crowd>,
    /// What became of sockets.
    pub audit: Arc<AuditLog>,
    /// Counts what is sent and refused.
    pub debug: Arc<DebugCounters>,
    /// Orders, notices, disconnections.
    pub market: Arc<Marketplace>,
    /// Says what admins say.
    pub outreach: Arc<Outreach>,
    /// Asked whose an order is.
    pub orders: Arc<dyn CommerceStore>,
    /// Names messages.
    pub ids: Arc<dyn Ids>,
    /// The way to the app, if it wants to hear of what clients send (`client.event`).
    pub forward: Option<Arc<Webhooks>>,
    /// Whether people without a token are let in (`contracts/commerce.md` section 1, "Guest mode").
    pub guests: bool,
    /// Whether rooms with plain names are everyone's until the app names their members (`contracts/commerce.md` section 7).
    pub open_rooms: bool,
    /// Whether messages are said to be from an id rather than an address (`contracts/commerce.md` section 7).
    pub chat_from_id: bool,
}

/// What this contract works with.
pub struct CommerceParts {
    /// What it shares with the others: tokens, messages, chats, presence, limits.
    pub desk: Arc<Desk>,
    /// Notifications.
    pub notifications: Arc<Notifications>,
    /// Who is typing to whom.
    pub typing: Arc<TypingTimers>,
    /// Where everything that is told passes.
    pub bus: Arc<dyn Bus>,
    /// Events of no contract that the app decides about, if there are any.
    pub actions: Option<Actions>,
    /// What only it works with.
    pub services: CommerceServices,
}

/// Does what clients of this contract ask.
pub struct CommerceDesk {
    pub(super) parts: CommerceParts,
    pub(super) visits: Visits,
}

/// Whom the audit log names: guests are nobody.
pub(super) fn recognised(actor: &Actor) -> Option<&UserId> {
    (!actor.is_guest()).then_some(&actor.user)
}

/// The name to show of someone; of those who have none, their id.
pub(super) fn shown(name: Option<&str>, user: &UserId) -> String {
    name.map_or_else(|| user.to_string(), str::to_owned)
}

impl CommerceDesk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: CommerceParts) -> Self {
        Self { parts, visits: Visits::default() }
    }

    /// What it shares with the other contracts.
    pub(super) fn shared(&self) -> &Arc<Desk> {
        &self.parts.desk
    }

    /// What only it works with.
    pub(super) fn services(&self) -> &CommerceServices {
        &self.parts.services
    }

    /// The present instant.
    pub(super) fn now(&self) -> Timestamp {
        self.shared().parts().clock.now()
    }

    /// Tells something of the marketplace.
    pub(super) async fn tell(&self, audience: Audience, event: CommerceEvent) {
        let event = DomainEvent::Commerce(event);
        self.parts.bus.publish(Published::new(self.now(), audience, event)).await;
    }

    /// Counts an event of a user, if events of that name are limited.
    pub(super) fn count(&self, actor: &Actor, event: &str) -> Result<(), TooOften> {
        let Some(kind) = allowance(event) else { return Ok(()) };
        let counted = self.shared().parts().limits.check(&actor.user, kind);
        if counted.is_err() {
            metrics::counter!("outrigger_rate_limited_total", "event" => kind).increment(1);
        }
        counted
    }

    /// Says that events came too often.
    pub(super) fn too_often(&self, conn: &Conn, event: &str, excess: TooOften) -> Reply {
        // Whole seconds, rounded up: whoever waits so long is let through.
        let millis = u64::try_from(excess.retry_after.as_millis()).unwrap_or(u64::MAX);
        let retry_after = Some(millis.div_ceil(1000).max(1));
        self.invalid(conn, event, RATE_LIMITED, TOO_OFTEN.to_owned(), retry_after)
    }

    /// Says why an event was refused.
    pub(super) fn refuse(&self, conn: &Conn, actor: &Actor, event: &str, fault: Fault) -> Reply {
        match fault {
            Fault::Invalid(message) => {
                self.invalid(conn, event, "VALIDATION_ERROR", message.into_owned(), None)
            }
            Fault::Unauthorized(required) => {
                let required_roles: Vec<_> = required.into_iter().map(role_word).collect();
                self.note_denied(actor, event, &required_roles);
                let said = unauthorized(event, required_roles, role_word(actor.role));
                self.services().debug.count_error(said.code);
                send(conn, &said);
                Reply::json(&said)
            }
            Fault::NoEventName => {
                // Nobody reads the acknowledgement's form but in the acknowledgement.
                self.invalid(conn, event, "VALIDATION_ERROR", NO_EVENT_NAME.to_owned(), None);
                Reply::json(&CommerceNameless { error: NO_EVENT_NAME })
            }
            Fault::Internal => {
                let said = internal(event);
                self.services().debug.count_error(said.code);
                let detail = json!({ "role": role_word(actor.role), "event": event });
                self.services().audit.note(AuditKind::Error, recognised(actor), detail);
                send(conn, &said);
                failed()
            }
        }
    }

    fn invalid(
        &self,
        conn: &Conn,
        event: &str,
        code: &'static str,
        message: String,
        retry_after: Option<u64>,
    ) -> Reply {
        let said = CommerceInvalid { code, message, event: event.to_owned(), retry_after };
        self.services().debug.count_error(code);
        send(conn, &said);
        Reply::json(&said)
    }

    fn note_denied(&self, actor: &Actor, event: &str, required: &[&str]) {
        // A client that asks again and again must not push everything else out of the log.
        if self.shared().parts().limits.check(&actor.user, DENIED).is_ok() {
            let role = role_word(actor.role);
            let detail = json!({ "role": role, "event": event, "requiredRoles": required });
            self.services().audit.note(AuditKind::UnauthorizedEvent, recognised(actor), detail);
        }
    }

    /// Says that something about the socket itself went wrong (`contracts/commerce.md` section 3, `connection:error`).
    pub(super) fn trouble(&self, conn: &Conn, actor: &Actor, reason: &str) {
        let (here, there) = socket_errors(self.now());
        self.services().debug.count_error(here.code);
        let detail = json!({ "role": role_word(actor.role), "reason": reason });
        self.services().audit.note(AuditKind::Error, recognised(actor), detail);
        send(conn, &here);
        send(conn, &there);
    }
}

/// What the rate limiter calls an event; `None` for what is not limited (`contracts/commerce.md` section 6).
fn allowance(event: &str) -> Option<&'static str> {
    use super::wire::name;
    match event {
        name::PING | name::DISCONNECT_REQUEST => None,
        name::CHAT_MESSAGE => Some("commerce:chat"),
        name::CHAT_TYPING => Some("commerce:typing"),
        name::USER_CART_UPDATE => Some("commerce:cart"),
        admin if admin.starts_with("admin:") => Some("commerce:admin"),
        _ => Some("commerce:event"),
    }
}

/// The role does not allow it.
pub(super) fn unauthorized(
    event: &str,
    required_roles: Vec<&'static str>,
    user_role: &'static str,
) -> CommerceUnauthorized {
    let message = "Insufficient permissions for this event";
    let event = event.to_owned();
    CommerceUnauthorized { code: "UNAUTHORIZED", message, event, required_roles, user_role }
}

/// Something of ours failed.
pub(super) fn internal(event: &str) -> CommerceInternalError {
    let message = "An error occurred processing your request";
    CommerceInternalError { code: "INTERNAL_ERROR", message, event: event.to_owned() }
}

/// Something about the socket went wrong, in both of the contract's words.
pub(super) fn socket_errors(at: Timestamp) -> (CommerceConnectionError, CommerceErrorMessage) {
    let code = "SOCKET_ERROR";
    let message = "A socket error occurred";
    (
        CommerceConnectionError { message, code, timestamp: at.ms() },
        CommerceErrorMessage { message: "An error occurred", code },
    )
}

/// Notes in the log why something of ours failed. A store that is overloaded says so itself.
pub(super) fn broken(event: &str) -> impl Fn(StoreError) -> Fault {
    move |error| {
        if !matches!(error, StoreError::Overloaded) {
            error!(%error, event, "[SOCKET ERROR] an event could not be handled");
        }
        Fault::Internal
    }
}

#[cfg(test)]
mod tests {
    use super::allowance;

    #[test]
    fn events_are_limited_by_what_they_cost() {
        assert_eq!(allowance("ping"), None);
        assert_eq!(allowance("disconnect_request"), None);
        for (event, kind) in [
            ("chat:message", "commerce:chat"),
            ("chat:typing", "commerce:typing"),
            ("user:cart_update", "commerce:cart"),
            ("admin:stats", "commerce:admin"),
            ("admin:made_up", "commerce:admin"),
            ("chat:join_room", "commerce:event"),
            ("anything", "commerce:event"),
        ] {
            assert_eq!(allowance(event), Some(kind), "{event}");
        }
    }
}
