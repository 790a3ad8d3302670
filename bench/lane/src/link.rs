//! One connection's way out. A queue is there only while something waits in it.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    mem,
    net::Shutdown,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use socket2::SockRef;
use tokio::net::tcp::OwnedWriteHalf;

/// Bytes that may wait for one reader.
const MOST_BYTES: usize = 2 << 20;
/// What a waiting frame costs beside its bytes, which it may share with others.
const ENTRY: usize = 32;
/// Frames of one write.
const AT_ONCE: usize = 64;

#[derive(Default)]
enum Waiting {
    #[default]
    Nothing,
    One(Bytes),
    More(VecDeque<Bytes>),
}

#[derive(Default)]
struct Out {
    waiting: Waiting,
    /// Bytes of the first frame that are written already.
    written: usize,
    bytes: usize,
    /// The flusher knows of it.
    dirty: bool,
    /// The kernel took no more; a task waits for it.
    stalled: bool,
    closed: bool,
}

/// What is to be done after a frame was put behind the others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// Somebody sees to it already, or the connection is gone.
    Nothing,
    /// The flusher must be told.
    Tell,
}

/// One connection.
pub(crate) struct Link {
    half: OwnedWriteHalf,
    out: Mutex<Out>,
    /// A ping is out that nobody has answered.
    pub(crate) asked: AtomicBool,
    /// It is in a namespace.
    pub(crate) joined: AtomicBool,
}

impl Link {
    pub(crate) fn new(half: OwnedWriteHalf) -> Self {
        Self { half, out: Mutex::default(), asked: false.into(), joined: false.into() }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame behind all others. A reader that leaves too much lying is let go.
    pub(crate) fn push(&self, frame: Bytes) -> Pushed {
        let mut out = self.out();
        if out.closed {
            return Pushed::Nothing;
        }
        out.bytes += frame.len() + ENTRY;
        if out.bytes > MOST_BYTES {
            drop(out);
            self.cut();
            return Pushed::Nothing;
        }
        out.waiting = match mem::take(&mut out.waiting) {
            Waiting::Nothing => Waiting::One(frame),
            Waiting::One(first) => Waiting::More(VecDeque::from([first, frame])),
            Waiting::More(mut frames) => {
                frames.push_back(frame);
                Waiting::More(frames)
            }
        };
        if out.stalled || mem::replace(&mut out.dirty, true) {
            Pushed::Nothing
        } else {
            Pushed::Tell
        }
    }

    /// Writes what waits; `false` if the kernel does not take all of it.
    pub(crate) fn flush(&self) -> io::Result<bool> {
        let mut out = self.out();
        out.dirty = false;
        loop {
            let written = match &out.waiting {
                Waiting::Nothing => break,
                Waiting::One(frame) => {
                    self.half.try_write(frame.get(out.written..).unwrap_or_default())
                }
                Waiting::More(frames) => {
                    let mut slices = [IoSlice::new(&[]); AT_ONCE];
                    for (slice, frame) in slices.iter_mut().zip(frames) {
                        *slice = IoSlice::new(frame);
                    }
                    let mut slices =
                        slices.get_mut(..frames.len().min(AT_ONCE)).unwrap_or_default();
                    IoSlice::advance_slices(&mut slices, out.written);
                    self.half.try_write_vectored(slices)
                }
            };
            match written {
                Ok(written) => out.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    out.stalled = true;
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        out.stalled = false;
        Ok(true)
    }

    /// Waits for a reader that does not keep up; one that takes nothing for so long is let go.
    pub(crate) async fn drain(&self, patience: Duration) {
        loop {
            let writable = tokio::time::timeout(patience, self.half.writable()).await;
            match writable.map(|ready| ready.and_then(|()| self.flush())) {
                Ok(Ok(true)) => return,
                Ok(Ok(false)) => {}
                Ok(Err(_)) | Err(_) => return self.cut(),
            }
        }
    }

    /// Ends it at once. Its reader sees the end and clears up; what waits in the kernel for a stalled reader goes, too.
    pub(crate) fn cut(&self) {
        let socket = SockRef::from(self.half.as_ref());
        // One that is gone already needs neither.
        let _gone =
            socket.set_linger(Some(Duration::ZERO)).and_then(|()| socket.shutdown(Shutdown::Both));
        self.close();
    }

    /// Takes nothing any more, and forgets what waits.
    pub(crate) fn close(&self) {
        *self.out() = Out { closed: true, ..Out::default() };
    }

    /// A first answer, before anything else: nothing waits then, and so few bytes fit into any socket.
    pub(crate) fn write_now(&self, bytes: &[u8]) -> bool {
        self.half.try_write(bytes).is_ok_and(|written| written == bytes.len())
    }

    /// Notes a ping; `false` if the one before has not been answered.
    pub(crate) fn ask(&self) -> bool {
        !self.asked.swap(true, Ordering::AcqRel)
    }
}

impl Out {
    fn advance(&mut self, written: usize) {
        self.written += written;
        loop {
            let first = match &self.waiting {
                Waiting::Nothing => return,
                Waiting::One(frame) => frame.len(),
                Waiting::More(frames) => frames.front().map_or(0, Bytes::len),
            };
            if self.written < first {
                return;
            }
            self.written -= first;
            self.bytes -= first + ENTRY;
            match &mut self.waiting {
                Waiting::More(frames) if frames.len() > 1 => drop(frames.pop_front()),
                one_or_none => *one_or_none = Waiting::Nothing,
            }
        }
    }
}
