//! One connection, as others may watch, write to and end it: a TCP connection, or a client that polls over several of
//! them until it goes on as a websocket.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use socket2::SockRef;
use tokio::{
    net::TcpStream,
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{
    Class, Limits,
    flusher::Flusher,
    outbound::Outbound,
    overload::{BEHIND_BYTES, BEHIND_PACKETS, Limit, WEBSOCKET},
};

/// The handle of a connection. That of a TCP connection is found in the extensions of every request on it.
///
/// In this order, so that what is looked at whenever something is sent stands together: with thousands of connections,
/// fetching it takes most of the time.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Link {
    killed: AtomicBool,
    closed: AtomicBool,
    /// To be ended in good order.
    parting: AtomicBool,
    stalled: AtomicBool,
    out: Mutex<Outbound>,
    /// Where a websocket's frames go; until there is one, they wait for whoever polls.
    wire: OnceLock<Wire>,
    /// The path of the session that it carries as a websocket.
    path: OnceLock<&'static str>,
    /// Told whenever the kernel or a poll took something, of a websocket that takes over, and of the end.
    progress: Notify,
    pub(crate) reader: AtomicWaker,
    /// The HTTP server's writer; or, of a session, a poll that waits.
    pub(crate) writer: AtomicWaker,
    /// Whoever waits for the kernel to take more.
    unblocker: AtomicWaker,
}

/// A websocket's connection. TLS would be ended here: the queue is in front of it, and what is written to it is plain.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    pub(crate) flusher: Arc<Flusher>,
    pub(crate) limits: Arc<Limits>,
}

impl Wire {
    /// Writes what the kernel takes.
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        match SockRef::from(&self.stream).send(bytes) {
            // Whoever waits for it asks tokio, which has to see by itself that nothing more is taken.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.stream.try_write(bytes),
            sent => sent,
        }
    }
}

/// Counts a connection whose other end does not read.
pub(crate) fn stalled() {
    metrics::counter!("outrigger_stalled_connections_total").increment(1);
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is queued.
    Yes,
    /// It is left out: the reader is behind, and it is only state.
    LeftOut,
    /// There is no more room: the connection has to end.
    TooMuch(Limit),
    /// Nobody is there.
    Gone,
}

impl Link {
    /// Ends the connection at once: the reader sees its end, the writer an error.
    pub fn kill(&self) {
        self.break_off(&mut self.out());
    }

    fn break_off(&self, out: &mut Outbound) {
        self.killed.store(true, Ordering::Release);
        out.clear();
        self.tell_all();
    }

    fn tell_all(&self) {
        self.reader.wake();
        self.writer.wake();
        self.unblocker.wake();
        self.progress.notify_waiters();
    }

    /// Ends it in good order: when all that its client sent has been read, a websocket's reader writes what waits, and
    /// closes; a poll is told of the end.
    pub(crate) fn part(&self) {
        self.parting.store(true, Ordering::Release);
        self.reader.wake();
        self.progress.notify_waiters();
    }

    pub(crate) fn is_parting(&self) -> bool {
        self.parting.load(Ordering::Acquire)
    }

    /// It carries a session of this path as a websocket.
    pub(crate) fn carry(&self, path: &'static str) {
        self.path.get_or_init(|| path);
    }

