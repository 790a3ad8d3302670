//! Websocket frames (RFC 6455 section 5.2) with Socket.IO packets in them. What a server sends is not masked, so one
//! encoding serves everyone.

use bytes::Bytes;
use serde_json::value::RawValue;

const TEXT: u8 = 1;
/// A close frame.
pub(crate) const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Engine.IO's ping.
pub(crate) static HEARTBEAT: Bytes = Bytes::from_static(&[0x81, 1, b'2']);

fn encode(opcode: u8, parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut frame = Vec::with_capacity(length + 10);
    frame.push(0x80 | opcode);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => frame.push(short),
        (_, Ok(medium)) => {
            frame.push(126);
            frame.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    for part in parts {
        frame.extend_from_slice(part);
    }
    frame.into()
}

/// A text made of parts.
pub(crate) fn text(parts: &[&[u8]]) -> Bytes {
    encode(TEXT, parts)
}

/// The end, and why.
pub(crate) fn close(code: u16) -> Bytes {
    encode(CLOSE, &[&code.to_be_bytes()])
}

/// The answer to a websocket ping.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    encode(PONG, &[payload])
}

/// A namespace as it stands in a packet: nothing for the root.
fn prefix(namespace: &str) -> [&[u8]; 2] {
    if namespace == "/" { [b"", b""] } else { [namespace.as_bytes(), b","] }
}

/// An event with its one argument.
pub(crate) fn event(namespace: &str, name: &str, data: &RawValue) -> Bytes {
    let name = serde_json::Value::from(name).to_string();
    let [at, comma] = prefix(namespace);
    text(&[b"42", at, comma, b"[", name.as_bytes(), b",", data.get().as_bytes(), b"]"])
}

/// An acknowledgement with its one argument.
pub(crate) fn ack(namespace: &str, id: u64, data: &RawValue) -> Bytes {
    let [at, comma] = prefix(namespace);
    let id = id.to_string();
    text(&[b"43", at, comma, id.as_bytes(), b"[", data.get().as_bytes(), b"]"])
}

/// The answer to CONNECT (`0`), or its refusal (`4`).
pub(crate) fn connect(namespace: &str, kind: &[u8], data: &str) -> Bytes {
    let [at, comma] = prefix(namespace);
    text(&[b"4", kind, at, comma, data.as_bytes()])
}

/// What stands at the beginning of what was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// Not all of a frame.
    Part,
    /// A client's frame: where its payload (unmasked by now) begins, and where it ends.
    Text(usize, usize),
    /// A ping, with the same two.
    Ping(usize, usize),
    /// A pong, which nobody asked for; it ends there.
    Pong(usize),
    /// The client closes.
    Close,
    /// It cannot go on; the code for the close frame.
    Fault(u16),
}

/// Reads one frame of a client and takes off its mask in place.
pub(crate) fn decode(buffer: &mut [u8], most: usize) -> Decoded {
    let &[first, second, ..] = &*buffer else { return Decoded::Part };
    let opcode = first & 0x0f;
    // Bits of extensions that nobody agreed on, and frames of clients that are not masked.
    if first & 0x70 != 0 || second & 0x80 == 0 {
        return Decoded::Fault(1002);
    }
    // Fragments and binary attachments are left out (README).
    if first & 0x80 == 0 || !matches!(opcode, TEXT | CLOSE | PING | PONG) {
        return Decoded::Fault(1003);
    }
    let (length, at) = match second & 0x7f {
        126 => match buffer.get(2..4).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => (u64::from(u16::from_be_bytes(bytes)), 4),
            None => return Decoded::Part,
        },
        127 => match buffer.get(2..10).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => (u64::from_be_bytes(bytes), 10),
            None => return Decoded::Part,
        },
        short => (u64::from(short), 2),
    };
    let Some(length) = usize::try_from(length).ok().filter(|length| *length <= most) else {
        return Decoded::Fault(1009);
    };
    if opcode >= CLOSE && length > 125 {
        return Decoded::Fault(1002);
    }
    let (start, end) = (at + 4, at + 4 + length);
    let Some(mask) = buffer.get(at..start).and_then(|mask| <[u8; 4]>::try_from(mask).ok()) else {
        return Decoded::Part;
    };
    let Some(payload) = buffer.get_mut(start..end) else { return Decoded::Part };
    if mask != [0; 4] {
        for (byte, mask) in payload.iter_mut().zip(mask.into_iter().cycle()) {
            *byte ^= mask;
        }
    }
    match opcode {
        TEXT => Decoded::Text(start, end),
        PING => Decoded::Ping(start, end),
        PONG => Decoded::Pong(end),
        _ => Decoded::Close,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_frame_is_read_when_all_of_it_is_there() {
        let mut whole = vec![0x81, 0x82, 1, 2, 3, 4, b'4' ^ 1, b'0' ^ 2, 0x81];
        for length in 0..8 {
            assert_eq!(decode(&mut whole[..length].to_vec(), 100), Decoded::Part, "{length}");
        }
        assert_eq!(decode(&mut whole, 100), Decoded::Text(6, 8));
        assert_eq!(&whole[6..8], b"40");
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for (frame, code) in [
            ([0x81, 0x01, 0, 0], 1002),
            ([0xc1, 0x81, 0, 0], 1002),
            ([0x01, 0x81, 0, 0], 1003),
            ([0x82, 0x81, 0, 0], 1003),
            ([0x81, 0xfe, 1, 0], 1009),
        ] {
            assert_eq!(decode(&mut frame.to_vec(), 100), Decoded::Fault(code), "{frame:?}");
        }
    }

    #[test]
    fn lengths_are_written_in_three_ways() {
        for (length, header) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            assert_eq!(text(&[&vec![b'x'; length]]).len(), length + header);
        }
    }
}
