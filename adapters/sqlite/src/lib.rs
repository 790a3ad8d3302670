//! Durable state in one SQLite file: the [`Store`](outrigger_domain::ports::Store) of a single node.
//!
//! All writes pass through one task with one connection, which commits whatever waits as one transaction:
//! a thousand writers at once share a handful of disk flushes. Reads use a pool of their own and never wait
//! for a write (write-ahead log).
//!
//! Architecture invariant: nothing is published and nobody is answered before the commit. The writer is the
//! only place that publishes, so events leave in the order of the commits.

mod answers;
mod audit;
mod chats;
mod conversations;
mod failure;
mod group;
mod messages;
mod notifications;
mod open;
mod options;
mod revocations;
mod sessions;
mod store;
mod upkeep;
mod users;
mod writer;

#[cfg(test)]
mod tests;

pub use open::SqliteStore;
pub use options::{OpenError, Options};
