//! What waits to be written to one websocket: everything, whoever sent it, in one order.
//!
//! Events and acknowledgements come from us, ready to be written. What only the library can say (the answer to
//! CONNECT, heartbeats, the end of a namespace) comes from its writer. Ours may overtake nothing that the library was
//! given before: where that could happen a marker is sent through the library, and ours wait until it comes out.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, ErrorKind},
};

use bytes::{Buf, Bytes};

use crate::wire::first_frame;

/// Bytes of several frames that are written at once at most; one that is larger is written alone.
const BATCH: usize = 16 * 1024;

/// More room than this is given back when nothing waits any more, in frames.
const KEPT: usize = 4;

thread_local! {
    /// Frames that go out together are put beside each other: copying a few hundred bytes costs less than telling the
    /// kernel where each of them is.
    static TOGETHER: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(BATCH));
}

/// The queue of one websocket.
#[derive(Debug, Default)]
pub(crate) struct Outbound {
    frames: VecDeque<Bytes>,
    /// Bytes of them.
    bytes: usize,
    /// Ours, each with the number of the last marker before it, which is still in the library.
    held: VecDeque<(u64, Bytes)>,
    held_bytes: usize,
    /// Markers that were given to the library, and those of them that came out.
    marked: u64,
    unmarked: u64,
    /// Bytes that ever stood in `frames`.
    handed: u64,
    /// It stands in the flusher's list.
    pub(crate) listed: bool,
    /// A task waits until the kernel takes more.
    pub(crate) blocked: bool,
}

