//! Frames of RFC 6455, as far as a client needs them: text and control frames, never fragmented, nothing negotiated.

use crate::fault::Fault;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, which all of Engine.IO is but attachments.
    Text,
    /// Bytes.
    Binary,
    /// The end of the connection.
    Close,
    /// To be answered with the same bytes.
    Ping,
    /// The answer to one.
    Pong,
}

/// A whole frame in the bytes that came.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: Kind,
    /// What it carries.
    pub payload: &'a [u8],
    /// How many bytes it took.
    pub taken: usize,
}

const LAST: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 1;
const PONG: u8 = 10;
/// Nothing that is measured is longer; a length beyond it is a reader out of step.
const LONGEST: u64 = 16 << 20;

/// The first frame of `bytes`; `None` if it is not whole yet.
///
/// # Errors
/// If no server may send what is there.
pub fn read(bytes: &[u8]) -> Result<Option<Frame<'_>>, Fault> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let kind = match first & 0x0f {
        1 => Kind::Text,
        2 => Kind::Binary,
        8 => Kind::Close,
        9 => Kind::Ping,
        10 => Kind::Pong,
        code => return Err(Fault::wire(format!("a frame of kind {code}"))),
    };
    if first & !0x0f != LAST || second & MASKED != 0 {
        return Err(Fault::wire("a frame that is fragmented, masked or extended"));
    }
    let (length, head) = match second {
        126 => match rest {
            [a, b, ..] => (u64::from(u16::from_be_bytes([*a, *b])), 4),
            _ => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(length) => (u64::from_be_bytes(*length), 10),
            None => return Ok(None),
        },
        short => (u64::from(*short), 2),
    };
    if length > LONGEST {
        return Err(Fault::wire(format!("a frame of {length} bytes")));
    }
    let taken = head + length as usize;
    Ok(bytes.get(head..taken).map(|payload| Frame { kind, payload, taken }))
}

/// Appends a text frame of these parts. The mask is zero, so that it costs nothing: RFC 6455 wants one, not a good one.
pub fn text(out: &mut Vec<u8>, parts: &[&[u8]]) {
    write(out, TEXT, parts);
}

/// Appends the answer to a ping.
pub fn pong(out: &mut Vec<u8>, payload: &[u8]) {
    write(out, PONG, &[payload]);
}

fn write(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.push(LAST | code);
    if length < 126 {
        out.push(MASKED | length as u8);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(MASKED | 126);
        out.extend(length.to_be_bytes());
    } else {
        out.push(MASKED | 127);
        out.extend((length as u64).to_be_bytes());
    }
    out.extend([0; 4]);
    for part in parts {
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a server writes it: without a mask.
    fn served(code: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![LAST | code];
        match payload.len() {
            short @ 0..126 => out.push(short as u8),
            middle @ 126..=0xffff => {
                out.push(126);
                out.extend((middle as u16).to_be_bytes());
            }
            long => {
                out.push(127);
                out.extend((long as u64).to_be_bytes());
            }
        }
        out.extend(payload);
        out
    }

    #[test]
    fn every_length_is_read_and_no_shorter_part_of_it() {
        for length in [0, 1, 125, 126, 127, 0xffff, 0x1_0000, 70_001] {
            let payload = vec![b'x'; length];
            let bytes = served(TEXT, &payload);
            let frame = read(&bytes).unwrap().unwrap();
            assert_eq!(
                (frame.kind, frame.payload.len(), frame.taken),
                (Kind::Text, length, bytes.len())
            );
            for cut in (0..bytes.len().min(20)).chain([bytes.len() - 1]) {
                assert_eq!(read(&bytes[..cut]).unwrap(), None, "{cut} of {length}");
            }
        }
    }

    #[test]
    fn what_no_server_may_send_is_a_fault() {
        for bytes in [[0x01, 0], [0x81, 0x80], [0xc1, 0], [0x80, 0], [0x83, 0]] {
            assert!(read(&bytes).is_err(), "{bytes:?}");
        }
        assert!(read(&[0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn what_is_written_is_masked_with_nothing() {
        for length in [3, 200, 70_000] {
            let payload = vec![b'y'; length];
            let mut out = Vec::new();
            text(&mut out, &[&payload[..1], &payload[1..]]);
            let head = out.len() - length - 4;
            assert_eq!(out[1] & MASKED, MASKED);
            assert_eq!(out[head..head + 4], [0; 4]);
            assert!(out.ends_with(&payload));
            out.drain(head..head + 4);
            out[1] &= !MASKED;
            assert_eq!(out, served(TEXT, &payload));
        }
    }

    proptest! {
        #[test]
        fn frames_are_found_wherever_the_bytes_are_split(
            lengths in prop::collection::vec(0usize..400, 1..12),
            cuts in prop::collection::vec(1usize..300, 1..40),
        ) {
            let sent: Vec<Vec<u8>> = lengths.iter().enumerate().map(|(n, length)| vec![n as u8; *length]).collect();
            let stream: Vec<u8> = sent.iter().flat_map(|payload| served(TEXT, payload)).collect();
            let (mut held, mut found, mut at) = (Vec::new(), Vec::new(), 0);
            for cut in cuts.iter().copied().cycle() {
                if at == stream.len() { break; }
                let end = (at + cut).min(stream.len());
                held.extend_from_slice(&stream[at..end]);
                at = end;
                while let Some(frame) = read(&held).unwrap() {
                    found.push(frame.payload.to_vec());
                    let taken = frame.taken;
                    held.drain(..taken);
                }
            }
            prop_assert!(held.is_empty());
            prop_assert_eq!(found, sent);
        }
    }
}
