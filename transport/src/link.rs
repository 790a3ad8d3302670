//! One TCP connection, as others may watch and end it.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use futures_util::task::AtomicWaker;

/// Bytes around an event or an acknowledgement, at most: the headers of frame and packet, the namespace, numbers.
const AROUND: usize = 64;

/// The handle of a TCP connection, found in the extensions of every request on it.
#[derive(Debug, Default)]
pub struct Link {
    killed: AtomicBool,
    closed: AtomicBool,
    /// To be ended in good order.
    parting: AtomicBool,
    stalled: AtomicBool,
    /// Bytes handed over that the kernel has not taken; framing and heartbeats were never counted.
    queued: AtomicUsize,
    /// The same, counted rather too high instead of too low.
    waiting: AtomicUsize,
    /// Something was written and not flushed.
    writing: AtomicBool,
    /// How often it was flushed.
    flushes: AtomicU64,
    /// What `flushes` was when bytes were last handed over.
    flushes_before: AtomicU64,
    /// The path of the session that it carries as a websocket.
    path: OnceLock<&'static str>,
    pub(crate) reader: AtomicWaker,
    pub(crate) writer: AtomicWaker,
}

impl Link {
    /// Ends the connection at once: the reader sees its end, the writer an error.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
    }

    /// Ends a websocket in good order: when all that its client sent has been read, the reader finds the client's
    /// goodbye (see `stream.rs`), so that the library writes what it holds, and closes.
    pub(crate) fn part(&self) {
        self.parting.store(true, Ordering::Release);
        self.reader.wake();
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
    }

    /// The kernel takes nothing more: the other end does not read.
    pub(crate) fn stall(&self) {
        self.stalled.store(true, Ordering::Release);
    }

    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Acquire)
    }

    /// The writer begins to write.
    pub(crate) fn write(&self) {
        self.writing.store(true, Ordering::Release);
    }

    /// The kernel took so many bytes.
    pub(crate) fn progress(&self, bytes: usize) {
        self.stalled.store(false, Ordering::Release);
        take_off(&self.queued, bytes);
        take_off(&self.waiting, bytes);
    }

    /// The kernel took all that the writer had.
    pub(crate) fn flushed(&self) {
        self.flushes.fetch_add(1, Ordering::AcqRel);
        self.writing.store(false, Ordering::Release);
    }

    /// Counts bytes for this connection; gives how many wait, if its reader has stalled. To be called before they
    /// are handed over, or they might be written first and never be taken off.
    pub(crate) fn queue(&self, bytes: usize) -> usize {
        let settled = self.settled().is_some();
        self.flushes_before.store(self.flushes.load(Ordering::Acquire), Ordering::Release);
        if settled {
            // What is left is only by how much it was counted too high.
            self.waiting.store(bytes + AROUND, Ordering::Release);
        } else {
            self.waiting.fetch_add(bytes + AROUND, Ordering::AcqRel);
        }
        let queued = self.queued.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes);
        if self.is_stalled() { queued } else { 0 }
    }

    /// Bytes were not handed over after all.
    pub(crate) fn unqueue(&self, bytes: usize) {
        take_off(&self.queued, bytes);
        take_off(&self.waiting, bytes + AROUND);
    }

    /// Bytes that were handed over and not written, counted rather too high.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Names the moment, if all that was handed over seems to have been written: there was a flush since, and
    /// nothing was written behind it. A writer that is at work seems so between two messages, too; but not at two
    /// looks, and both the same moment.
    pub(crate) fn settled(&self) -> Option<u64> {
        let flushes = self.flushes.load(Ordering::Acquire);
        let since = flushes > self.flushes_before.load(Ordering::Acquire);
        (since && !self.writing.load(Ordering::Acquire)).then_some(flushes)
    }
}

/// Subtracts, but not below nothing.
pub(crate) fn take_off(count: &AtomicUsize, bytes: usize) {
    let less = |count: usize| Some(count.saturating_sub(bytes));
    // Never refused, so there is nothing to look at.
    let _before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers of frame and packet around a small event.
    const FRAMING: usize = 9;

    #[test]
    fn framing_that_is_written_does_not_stand_for_events_that_are_not() {
        let link = Link::default();
        for _ in 0..32 {
            link.queue(10);
        }
        link.write();
        link.progress(31 * (10 + FRAMING));
        assert!(link.waiting() > 0, "one is still there");
        assert_eq!(link.settled(), None);
        link.progress(10 + FRAMING);
        link.flushed();
        assert!(link.settled().is_some());
    }

    #[test]
    fn what_is_handed_over_behind_a_flush_is_not_settled_by_it() {
        let link = Link::default();
        link.queue(10);
        link.write();
        link.flushed();
        link.queue(10);
        assert_eq!(link.settled(), None);
        // And what was counted too high before is forgotten.
        assert_eq!(link.waiting(), 10 + AROUND);
        link.write();
        assert_eq!(link.settled(), None);
        link.flushed();
        assert!(link.settled().is_some());
    }

    #[test]
    fn a_writer_between_two_messages_is_not_at_the_same_moment_twice() {
        let link = Link::default();
        link.queue(10);
        link.write();
        link.flushed();
        let between = link.settled();
        link.write();
        assert_eq!(link.settled(), None);
        link.flushed();
        assert_ne!(link.settled(), between);
    }

    #[test]
    fn only_a_stalled_reader_has_bytes_that_count_against_it() {
        let link = Link::default();
        assert_eq!(link.queue(10), 0);
        link.stall();
        assert_eq!(link.queue(10), 20);
        link.progress(5);
        link.stall();
        assert_eq!(link.queue(10), 25);
    }
}
