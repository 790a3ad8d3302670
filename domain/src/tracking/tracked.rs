//! A message sent to many.

use crate::{
    ids::{TrackedId, UserId},
    time::Timestamp,
    tracking::status::{RecipientStatus, TrackedStatus},
};

/// How many recipients have come how far: counted from their rows, never taken from what somebody says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their turn.
    pub pending: u64,
    /// On its way to them.
    pub sending: u64,
    /// The provider has it.
    pub sent: u64,
    /// It arrived.
    pub delivered: u64,
    /// It could not be delivered.
    pub failed: u64,
    /// Their address does not exist, or refuses.
    pub bounced: u64,
}

impl Counts {
    /// Everyone.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.pending + self.sending + self.sent + self.delivered + self.failed + self.bounced
    }

    /// Those with that status.
    pub fn of_mut(&mut self, status: RecipientStatus) -> &mut u64 {
        match status {
            RecipientStatus::Pending => &mut self.pending,
            RecipientStatus::Sending => &mut self.sending,
            RecipientStatus::Sent => &mut self.sent,
            RecipientStatus::Delivered => &mut self.delivered,
            RecipientStatus::Failed => &mut self.failed,
            RecipientStatus::Bounced => &mut self.bounced,
        }
    }
}

/// A message sent to many (`contracts/tracking.md` section 6).
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// The app's id.
    pub id: TrackedId,
    /// Who sends it: the only one who may see what becomes of it.
    pub owner: UserId,
    /// How far it has come.
    pub status: TrackedStatus,
    /// Its subject, of mail.
    pub subject: Option<String>,
    /// What it says, as far as the app told.
    pub content: Option<String>,
    /// `SMS`, `EMAIL`, or another word of the app's.
    pub kind: Option<String>,
    /// The app's id of the template it was made from.
    pub template: Option<String>,
    /// How many it goes to, as the app said; the recipients known may be fewer until they are all told of.
    pub total: Option<u64>,
    /// Recipients, counted.
    pub counts: Counts,
    /// What the app says of (success, failure): shown only while no recipient is known.
    pub reported: (Option<u64>, Option<u64>),
    /// What it cost, as the app says.
    pub cost: Option<f64>,
    /// What its recipients cost, added up; shown while the app says nothing of the whole.
    pub recipients_cost: Option<f64>,
    /// When it is to be sent.
    pub scheduled_at: Option<Timestamp>,
    /// When it first was [`TrackedStatus::Sent`], failed or arrived.
    pub sent_at: Option<Timestamp>,
    /// When it was first told of.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// Counts the changes of its recipients; each changed recipient has the number of its change.
    pub revision: u64,
}

impl Tracked {
    /// How many have got it, or will as far as the provider knows.
    #[must_use]
    pub fn success_count(&self) -> Option<u64> {
        let counted = (self.counts.all() > 0).then_some(self.counts.sent + self.counts.delivered);
        counted.or(self.reported.0)
    }

    /// How many will not get it.
    #[must_use]
    pub fn failed_count(&self) -> Option<u64> {
        let counted = (self.counts.all() > 0).then_some(self.counts.failed + self.counts.bounced);
        counted.or(self.reported.1)
    }

    /// How many it goes to.
    #[must_use]
    pub fn total_recipients(&self) -> u64 {
        self.total.unwrap_or_default().max(self.counts.all())
    }

    /// What it cost.
    #[must_use]
    pub fn total_cost(&self) -> Option<f64> {
        self.cost.or(self.recipients_cost)
    }
}

/// What the app tells of a message before anything happens (`registerMessage`). What is absent stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// The app's id.
    pub id: TrackedId,
    /// Who sends it.
    pub owner: UserId,
    /// How far it has come; a new one is a draft where nothing is said.
    pub status: Option<TrackedStatus>,
    /// Its subject.
    pub subject: Option<String>,
    /// What it says.
    pub content: Option<String>,
    /// `SMS`, `EMAIL`, or another word of the app's.
    pub kind: Option<String>,
    /// The app's id of the template it was made from.
    pub template: Option<String>,
    /// How many it goes to.
    pub total: Option<u64>,
    /// When it is to be sent.
    pub scheduled_at: Option<Timestamp>,
}

/// What the app tells of a message under way (`broadcastMessageUpdate`). An unknown message becomes known by it.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageUpdate {
    /// Which.
    pub id: TrackedId,
    /// Who sends it.
    pub owner: UserId,
    /// How far it has come.
    pub status: TrackedStatus,
    /// How many have got it, as the app says.
    pub success: Option<u64>,
    /// How many will not, as the app says.
    pub failed: Option<u64>,
    /// What it cost.
    pub cost: Option<f64>,
}
