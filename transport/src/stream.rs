//! A TCP stream that cannot be held up for ever.
//!
//! A client that stops reading fills the kernel's buffer; the writer above waits then, and nothing above can
//! cancel it. So the time limit is here: a write without progress fails the stream.
//!
//! Nothing above can be told to end one connection in good order either, but for the client's own goodbye. So
//! that is found here by the reader of a connection that is to end.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

use crate::{
    link::Link,
    overload::{Limit, WEBSOCKET},
};

/// The Engine.IO packet `close` (Engine.IO protocol 4, packet types) in a websocket frame of a client (RFC 6455
/// section 5.2): final, text, masked with zeros, one byte.
const GOODBYE: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'1'];

/// A connection with its watch.
pub(crate) struct Watched {
    io: TcpStream,
    link: Arc<Link>,
    patience: Duration,
    /// Armed while a write waits.
    limit: Option<Pin<Box<Sleep>>>,
    /// The reader has been told of the end.
    parted: bool,
    /// Held as long as the connection is, upgraded or not.
    _place: OwnedSemaphorePermit,
}

impl Watched {
    pub(crate) fn new(
        io: TcpStream,
        link: Arc<Link>,
        patience: Duration,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { io, link, patience, limit: None, parted: false, _place: place }
    }

    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = done {
            self.link.progress(written.as_ref().copied().unwrap_or_default());
            self.limit = None;
            return Poll::Ready(written);
        }
        self.link.stall();
        let patience = self.patience;
        let limit = self.limit.get_or_insert_with(|| Box::pin(sleep(patience)));
        if limit.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        metrics::counter!("outrigger_stalled_connections_total").increment(1);
        if let Some(path) = self.link.path() {
            Limit::Stall.reached(path, WEBSOCKET);
        }
        self.link.kill();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn refuse_write(&self, cx: &Context<'_>) -> Option<Poll<io::Result<usize>>> {
        self.link.writer.register(cx.waker());
        self.link.is_killed().then(|| Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.link.reader.register(cx.waker());
        if this.link.is_killed() {
            return Poll::Ready(Ok(()));
        }
        // A goodbye that meets the middle of a message is part of it, and the end behind it does instead.
        if this.parted {
            return Poll::Ready(Ok(()));
        }
        let read = Pin::new(&mut this.io).poll_read(cx, buf);
        if read.is_pending() && this.link.is_parting() && buf.remaining() >= GOODBYE.len() {
            this.parted = true;
            buf.put_slice(&GOODBYE);
            return Poll::Ready(Ok(()));
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(refused) = this.refuse_write(cx) {
            return refused;
        }
        this.link.write();
        let done = Pin::new(&mut this.io).poll_write(cx, bytes);
        this.watch(cx, done)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(refused) = this.refuse_write(cx) {
            return refused;
        }
        this.link.write();
        let done = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        this.watch(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.io).poll_flush(cx);
        if flushed.is_ready() {
            this.link.flushed();
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.link.close();
    }
}
