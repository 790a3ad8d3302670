//! What the app tells of a message as a whole.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    notifications::Notification,
    ports::Tells as _,
    time::Timestamp,
    tracking::{MessageUpdate, Registered, Registration, Updated},
};
use sqlx::SqliteConnection;

use super::{merging, messages};
use crate::{notifications, writer::Write};

/// Makes a message known, or adds to what is known of it.
pub(super) struct Register {
    pub(super) new: Registration,
    pub(super) at: Timestamp,
}

impl Write for Register {
    type Outcome = Registered;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Registered> {
        let known = messages::find(&mut *db, &self.new.id).await?;
        let before = known.as_ref().map(|known| &known.tracked);
        if before.is_some_and(|before| before.owner != self.new.owner) {
            return Ok(Registered::OtherOwner);
        }
        let now = merging::registered(before, &self.new, self.at);
        messages::save(db, known.as_ref(), &now).await?;
        Ok(Registered::Now(Arc::new(now)))
    }
}

/// Takes an update of a message.
pub(super) struct Update {
    pub(super) update: MessageUpdate,
    /// Stored if the status changes.
    pub(super) notice: Notification,
    pub(super) at: Timestamp,
}

impl Write for Update {
    type Outcome = Updated;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Updated> {
        let known = messages::find(&mut *db, &self.update.id).await?;
        let before = known.as_ref().map(|known| &known.tracked);
        if before.is_some_and(|before| before.owner != self.update.owner) {
            return Ok(Updated::OtherOwner);
        }
        let now = merging::updated(before, &self.update, self.at);
        if before == Some(&now) {
            return Ok(Updated::Before(Arc::new(now)));
        }
        messages::save(&mut *db, known.as_ref(), &now).await?;
        let is_news = before.is_none_or(|before| before.status != now.status);
        let notified = if is_news { notifications::insert(db, &self.notice).await? } else { None };
        Ok(Updated::Now(Arc::new(now), notified, self.at))
    }

    fn tells(outcome: &Updated) -> Vec<Published> {
        outcome.tells()
    }
}
