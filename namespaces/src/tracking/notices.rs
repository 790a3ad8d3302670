//! Notifications that are made on the spot (`contracts/tracking.md` section 3); nothing of them is stored.

use outrigger_domain::{
    events::Announcement,
    notifications::Notification,
    time::Timestamp,
    tracking::{Recipient, RecipientStatus, Tracked},
};
use serde_json::{Value, json};
use tracing::error;

use super::{
    texts::CONNECTION,
    wire::{TrackingNotification, TrackingRecipientUpdate},
};

/// Outcomes of one batch that are told one by one; of more only their number is.
const MOST_SINGLY: usize = 10;

/// The kind of what nobody asked for.
const WARNING: &str = "warning";
/// The kind of everything without a word of its own.
const SYSTEM: &str = "system";
/// The kind of outcomes.
const DELIVERY: &str = "delivery_update";
/// Every kind that clients know.
const KINDS: [&str; 5] = ["message_sent", "message_failed", DELIVERY, SYSTEM, WARNING];

/// The contract's word for a kind; the app's own ones are shown as `system`.
fn kind(word: &str) -> &'static str {
    KINDS.into_iter().find(|kind| *kind == word).unwrap_or(SYSTEM)
}

fn made(
    prefix: &str,
    kind: &'static str,
    title: &str,
    message: String,
    data: Option<Value>,
    at: Timestamp,
) -> TrackingNotification {
    let id = format!("{prefix}_{}", at.ms());
    TrackingNotification {
        id,
        kind,
        title: title.to_owned(),
        message,
        data,
        timestamp: at,
        read: false,
    }
}

/// The first thing a socket is told.
pub(super) fn welcome(at: Timestamp) -> TrackingNotification {
    made("welcome", SYSTEM, "Connected", "Real-time updates are now active".into(), None, at)
}

/// An event was refused.
pub(super) fn denied(event: &str, why: &str, at: Timestamp) -> TrackingNotification {
    let data = json!({ "event": event });
    made(WARNING, WARNING, "Request denied", why.to_owned(), Some(data), at)
}

/// The connection ends behind this.
pub(super) fn closing(why: &str, at: Timestamp) -> TrackingNotification {
    let data = json!({ "event": CONNECTION });
    made(WARNING, WARNING, "Connection closed", why.to_owned(), Some(data), at)
}

/// The process ends; clients come back by themselves.
pub(super) fn farewell(at: Timestamp) -> TrackingNotification {
    made(WARNING, WARNING, "Server restarting", "Server is shutting down".into(), None, at)
}

/// Something for everyone.
pub(super) fn announced(announcement: &Announcement, at: Timestamp) -> TrackingNotification {
    let Announcement { kind: word, title, message, data } = announcement;
    made(SYSTEM, kind(word), title, message.clone(), data.clone(), at)
}

/// A notification of this user that is stored.
pub(super) fn stored(notification: &Notification) -> TrackingNotification {
    TrackingNotification {
        id: notification.id.to_string(),
        kind: kind(&notification.kind),
        title: notification.title.clone(),
        message: notification.message.clone(),
        data: notification.data.clone(),
        timestamp: notification.created_at,
        read: notification.read_at.is_some(),
    }
}

/// What became of those among `changed` for whom it is decided: each, or how many they are if they are many.
pub(super) fn outcomes(
    tracked: &Tracked,
    changed: &[Recipient],
    at: Timestamp,
) -> Vec<TrackingNotification> {
    let decided = || changed.iter().filter(|recipient| is_decided_now(recipient));
    let all = decided().count();
    if all <= MOST_SINGLY {
        return decided().map(|recipient| outcome(recipient, at)).collect();
    }
    let delivered = decided().filter(|one| one.status == RecipientStatus::Delivered).count();
    let failed = all - delivered;
    let data = json!({ "messageId": tracked.id, "delivered": delivered, "failed": failed });
    let message = format!("{delivered} delivered, {failed} failed");
    let prefix = format!("delivery_{}", tracked.id);
    vec![made(&prefix, DELIVERY, "Delivery Update", message, Some(data), at)]
}

/// Whether it was decided with the last change. What becomes known of a recipient afterwards, its price say, is no second
/// delivery.
fn is_decided_now(recipient: &Recipient) -> bool {
    recipient.status.is_final()
        && recipient.delivered_at.is_none_or(|delivered| delivered == recipient.updated_at)
}

fn outcome(recipient: &Recipient, at: Timestamp) -> TrackingNotification {
    let status = recipient.status.as_str().to_ascii_lowercase();
    let to = Some(recipient.phone.as_str()).filter(|phone| !phone.is_empty());
    let to = to.or(recipient.email.as_deref()).unwrap_or(recipient.id.as_str());
    let message = format!("Message to {to} {status}");
    let data = serde_json::to_value(TrackingRecipientUpdate::from(recipient))
        .inspect_err(|fault| error!(%fault, "a recipient could not be encoded"))
        .ok();
    let prefix = format!("delivery_{}", recipient.id);
    made(&prefix, DELIVERY, "Delivery Update", message, data, at)
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_kind_that_clients_do_not_know_is_shown_as_one_they_do() {
        for known in super::KINDS {
            assert_eq!(kind(known), known);
        }
        assert_eq!((kind("new_follow"), kind("")), ("system", "system"));
    }
}
