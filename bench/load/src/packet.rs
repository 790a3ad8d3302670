//! Packets of Engine.IO 4 and Socket.IO 5 as clients hear them, read without looking at more than is needed.

/// What a text frame says.
#[derive(Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Engine.IO: the session is open.
    Open,
    /// Engine.IO: a heartbeat to be answered.
    Ping,
    /// Engine.IO: the websocket works, and the session may go over to it.
    Probed,
    /// Engine.IO: the session ends.
    Close,
    /// Socket.IO: the namespace is joined.
    Joined(&'a [u8]),
    /// Socket.IO: it is not, or no longer.
    Refused(&'a [u8]),
    /// Socket.IO: the server ends the socket.
    Ended,
    /// Socket.IO: an event, as the JSON array of its name and arguments.
    Event(&'a [u8]),
    /// Socket.IO: an acknowledgement.
    Ack(u64, &'a [u8]),
    /// Anything else, which is of no interest here.
    Other,
}

/// Reads a frame.
pub fn read(text: &[u8]) -> Packet<'_> {
    match text {
        [b'0', ..] => Packet::Open,
        [b'1', ..] => Packet::Close,
        [b'2', ..] => Packet::Ping,
        b"3probe" => Packet::Probed,
        [b'4', kind, rest @ ..] => socket(*kind, without_namespace(rest)),
        _ => Packet::Other,
    }
}

fn socket(kind: u8, rest: &[u8]) -> Packet<'_> {
    match kind {
        b'0' => Packet::Joined(rest),
        b'1' => Packet::Ended,
        b'2' => Packet::Event(after_number(rest).1),
        b'3' => match after_number(rest) {
            (Some(id), body) => Packet::Ack(id, body),
            (None, _) => Packet::Other,
        },
        b'4' => Packet::Refused(rest),
        _ => Packet::Other,
    }
}

fn without_namespace(rest: &[u8]) -> &[u8] {
    if rest.first() != Some(&b'/') {
        return rest;
    }
    memchr::memchr(b',', rest).map_or(&[], |comma| &rest[comma + 1..])
}

fn after_number(rest: &[u8]) -> (Option<u64>, &[u8]) {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (number(&rest[..digits]), &rest[digits..])
}

/// The session in the packet that opens it.
pub fn sid(open: &[u8]) -> Option<&str> {
    const NAME: &[u8] = br#""sid":""#;
    let rest = &open[memchr::memmem::find(open, NAME)? + NAME.len()..];
    str::from_utf8(&rest[..memchr::memchr(b'"', rest)?]).ok()
}

/// A number of digits alone.
pub fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0'))
    })
}

/// The last argument of an event, if it is a number: its place in the feed.
pub fn last_number(body: &[u8]) -> Option<u64> {
    let body = body.strip_suffix(b"]")?;
    let comma = memchr::memrchr(b',', body)?;
    number(&body[comma + 1..])
}

/// The last argument of an event, if it is a plain text: the offset of connection state recovery.
pub fn last_text(body: &[u8]) -> Option<&[u8]> {
    let body = body.strip_suffix(b"\"]")?;
    let quote = memchr::memrchr(b'"', body)?;
    body[..quote].ends_with(b",").then(|| &body[quote + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read_in_every_namespace() {
        for (text, packet) in [
            (&b"0{\"sid\":\"x\"}"[..], Packet::Open),
            (b"2", Packet::Ping),
            (b"3probe", Packet::Probed),
            (b"40{\"sid\":\"x\"}", Packet::Joined(b"{\"sid\":\"x\"}")),
            (b"40/quiz,{}", Packet::Joined(b"{}")),
            (b"41/quiz,", Packet::Ended),
            (b"42[\"a\",1]", Packet::Event(b"[\"a\",1]")),
            (b"42/quiz,[\"a\"]", Packet::Event(b"[\"a\"]")),
            (b"42/quiz,7[\"a\"]", Packet::Event(b"[\"a\"]")),
            (b"43/quiz,17[{}]", Packet::Ack(17, b"[{}]")),
            (b"430[]", Packet::Ack(0, b"[]")),
            (b"43[]", Packet::Other),
            (b"44{\"message\":\"no\"}", Packet::Refused(b"{\"message\":\"no\"}")),
            (b"6", Packet::Other),
            (b"", Packet::Other),
        ] {
            assert_eq!(read(text), packet, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_session_is_named_when_it_opens() {
        assert_eq!(sid(br#"0{"sid":"a-B_1","upgrades":["websocket"]}"#), Some("a-B_1"));
        assert_eq!(sid(br#"0{"upgrades":[]}"#), None);
    }

    #[test]
    fn a_place_is_the_last_argument() {
        assert_eq!(last_number(b"[\"e\",{\"a\":1},42]"), Some(42));
        assert_eq!(last_number(b"[\"e\",{\"a\":1}]"), None);
        assert_eq!(last_text(b"[\"e\",{\"a\":\"b\"},\"Xy-1\"]"), Some(&b"Xy-1"[..]));
        assert_eq!(last_text(b"[\"e\",{\"a\":\"b\"}]"), None);
        assert_eq!(last_text(b"[\"e\"]"), None);
    }
}
