//! What is known once something more was told.

use outrigger_domain::{
    ids::{TrackedId, UserId},
    time::Timestamp,
    tracking::{
        Counts, MessageUpdate, Recipient, RecipientStatus, RecipientUpdate, Registration, Tracked,
        TrackedStatus,
    },
};

use super::recipients::Kept;

/// A message of which nothing is known but this.
pub(super) fn fresh(
    id: &TrackedId,
    owner: &UserId,
    status: TrackedStatus,
    at: Timestamp,
) -> Tracked {
    Tracked {
        id: id.clone(),
        owner: owner.clone(),
        status,
        subject: None,
        content: None,
        kind: None,
        template: None,
        total: None,
        counts: Counts::default(),
        reported: (None, None),
        cost: None,
        recipients_cost: None,
        scheduled_at: None,
        sent_at: was_sent(status).then_some(at),
        created_at: at,
        updated_at: at,
        revision: 0,
    }
}

fn was_sent(status: TrackedStatus) -> bool {
    matches!(status, TrackedStatus::Sent | TrackedStatus::Failed | TrackedStatus::Delivered)
}

fn advance(tracked: &mut Tracked, status: TrackedStatus, at: Timestamp) {
    tracked.status = status;
    if was_sent(status) {
        tracked.sent_at.get_or_insert(at);
    }
}

/// Takes what is said, and leaves what nothing is said of.
fn take<T: Clone>(known: &mut Option<T>, said: Option<&T>) {
    if let Some(said) = said {
        *known = Some(said.clone());
    }
}

/// A message after it was registered, perhaps again. Its status never goes backwards.
pub(super) fn registered(before: Option<&Tracked>, new: &Registration, at: Timestamp) -> Tracked {
    let status = new.status.unwrap_or(TrackedStatus::Draft);
    let mut now = before.cloned().unwrap_or_else(|| fresh(&new.id, &new.owner, status, at));
    if let Some(status) = new.status
        && now.status.leads_to(status)
    {
        advance(&mut now, status, at);
    }
    take(&mut now.subject, new.subject.as_ref());
    take(&mut now.content, new.content.as_ref());
    take(&mut now.kind, new.kind.as_ref());
    take(&mut now.template, new.template.as_ref());
    take(&mut now.total, new.total.as_ref());
    take(&mut now.scheduled_at, new.scheduled_at.as_ref());
    touched(before, now, at)
}

/// A message after an update. One that leads backwards says nothing of use, whatever else is in it.
pub(super) fn updated(before: Option<&Tracked>, update: &MessageUpdate, at: Timestamp) -> Tracked {
    let fresh = || fresh(&update.id, &update.owner, update.status, at);
    let mut now = before.cloned().unwrap_or_else(fresh);
    if now.status.leads_to(update.status) {
        advance(&mut now, update.status, at);
    } else if now.status != update.status {
        return now;
    }
    take(&mut now.reported.0, update.success.as_ref());
    take(&mut now.reported.1, update.failed.as_ref());
    take(&mut now.cost, update.cost.as_ref());
    touched(before, now, at)
}

fn touched(before: Option<&Tracked>, mut now: Tracked, at: Timestamp) -> Tracked {
    if before.is_some_and(|before| *before != now) {
        now.updated_at = at;
    }
    now
}

/// A recipient of which nothing is known but this.
pub(super) fn newcomer(message: &TrackedId, update: &RecipientUpdate, at: Timestamp) -> Kept {
    Kept {
        recipient: Recipient {
            id: update.id.clone(),
            message: message.clone(),
            phone: String::new(),
            email: None,
            name: None,
            status: update.status,
            error: None,
            cost: None,
            sent_at: None,
            delivered_at: None,
            updated_at: at,
            revision: 0,
        },
        failed_at: None,
    }
}

/// Takes an update of a recipient, unless it leads backwards.
pub(super) fn merge(kept: &mut Kept, update: &RecipientUpdate, at: Timestamp) {
    let recipient = &mut kept.recipient;
    if recipient.status != update.status && !recipient.status.leads_to(update.status) {
        return;
    }
    recipient.status = update.status;
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(phone) = said(&update.phone) {
        recipient.phone = phone;
    }
    take(&mut recipient.email, said(&update.email).as_ref());
    take(&mut recipient.name, said(&update.name).as_ref());
    take(&mut recipient.error, said(&update.error).as_ref());
    if let Some(cost) = update.cost
        && !recipient.cost.is_some_and(|known| is_same(known, cost))
    {
        recipient.cost = Some(cost);
    }
    match update.status {
        RecipientStatus::Pending | RecipientStatus::Sending => {}
        RecipientStatus::Sent => {
            recipient.sent_at.get_or_insert(at);
        }
        RecipientStatus::Failed | RecipientStatus::Bounced => {
            kept.failed_at.get_or_insert(at);
        }
        RecipientStatus::Delivered => {
            recipient.sent_at.get_or_insert(at);
            recipient.delivered_at.get_or_insert(at);
            // It has not failed after all.
            recipient.error = None;
            kept.failed_at = None;
        }
    }
}

/// SQLite may read a number that it is given as text with another last digit.
fn is_same(known: f64, said: f64) -> bool {
    (known - said).abs() <= known.abs() * 1e-12
}
