//! Where a client was, and where it begins.

use serde::Serialize;

use crate::ids::ChatId;

/// Chats that a client may name.
pub const MOST_CHATS: usize = 100;

/// A place in a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The last event the client has.
    pub seq: u64,
    /// The feed's name, as the client was told; a client that kept none is believed.
    pub feed: Option<String>,
}

/// What `auth.resume` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Everything from now on.
    FromNow {
        /// Chats to be in.
        chats: Vec<ChatId>,
    },
    /// Everything since a position.
    Since {
        /// The position.
        position: Position,
        /// Chats to be in.
        chats: Vec<ChatId>,
    },
    /// It makes no sense.
    Invalid,
}

impl Asked {
    /// Reads `auth.resume`.
    #[must_use]
    pub fn read(resume: &serde_json::Value) -> Self {
        let Some(fields) = resume.as_object() else { return Self::Invalid };
        let Some(chats) = chats(fields.get("chats")) else { return Self::Invalid };
        let feed = match fields.get("feed") {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(feed)) => Some(feed.clone()),
            Some(_) => return Self::Invalid,
        };
        match fields.get("seq") {
            None | Some(serde_json::Value::Null) => Self::FromNow { chats },
            Some(seq) => match seq.as_u64() {
                Some(seq) => Self::Since { position: Position { seq, feed }, chats },
                None => Self::Invalid,
            },
        }
    }

    /// The chats it names.
    #[must_use]
    pub fn chats(&self) -> &[ChatId] {
        match self {
            Self::FromNow { chats } | Self::Since { chats, .. } => chats,
            Self::Invalid => &[],
        }
    }
}

fn chats(named: Option<&serde_json::Value>) -> Option<Vec<ChatId>> {
    match named {
        None | Some(serde_json::Value::Null) => Some(Vec::new()),
        Some(serde_json::Value::Array(named)) if named.len() <= MOST_CHATS => {
            named.iter().map(|chat| chat.as_str().and_then(|chat| ChatId::new(chat).ok())).collect()
        }
        Some(_) => None,
    }
}

/// Why a client's position is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum ResetReason {
    /// What came after it is no longer kept.
    Expired,
    /// It is one of another feed.
    Unknown,
    /// It is not a position.
    Invalid,
}

/// Where a client begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the end of its feed, as it asked.
    Now,
    /// Behind its position: events follow.
    Behind(u64),
    /// At the end of its feed, because its position is of no use.
    Reset(ResetReason),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn since(seq: u64, feed: Option<&str>, chats: &[&str]) -> Asked {
        let chats = chats.iter().map(|chat| ChatId::new(chat).unwrap()).collect();
        Asked::Since { position: Position { seq, feed: feed.map(str::to_owned) }, chats }
    }

    #[test]
    fn a_client_asks_from_now_or_since_a_position() {
        assert_eq!(Asked::read(&json!({})), Asked::FromNow { chats: vec![] });
        assert_eq!(Asked::read(&json!({ "seq": null })), Asked::FromNow { chats: vec![] });
        assert_eq!(Asked::read(&json!({ "seq": 0 })), since(0, None, &[]));
        let full = json!({ "seq": 7, "feed": "f", "chats": ["a_b"], "more": 1 });
        assert_eq!(Asked::read(&full), since(7, Some("f"), &["a_b"]));
    }

    #[test]
    fn anything_else_is_invalid() {
        let too_many: Vec<_> = (0..=MOST_CHATS).map(|n| format!("c{n}")).collect();
        for bad in [
            json!(null),
            json!(7),
            json!("7"),
            json!([]),
            json!({ "seq": -1 }),
            json!({ "seq": 1.5 }),
            json!({ "seq": "7" }),
            json!({ "seq": 7, "feed": 1 }),
            json!({ "seq": 7, "chats": "a_b" }),
            json!({ "seq": 7, "chats": ["a b"] }),
            json!({ "seq": 7, "chats": [1] }),
            json!({ "chats": too_many }),
        ] {
            assert_eq!(Asked::read(&bad), Asked::Invalid, "{bad}");
        }
    }
}
