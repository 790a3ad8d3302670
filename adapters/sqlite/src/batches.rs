//! Small writes of many callers, as one statement.
//!
//! Each connection notes its device, and each first one its user. A statement for each would cost its way to another thread
//! and back; so what waits while one batch is committed is the next batch. Callers hear of it as of a write of
//! their own.

use std::sync::Arc;

use outrigger_domain::ports::{StoreError, StoreResult};
use tokio::sync::{mpsc, oneshot};

use crate::{
    failure::Closed,
    writer::{Write, Writer},
};

/// Rows of one statement at most.
const AT_ONCE: usize = 256;

/// Rows that wait beside those, before more of them have to wait to be queued.
const WAITING: usize = 1024;

/// Rows that can be written together, in the order in which they came.
pub(crate) trait Batch: Write<Outcome = ()> + Sized {
    /// One of them.
    type Row: Send + 'static;

    /// All of them.
    fn of(rows: Vec<Self::Row>) -> sqlx::Result<Self>;
}

type Waiting<R> = (R, oneshot::Sender<StoreResult<()>>);

/// Where such rows are queued.
pub(crate) struct Batches<B: Batch>(mpsc::Sender<Waiting<B::Row>>);

impl<B: Batch> Batches<B> {
    /// Works until it is dropped. Must be called within the runtime.
    pub(crate) fn start(writer: Arc<Writer>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(work::<B>(writer, waiting));
        Self(queue)
    }

    /// Queues a row and waits until it is committed.
    ///
    /// Once queued it happens, also if the caller no longer waits.
    pub(crate) async fn write(&self, row: B::Row) -> StoreResult<()> {
        let (caller, answered) = oneshot::channel();
        let closed = || StoreError::failed(Closed);
        self.0.send((row, caller)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn work<B: Batch>(writer: Arc<Writer>, mut waiting: mpsc::Receiver<Waiting<B::Row>>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        let (rows, callers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let written = match B::of(rows) {
            Ok(batch) => writer.write(batch).await,
            Err(error) => Err(StoreError::failed(error)),
        };
        for caller in callers {
            // Whoever stopped waiting has lost nothing.
            let _gone = caller.send(written.clone());
        }
    }
}
