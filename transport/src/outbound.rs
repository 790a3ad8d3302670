//! What waits for one client: everything, whoever sent it, in one order.
//!
//! It waits as frames of a websocket, also while the client polls: what is sent is encoded once for everyone, and whoever
//! polls is given what is in the frames. So nothing has to be turned over when it goes on as a websocket.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, ErrorKind},
};

use bytes::{Buf, Bytes};

use crate::wire::packet_of;

/// Between the packets of a payload (Engine.IO protocol 4, "HTTP long-polling").
pub(crate) const SEPARATOR: u8 = 0x1e;

/// Bytes of several frames that are written at once at most; one that is larger is written alone.
const BATCH: usize = 16 * 1024;

thread_local! {
    /// Frames that go out together are put beside each other: copying a few hundred bytes costs less than telling the
    /// kernel where each of them is.
    static TOGETHER: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(BATCH));
}

/// The queue of one client.
#[derive(Debug, Default)]
pub(crate) struct Outbound {
    /// The first that waits. Most wait alone: then nothing else has to be fetched from memory.
    first: Option<Bytes>,
    /// Those behind it; they need no room while there are none.
    more: VecDeque<Bytes>,
    /// Bytes of all.
    bytes: usize,
    /// Bytes that were ever written.
    written: u64,
    /// It stands in the flusher's list.
    pub(crate) listed: bool,
    /// A task waits until the kernel takes more.
    pub(crate) blocked: bool,
    /// Somebody wants to be told when something was written.
    pub(crate) watched: bool,
}

impl Outbound {
    /// Bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.bytes
    }

    /// Frames that wait.
    pub(crate) fn packets(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    /// Whether something could be written now.
    pub(crate) fn has_frames(&self) -> bool {
        self.first.is_some()
    }

    fn frames(&self) -> impl Iterator<Item = &Bytes> {
        self.first.iter().chain(&self.more)
    }

    /// Bytes that were ever written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// One more frame, behind all others.
    pub(crate) fn push(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        match &self.first {
            None => self.first = Some(frame),
            Some(_) => self.more.push_back(frame),
        }
    }

    /// What a client that polls is told, as far as `most` bytes go; a packet that is longer is told alone. `None` if nothing
    /// waits.
    pub(crate) fn payload(&mut self, most: usize) -> Option<Vec<u8>> {
        let mut payload = Vec::with_capacity(self.bytes.min(most));
        while let Some(frame) =
            self.first.take_if(|frame| payload.is_empty() || payload.len() + frame.len() < most)
        {
            self.bytes -= frame.len();
            self.move_up();
            if !payload.is_empty() {
                payload.push(SEPARATOR);
            }
            payload.extend_from_slice(packet_of(&frame));
        }
        (!payload.is_empty()).then_some(payload)
    }

    /// The first is gone.
    fn move_up(&mut self) {
        self.first = self.more.pop_front();
        if self.first.is_none() && self.more.capacity() > 0 {
            self.more = VecDeque::new();
        }
    }

    /// Writes until nothing is left (`true`) or no more is taken (`false`).
    pub(crate) fn write(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> io::Result<bool> {
        while let Some(first) = &self.first {
            let written = match self.more.front() {
                Some(second) if first.len() + second.len() <= BATCH => {
                    TOGETHER.with_borrow_mut(|together| {
                        together.clear();
                        for frame in self.frames() {
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
        Ok(true)
    }

    fn advance(&mut self, mut taken: usize) {
        self.bytes -= taken;
        self.written += taken as u64;
        while let Some(frame) = &mut self.first {
            if frame.len() > taken {
                frame.advance(taken);
                return;
            }
            taken -= frame.len();
            self.move_up();
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
    use crate::wire::{PING, event};

    fn ours(n: usize) -> Bytes {
        event("/", "n", &n.to_string(), None)
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
    fn whoever_polls_is_told_what_is_in_the_frames() {
        let mut queue = Outbound::default();
        assert_eq!(queue.payload(100), None);
        [ours(1), PING, ours(2)].into_iter().for_each(|frame| queue.push(frame));
        let told = String::from_utf8(queue.payload(100).unwrap()).unwrap();
        assert_eq!(told, "42[\"n\",1]\u{1e}2\u{1e}42[\"n\",2]");
        assert_eq!((queue.waiting(), queue.packets(), queue.payload(100)), (0, 0, None));
    }

    #[test]
    fn a_packet_that_is_longer_than_a_payload_is_told_alone() {
        let mut queue = Outbound::default();
        let long = event("/", "long", &format!("\"{}\"", "x".repeat(70_000)), None);
        [ours(1), long.clone(), ours(2)].into_iter().for_each(|frame| queue.push(frame));
        assert_eq!(queue.payload(100).unwrap(), packet_of(&ours(1)));
        assert_eq!(queue.payload(100).unwrap(), packet_of(&long));
        assert_eq!(queue.payload(100).unwrap(), packet_of(&ours(2)));
    }

    proptest! {
        /// However much is taken at once, by polls and then by the kernel: all of it leaves once and in its order.
        #[test]
        fn the_order_stays_over_the_change(
            polls in proptest::collection::vec((0_usize..4, 1_usize..60), 0..20),
            bites in proptest::collection::vec((0_usize..4, 1_usize..50), 0..20),
        ) {
            let mut queue = Outbound::default();
            let (mut sent, mut told) = (0, Vec::new());
            let mut send = |queue: &mut Outbound, count| for _ in 0..count {
                queue.push(ours(sent));
                sent += 1;
            };
            for (count, most) in polls {
                send(&mut queue, count);
                if let Some(payload) = queue.payload(most) {
                    told.extend(payload.split(|byte| *byte == SEPARATOR).map(<[u8]>::to_vec));
                }
            }
            let mut out = Vec::new();
            for (count, bite) in bites {
                send(&mut queue, count);
                let mut given = false;
                let write = queue.write(|bytes| {
                    if std::mem::replace(&mut given, true) { return Err(ErrorKind::WouldBlock.into()); }
                    let some = bytes.len().min(bite);
                    out.extend_from_slice(&bytes[..some]);
                    Ok(some)
                });
                prop_assert!(write.is_ok());
            }
            out.extend(written(&mut queue));
            prop_assert_eq!(queue.waiting(), 0);
            prop_assert_eq!(queue.written(), out.len() as u64);
            let expected: Vec<_> = (0..told.len()).map(|n| packet_of(&ours(n)).to_vec()).collect();
            let rest = (told.len()..sent).map(ours).collect::<Vec<_>>().concat();
            prop_assert_eq!(told, expected);
            prop_assert_eq!(out, rest);
        }
    }
}
