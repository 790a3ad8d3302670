//! A TCP stream of the HTTP server that cannot be held up for ever.
//!
//! A client that stops reading fills the kernel's buffer; the writer above waits then, and nothing above can
//! cancel it. So the time limit is here: a write without progress fails the stream.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

use crate::link::{Link, stalled};

/// A connection with its watch.
pub(crate) struct Watched {
    io: TcpStream,
    /// What has been read of it already.
    read: Bytes,
    /// Through which it is ended from elsewhere.
    link: Option<Arc<Link>>,
    patience: Duration,
    /// Armed while a write waits.
    limit: Option<Pin<Box<Sleep>>>,
    /// Held as long as the connection is, upgraded or not.
    place: OwnedSemaphorePermit,
}

impl Watched {
    pub(crate) fn new(
        io: TcpStream,
        read: Bytes,
        link: Option<Arc<Link>>,
        patience: Duration,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { io, read, link, patience, limit: None, place }
    }

    /// The connection under it, for a protocol that it is upgraded to; and what was read and not passed on.
    pub(crate) fn into_parts(self) -> (TcpStream, Bytes, OwnedSemaphorePermit) {
        (self.io, self.read, self.place)
    }

    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = done {
            self.limit = None;
            return Poll::Ready(written);
        }
        let patience = self.patience;
        let limit = self.limit.get_or_insert_with(|| Box::pin(sleep(patience)));
        if limit.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        match &self.link {
            Some(link) => link.give_up(),
            None => stalled(),
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn refuse_write(&self, cx: &Context<'_>) -> Option<Poll<io::Result<usize>>> {
        let link = self.link.as_ref()?;
        link.writer.register(cx.waker());
        link.is_killed().then(|| Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(link) = &this.link {
            link.reader.register(cx.waker());
            if link.is_killed() {
                return Poll::Ready(Ok(()));
            }
        }
        if !this.read.is_empty() {
            let some = this.read.len().min(buf.remaining());
            buf.put_slice(&this.read.split_to(some));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.io).poll_read(cx, buf)
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
        let done = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        this.watch(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
