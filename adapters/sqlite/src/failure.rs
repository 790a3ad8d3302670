//! What a failure of SQLite means: for the caller, and for the transaction it happened in.

use outrigger_domain::ports::{StoreError, StoreResult};
use sqlx::Error;

use crate::seldom::Seldom;

/// The store was closed, or its writer is gone.
#[derive(Debug, thiserror::Error)]
#[error("the store is closed")]
pub(crate) struct Closed;

/// A write panicked instead of failing.
#[derive(Debug, thiserror::Error)]
#[error("a write panicked")]
pub(crate) struct Panicked;

/// A row that the domain does not accept, written by something else than this store.
pub(crate) fn unsound(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Decode(Box::new(source))
}

static NO_CONNECTION: Seldom = Seldom::new();
static LOOKUP: Seldom = Seldom::new();

/// Turns the result of a lookup into the store's; logs a failure with its cause, which holds no values.
pub(crate) fn lookup<T>(result: Result<T, Error>) -> StoreResult<T> {
    result.map_err(|error| {
        metrics::counter!("outrigger_store_failures_total", "of" => "lookup").increment(1);
        match error {
            Error::PoolTimedOut => {
                if let Some(left_out) = NO_CONNECTION.turn() {
                    tracing::warn!(left_out, "no connection for reading became free in time");
                }
                StoreError::Overloaded
            }
            Error::PoolClosed => StoreError::failed(Closed),
            error => {
                if let Some(left_out) = LOOKUP.turn() {
                    tracing::error!(%error, left_out, "a lookup failed");
                }
                StoreError::failed(error)
            }
        }
    })
}

/// Whether only the write that met this error fails, while the transaction around it is still sound.
///
/// SQLite may undo the whole transaction by itself when the disk is full, on I/O errors, lack of memory,
/// locks and interrupts (<https://sqlite.org/lang_transaction.html>, "Response To Errors Within A
/// Transaction"). What would run after that would commit by itself, so everything that is not known to be
/// harmless ends the group.
pub(crate) fn spares_the_group(error: &Error) -> bool {
    match error {
        Error::Database(_) => {
            matches!(kind(error), Some(ERROR | TOOBIG | CONSTRAINT | MISMATCH))
        }
        Error::RowNotFound | Error::Decode(_) | Error::ColumnDecode { .. } => true,
        _ => false,
    }
}

/// Whether another process holds the lock.
pub(crate) fn is_locked(error: &Error) -> bool {
    kind(error) == Some(BUSY)
}

/// Whether another process holds the lock or the disk is full: a new connection would not help.
pub(crate) fn is_from_outside(error: &Error) -> bool {
    matches!(kind(error), Some(BUSY | FULL))
}

// https://sqlite.org/rescode.html
const ERROR: i32 = 1;
const BUSY: i32 = 5;
const FULL: i32 = 13;
const TOOBIG: i32 = 18;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;

/// SQLite's result code without the detail in its higher bytes.
fn kind(error: &Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
