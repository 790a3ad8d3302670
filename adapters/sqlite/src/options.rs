//! Where the file is and how much may wait.

use std::{path::PathBuf, time::Duration};

/// How to open the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `sqlite:path`, `sqlite:path?mode=rwc` (the same) or `sqlite:path?mode=rw` (the file must be there).
    pub url: String,
    /// Connections for reading.
    pub readers: u32,
    /// Writes that may wait.
    pub queue: usize,
    /// Writes that one transaction takes at most.
    pub group: usize,
    /// How long a write waits for its place in the queue, and a read for a connection, before it is refused
    /// with [`StoreError::Overloaded`](outrigger_domain::ports::StoreError::Overloaded).
    pub queue_wait: Duration,
    /// Flush to disk at every commit (`synchronous=FULL`): a commit outlives a power cut. Without it a commit
    /// outlives the process, and a power cut may take the last ones.
    pub synchronous_full: bool,
    /// Events of each user's feed that are kept at least; up to 63 more are, until they are dropped together.
    pub feed_events: u64,
    /// Webhooks that may wait. From four fifths of it on those that yield are left out, at the limit all. As many
    /// dead ones are kept; the oldest are forgotten.
    pub webhooks: u64,
}

impl Options {
    /// The defaults, for this file.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers: 4,
            queue: 8192,
            group: 512,
            queue_wait: Duration::from_secs(2),
            synchronous_full: true,
            feed_events: 1000,
            webhooks: 100_000,
        }
    }
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not one of a SQLite file.
    #[error("not the address of a SQLite file: it starts with `sqlite:` and names a path")]
    Address,
    /// Readers and the writer could not see the same data.
    #[error("the database must be a file: in memory each connection would see one of its own")]
    InMemory,
    /// `mode` is neither `rwc` nor `rw`.
    #[error("a store that is written to cannot be opened with mode={0}")]
    Mode(String),
    /// A limit of zero.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// The file cannot be made.
    #[error("the database file {path} cannot be made: {source}")]
    Create {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be opened.
    #[error("the database file cannot be opened: {0}")]
    Connect(#[source] sqlx::Error),
    /// Its tables cannot be brought up to date, e.g. because a newer version wrote them.
    #[error("the tables cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}
