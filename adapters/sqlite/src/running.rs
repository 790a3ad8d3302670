//! The writes of a group, within their transaction.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use outrigger_domain::ports::StoreError;
use sqlx::{Executor as _, SqliteConnection};

use crate::{
    failure::{Panicked, spares_the_group},
    telling::{Teller, Told, Untold},
    together,
    writer::Job,
};

/// Runs all of them. Gives what each tells, or the error of one that failed alone; nothing if one failed that, without a
/// savepoint, cannot be undone alone: then they have to be run again, with savepoints.
///
/// # Errors
/// If the group has failed.
pub(crate) async fn run_all(
    db: &mut SqliteConnection,
    teller: &mut Teller,
    group: &mut [Box<dyn Job>],
    savepoints: bool,
) -> sqlx::Result<Option<Vec<Result<Told, StoreError>>>> {
    let mut ends = Vec::with_capacity(group.len());
    let mut rest = group;
    while !rest.is_empty() {
        let messages = if savepoints { Vec::new() } else { together::first(rest) };
        let stored = match messages.as_slice() {
            [] | [_] => Vec::new(),
            many => together::store(db, many).await?,
        };
        let count = messages.len().max(1);
        let (next, behind) = rest.split_at_mut(count);
        rest = behind;
        for (n, job) in next.iter_mut().enumerate() {
            let how = match stored.get(n) {
                Some(true) => How::Stored,
                _ if savepoints => How::Savepoint,
                _ => How::Bare,
            };
            // What a message does is nowhere near the outbox.
            let looks = how == How::Bare && job.message().is_none();
            if looks && !post(db, teller).await? {
                return Ok(None);
            }
            let Some(end) = alone(db, teller, job.as_mut(), how).await? else { return Ok(None) };
            if let Ok(told) = &end {
                teller.keep(told);
            }
            ends.push(end);
        }
    }
    Ok(post(db, teller).await?.then_some(ends))
}

/// Puts the webhooks of all writes so far into the outbox. If that fails because of one of them, it is not known of which.
async fn post(db: &mut SqliteConnection, teller: &mut Teller) -> sqlx::Result<bool> {
    match teller.post(db).await {
        Ok(()) => Ok(true),
        Err(error) if spares_the_group(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// How a write is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Its message was stored together with others: nothing is left to run.
    Stored,
    /// As it is: if it fails and has left something, nothing of the group stays.
    Bare,
    /// Within a savepoint.
    Savepoint,
}

/// Runs one write, and does what it tells in the outbox, so that its failure leaves the others alone. Gives nothing
/// if it failed and, without a savepoint, cannot be undone alone.
///
/// # Errors
/// An outer error ends the whole group; the inner one is of this write only.
async fn alone(
    db: &mut SqliteConnection,
    teller: &mut Teller,
    job: &mut dyn Job,
    how: How,
) -> sqlx::Result<Option<Result<Told, StoreError>>> {
    let savepoint = how == How::Savepoint;
    if savepoint {
        db.execute("SAVEPOINT one").await?;
    }
    // A single statement that fails undoes itself. One that is behind us does not, whatever fails then.
    let mut left_something = how == How::Stored || !job.is_one_statement();
    let done = AssertUnwindSafe(async {
        match how {
            How::Stored => job.is_stored(),
            How::Bare | How::Savepoint => job.run(db).await?,
        }
        left_something = true;
        let told = teller.tell(db, job.tells(), job.outbox()).await?;
        if savepoint {
            teller.post(db).await?;
        }
        Ok(told)
    });
    let error = match done.catch_unwind().await {
        Ok(Ok(told)) => {
            if savepoint {
                db.execute("RELEASE one").await?;
            }
            return Ok(Some(Ok(told)));
        }
        Ok(Err(Untold::NoRoom)) => {
            left_something = false;
            StoreError::Overloaded
        }
        Ok(Err(Untold::Failed(error))) if spares_the_group(&error) => StoreError::failed(error),
        Ok(Err(Untold::Failed(error))) => return Err(error),
        Err(_) => {
            left_something = true;
            StoreError::failed(Panicked)
        }
    };
    if savepoint {
        teller.forget();
        db.execute("ROLLBACK TO one; RELEASE one").await?;
    } else if left_something {
        return Ok(None);
    }
    if let StoreError::Failed(error) = &error {
        metrics::counter!("outrigger_store_failures_total", "of" => "write").increment(1);
        tracing::error!(%error, "a write failed");
    }
    Ok(Some(Err(error)))
}
