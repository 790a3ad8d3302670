//! What a client says, packet by packet, over whatever transport.

use std::{ops::ControlFlow, sync::Arc};

use bytes::Bytes;
use socketioxide_core::{
    Str,
    packet::{Packet, PacketData},
    parser::{Parse, ParseConfig, ParseError, ParserState},
};
use socketioxide_parser_common::CommonParser;

use super::session::{Delivered, Session};
use crate::{args, server::Shared};

/// Whether there is more to be read.
pub(super) type Next = ControlFlow<()>;

pub(super) const STOP: Next = ControlFlow::Break(());
pub(super) const GO_ON: Next = ControlFlow::Continue(());

/// Understands packets, and passes on what is in them.
pub(super) struct Incoming {
    pub(super) shared: Arc<Shared>,
    pub(super) session: Arc<Session>,
    /// A packet whose binary attachments are still to come.
    attachments: Option<Box<ParserState>>,
}

impl Incoming {
    pub(super) fn new(shared: Arc<Shared>, session: Arc<Session>) -> Self {
        Self { shared, session, attachments: None }
    }

    /// A packet of Engine.IO (protocol 4, "packet encoding").
    pub(super) fn text(&mut self, text: &str) -> Next {
        self.session.heard();
        match text.as_bytes() {
            // A pong; a ping is for the server to send, and only means that the client is there.
            b"3" | b"2" => GO_ON,
            [b'4', ..] => self.message(&text[1..]),
            // Close; or nothing that a client may say in a session that is open.
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
    pub(super) fn attachment(&mut self, bytes: Bytes) -> Next {
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
}
