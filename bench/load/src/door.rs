//! Where clients go, and the few sentences that they say there. Servers that are compared understand exactly these.

use std::fmt::Write as _;

use crate::frame;

/// A path and a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `/socket.io`, namespace `/`: clients that only listen.
    Root,
    /// `/socket.io`, namespace `/quiz`: direct messages that nobody stores.
    Quiz,
    /// `/api/socket`, namespace `/`: direct messages that are stored, and presence.
    Rooms,
}

/// The example of RFC 6455 section 1.3: nothing is proved by a fresh one.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// What every server must answer to it.
pub const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

impl Door {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Root, Self::Quiz, Self::Rooms];

    fn path(self) -> &'static str {
        match self {
            Self::Root | Self::Quiz => "/socket.io/",
            Self::Rooms => "/api/socket/",
        }
    }

    /// What stands behind a packet's kind.
    fn prefix(self) -> &'static str {
        match self {
            Self::Root | Self::Rooms => "",
            Self::Quiz => "/quiz,",
        }
    }

    /// The request that opens a websocket; `sid` names the session that goes over to it, if there is one.
    pub fn upgrade(self, host: &str, sid: Option<&str>) -> String {
        let of = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        format!(
            "GET {}?EIO=4&transport=websocket{of} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             User-Agent: outrigger-load\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n",
            self.path()
        )
    }

    /// The request that opens a session of polling.
    pub fn poll(self, host: &str) -> String {
        format!(
            "GET {}?EIO=4&transport=polling HTTP/1.1\r\nHost: {host}\r\nUser-Agent: outrigger-load\r\n\r\n",
            self.path()
        )
    }

    /// Joins the namespace with that `auth`, JSON.
    pub fn hello(self, auth: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(auth.len() + 24);
        frame::text(&mut out, &[b"40", self.prefix().as_bytes(), auth.as_bytes()]);
        out
    }

    /// An event that wants an acknowledgement; `event` is the JSON array in parts.
    pub fn ask(self, out: &mut Vec<u8>, id: u64, event: &[&[u8]]) {
        let mut head = String::with_capacity(32);
        let written = write!(head, "42{}{id}", self.prefix());
        debug_assert!(written.is_ok(), "a text takes everything");
        match event {
            [one] => frame::text(out, &[head.as_bytes(), one]),
            [one, two] => frame::text(out, &[head.as_bytes(), one, two]),
            [one, two, three] => frame::text(out, &[head.as_bytes(), one, two, three]),
            many => frame::text(out, &[head.as_bytes(), &many.concat()]),
        }
    }

    /// Asks to be let into a room.
    pub fn join(self, room: &str) -> String {
        match self {
            Self::Rooms => format!(r#"["joinChatRoom",{{"chatId":"{room}"}}]"#),
            Self::Root | Self::Quiz => format!(r#"["joinRoom",{{"roomId":"{room}"}}]"#),
        }
    }

    /// What stands before a text said in a room; [`SAID`] stands behind it.
    pub fn say(self, room: &str) -> String {
        match self {
            Self::Rooms => format!(r#"["sendChatMessage",{{"chatId":"{room}","message":""#),
            Self::Root | Self::Quiz => format!(r#"["roomMessage",{{"roomId":"{room}","content":""#),
        }
    }
}

/// What stands behind a text that was said.
pub const SAID: &[u8] = b"\"}]";

/// Whether an acknowledgement says yes.
pub fn is_yes(body: &[u8]) -> bool {
    let says = |word: &[u8]| memchr::memmem::find(body, word).is_some();
    !says(br#""success":false"#) && !says(br#""ok":false"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_those_of_the_contracts() {
        let mut out = Vec::new();
        Door::Quiz.ask(&mut out, 7, &[Door::Quiz.say("lobby").as_bytes(), b"hi", SAID]);
        let text = String::from_utf8_lossy(&out[6..]).into_owned();
        assert_eq!(text, r#"42/quiz,7["roomMessage",{"roomId":"lobby","content":"hi"}]"#);
        assert!(Door::Root.hello(r#"{"token":"t"}"#).ends_with(br#"40{"token":"t"}"#));
        assert!(is_yes(br#"[{"ok":true}]"#) && !is_yes(br#"[{"success":false,"error":"no"}]"#));
    }
}
