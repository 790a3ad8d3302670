//! One TCP connection, as others may watch and end it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::task::AtomicWaker;

/// The handle of a TCP connection, found in the extensions of every request on it.
#[derive(Debug, Default)]
pub struct Link {
    killed: AtomicBool,
    closed: AtomicBool,
    stalled: AtomicBool,
    /// Bytes handed over that the kernel has not taken.
    queued: AtomicUsize,
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

    /// The kernel took so many bytes.
    pub(crate) fn progress(&self, bytes: usize) {
        self.stalled.store(false, Ordering::Release);
        self.unqueue(bytes);
    }

    /// Counts bytes for this connection; gives how many wait, if its reader has stalled. To be called before they
    /// are handed over, or they might be written first and never be taken off.
    pub(crate) fn queue(&self, bytes: usize) -> usize {
        let waiting = self.queued.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes);
        if self.stalled.load(Ordering::Acquire) { waiting } else { 0 }
    }

    /// Takes bytes off. Framing and heartbeats are written as well, and were never counted.
    pub(crate) fn unqueue(&self, bytes: usize) {
        take_off(&self.queued, bytes);
    }
}

/// Subtracts, but not below nothing.
pub(crate) fn take_off(count: &AtomicUsize, bytes: usize) {
    let less = |count: usize| Some(count.saturating_sub(bytes));
    // Never refused, so there is nothing to look at.
    let _before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
}
