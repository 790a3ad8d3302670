//! One message on its way: first to its user's subscriptions, then to each of them.

use std::{sync::Arc, time::Duration};

use tracing::{debug, warn};

use super::{
    message::PushMessage,
    sending::count,
    subscription::{PushFault, Subscription},
};
use crate::{
    accounts::Profile,
    ids::UserId,
    ports::{PushGateway, PushStore, Store, StoreResult},
    presence::Presence,
    time::Timestamp,
};

/// Attempts for one browser before it is given up.
const ATTEMPTS: u32 = 4;

/// After the first failure; four times as long after each further one: 2 s, 8 s, 32 s.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// A `Retry-After` is waited for up to this long; a push service that wants more than that is not asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// What takes messages to browsers, and forgets those that cannot be reached any more.
pub(super) struct Carrier {
    pub(super) store: Arc<dyn PushStore>,
    pub(super) gateway: Arc<dyn PushGateway>,
}

/// What sending works with.
pub(super) struct Parts {
    pub(super) carrier: Arc<Carrier>,
    pub(super) users: Arc<dyn Store>,
    pub(super) presence: Arc<Presence>,
}

/// A message for a user, wherever the user's browsers are.
pub(super) struct Job {
    pub(super) user: UserId,
    pub(super) message: PushMessage,
    pub(super) at: Timestamp,
    pub(super) only_if_away: bool,
}

/// A message for one browser.
pub(super) struct Delivery {
    user: UserId,
    to: Subscription,
    payload: Arc<[u8]>,
    failed: u32,
}

/// What there is to do after a step.
pub(super) enum Next {
    /// The message goes to these.
    Deliver(Vec<Delivery>),
    /// The same again after a while.
    Again(Delivery, Duration),
    /// No more.
    Done,
}

/// Finds out where a message goes.
pub(super) async fn address(parts: Arc<Parts>, job: Job) -> Next {
    if job.only_if_away && parts.presence.is_online(&job.user) {
        return Next::Done;
    }
    match deliveries(&parts, job).await {
        Ok(deliveries) => Next::Deliver(deliveries),
        Err(error) => {
            warn!(%error, "a message was not pushed");
            count("failed");
            Next::Done
        }
    }
}

async fn deliveries(parts: &Parts, mut job: Job) -> StoreResult<Vec<Delivery>> {
    // Most users have none: nothing else is asked for them.
    let subscriptions = parts.carrier.store.subscriptions(&job.user).await?;
    if subscriptions.is_empty()
        || !parts.users.preferences(&job.user).await?.wants_push(&job.message.kind)
    {
        return Ok(Vec::new());
    }
    if let Some(from) = &job.message.from
        && job.message.from_profile == Profile::default()
        && let Some(from) = parts.users.user(from).await?
    {
        job.message.from_profile = Profile::from(&from);
    }
    let payload: Arc<[u8]> = job.message.payload(job.at).into();
    let to_each = |to| {
        let (user, payload) = (job.user.clone(), Arc::clone(&payload));
        Delivery { user, to, payload, failed: 0 }
    };
    Ok(subscriptions.into_iter().map(to_each).collect())
}

/// One attempt to reach one browser.
pub(super) async fn deliver(carrier: Arc<Carrier>, mut delivery: Delivery) -> Next {
    let fault = match carrier.gateway.push(&delivery.to, &delivery.payload).await {
        Ok(()) => {
            count("sent");
            return Next::Done;
        }
        Err(fault) => fault,
    };
    match fault {
        PushFault::Gone | PushFault::Unusable => {
            count(if matches!(fault, PushFault::Gone) { "gone" } else { "unusable" });
            forget(&carrier, &delivery, &fault).await;
            Next::Done
        }
        PushFault::Later { cause, after } => {
            delivery.failed += 1;
            let (failed, pause) = (delivery.failed, pause(delivery.failed, after));
            match pause {
                Some(pause) => {
                    debug!(failed, %cause, "a push service did not take a message; trying again");
                    Next::Again(delivery, pause)
                }
                None => {
                    warn!(failed, %cause, "a push service did not take a message; given up");
                    count("given_up");
                    Next::Done
                }
            }
        }
        PushFault::Refused(status) => {
            warn!(status, "a push service refused a message");
            count("refused");
            Next::Done
        }
    }
}

async fn forget(carrier: &Carrier, delivery: &Delivery, fault: &PushFault) {
    let Delivery { user, to, .. } = delivery;
    match carrier.store.unsubscribe(user, &to.endpoint).await {
        Ok(_) => debug!(%user, reason = %fault, "a push subscription was removed"),
        // The next message finds the same out.
        Err(error) => warn!(%user, %error, "a push subscription could not be removed"),
    }
}

/// Before the next attempt, after so many that failed; `None` if there is none.
fn pause(failed: u32, after: Option<Duration>) -> Option<Duration> {
    let after = after.unwrap_or_default();
    let pause = FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(failed.saturating_sub(1)));
    (failed < ATTEMPTS && after <= LONGEST_PAUSE).then(|| pause.max(after))
}

#[cfg(test)]
mod tests;
