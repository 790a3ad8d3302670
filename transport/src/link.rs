//! One TCP connection, as others may watch and end it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::task::AtomicWaker;

/// The handle of a TCP connection, found in the extensions of every request on it.
#[derive(Debug, Default)]
pub struct Link {
    killed: AtomicBool,
    closed: AtomicBool,
    stalled: AtomicBool,
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

    /// The kernel took something.
    pub(crate) fn progress(&self) {
        if self.stalled.swap(false, Ordering::AcqRel) {
            self.queued.store(0, Ordering::Release);
        }
    }

    /// Counts bytes handed to this connection; gives the sum since its reader stalled.
    pub(crate) fn queue(&self, bytes: usize) -> usize {
        if self.stalled.load(Ordering::Acquire) {
            self.queued.fetch_add(bytes, Ordering::AcqRel) + bytes
        } else {
            0
        }
    }
}
