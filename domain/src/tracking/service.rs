//! What the app tells of messages sent to many, and what may be asked of them.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use super::{
    figures::Figures,
    notice::notice,
    outcome::{RecipientsUpdated, Registered, Updated},
    progress::Progress,
    recipient::{Recipient, RecipientFilter, RecipientUpdate},
    tracked::{MessageUpdate, Registration, Tracked},
};
use crate::{
    events::{Announcement, Audience, DomainEvent, Published, Reach, Receipt},
    finishing::finished,
    ids::{NotificationId, TrackedId, UserId},
    naming::Ids,
    paging::{Slice, Sliced},
    ports::{Bus, StoreError, TrackingStore},
    time::{Clock, Timestamp},
};

/// Updates of recipients in one call at most; whoever takes the call refuses more.
pub const MOST_RECIPIENT_UPDATES: usize = 5_000;

/// Recipients shown to whoever begins to track a message, at most; the others are read by pages.
pub const MOST_RECIPIENTS_SHOWN: u32 = 500;

/// A recipient changes so often as a rule, becoming known and what is learned of it later included.
const USUAL_CHANGES: u32 = 8;

/// What [`Tracking`] works with.
pub struct TrackingParts {
    /// Where messages are kept.
    pub store: Arc<dyn TrackingStore>,
    /// Where announcements go.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names notifications about messages whose own id is too long to name them by.
    pub ids: Arc<dyn Ids>,
    /// Tells of recipients.
    pub progress: Arc<Progress>,
    /// Tells of figures.
    pub figures: Arc<Figures>,
}

/// A message, for someone who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It is the user's own.
    Yes(Box<Tracked>),
    /// It is somebody else's.
    NotYours,
    /// Nobody ever told of it.
    Unknown,
}

/// Messages sent to many (`contracts/tracking.md`). What is begun here is finished even if the caller stops waiting, so
/// that nothing is kept of which nobody is told.
pub struct Tracking {
    desk: Arc<Desk>,
}

struct Desk {
    parts: TrackingParts,
    /// The last millisecond that names a notification: no two have the same one.
    named: AtomicI64,
}

impl Tracking {
    /// Messages over this store.
    #[must_use]
    pub fn new(parts: TrackingParts) -> Self {
        Self { desk: Arc::new(Desk { parts, named: AtomicI64::new(0) }) }
    }

