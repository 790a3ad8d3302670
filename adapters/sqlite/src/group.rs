//! Group commit: many writes, one transaction, one flush to disk.

use std::sync::Arc;

use outrigger_domain::ports::{Bus, StoreError};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use crate::{
    failure::{is_from_outside, is_locked},
    log::{self, Log},
    open::BUSY_TIMEOUT,
    readers::Readers,
    running::run_all,
    seldom::Seldom,
    telling::{Teller, Told},
    writer::Job,
};

/// Owns the one connection that writes.
pub(crate) struct Committer {
    /// `None` after it broke and could not be opened again yet.
    db: Option<SqliteConnection>,
    reopen: SqliteConnectOptions,
    log: Log,
    readers: Arc<Readers>,
    bus: Arc<dyn Bus>,
    teller: Teller,
    failing: Seldom,
    /// The lock was waited for in vain: until it is free again nobody waits long for it.
    locked_out: bool,
}

/// How long a lock is waited for once it was waited for in vain. The first write has waited its time; those behind it,
/// and all that a socket sends after its first one, are told at once instead of each after the same time.
const SHORT_WAIT: &str = "PRAGMA busy_timeout = 200";

impl Committer {
    /// Takes the connection over.
    pub(crate) fn new(
        db: SqliteConnection,
        reopen: SqliteConnectOptions,
        readers: Arc<Readers>,
        bus: Arc<dyn Bus>,
        teller: Teller,
    ) -> Self {
        let log = Log::of(reopen.get_filename());
        Self {
            db: Some(db),
            reopen,
            log,
            readers,
            bus,
            teller,
            failing: Seldom::new(),
            locked_out: false,
        }
    }

    /// Commits the group, publishes what each write tells, in order, and answers each caller after that.
    /// If the transaction fails every caller gets the error and nothing is published.
    pub(crate) async fn commit(&mut self, group: &mut Vec<Box<dyn Job>>) {
        #[expect(clippy::cast_precision_loss, reason = "a group is far smaller than 2^52")]
        metrics::histogram!("outrigger_store_group_size").record(group.len() as f64);
        match self.transaction(group).await {
            Ok(ends) => {
                metrics::counter!("outrigger_store_commits_total").increment(1);
                metrics::counter!("outrigger_store_writes_total").increment(group.len() as u64);
                self.teller.say(ends.iter().flatten());
                for (job, end) in group.drain(..).zip(ends) {
                    match end {
                        Ok(told) => {
                            for addressed in told.events {
                                self.bus.publish(addressed.event).await;
                            }
                            job.answer(None);
                        }
                        Err(error) => job.answer(Some(error)),
                    }
                }
            }
            Err(error) => {
                metrics::counter!("outrigger_store_failures_total", "of" => "group").increment(1);
                if let Some(left_out) = self.failing.turn() {
                    let writes = group.len();
                    tracing::error!(%error, writes, left_out, "a group of writes failed");
                }
                self.teller.forget();
                self.roll_back(&error).await;
                let error = StoreError::failed(error);
                for job in group.drain(..) {
                    job.answer(Some(error.clone()));
                }
            }
        }
    }

    /// Runs all writes in one transaction. Gives what each of them tells, or the error of one that failed alone.
    async fn transaction(
        &mut self,
        group: &mut [Box<dyn Job>],
    ) -> sqlx::Result<Vec<Result<Told, StoreError>>> {
        if self.log.is_gone() {
            self.rescue().await;
        }
        // Hardly ever does one fail, and a savepoint for each would take as long as the writes themselves.
        let mut savepoints = false;
        loop {
            if let Some(ends) = self.attempt(group, savepoints).await? {
                return Ok(ends);
            }
            savepoints = true;
        }
    }

