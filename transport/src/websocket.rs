//! A websocket's connection, as the library sees it.
//!
//! It reads from the socket. What it writes goes into the connection's queue, behind what is there ([`crate::outbound`]):
//! the library's heartbeats and answers and our events leave in one order, however they came.

use std::{
    cell::RefCell,
    io::{self, Read as _},
    net::Shutdown,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};

use crate::link::Link;

/// The Engine.IO packet `close` (Engine.IO protocol 4, packet types) in a websocket frame of a client (RFC 6455
/// section 5.2): final, text, masked with zeros, one byte.
const GOODBYE: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'1'];

/// Bytes that are read at once.
const SCRATCH: usize = 16 * 1024;

/// The library's writer holds back while so many bytes wait.
pub(crate) const ENOUGH: usize = 256 * 1024;

thread_local! {
    /// Whoever reads uses it, and keeps only what it could not pass on: an idle connection has no buffer.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH].into());
}

/// Passes on what was read before; gives how much.
pub(crate) fn pass_on(rest: &mut Bytes, buf: &mut [u8]) -> usize {
    let some = rest.len().min(buf.len());
    buf[..some].copy_from_slice(&rest[..some]);
    rest.advance(some);
    if rest.is_empty() {
        *rest = Bytes::new();
    }
    some
}

/// Reads what is there, as much as may be with one system call; what has no place in `buf` is `rest`, which was empty.
pub(crate) fn read_some(stream: &TcpStream, buf: &mut [u8], rest: &mut Bytes) -> io::Result<usize> {
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

/// One that was upgraded.
pub(crate) struct Websocket {
    link: Arc<Link>,
    /// What was read and not passed on.
    rest: Bytes,
    /// The reader has been told of the end.
    parted: bool,
    /// A flush or a shutdown waits until so many bytes have been written.
    until: Option<u64>,
    /// What is to be done when it is over.
    at_end: Option<AtEnd>,
    /// Held as long as the connection is.
    _place: OwnedSemaphorePermit,
}

/// Something to be done once.
pub(crate) type AtEnd = Box<dyn FnOnce() + Send>;

impl Websocket {
    /// `rest` was read behind the request. The link has been given its wire.
    pub(crate) fn new(
        link: Arc<Link>,
        rest: Bytes,
        at_end: AtEnd,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { link, rest, parted: false, until: None, at_end: Some(at_end), _place: place }
    }

    fn read(&mut self, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Some(wire) = self.link.wire() else { return Poll::Ready(Ok(())) };
        loop {
            ready!(wire.stream.poll_read_ready(context))?;
            let read = read_some(&wire.stream, buf.initialize_unfilled(), &mut self.rest);
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(read) => {
                    buf.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Ready when all is written that was handed over before the first call.
    fn written(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (handed, written) = self.link.write_now()?;
        let until = *self.until.get_or_insert(handed);
        if written < until {
            self.link.writer.register(context.waker());
            // It may have been written before anybody knew whom to tell.
            if self.link.write_now()?.1 < until {
                return Poll::Pending;
            }
        }
        self.until = None;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Websocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.link.reader.register(context.waker());
        // A goodbye that meets the middle of a message is part of it, and the end behind it does instead.
        if this.link.is_killed() || this.parted {
            return Poll::Ready(Ok(()));
        }
        if !this.rest.is_empty() {
            let some = pass_on(&mut this.rest, buf.initialize_unfilled());
            buf.advance(some);
            return Poll::Ready(Ok(()));
        }
        let read = this.read(context, buf);
        if read.is_pending() && this.link.is_parting() && buf.remaining() >= GOODBYE.len() {
            this.parted = true;
            buf.put_slice(&GOODBYE);
            return Poll::Ready(Ok(()));
        }
        read
    }
}

impl AsyncWrite for Websocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.link.is_killed() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if this.link.waiting() > ENOUGH {
            this.link.writer.register(context.waker());
            this.link.write_now()?;
            if this.link.is_stalled() {
                return Poll::Pending;
            }
        }
        // Always all of it: the queue looks for markers in whole frames.
        this.link.take_from_library(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().written(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.written(context))?;
        match this.link.wire() {
            Some(wire) => Poll::Ready(SockRef::from(&wire.stream).shutdown(Shutdown::Write)),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for Websocket {
    fn drop(&mut self) {
        self.link.close();
        if let Some(at_end) = self.at_end.take() {
            at_end();
        }
    }
}