impl Outbound {
    /// Bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.bytes + self.held_bytes
    }

    /// Frames that wait.
    pub(crate) fn packets(&self) -> usize {
        self.frames.len() + self.held.len()
    }

    /// Whether something could be written now.
    pub(crate) fn has_frames(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Everything that has been handed to the writer up to now is written when so many bytes are.
    pub(crate) fn handed(&self) -> u64 {
        self.handed
    }

    /// Bytes that were ever written.
    pub(crate) fn written(&self) -> u64 {
        self.handed - self.bytes as u64
    }

    /// A frame of ours.
    pub(crate) fn push(&mut self, frame: Bytes) {
        if self.marked == self.unmarked {
            self.append(frame);
        } else {
            self.held_bytes += frame.len();
            self.held.push_back((self.marked, frame));
        }
    }

    fn append(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        self.handed += bytes.len() as u64;
        self.frames.push_back(bytes);
    }

    /// A marker is about to be given to the library; what is pushed from now on waits for it.
    pub(crate) fn mark(&mut self) {
        self.marked += 1;
    }

    /// A marker came out.
    fn unmark(&mut self) {
        self.unmarked = self.marked.min(self.unmarked + 1);
        while let Some((_, frame)) = self.held.pop_front_if(|(marker, _)| *marker <= self.unmarked)
        {
            self.held_bytes -= frame.len();
            self.append(frame);
        }
        if self.held.is_empty() {
            self.held = VecDeque::new();
        }
    }

    /// What the library writes: whole frames, markers among them.
    pub(crate) fn take_from_library(&mut self, mut bytes: &[u8]) {
        let mut begin = 0;
        while let Some((length, marks)) = first_frame(&bytes[begin..]) {
            if marks {
                self.copy(&bytes[..begin]);
                bytes = &bytes[begin + length..];
                begin = 0;
                self.unmark();
            } else {
                begin += length;
            }
        }
        self.copy(bytes);
    }

    fn copy(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.append(Bytes::copy_from_slice(bytes));
        }
    }

    /// Writes until nothing is left (`true`) or no more is taken (`false`).
    pub(crate) fn write(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> io::Result<bool> {
        while let Some(first) = self.frames.front() {
            let written = match self.frames.get(1) {
                Some(second) if first.len() + second.len() <= BATCH => {
                    TOGETHER.with_borrow_mut(|together| {
                        together.clear();
                        for frame in &self.frames {
                            if together.len() + frame.len() > BATCH {
                                break;
                            }
                            together.extend_from_slice(frame);
                        }
                        write(together)
                    })
                }
                _ => write(first),
            };
            match written {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(taken) => self.advance(taken),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.frames.capacity() > KEPT {
            self.frames = VecDeque::new();
        }
        Ok(true)
    }

    fn advance(&mut self, mut taken: usize) {
        self.bytes -= taken;
        while let Some(frame) = self.frames.front_mut() {
            if frame.len() > taken {
                frame.advance(taken);
                return;
            }
            taken -= frame.len();
            self.frames.pop_front();
        }
    }

    /// Nobody is there any more.
    pub(crate) fn clear(&mut self) {
        let (listed, blocked) = (self.listed, self.blocked);
        *self = Self { listed, blocked, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{MARK, event};

    fn ours(n: usize) -> Bytes {
        event("/", "ours", &n.to_string(), None)
    }

    fn theirs(n: usize) -> Bytes {
        event("/", "theirs", &n.to_string(), None)
    }

    fn marker() -> Bytes {
        event("/auth", MARK, "0", None)
    }

    fn written(queue: &mut Outbound) -> Vec<u8> {
        let mut out = Vec::new();
        let drained = queue.write(|bytes| {
            out.extend_from_slice(bytes);
            Ok(bytes.len())
        });
        assert!(drained.unwrap());
        out
    }

    #[test]
    fn ours_wait_for_the_marker_and_the_marker_is_not_written() {
        let mut queue = Outbound::default();
        queue.mark();
        queue.push(ours(1));
        assert_eq!(queue.waiting(), ours(1).len());
        assert!(!queue.has_frames());
        queue.take_from_library(&[theirs(1), marker(), theirs(2)].concat());
        queue.push(ours(2));
        assert_eq!(written(&mut queue), [theirs(1), ours(1), theirs(2), ours(2)].concat());
        assert_eq!((queue.waiting(), queue.handed()), (0, queue.written()));
    }

    #[test]
    fn two_markers_are_both_waited_for() {
        let mut queue = Outbound::default();
        queue.mark();
        queue.mark();
        queue.push(ours(1));
        queue.take_from_library(&marker());
        assert!(!queue.has_frames());
        queue.take_from_library(&marker());
        assert_eq!(written(&mut queue), ours(1));
    }

    proptest! {
        /// Whoever sends what, and however little the kernel takes: each sender's order stays, and nothing is lost.
        #[test]
        fn each_senders_order_stays(turns in proptest::collection::vec(0_u8..4, 1..60), bite in 1_usize..50) {
            let mut queue = Outbound::default();
            // What the library has been given and not yet written; `None` is a marker.
            let mut library: VecDeque<Option<usize>> = VecDeque::new();
            let (mut out, mut sent) = (Vec::new(), 0);
            let mut expected = Vec::new();
            for turn in turns.into_iter().chain([3; 60]) {
                match turn {
                    0 => { sent += 1; queue.push(ours(sent)); expected.push(ours(sent)); }
                    1 => { sent += 1; library.push_back(Some(sent)); library.push_back(None); queue.mark(); expected.push(theirs(sent)); }
                    2 => {
                        let mut given = false;
                        let written = queue.write(|bytes| {
                            if std::mem::replace(&mut given, true) { return Err(ErrorKind::WouldBlock.into()); }
                            let some = bytes.len().min(bite);
                            out.extend_from_slice(&bytes[..some]);
                            Ok(some)
                        });
                        prop_assert!(written.is_ok());
                    }
                    _ => if let Some(next) = library.pop_front() {
                        queue.take_from_library(&next.map_or_else(marker, theirs));
                    }
                }
            }
            out.extend(written(&mut queue));
            prop_assert_eq!(queue.waiting(), 0);
            // A packet of the library is told with a marker right behind it, so even the whole order is one.
            prop_assert_eq!(out, expected.concat());
        }
    }
}
