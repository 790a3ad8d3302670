//! The write-ahead log beside the database file, and what becomes of it if someone takes it away.
//!
//! SQLite does not notice: connections that are open go on with the file that has no name any more, new ones make
//! another and cannot read what the first ones wrote. What was committed is then nowhere but in the nameless file,
//! which ends with the process.

use std::path::{Path, PathBuf};

use sqlx::{Row as _, SqliteConnection};

/// Which file a name stands for.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

/// The log that the open connections use.
pub(crate) struct Log {
    path: PathBuf,
    used: Option<Identity>,
}

impl Log {
    /// The one of this database.
    pub(crate) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), used: None }
    }

    /// Whether the log that is in use is no longer there.
    pub(crate) fn is_gone(&self) -> bool {
        self.used.is_some() && self.used != identity(&self.path)
    }

    /// A connection uses the log as it is now.
    pub(crate) fn is_used(&mut self) {
        if self.used.is_none() {
            self.used = identity(&self.path);
        }
    }

    /// No connection uses it any more.
    pub(crate) fn is_left(&mut self) {
        self.used = None;
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;

    // One that cannot be looked at is as good as gone; whoever needs it is told why.
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some(())
}

/// Moves everything from the log into the database file, for good; says whether that was done.
pub(crate) async fn save(db: &mut SqliteConnection) -> bool {
    let done = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(db).await;
    match done.and_then(|row| row.try_get::<i64, _>("busy")) {
        Ok(busy) => busy == 0,
        Err(error) => {
            tracing::warn!(%error, "the log could not be moved into the database file");
            false
        }
    }
}
