//! What the events of a write do inside its transaction: their places in the feeds, their webhooks.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ports::{Outbox, Posting},
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    feeds::{Addressed, Feeds, address},
    memberships::Memberships,
    options::Options,
    outbox::{self, OutboxChange, Pile, Posted, Room},
};

/// What is to be told of a write once it is committed.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// To be published.
    pub(crate) events: Vec<Addressed>,
    /// What it did to the outbox.
    pub(crate) posted: Posted,
}

/// Why a write that did its part is undone all the same.
pub(crate) enum Untold {
    /// The database failed.
    Failed(sqlx::Error),
    /// The outbox is full.
    NoRoom,
}

impl From<sqlx::Error> for Untold {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

/// Puts events into feeds and outbox.
pub(crate) struct Teller {
    feeds: Feeds,
    outbox: Arc<dyn Outbox>,
    memberships: Arc<Memberships>,
    room: Room,
    pile: Pile,
    /// Whether `room` is right. It is counted at the start, and again after a transaction failed.
    counted: bool,
}

impl Teller {
    /// With the limits of `options`.
    pub(crate) fn new(
        options: &Options,
        outbox: Arc<dyn Outbox>,
        memberships: Arc<Memberships>,
    ) -> Self {
        let feeds = Feeds::keeping(options.feed_events);
        let room = Room::of(options.webhooks);
        Self { feeds, outbox, memberships, room, pile: Pile::default(), counted: false }
    }

    /// Makes sure that it is known how many webhooks wait.
    pub(crate) async fn count(&mut self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        if !self.counted {
            self.room.count(outbox::waiting(db).await?);
            self.counted = true;
        }
        Ok(())
    }

    /// A transaction failed, with it what was counted and what was to be added.
    pub(crate) fn forget(&mut self) {
        self.counted = false;
        self.pile.forget();
    }

    /// What was told stands, as far as it is for its write to say.
    pub(crate) fn keep(&mut self, told: &Told) {
        self.room.change(told.posted.waiting);
    }

    /// Does what the events and the change ask for in the outbox, and finds out for whom they are. After an error
    /// the caller undoes it. Webhooks that are added are in the outbox when [`Self::post`] was called.
    pub(crate) async fn tell(
        &mut self,
        db: &mut SqliteConnection,
        events: Vec<Published>,
        change: OutboxChange,
    ) -> Result<Told, Untold> {
        let OutboxChange { add, all_or_none, waiting, due } = change;
        let mut room = self.room;
        room.change(waiting);
        if all_or_none && !room.has_places(&add) {
            return Err(Untold::NoRoom);
        }
        let mut posted = Posted { waiting: 0, due, left_out: Vec::new() };
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            let posting = self.outbox.posting(&event);
            posted.post(db, room, &mut self.pile, posting, event.at).await?;
            told.push(address(db, &self.memberships, event).await?);
        }
        let posting = Posting { add, cancel: Vec::new() };
        // Nothing is cancelled, so no lane moves on and the time does not matter.
        posted.post(db, room, &mut self.pile, posting, Timestamp::default()).await?;
        posted.waiting += waiting;
        Ok(Told { events: told, posted })
    }

    /// Puts the webhooks of all writes so far into the outbox: before a write that may look there.
    pub(crate) async fn post(&mut self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        self.pile.put(db).await
    }

    /// Puts all events into their feeds: the last thing before the commit.
    pub(crate) async fn file(
        &self,
        db: &mut SqliteConnection,
        told: impl Iterator<Item = &mut Told>,
    ) -> sqlx::Result<()> {
        self.feeds.put(db, told.flat_map(|told| &mut told.events)).await
    }

    /// Says what was committed to whoever sends webhooks.
    pub(crate) fn say<'a>(&self, committed: impl Iterator<Item = &'a Told>) {
        let mut due = false;
        for told in committed {
            due |= told.posted.due;
            for kind in &told.posted.left_out {
                self.outbox.left_out(*kind);
            }
        }
        if due {
            self.outbox.posted();
        }
    }
}
