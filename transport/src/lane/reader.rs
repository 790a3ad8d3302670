//! The task of a websocket: reads frames, and sees to the end.

use std::{future::poll_fn, io, net::Shutdown, sync::Arc, task::Poll};

use bytes::Bytes;
use socket2::SockRef;
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::{Role, WebSocketConfig, WebSocketContext},
};

use super::{
    incoming::{GO_ON, Incoming, Next, STOP},
    session::Session,
    stream::Stream,
};
use crate::{Limits, engine::Engine, server::Shared};

/// Bytes that are read at once, and kept for each websocket; many reads cost one system call (`stream.rs`).
const READ_BUFFER: usize = 128;

/// Serves a websocket whose opening was answered, until it ends. `rest` was read behind the request.
pub(crate) fn serve(
    shared: &Arc<Shared>,
    engine: Arc<Engine>,
    rest: Bytes,
    place: OwnedSemaphorePermit,
) {
    let context = context(engine.limits());
    let session = Session::new(engine);
    session.open();
    shared.pulse.add(&session);
    read(Incoming::new(Arc::clone(shared), session), context, rest, place);
}

/// Reads what the websocket of a session says, behind `rest`, until it ends.
pub(super) fn read(
    incoming: Incoming,
    context: WebSocketContext,
    rest: Bytes,
    place: OwnedSemaphorePermit,
) {
    let link = Arc::clone(&incoming.session.engine.link);
    let mut reader = Reader { incoming, context, stream: Stream { link, rest }, _place: place };
    // A block, not a function that takes it: that would keep room for it twice.
    tokio::spawn(async move { reader.run().await });
}

/// What a websocket of ours may be sent.
pub(super) fn context(limits: &Limits) -> WebSocketContext {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limits.max_payload_bytes))
        .max_frame_size(Some(limits.max_payload_bytes));
    WebSocketContext::new(Role::Server, Some(config))
}

struct Reader {
    incoming: Incoming,
    context: WebSocketContext,
    stream: Stream,
    /// Held as long as the connection is.
    _place: OwnedSemaphorePermit,
}

impl Drop for Reader {
    /// However the task ends, nobody waits for it.
    fn drop(&mut self) {
        self.incoming.session.end();
        if let Some(wire) = self.stream.link.wire() {
            // The descriptor may be kept for a while by whoever still holds a socket of the connection.
            let _gone = SockRef::from(&wire.stream).shutdown(Shutdown::Both);
        }
        self.stream.link.close();
    }
}

impl Reader {
    async fn run(&mut self) {
        self.read().await;
        self.incoming.session.end();
        self.close().await;
    }

    async fn read(&mut self) {
        loop {
            let next = match self.context.read(&mut self.stream) {
                Ok(Message::Text(text)) => self.incoming.text(text.as_str()),
                Ok(Message::Binary(bytes)) => self.incoming.attachment(bytes),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => GO_ON,
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    // All that the client sent has been read.
                    if self.stream.link.is_parting() { STOP } else { self.readable().await }
                }
                Ok(Message::Close(_)) | Err(_) => STOP,
            };
            if next == STOP {
                return;
            }
            // Whoever sends much lets others in between.
            tokio::task::consume_budget().await;
        }
    }

    /// Waits for more to read, or for the end.
    async fn readable(&self) -> Next {
        let link = &self.stream.link;
        poll_fn(|context| {
            link.reader.register(context.waker());
            if link.is_killed() {
                return Poll::Ready(STOP);
            }
            if link.is_parting() {
                return Poll::Ready(GO_ON);
            }
            let Some(wire) = link.wire() else { return Poll::Ready(STOP) };
            wire.stream
                .poll_read_ready(context)
                .map(|ready| if ready.is_ok() { GO_ON } else { STOP })
        })
        .await
    }

    /// Ends it in good order: what waits is written first.
    async fn close(&mut self) {
        if self.stream.link.is_killed() {
            return;
        }
        // Our word, or the answer to the client's (RFC 6455 section 5.5.1). If the connection is broken, so be it.
        let _said = self.context.close(&mut self.stream, None);
        self.stream.link.room(0).await;
    }
}
