//! A connection as tungstenite sees it: read when the kernel has something, written to the connection's queue.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use bytes::Bytes;

use crate::{
    link::Link,
    websocket::{ENOUGH, pass_on, read_some},
};

/// It never waits: whoever reads is told that nothing is there.
pub(super) struct Stream {
    pub(super) link: Arc<Link>,
    /// What was read and not passed on.
    pub(super) rest: Bytes,
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.link.is_killed() {
            return Ok(0);
        }
        if !self.rest.is_empty() {
            return Ok(pass_on(&mut self.rest, buf));
        }
        match self.link.wire() {
            Some(wire) => read_some(&wire.stream, buf, &mut self.rest),
            None => Ok(0),
        }
    }
}

impl Write for Stream {
    /// Takes all of it, unless a client asks for answers and does not read them.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.link.is_killed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if self.link.waiting() > ENOUGH && self.link.is_stalled() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.link.append(Bytes::copy_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
