//! Calls of the internal API, to everyone, to users, to rooms.

use std::ops::Range;

/// What is called, and who hears it.
pub struct Calls {
    /// The call.
    pub path: &'static str,
    /// What stands before the text, for each target; of one alone all streams are for it.
    pub heads: Vec<String>,
    /// Clients that hear it, and which streams each.
    pub hearers: Range<u32>,
    /// Streams that each of them hears.
    pub heard: Vec<Range<u32>>,
    /// Streams: one for each line where all calls are for everyone, else one for each target. Each is said on one line, so
    /// that its order is certain.
    pub streams: u32,
    /// Lines of this traffic.
    pub lines: Range<u32>,
    /// Which kind of traffic it is.
    pub kind: u8,
    /// Bytes of text.
    pub payload: usize,
}

/// What stands behind the text.
pub const TAIL: &[u8] = b"\"}}";
/// How events begin that carry a text.
const DATA: &str = r#""event":"bench","data":{"p":""#;

impl Calls {
    /// Calls to everyone, over lines from `lines` on.
    pub fn to_all(hearers: Range<u32>, lines: Range<u32>, kind: u8, payload: usize) -> Self {
        let streams = lines.end - lines.start;
        Self {
            path: "/internal/send-to-all",
            heads: vec![format!("{{{DATA}")],
            heard: hearers.clone().map(|_| 0..streams).collect(),
            hearers,
            streams,
            lines,
            kind,
            payload,
        }
    }

    /// Calls to each of these users, who each have one socket.
    pub fn to_users(
        hearers: Range<u32>,
        lines: Range<u32>,
        kind: u8,
        payload: usize,
        name: impl Fn(u32) -> String,
    ) -> Self {
        let streams = hearers.end - hearers.start;
        let head = |client| format!(r#"{{"userId":"{}",{DATA}"#, name(client));
        Self {
            path: "/internal/send-to-user",
            heads: hearers.clone().map(head).collect(),
            heard: (0..streams).map(|stream| stream..stream + 1).collect(),
            hearers,
            streams,
            lines,
            kind,
            payload,
        }
    }

    /// Calls to rooms, each client in the one that `room` says.
    pub fn to_rooms(
        hearers: Range<u32>,
        lines: Range<u32>,
        kind: u8,
        payload: usize,
        rooms: &[String],
        heard: impl Fn(u32) -> Range<u32>,
    ) -> Self {
        let head = |room: &String| format!(r#"{{"room":"{room}","contract":"quiz",{DATA}"#);
        Self {
            path: "/internal/send-to-room",
            heads: rooms.iter().map(head).collect(),
            heard: (0..hearers.end - hearers.start).map(heard).collect(),
            hearers,
            streams: rooms.len() as u32,
            lines,
            kind,
            payload,
        }
    }
}