    /// The path of the session that it carries.
    pub(crate) fn path(&self) -> Option<&'static str> {
        self.path.get().copied()
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    /// Whether the connection is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.out().clear();
        self.tell_all();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_killed() || self.is_closed()
    }

    /// The kernel takes nothing more: the other end does not read.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Acquire)
    }

    /// A write has made no progress for too long.
    pub(crate) fn give_up(&self) {
        stalled();
        if let Some(path) = self.path() {
            Limit::Stall.reached(path, WEBSOCKET);
        }
        self.kill();
    }

    fn out(&self) -> MutexGuard<'_, Outbound> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it is a websocket, written to by the queue.
    pub(crate) fn adopt(&self, wire: Wire) {
        // A connection is upgraded once.
        let _again = self.wire.set(wire);
    }

    /// The same for a client that polled: what waits for it goes on there.
    pub(crate) fn go_over(self: &Arc<Self>, wire: Wire) {
        {
            // A poll takes what waits before that, or nothing.
            let mut out = self.out();
            self.adopt(wire);
            self.list(&mut out);
        }
        self.writer.wake();
        self.progress.notify_waiters();
    }

    /// Whether it is no websocket, or not yet.
    pub(crate) fn is_polling(&self) -> bool {
        self.wire.get().is_none()
    }

    /// What waits for a client that polls, of `most` bytes about; `None` if there is nothing.
    pub(crate) fn payload(&self, most: usize) -> Option<Vec<u8>> {
        let payload = {
            let mut out = self.out();
            if self.is_polling() { out.payload(most) } else { None }
        }?;
        self.progress.notify_waiters();
        Some(payload)
    }

    /// Answers the request that it came from, before anything else.
    pub(crate) fn answer(&self, head: String) {
        self.out().push(head.into());
    }

    pub(crate) fn wire(&self) -> Option<&Wire> {
        self.wire.get()
    }

    /// Whether it is a websocket that is not over.
    pub(crate) fn is_writable(&self) -> bool {
        !self.is_over() && !self.is_polling()
    }

    /// Queues a frame.
    pub(crate) fn push(self: &Arc<Self>, frame: Bytes, class: Class, limits: &Limits) -> Taken {
        let mut out = self.out();
        if self.is_over() {
            return Taken::Gone;
        }
        // What is left for one who is behind is kept for events that must arrive.
        if class == Class::State && self.is_behind(&out) {
            return Taken::LeftOut;
        }
        if out.packets() >= limits.outbound_packets {
            // Perhaps only its turn has not come.
            let alive = self.drive(&mut out);
            if !alive || out.packets() >= limits.outbound_packets {
                return match class {
                    _ if !alive => Taken::Gone,
                    Class::State => Taken::LeftOut,
                    Class::Durable => Taken::TooMuch(Limit::Packets),
                };
            }
        }
        out.push(frame);
        let most = limits.outbound_bytes_stalled;
        if out.waiting() > most && self.is_held_up(&mut out) && out.waiting() > most {
            return Taken::TooMuch(Limit::Bytes);
        }
        self.list(&mut out);
        Taken::Yes
    }

    /// Whether its reader is behind.
    fn is_behind(&self, out: &Outbound) -> bool {
        self.is_stalled()
            || (self.is_polling()
                && (out.packets() > BEHIND_PACKETS || out.waiting() > BEHIND_BYTES))
    }

    /// Whether nobody takes what waits, though it was tried.
    fn is_held_up(self: &Arc<Self>, out: &mut Outbound) -> bool {
        self.is_polling() || self.is_stalled() || (self.drive(out) && self.is_stalled())
    }

    /// Sees to it that what waits is written, or told to whoever polls.
    fn list(self: &Arc<Self>, out: &mut Outbound) {
        match self.wire.get() {
            None => self.writer.wake(),
            Some(wire) => {
                if out.has_frames() && !out.listed && !out.blocked {
                    out.listed = true;
                    wire.flusher.add(Arc::clone(self));
                }
            }
        }
    }

    /// Writes what the kernel takes; `false` if the connection is broken.
    fn drive(self: &Arc<Self>, out: &mut Outbound) -> bool {
        let Some(wire) = self.wire.get() else { return true };
        let before = out.written();
        let drained = out.write(|bytes| wire.send(bytes));
        if out.written() != before {
            self.stalled.store(false, Ordering::Release);
            if std::mem::take(&mut out.watched) {
                self.progress.notify_waiters();
            }
        }
        match drained {
            Ok(true) => true,
            Ok(false) => {
                self.stalled.store(true, Ordering::Release);
                if !out.blocked {
                    out.blocked = true;
                    tokio::spawn(Arc::clone(self).unblock(wire.limits.write_stall));
                }
                true
            }
            Err(_) => {
                self.break_off(out);
                false
            }
        }
    }

    /// The flusher's turn.
    pub(crate) fn flush(self: &Arc<Self>) {
        let mut out = self.out();
        out.listed = false;
        if !out.blocked {
            self.drive(&mut out);
        }
    }

    /// Waits for a kernel that takes nothing, as long as there is patience.
    async fn unblock(self: Arc<Self>, patience: Duration) {
        let mut late = Instant::now() + patience;
        while let Some(wire) = self.wire.get() {
            let over = poll_fn(|context| {
                self.unblocker.register(context.waker());
                if self.is_over() { Poll::Ready(()) } else { Poll::Pending }
            });
            let writable = tokio::select! {
                biased;
                () = over => return,
                writable = timeout_at(late, wire.stream.writable()) => writable,
            };
            if writable.is_err() {
                self.give_up();
                return;
            }
            let mut out = self.out();
            let before = out.written();
            self.drive(&mut out);
            if out.written() != before {
                late = Instant::now() + patience;
            }
            if !out.has_frames() {
                out.blocked = false;
                return;
            }
        }
    }

    /// Queues what the protocol of the connection itself answers, whatever waits.
    pub(crate) fn append(self: &Arc<Self>, bytes: Bytes) {
        let mut out = self.out();
        if !self.is_over() {
            out.push(bytes);
            self.list(&mut out);
        }
    }

    /// Bytes that were handed over and that nobody has taken: the kernel, or a poll.
    pub(crate) fn waiting(&self) -> usize {
        self.out().waiting()
    }

    /// Resolves when a client polls no longer: it goes on as a websocket, or it is at its end.
    pub(crate) async fn polled(&self) {
        let over = || !self.is_polling() || self.is_over() || self.is_parting();
        self.found(|| over().then_some(())).await;
    }

    /// Resolves when the connection is over.
    pub(crate) async fn closed(&self) {
        self.found(|| self.is_closed().then_some(())).await;
    }

    /// Resolves when at most `low` bytes wait; `false` when the connection is over instead.
    pub(crate) async fn room(&self, low: usize) -> bool {
        self.found(|| match self.is_over() {
            true => Some(false),
            false => {
                let mut out = self.out();
                let has_room = out.waiting() <= low;
                out.watched |= !has_room;
                has_room.then_some(true)
            }
        })
        .await
    }

    /// What there is to be found, looked for whenever something has happened.
    async fn found<T>(&self, look: impl Fn() -> Option<T>) -> T {
        loop {
            let told = self.progress.notified();
            tokio::pin!(told);
            // Registered before looking, or what happens in between would be missed.
            told.as_mut().enable();
            if let Some(found) = look() {
                return found;
            }
            told.await;
        }
    }
}
