//! A connection as tungstenite sees it: read when the kernel has something, written to the connection's queue.

use std::{
    cell::RefCell,
    io::{self, Read, Write},
    sync::Arc,
};

use bytes::{Buf, Bytes};
use socket2::SockRef;
use tokio::{io::Interest, net::TcpStream};

use crate::link::Link;

/// Bytes that are read at once.
const SCRATCH: usize = 16 * 1024;

/// No more answers of the protocol itself are queued while so many bytes wait.
const ENOUGH: usize = 256 * 1024;

thread_local! {
    /// Whoever reads uses it, and keeps only what it could not pass on: an idle connection has no buffer.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH].into());
}

/// Passes on what was read before; gives how much.
pub(super) fn pass_on(rest: &mut Bytes, buf: &mut [u8]) -> usize {
    let some = rest.len().min(buf.len());
    buf[..some].copy_from_slice(&rest[..some]);
    rest.advance(some);
    if rest.is_empty() {
        *rest = Bytes::new();
    }
    some
}

/// Reads what is there, as much as may be with one system call; what has no place in `buf` is `rest`, which was empty.
pub(super) fn read_some(stream: &TcpStream, buf: &mut [u8], rest: &mut Bytes) -> io::Result<usize> {
    READ.with_borrow_mut(|scratch| {
        let read = read_all(stream, scratch)?;
        let some = read.min(buf.len());
        buf[..some].copy_from_slice(&scratch[..some]);
        if some < read {
            *rest = Bytes::copy_from_slice(&scratch[some..read]);
        }
        Ok(some)
    })
}

/// Adds what is there to `buffer`, as much as may be with one system call; gives how much.
pub(crate) fn read_more(stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    READ.with_borrow_mut(|scratch| {
        let read = read_all(stream, scratch)?;
        buffer.extend_from_slice(&scratch[..read]);
        Ok(read)
    })
}

/// Reads, and remembers that nothing is left where that is known: when there was less than there was room for (epoll(7),
/// question 9). Otherwise each message would cost a second read that only says so. The end is never taken for that.
fn read_all(stream: &TcpStream, scratch: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    let tried = stream.try_io(Interest::READABLE, || {
        read = (&*SockRef::from(stream)).read(scratch)?;
        if (1..scratch.len()).contains(&read) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(())
    });
    if read > 0 { Ok(read) } else { tried.map(|()| 0) }
}

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
