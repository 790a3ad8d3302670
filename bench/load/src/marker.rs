//! What each payload carries, so that it is known again wherever it arrives: of which stream it is, which of it, and when
//! it was sent.

/// Bytes of a marker.
pub const LENGTH: usize = 29;

/// As many as its five digits tell apart.
pub const MOST_STREAMS: u32 = 100_000;

/// Who said it, which word of theirs it is, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Which of the kinds of traffic under way.
    pub kind: u8,
    /// Whose: sender, line or target, as the kind means it.
    pub stream: u32,
    /// Counted from 0 in each stream.
    pub number: u32,
    /// Microseconds since the generator's start.
    pub at: u64,
}

const EDGE: u8 = b'~';

impl Marker {
    /// As text: `~kSSSSS.NNNNNNNN.TTTTTTTTTTT~`, always as long.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(EDGE);
        out.push(b'0' + self.kind);
        digits(out, u64::from(self.stream), 5);
        out.push(b'.');
        digits(out, u64::from(self.number), 8);
        out.push(b'.');
        digits(out, self.at, 11);
        out.push(EDGE);
    }

    /// The one in this event, if there is one.
    pub fn find(body: &[u8]) -> Option<Self> {
        let start = memchr::memchr(EDGE, body)?;
        let text: &[u8; LENGTH] = body[start..].first_chunk()?;
        if text[7] != b'.' || text[16] != b'.' || text[LENGTH - 1] != EDGE {
            return None;
        }
        Some(Self {
            kind: text[1].wrapping_sub(b'0'),
            stream: number(&text[2..7])? as u32,
            number: number(&text[8..16])? as u32,
            at: number(&text[17..28])?,
        })
    }
}

fn digits(out: &mut Vec<u8>, mut value: u64, places: usize) {
    let start = out.len();
    out.resize(start + places, b'0');
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

fn number(text: &[u8]) -> Option<u64> {
    crate::packet::number(text)
}

/// Appends a text of that length that begins with the marker.
pub fn text(out: &mut Vec<u8>, marker: Marker, length: usize) {
    let start = out.len();
    marker.write(out);
    out.resize(start + length.max(LENGTH), b'x');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_in_an_event() {
        let marker = Marker { kind: 3, stream: 12_345, number: 678, at: 99_999_999_999 };
        let mut body = b"[\"bench\",{\"p\":\"".to_vec();
        text(&mut body, marker, 200);
        assert_eq!(body.len(), 15 + 200);
        body.extend(b"\"},\"of~another\"]");
        assert_eq!(Marker::find(&body), Some(marker));
    }

    #[test]
    fn other_events_have_none() {
        for body in [&b"[\"ping\"]"[..], b"[\"a~b\"]", b"[\"~12345~~~~~~~~~~~~~~~~~~~~~~~~~\"]"] {
            assert_eq!(Marker::find(body), None);
        }
    }
}
