//! Group commit: many writes, one transaction, one flush to disk.

use std::sync::Arc;

use outrigger_domain::ports::{Bus, StoreError};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use crate::{
    failure::{is_from_outside, spares_the_group},
    writer::Job,
};

/// Owns the one connection that writes.
pub(crate) struct Committer {
    /// `None` after it broke and could not be opened again yet.
    db: Option<SqliteConnection>,
    reopen: SqliteConnectOptions,
    bus: Arc<dyn Bus>,
}

impl Committer {
    /// Takes the connection over.
    pub(crate) fn new(
        db: SqliteConnection,
        reopen: SqliteConnectOptions,
        bus: Arc<dyn Bus>,
    ) -> Self {
        Self { db: Some(db), reopen, bus }
    }

    /// Commits the group, publishes what each write tells, in order, and answers each caller after that.
    /// If the transaction fails every caller gets the error and nothing is published.
    pub(crate) async fn commit(&mut self, group: &mut Vec<Box<dyn Job>>) {
        #[expect(clippy::cast_precision_loss, reason = "a group is far smaller than 2^52")]
        metrics::histogram!("outrigger_store_group_size").record(group.len() as f64);
        match self.transaction(group).await {
            Ok(errors) => {
                metrics::counter!("outrigger_store_commits_total").increment(1);
                metrics::counter!("outrigger_store_writes_total").increment(group.len() as u64);
                for (job, error) in group.drain(..).zip(errors) {
                    for event in job.tells() {
                        self.bus.publish(event).await;
                    }
                    job.answer(error);
                }
            }
            Err(error) => {
                metrics::counter!("outrigger_store_failures_total", "of" => "group").increment(1);
                tracing::error!(%error, writes = group.len(), "a group of writes failed");
                self.roll_back(&error).await;
                let error = StoreError::failed(error);
                for job in group.drain(..) {
                    job.answer(Some(error.clone()));
                }
            }
        }
    }

    /// Runs all writes in one transaction. Gives the error of each write that failed alone.
    async fn transaction(
        &mut self,
        group: &mut [Box<dyn Job>],
    ) -> sqlx::Result<Vec<Option<StoreError>>> {
        let db = self.begin().await?;
        let mut errors = Vec::with_capacity(group.len());
        for job in group {
            errors.push(alone(db, job.as_mut()).await?);
        }
        db.execute("COMMIT").await?;
        Ok(errors)
    }

    /// Starts a transaction, on a new connection if the old one is broken.
    async fn begin(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        // Taken at once, so that no statement fails for the lock halfway through.
        const BEGIN: &str = "BEGIN IMMEDIATE";
        if let Some(mut db) = self.db.take() {
            match db.execute(BEGIN).await {
                Ok(_) => return Ok(self.db.insert(db)),
                Err(error) if is_from_outside(&error) => {
                    self.db = Some(db);
                    return Err(error);
                }
                Err(error) => tracing::warn!(%error, "the writing connection is broken"),
            }
        }
        metrics::counter!("outrigger_store_reopened_total").increment(1);
        let mut db = self.reopen.connect().await?;
        db.execute(BEGIN).await?;
        Ok(self.db.insert(db))
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
        if let Err(error) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "the log could not be moved into the database file; the next start reads it");
        }
        if let Err(error) = db.close().await {
            tracing::warn!(%error, "the writing connection did not close cleanly");
        }
    }
}

/// Runs one write so that its failure leaves the others alone.
///
/// # Errors
/// An outer error ends the whole group; the inner one is of this write only.
async fn alone(db: &mut SqliteConnection, job: &mut dyn Job) -> sqlx::Result<Option<StoreError>> {
    let savepoint = !job.is_one_statement();
    if savepoint {
        db.execute("SAVEPOINT one").await?;
    }
    match job.run(db).await {
        Ok(()) => {
            if savepoint {
                db.execute("RELEASE one").await?;
            }
            Ok(None)
        }
        Err(error) if spares_the_group(&error) => {
            if savepoint {
                db.execute("ROLLBACK TO one; RELEASE one").await?;
            }
            metrics::counter!("outrigger_store_failures_total", "of" => "write").increment(1);
            tracing::error!(%error, "a write failed");
            Ok(Some(StoreError::failed(error)))
        }
        Err(error) => Err(error),
    }
}
