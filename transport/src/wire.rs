//! Packets as they stand on the wire of a websocket: encoded once, for however many clients they go to.
//!
//! What a server sends is not masked (RFC 6455 section 5.1), so one encoding serves everyone in a namespace.

use bytes::Bytes;

use crate::{Limits, limits::milliseconds};

/// The first byte of a frame: final, text (RFC 6455 section 5.2).
const TEXT: u8 = 0x81;

/// Longest header of a frame that is not masked, in bytes.
const MAX_HEADER: usize = 10;

/// An EVENT (Socket.IO protocol 5, "packet encoding") with one argument, and its place in the feed behind that if it has
/// one.
pub(crate) fn event(namespace: &str, name: &str, body: &str, seq: Option<u64>) -> Bytes {
    let mut packet = Packet::new("42", namespace, name.len() + body.len() + 32);
    packet.push("[");
    packet.quote(name);
    packet.push(",");
    packet.push(body);
    if let Some(seq) = seq {
        packet.push(",");
        packet.push(&seq.to_string());
    }
    packet.push("]");
    packet.frame()
}

/// An ACK (Socket.IO protocol 5) with one argument.
pub(crate) fn ack(namespace: &str, id: i64, body: &str) -> Bytes {
    let mut packet = Packet::new("43", namespace, body.len() + 24);
    packet.push(&id.to_string());
    packet.push("[");
    packet.push(body);
    packet.push("]");
    packet.frame()
}

/// The answer to a CONNECT that is accepted (Socket.IO protocol 5, "connection to a namespace").
pub(crate) fn connect(namespace: &str, sid: &str) -> Bytes {
    let mut packet = Packet::new("40", namespace, sid.len() + 10);
    packet.push(r#"{"sid":""#);
    packet.push(sid);
    packet.push(r#""}"#);
    packet.frame()
}

/// A CONNECT_ERROR (Socket.IO protocol 5).
pub(crate) fn connect_error(namespace: &str, message: &str) -> Bytes {
    let mut packet = Packet::new("44", namespace, message.len() + 16);
    packet.push(r#"{"message":"#);
    packet.quote(message);
    packet.push("}");
    packet.frame()
}

/// A DISCONNECT (Socket.IO protocol 5).
pub(crate) fn disconnect(namespace: &str) -> Bytes {
    Packet::new("41", namespace, 0).frame()
}

/// The first packet of a session (Engine.IO protocol 4, "handshake"), which may go over to these transports.
pub(crate) fn open(sid: &str, upgrades: &[&str], limits: &Limits) -> Bytes {
    let mut packet = Packet::new("0", "/", 128);
    // In the order of Node's server.
    packet.push(r#"{"sid":""#);
    packet.push(sid);
    packet.push(r#"","upgrades":["#);
    for (n, upgrade) in upgrades.iter().enumerate() {
        packet.push(if n == 0 { "" } else { "," });
        packet.quote(upgrade);
    }
    packet.push(r#"],"pingInterval":"#);
    packet.push(&milliseconds(limits.ping_interval).to_string());
    packet.push(r#","pingTimeout":"#);
    packet.push(&milliseconds(limits.ping_timeout).to_string());
    packet.push(r#","maxPayload":"#);
    packet.push(&limits.max_payload_bytes.to_string());
    packet.push("}");
    packet.frame()
}

/// A ping (Engine.IO protocol 4, "heartbeat").
pub(crate) const PING: Bytes = Bytes::from_static(&[TEXT, 1, b'2']);

/// The answer to a websocket that may take over from polling (Engine.IO protocol 4, "upgrade").
pub(crate) const PROBED: &[u8] = b"\x81\x063probe";

/// The end of a session (Engine.IO protocol 4, packet types).
pub(crate) const CLOSE: Bytes = Bytes::from_static(&[TEXT, 1, b'1']);

/// A packet behind room for the header of its frame.
struct Packet(Vec<u8>);

impl Packet {
    fn new(kind: &str, namespace: &str, rest: usize) -> Self {
        let mut bytes = Vec::with_capacity(MAX_HEADER + kind.len() + namespace.len() + 1 + rest);
        bytes.resize(MAX_HEADER, 0);
        let mut packet = Self(bytes);
        packet.push(kind);
        // The main namespace is not named.
        if namespace != "/" {
            packet.push(namespace);
            packet.push(",");
        }
        packet
    }

    fn push(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn quote(&mut self, name: &str) {
        if name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            self.push("\"");
            self.push(name);
            self.push("\"");
        } else {
            self.push(&serde_json::Value::from(name).to_string());
        }
    }

    /// With its header in front.
    fn frame(mut self) -> Bytes {
        let length = self.0.len() - MAX_HEADER;
        let mut header = [0; MAX_HEADER];
        let size = match length {
            0..126 => {
                header[1] = length as u8;
                2
            }
            126..0x1_0000 => {
                header[1] = 126;
                header[2..4].copy_from_slice(&(length as u16).to_be_bytes());
                4
            }
            _ => {
                header[1] = 127;
                header[2..10].copy_from_slice(&(length as u64).to_be_bytes());
                10
            }
        };
        header[0] = TEXT;
        let start = MAX_HEADER - size;
        self.0[start..MAX_HEADER].copy_from_slice(&header[..size]);
        Bytes::from(self.0).slice(start..)
    }
}

/// The packet in a frame of ours.
pub(crate) fn packet_of(frame: &[u8]) -> &[u8] {
    let header = match frame.get(1) {
        Some(126) => 4,
        Some(127) => 10,
        _ => 2,
    };
    frame.get(header..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(frame: &Bytes) -> &str {
        std::str::from_utf8(packet_of(frame)).unwrap()
    }

    #[test]
    fn an_event_names_its_namespace_unless_it_is_the_main_one() {
        assert_eq!(
            text(&event("/", "newMessage", r#"{"a":1}"#, None)),
            r#"42["newMessage",{"a":1}]"#
        );
        assert_eq!(text(&event("/auth", "ping", "null", None)), r#"42/auth,["ping",null]"#);
        assert_eq!(text(&event("/", "n", "[1,2]", Some(7))), r#"42["n",[1,2],7]"#);
        assert_eq!(text(&event("/", "a \"b\" \n", "0", None)), r#"42["a \"b\" \n",0]"#);
    }

    #[test]
    fn an_acknowledgement_names_what_it_answers() {
        assert_eq!(text(&ack("/", 12, r#"{"ok":true}"#)), r#"4312[{"ok":true}]"#);
        assert_eq!(text(&ack("/quiz", 0, "1")), r#"43/quiz,0[1]"#);
    }

    #[test]
    fn a_session_opens_as_with_nodes_server() {
        assert_eq!(
            text(&open("id", &["websocket"], &Limits::default())),
            r#"0{"sid":"id","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
        );
        assert!(text(&open("id", &[], &Limits::default())).contains(r#""upgrades":[],"#));
    }

    proptest! {
        /// RFC 6455 section 5.2.
        #[test]
        fn a_frame_tells_its_length(length in prop_oneof![0_usize..400, 65_000_usize..70_000]) {
            let frame = event("/", "n", &format!("\"{}\"", "x".repeat(length)), None);
            let packet = text(&frame);
            prop_assert_eq!(packet.len(), length + 10);
            let told = match frame[1] {
                126 => u64::from(u16::from_be_bytes([frame[2], frame[3]])),
                127 => u64::from_be_bytes(frame[2..10].try_into().unwrap()),
                short => u64::from(short),
            };
            prop_assert_eq!(told, packet.len() as u64);
        }
    }
}