    /// Runs all writes and commits them. Without savepoints there may be one that failed and cannot be undone
    /// alone: then nothing is left of any of them, and there is no result.
    async fn attempt(
        &mut self,
        group: &mut [Box<dyn Job>],
        savepoints: bool,
    ) -> sqlx::Result<Option<Vec<Result<Told, StoreError>>>> {
        let begun = begin(&mut self.db, &self.reopen).await;
        let locked = matches!(&begun, Err(error) if is_locked(error));
        let db = match begun {
            Ok(db) => db,
            Err(error) => {
                self.wait_less(locked).await;
                return Err(error);
            }
        };
        if std::mem::take(&mut self.locked_out) {
            db.execute(wait_as_ever().as_str()).await?;
        }
        self.log.is_used();
        self.teller.count(db).await?;
        let Some(mut ends) = run_all(db, &mut self.teller, group, savepoints).await? else {
            self.teller.forget();
            db.execute("ROLLBACK").await?;
            return Ok(None);
        };
        self.teller.file(db, ends.iter_mut().flatten()).await?;
        db.execute("COMMIT").await?;
        Ok(Some(ends))
    }

    /// The lock was not given in time. (Told to the connection each time: it may be a new one.)
    async fn wait_less(&mut self, locked: bool) {
        let Some(db) = self.db.as_mut().filter(|_| locked) else { return };
        match db.execute(SHORT_WAIT).await {
            Ok(_) => self.locked_out = true,
            Err(error) => tracing::debug!(%error, "the lock is waited for as long as before"),
        }
    }

    /// Someone took the log away. Whoever still has it moves what is in it into the database file; then all
    /// connections are replaced, so that they share one log again.
    async fn rescue(&mut self) {
        tracing::error!("the write-ahead log was removed while it is in use");
        let mut saved = false;
        if let Some(mut db) = self.db.take() {
            saved = log::save(&mut db).await;
            close(db).await;
        }
        saved = self.readers.replace().await || saved;
        self.log.is_left();
        if saved {
            tracing::warn!("the contents of the log are in the database file; a new log is begun");
        } else {
            tracing::error!("what was in the log is lost; a new log is begun");
        }
    }

    /// Undoes a transaction that failed, and gives the connection up unless the cause lies outside of it.
    async fn roll_back(&mut self, cause: &sqlx::Error) {
        let Some(mut db) = self.db.take() else { return };
        if let Err(error) = db.execute("ROLLBACK").await {
            // SQLite may have done it by itself. If not, the next `BEGIN` fails and a new connection is made.
            tracing::debug!(%error, "nothing to roll back");
        }
        if is_from_outside(cause) {
            self.db = Some(db);
        }
    }

    /// Moves the write-ahead log into the file and lets go of it.
    pub(crate) async fn close(self) {
        let Some(mut db) = self.db else { return };
        // If it cannot be done now, the next start reads the log.
        log::save(&mut db).await;
        close(db).await;
    }
}

fn wait_as_ever() -> String {
    format!("PRAGMA busy_timeout = {}", BUSY_TIMEOUT.as_millis())
}

async fn close(db: SqliteConnection) {
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "the writing connection did not close cleanly");
    }
}

/// Starts a transaction, on a new connection if the old one is broken.
async fn begin<'a>(
    kept: &'a mut Option<SqliteConnection>,
    reopen: &SqliteConnectOptions,
) -> sqlx::Result<&'a mut SqliteConnection> {
    // Taken at once, so that no statement fails for the lock halfway through.
    const BEGIN: &str = "BEGIN IMMEDIATE";
    if let Some(mut db) = kept.take() {
        match db.execute(BEGIN).await {
            Ok(_) => return Ok(kept.insert(db)),
            Err(error) if is_from_outside(&error) => {
                *kept = Some(db);
                return Err(error);
            }
            Err(error) => tracing::debug!(%error, "the writing connection is broken"),
        }
    }
    metrics::counter!("outrigger_store_reopened_total").increment(1);
    let mut db = reopen.connect().await?;
    db.execute(BEGIN).await?;
    Ok(kept.insert(db))
}