    /// Makes a message known, or adds to what is known of it. Nobody is told but those who subscribed to figures.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn register(&self, new: &Registration) -> Result<Registered, StoreError> {
        let (desk, new) = (Arc::clone(&self.desk), new.clone());
        finished(async move {
            let Desk { parts, .. } = &*desk;
            let registered = parts.store.register(&new, parts.clock.now()).await?;
            if let Registered::Now(tracked) = &registered {
                parts.figures.touched(&tracked.owner);
            }
            Ok(registered)
        })
        .await
    }

    /// Takes an update of a message and tells its owner of the change, at once.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn update(&self, update: &MessageUpdate) -> Result<Updated, StoreError> {
        let (desk, update) = (Arc::clone(&self.desk), update.clone());
        finished(async move {
            let Desk { parts, .. } = &*desk;
            // The store tells of it, and what is told of the recipients meanwhile must not be of before.
            let _turn = parts.progress.turn(&update.id).await;
            let before = parts.store.tracked(&update.id).await?;
            let now = parts.clock.now();
            let notice = notice(desk.notice_id(&update.id, now), &update, before.as_ref(), now);
            let updated = parts.store.update_tracked(&update, notice, now).await?;
            if let Updated::Now(tracked, ..) = &updated {
                parts.figures.touched(&tracked.owner);
            }
            Ok(updated)
        })
        .await
    }

    /// Takes updates of a message's recipients, in one transaction. Its owner is told at the pace of [`Progress`]. That
    /// there are at most [`MOST_RECIPIENT_UPDATES`] is the caller's business.
    ///
    /// # Errors
    /// If the store failed; nothing was taken.
    pub async fn update_recipients(
        &self,
        message: &TrackedId,
        owner: &UserId,
        updates: Vec<RecipientUpdate>,
    ) -> Result<RecipientsUpdated, StoreError> {
        let (desk, message, owner) = (Arc::clone(&self.desk), message.clone(), owner.clone());
        finished(async move {
            let Desk { parts, .. } = &*desk;
            let now = parts.clock.now();
            let updated = parts.store.update_recipients(&message, &owner, updates, now).await?;
            if let RecipientsUpdated::Now(tracked, changed) = &updated
                && !changed.is_empty()
            {
                parts.figures.touched(&tracked.owner);
                parts.progress.touched(tracked, changed).await;
            }
            Ok(updated)
        })
        .await
    }

    /// A message, for this user; nobody sees another's, whatever the user's role.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find(&self, owner: &UserId, id: &TrackedId) -> Result<Found, StoreError> {
        Ok(match self.look_up(id).await? {
            Some(tracked) if tracked.owner == *owner => Found::Yes(Box::new(tracked)),
            Some(_) => Found::NotYours,
            None => Found::Unknown,
        })
    }

    /// A message, whoever's it is: for the app.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn look_up(&self, id: &TrackedId) -> Result<Option<Tracked>, StoreError> {
        self.desk.parts.store.tracked(id).await
    }

    /// A user's messages, the one told of last first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn list(&self, owner: &UserId, slice: Slice) -> Result<Sliced<Tracked>, StoreError> {
        self.desk.parts.store.tracked_of(owner, slice).await
    }

    /// A message's recipients, in order of their ids. Whose it is was [found](Self::find) before.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn recipients(
        &self,
        message: &TrackedId,
        filter: RecipientFilter,
        slice: Slice,
    ) -> Result<Sliced<Recipient>, StoreError> {
        self.desk.parts.store.recipients(message, filter, slice).await
    }

    /// The recipients that changed last, `most` at most, the oldest change first. What changes after `tracked` was read
    /// may be left out: it is told by [`Progress`]. Fewer are given if only these few changed in the last `8 * most`
    /// changes.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn latest_recipients(
        &self,
        tracked: &Tracked,
        most: u32,
    ) -> Result<Vec<Recipient>, StoreError> {
        let all = tracked.counts.all().min(u64::from(most));
        // So many changes are of as many recipients, unless some changed twice.
        for reach in [most, most.saturating_mul(USUAL_CHANGES)] {
            let since = tracked.revision.saturating_sub(u64::from(reach));
            let mut found =
                self.desk.parts.store.recipients_since(&tracked.id, since, reach).await?;
            if found.len() as u64 >= all || since == 0 || reach > most {
                let surplus = found.len().saturating_sub(most as usize);
                found.drain(..surplus);
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Tells everyone something, once; it is not stored (`broadcastSystemNotification`).
    pub async fn broadcast(&self, announcement: Announcement) -> Reach {
        self.tell_all(DomainEvent::Announcement(Arc::new(announcement))).await
    }

    /// Asks every client for a sign of life (`pingAllClients`).
    pub async fn ping_all(&self) -> Reach {
        self.tell_all(DomainEvent::PingAll).await
    }

    async fn tell_all(&self, event: DomainEvent) -> Reach {
        let TrackingParts { bus, clock, .. } = &self.desk.parts;
        let (receipt, reached) = Receipt::requested();
        bus.publish(Published::asking(clock.now(), Audience::All, event, receipt)).await;
        reached.await.unwrap_or_default()
    }
}

impl Desk {
    /// `msg_update_<message>_<ms>`, or an id of ours where that is too long to be one.
    fn notice_id(&self, message: &TrackedId, now: Timestamp) -> NotificationId {
        let later = |last: i64| Some(now.ms().max(last + 1));
        let last = self.named.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        let ms = last.map_or(now.ms(), |last| now.ms().max(last + 1));
        NotificationId::new(format!("msg_update_{message}_{ms}"))
            .unwrap_or_else(|_| self.parts.ids.notification(now))
    }
}

#[cfg(test)]
mod tests;
