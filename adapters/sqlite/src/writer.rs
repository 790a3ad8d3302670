//! The way in: one bounded queue of writes, worked off by one task.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use outrigger_domain::{
    events::Published,
    messaging::NewMessage,
    ports::{Bus, Outbox, StoreError, StoreResult},
};
use sqlx::{SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    failure::Closed, group::Committer, memberships::Memberships, options::Options,
    outbox::OutboxChange, readers::Readers, telling::Teller,
};

/// One write, e.g. "store this message".
pub(crate) trait Write: Send + Sync + 'static {
    /// What the caller learns.
    type Outcome: Send + 'static;

    /// Whether [`Self::run`] is one statement with nothing after it that could fail: if it fails, SQLite has undone
    /// it by itself.
    fn is_one_statement(&self) -> bool {
        false
    }

    /// Writes. When something fails it may be undone and run again, with the same effect.
    fn run(
        &self,
        db: &mut SqliteConnection,
    ) -> impl Future<Output = sqlx::Result<Self::Outcome>> + Send;

    /// The message, if storing it is all that this write does: those next to each other are stored together.
    fn message(&self) -> Option<&NewMessage> {
        None
    }

    /// What the caller learns if that was done, and the message is new.
    fn stored(&self) -> Option<Self::Outcome> {
        None
    }

    /// What others must hear of, once it is committed. In its transaction it goes into feeds and outbox.
    fn tells(_outcome: &Self::Outcome) -> Vec<Published> {
        Vec::new()
    }

    /// What becomes of the outbox beside what the events do to it.
    fn outbox(_outcome: &mut Self::Outcome) -> OutboxChange {
        OutboxChange::default()
    }
}

/// A write in the queue, whatever its outcome is.
pub(crate) trait Job: Send {
    /// See [`Write::is_one_statement`].
    fn is_one_statement(&self) -> bool;
    /// See [`Write::message`].
    fn message(&self) -> Option<&NewMessage>;
    /// Keeps the outcome of a write whose message was stored, and is new.
    fn is_stored(&mut self);
    /// Runs the write and keeps its outcome.
    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, sqlx::Result<()>>;
    /// See [`Write::tells`]; nothing if the write failed.
    fn tells(&self) -> Vec<Published>;
    /// See [`Write::outbox`].
    fn outbox(&mut self) -> OutboxChange;
    /// Whether it has waited so long for its turn that its caller should rather hear that there is none.
    fn is_stale(&self) -> bool;
    /// Answers the caller: with the outcome, or with the error that undid it.
    fn answer(self: Box<Self>, error: Option<StoreError>);
}

/// A write that waited longer for its turn is refused. While another process holds the database locked, each try to
/// write takes as long as a lock is waited for: those behind it must not wait for one try after the other.
const LONGEST_WAIT: Duration = Duration::from_secs(4);

struct Queued<W: Write> {
    write: W,
    outcome: Option<W::Outcome>,
    since: Instant,
    caller: oneshot::Sender<StoreResult<W::Outcome>>,
}

impl<W: Write> Job for Queued<W> {
    fn is_one_statement(&self) -> bool {
        self.write.is_one_statement()
    }

    fn message(&self) -> Option<&NewMessage> {
        self.write.message()
    }

    fn is_stored(&mut self) {
        self.outcome = self.write.stored();
    }

    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async move {
            self.outcome = None;
            self.outcome = Some(self.write.run(db).await?);
            Ok(())
        })
    }

    fn tells(&self) -> Vec<Published> {
        self.outcome.as_ref().map(W::tells).unwrap_or_default()
    }

    fn outbox(&mut self) -> OutboxChange {
        self.outcome.as_mut().map(W::outbox).unwrap_or_default()
    }

    fn is_stale(&self) -> bool {
        self.since.elapsed() > LONGEST_WAIT
    }

    fn answer(self: Box<Self>, error: Option<StoreError>) {
        let result = match (error, self.outcome) {
            (Some(error), _) => Err(error),
            (None, Some(outcome)) => Ok(outcome),
            (None, None) => Err(StoreError::failed(Closed)),
        };
        // A caller that stopped waiting has lost nothing: the write stands, and was published.
        let _ = self.caller.send(result);
    }
}

/// The handle to the writing task.
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    wait: Duration,
    closing: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task with a connection of its own; `reopen` makes another one if that breaks.
    pub(crate) fn start(
        db: SqliteConnection,
        reopen: SqliteConnectOptions,
        options: &Options,
        readers: Arc<Readers>,
        bus: Arc<dyn Bus>,
        outbox: Arc<dyn Outbox>,
        memberships: Arc<Memberships>,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(options.queue);
        let closing = Arc::new(Notify::new());
        let teller = Teller::new(options, outbox, memberships);
        let committer = Committer::new(db, reopen, readers, bus, teller);
        let task = tokio::spawn(work(waiting, committer, options.group, Arc::clone(&closing)));
        Self { queue, wait: options.queue_wait, closing, task: Mutex::new(Some(task)) }
    }

    /// Queues a write and waits until it is committed and published.
    ///
    /// Once queued it happens, also if the caller no longer waits.
    pub(crate) async fn write<W: Write>(&self, write: W) -> StoreResult<W::Outcome> {
        let place = match self.queue.try_reserve() {
            Ok(place) => place,
            Err(mpsc::error::TrySendError::Closed(())) => return Err(StoreError::failed(Closed)),
            Err(mpsc::error::TrySendError::Full(())) => {
                match tokio::time::timeout(self.wait, self.queue.reserve()).await {
                    Ok(Ok(place)) => place,
                    Ok(Err(_)) => return Err(StoreError::failed(Closed)),
                    Err(_) => {
                        metrics::counter!("outrigger_store_failures_total", "of" => "queue")
                            .increment(1);
                        return Err(StoreError::Overloaded);
                    }
                }
            }
        };
        let (caller, answer) = oneshot::channel();
        place.send(Box::new(Queued { write, outcome: None, since: Instant::now(), caller }));
        answer.await.unwrap_or_else(|_| Err(StoreError::failed(Closed)))
    }

    /// Takes no more writes, finishes those that wait, and puts everything into the one file.
    pub(crate) async fn close(&self) {
        self.closing.notify_one();
        // Held while waiting: a second call returns when the work is done, too.
        let mut task = self.task.lock().await;
        if let Some(task) = task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writing task ended badly");
        }
    }
}

async fn work(
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    mut committer: Committer,
    limit: usize,
    closing: Arc<Notify>,
) {
    let mut group = Vec::with_capacity(limit);
    loop {
        let taken = tokio::select! {
            biased;
            () = closing.notified() => {
                // What waits already is still received.
                waiting.close();
                continue;
            }
            taken = waiting.recv_many(&mut group, limit) => taken,
        };
        if taken == 0 {
            break;
        }
        #[expect(clippy::cast_precision_loss, reason = "a queue is far shorter than 2^52")]
        metrics::gauge!("outrigger_store_queue_depth").set(waiting.len() as f64);
        for stale in group.extract_if(.., |job| job.is_stale()) {
            metrics::counter!("outrigger_store_failures_total", "of" => "queue").increment(1);
            stale.answer(Some(StoreError::Overloaded));
        }
        if !group.is_empty() {
            committer.commit(&mut group).await;
        }
    }
    committer.close().await;
}
