//! Durable state in one SQLite file: the stores of a single node, which is all of
//! [`Store`](outrigger_domain::ports::Store), [`FeedStore`](outrigger_domain::ports::FeedStore),
//! [`LeaseStore`](outrigger_domain::ports::LeaseStore), [`WebhookStore`](outrigger_domain::ports::WebhookStore),
//! [`StatusStore`](outrigger_domain::ports::StatusStore), [`PushStore`](outrigger_domain::ports::PushStore),
//! [`TrackingStore`](outrigger_domain::ports::TrackingStore), [`CommerceStore`](outrigger_domain::ports::CommerceStore),
//! [`QuizStore`](outrigger_domain::ports::QuizStore), [`SupportStore`](outrigger_domain::ports::SupportStore) and
//! [`MailStore`](outrigger_domain::ports::MailStore).
//!
//! All writes pass through one task with one connection, which commits whatever waits as one transaction:
//! a thousand writers at once share a handful of disk flushes. Reads use a pool of their own and never wait
//! for a write (write-ahead log).
//!
//! Architecture invariant: nothing is published and nobody is answered before the commit. The writer is the
//! only place that publishes, so events leave in the order of the commits; and the only place that puts events into
//! feeds and outbox, in the transaction of the write that tells them, whichever it is.

mod answers;
mod audit;
mod batches;
mod chats;
mod commerce;
mod conversations;
mod deleting;
mod failure;
mod feed;
mod feeds;
mod followers;
mod group;
mod kept;
mod learning;
mod leases;
mod log;
mod lookups;
mod mails;
mod many;
mod memberships;
mod messages;
mod notification_marks;
mod notification_slices;
mod notifications;
mod open;
mod options;
mod outbox;
mod preferences;
mod quiz;
mod readers;
mod receipts;
mod revocations;
mod running;
mod seldom;
mod sessions;
mod settling;
mod slices;
mod statuses;
mod store;
mod storing;
mod subscriptions;
mod support;
mod telling;
mod together;
mod tracking;
mod upkeep;
mod users;
mod webhooks;
mod writer;

#[cfg(test)]
mod tests;

pub use open::SqliteStore;
pub use options::{OpenError, Options};
