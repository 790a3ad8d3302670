//! Opening the file: its mode, its settings, its tables.

use std::{path::Path, str::FromStr as _, sync::Arc, time::Duration};

use outrigger_domain::ports::{Bus, Outbox};
use sqlx::{
    ConnectOptions as _, Executor as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    batches::Batches,
    learning::LearnAll,
    lookups::Lookups,
    memberships::Memberships,
    options::{OpenError, Options},
    readers::Readers,
    sessions::SaveAll,
    writer::Writer,
};

/// How long a connection waits for another process that holds the file's lock (a backup, a second node).
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The write-ahead log is moved into the file after so many pages (of 4 KiB): the fewer,
/// the slower a burst, since a page that changes often is moved again and again; more than 4000 gain nothing.
const LOG_PAGES: &str = "4000";
/// The log is cut back to this size once a burst is over, in bytes.
const LOG_SIZE: &str = "67108864";
/// Page cache of the writing connection: negative, so in KiB. Readers keep SQLite's 2 MB.
const WRITER_CACHE: &str = "-16384";
/// Where SQLite notes what a statement changes, so that it can be undone alone. In a file that is as many writes again as
/// those of a statement with many rows itself.
const IN_MEMORY: &str = "PRAGMA temp_store = MEMORY";

/// Durable state in a SQLite file.
pub struct SqliteStore {
    pub(crate) readers: Arc<Readers>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) lookups: Lookups,
    pub(crate) memberships: Arc<Memberships>,
    /// Devices that were seen.
    pub(crate) seen: Batches<SaveAll>,
    /// What tokens taught.
    pub(crate) learnt: Arc<Batches<LearnAll>>,
    /// Dead webhooks that are kept.
    pub(crate) most_dead: i64,
}

impl SqliteStore {
    /// Opens the file, makes it (mode 0600) if it is missing, brings its tables up to date and starts the
    /// writer, which publishes on `bus` and asks `outbox` which webhooks an event makes.
    ///
    /// The writer waits while the bus is full. So whoever takes events from the bus must not wait for a write
    /// of this store before it takes the next one.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the options, the file or its tables.
    pub async fn open(
        options: &Options,
        bus: Arc<dyn Bus>,
        outbox: Arc<dyn Outbox>,
    ) -> Result<Arc<Self>, OpenError> {
        for (is_zero, name) in [
            (options.readers == 0, "readers"),
            (options.queue == 0, "queue"),
            (options.group == 0, "group"),
            (options.feed_events == 0, "feed_events"),
            (options.webhooks == 0, "webhooks"),
        ] {
            if is_zero {
                return Err(OpenError::Zero(name));
            }
        }
        let create = may_create(&options.url)?;
        let connect = connect_options(options)?;
        if create {
            make_file(connect.get_filename()).await?;
        }

        let writer = connect.clone().pragma("cache_size", WRITER_CACHE);
        let mut writing = writer.connect().await.map_err(OpenError::Connect)?;
        sqlx::migrate!().run(&mut writing).await?;
        // Only now: a migration may sort more than memory should hold.
        writing.execute(IN_MEMORY).await.map_err(OpenError::Connect)?;
        let writer = writer.pragma("temp_store", "MEMORY");
        let readers = Readers::open(options, connect).await.map_err(OpenError::Connect)?;
        let readers = Arc::new(readers);
        let memberships = Memberships::new();
        let writer = Writer::start(
            writing,
            writer,
            options,
            Arc::clone(&readers),
            bus,
            outbox,
            Arc::clone(&memberships),
        );
        let most_dead = i64::try_from(options.webhooks).unwrap_or(i64::MAX);
        let writer = Arc::new(writer);
        Ok(Arc::new(Self {
            lookups: Lookups::start(Arc::clone(&readers)),
            memberships,
            seen: Batches::start(Arc::clone(&writer)),
            learnt: Arc::new(Batches::start(Arc::clone(&writer))),
            readers,
            writer,
            most_dead,
        }))
    }
}

fn connect_options(options: &Options) -> Result<SqliteConnectOptions, OpenError> {
    let synchronous =
        if options.synchronous_full { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    Ok(SqliteConnectOptions::from_str(&options.url)
        .map_err(OpenError::Connect)?
        // The file is made beforehand, with its mode; SQLite would leave that to the umask.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("journal_size_limit", LOG_SIZE)
        .disable_statement_logging())
}

/// Whether the file may be made; an error if the address cannot be the one of a store.
fn may_create(url: &str) -> Result<bool, OpenError> {
    let rest = url.strip_prefix("sqlite:").ok_or(OpenError::Address)?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if path == ":memory:" {
        return Err(OpenError::InMemory);
    }
    if path.is_empty() {
        return Err(OpenError::Address);
    }
    let mode = query.split('&').find_map(|pair| pair.strip_prefix("mode="));
    match mode {
        None | Some("rwc") => Ok(true),
        Some("rw") => Ok(false),
        Some("memory") => Err(OpenError::InMemory),
        Some(other) => Err(OpenError::Mode(other.to_owned())),
    }
}

/// Makes an empty file that only its owner may read. SQLite gives the log beside it the same mode.
async fn make_file(path: &Path) -> Result<(), OpenError> {
    let mut file = tokio::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    file.mode(0o600);
    match file.open(path).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::Create { path: path.to_owned(), source }),
    }
}
