//! What the app tells of many recipients at once.

use std::{collections::HashMap, sync::Arc};

use outrigger_domain::{
    ids::{RecipientId, TrackedId, UserId},
    time::Timestamp,
    tracking::{RecipientUpdate, RecipientsUpdated, Tracked, TrackedStatus},
};
use sqlx::SqliteConnection;

use super::{
    contacts::{self, contact},
    figures::{self, Days, money},
    known::Known,
    merging, messages,
    recipients::{self, Kept},
};
use crate::writer::Write;

/// Takes updates of recipients of one message.
pub(super) struct UpdateRecipients {
    pub(super) message: TrackedId,
    pub(super) owner: UserId,
    pub(super) updates: Vec<RecipientUpdate>,
    pub(super) at: Timestamp,
}

/// A recipient before and after the updates.
struct Change {
    before: Option<Kept>,
    now: Kept,
}

impl Write for UpdateRecipients {
    type Outcome = RecipientsUpdated;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<RecipientsUpdated> {
        let known = match messages::find(&mut *db, &self.message).await? {
            Some(known) if known.tracked.owner != self.owner => {
                return Ok(RecipientsUpdated::OtherOwner);
            }
            Some(known) => known,
            None => self.make_known(db).await?,
        };
        let mut changes = self.changes(db, known.position).await?;
        let mut now = known.tracked.clone();
        let mut days = Days::default();
        let mut contacts: HashMap<String, i64> = HashMap::new();
        for change in &mut changes {
            self.count(&mut now, change);
            days.follow(change.before.as_ref(), &change.now);
            if let Some(before) = &change.before {
                *contacts.entry(contact(&before.recipient)).or_default() -= 1;
            }
            *contacts.entry(contact(&change.now.recipient)).or_default() += 1;
        }
        if !changes.is_empty() {
            let rows: Vec<&Kept> = changes.iter().map(|change| &change.now).collect();
            recipients::save(&mut *db, known.position, &rows).await?;
            contacts::follow(&mut *db, &self.owner, contacts, self.at, &mut days).await?;
            figures::add_days(&mut *db, &self.owner, &days).await?;
            now.recipients_cost = now.recipients_cost.map(money);
            now.updated_at = self.at;
            messages::save(db, Some(&known), &now).await?;
        }
        let changed = changes.into_iter().map(|change| change.now.recipient).collect();
        Ok(RecipientsUpdated::Now(Arc::new(now), changed))
    }
}

impl UpdateRecipients {
    /// Whoever tells of its recipients is sending it.
    async fn make_known(&self, db: &mut SqliteConnection) -> sqlx::Result<Known> {
        let tracked = merging::fresh(&self.message, &self.owner, TrackedStatus::Sending, self.at);
        Ok(Known { position: messages::save(db, None, &tracked).await?, tracked })
    }

    /// The recipients that the updates change, in the order in which these first name them.
    async fn changes(&self, db: &mut SqliteConnection, position: i64) -> sqlx::Result<Vec<Change>> {
        let mut places: HashMap<&RecipientId, usize> = HashMap::with_capacity(self.updates.len());
        let mut ids = Vec::with_capacity(self.updates.len());
        for update in &self.updates {
            places.entry(&update.id).or_insert_with(|| {
                ids.push(&update.id);
                ids.len() - 1
            });
        }
        let kept = recipients::named(db, (position, &self.message), &ids).await?;
        let mut known: HashMap<RecipientId, Kept> =
            kept.into_iter().map(|kept| (kept.recipient.id.clone(), kept)).collect();
        let mut changes: Vec<Option<Change>> = ids.iter().map(|_| None).collect();
        for update in &self.updates {
            let slot = places.get(&update.id).and_then(|place| changes.get_mut(*place));
            let Some(slot) = slot else { continue };
            let change = slot.get_or_insert_with(|| match known.remove(&update.id) {
                Some(kept) => Change { now: kept.clone(), before: Some(kept) },
                None => {
                    Change { before: None, now: merging::newcomer(&self.message, update, self.at) }
                }
            });
            merging::merge(&mut change.now, update, self.at);
        }
        let is_news = |change: &Change| change.before.as_ref() != Some(&change.now);
        Ok(changes.into_iter().flatten().filter(is_news).collect())
    }

    /// Numbers a change, and takes it into what the message says of all its recipients.
    fn count(&self, tracked: &mut Tracked, change: &mut Change) {
        let cost = |kept: &Kept| kept.recipient.cost;
        let before = change.before.as_ref().and_then(cost);
        if before != cost(&change.now) {
            let more = cost(&change.now).unwrap_or_default() - before.unwrap_or_default();
            *tracked.recipients_cost.get_or_insert_default() += more;
        }
        if let Some(before) = &change.before {
            *tracked.counts.of_mut(before.recipient.status) -= 1;
        }
        let now = &mut change.now.recipient;
        *tracked.counts.of_mut(now.status) += 1;
        tracked.revision += 1;
        now.revision = tracked.revision;
        now.updated_at = self.at;
    }
}
