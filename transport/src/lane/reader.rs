//! The task of a lane: reads frames, understands packets, and sees to the end.

use std::{future::poll_fn, io, net::Shutdown, ops::ControlFlow, sync::Arc, task::Poll};

use bytes::Bytes;
use socket2::SockRef;
use socketioxide_core::{
    Str,
    packet::{Packet, PacketData},
    parser::{Parse, ParseConfig, ParseError, ParserState},
};
use socketioxide_parser_common::CommonParser;
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::{Role, WebSocketConfig, WebSocketContext},
};

use super::{
    session::{Delivered, Session},
    stream::Stream,
};
use crate::{
    Limits, args,
    engine::Engine,
    link::Link,
    server::{READ_BUFFER, Shared},
};

/// Serves a websocket whose opening was answered, until it ends. `rest` was read behind the request.
pub(crate) fn serve(
    shared: &Arc<Shared>,
    engine: Arc<Engine>,
    link: Arc<Link>,
    rest: Bytes,
    place: OwnedSemaphorePermit,
) {
    engine.take_lane(&link);
    let context = WebSocketContext::new(Role::Server, Some(config(engine.limits())));
    let session = Session::new(engine, Arc::clone(&link));
    session.open();
    shared.pulse.add(&session);
    let mut reader = Reader {
        shared: Arc::clone(shared),
        session,
        context,
        stream: Stream { link, rest },
        attachments: None,
        _place: place,
    };
    // A block, not a function that takes it: that would keep room for it twice.
    tokio::spawn(async move { reader.run().await });
}

fn config(limits: &Limits) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limits.max_payload_bytes))
        .max_frame_size(Some(limits.max_payload_bytes))
}

struct Reader {
    shared: Arc<Shared>,
    session: Arc<Session>,
    context: WebSocketContext,
    stream: Stream,
    /// A packet whose binary attachments are still to come.
    attachments: Option<Box<ParserState>>,
    /// Held as long as the connection is.
    _place: OwnedSemaphorePermit,
}

impl Drop for Reader {
    /// However the task ends, nobody waits for it.
    fn drop(&mut self) {
        self.session.end();
        if let Some(wire) = self.stream.link.wire() {
            // The descriptor may be kept for a while by whoever still holds a socket of the connection.
            let _gone = SockRef::from(&wire.stream).shutdown(Shutdown::Both);
        }
        self.stream.link.close();
    }
}

/// Whether there is more to be read.
type Next = ControlFlow<()>;

const STOP: Next = ControlFlow::Break(());
const GO_ON: Next = ControlFlow::Continue(());

impl Reader {
    async fn run(&mut self) {
        self.read().await;
        self.session.end();
        self.close().await;
    }

    async fn read(&mut self) {
        loop {
            let next = match self.context.read(&mut self.stream) {
                Ok(Message::Text(text)) => self.text(text.as_str()),
                Ok(Message::Binary(bytes)) => self.attachment(bytes),
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

    /// A packet of Engine.IO (protocol 4, "packet encoding").
    fn text(&mut self, text: &str) -> Next {
        self.session.heard();
        match text.as_bytes() {
            // A pong; a ping is for the server to send, and only means that the client is there.
            b"3" | b"2" => GO_ON,
            [b'4', ..] => self.message(&text[1..]),
            // Close; or nothing that a client may say on a websocket that is open.
            _ => STOP,
        }
    }

    /// A packet of Socket.IO (protocol 5, "packet encoding").
    fn message(&mut self, text: &str) -> Next {
        if self.attachments.is_some() {
            // Attachments follow right behind their packet.
            return STOP;
        }
        let state = ParserState::default();
        let text = Str::copy_from_slice(text);
        match CommonParser.decode_str(&ParseConfig::default(), &state, text) {
            Ok(packet) => self.packet(packet),
            Err(ParseError::NeedsMoreBinaryData) => {
                self.attachments = Some(Box::new(state));
                GO_ON
            }
            Err(_) => STOP,
        }
    }

    /// A binary message is an attachment of the packet before it.
    fn attachment(&mut self, bytes: Bytes) -> Next {
        self.session.heard();
        let Some(state) = &self.attachments else { return STOP };
        match CommonParser.decode_bin(&ParseConfig::default(), state, bytes) {
            Ok(packet) => {
                self.attachments = None;
                self.packet(packet)
            }
            Err(ParseError::NeedsMoreBinaryData) => GO_ON,
            Err(_) => STOP,
        }
    }

    fn packet(&self, packet: Packet) -> Next {
        let Packet { inner, ns } = packet;
        let path = self.session.engine.handshake.path;
        let entry = || self.shared.paths.get(path).and_then(|path| path.entry(&ns));
        match inner {
            PacketData::Connect(auth) => self.session.connect(entry(), &ns, auth),
            PacketData::Event(value, ack) | PacketData::BinaryEvent(value, ack) => {
                if !value.as_str().is_some_and(|packet| args::is_event(packet)) {
                    return STOP;
                }
                // What was never joined and never could be is not worth a connection.
                if self.session.deliver(&ns, value, ack) == Delivered::Nowhere && entry().is_some()
                {
                    return STOP;
                }
            }
            PacketData::Disconnect => self.session.leave(&ns),
            // We ask for no acknowledgements.
            PacketData::EventAck(..) | PacketData::BinaryAck(..) => {}
            PacketData::ConnectError(_) => return STOP,
        }
        GO_ON
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
