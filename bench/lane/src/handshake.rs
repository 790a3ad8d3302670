//! The opening request, read on the accepted socket: ours, or somebody else's.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};

/// Appended to the client's key (RFC 6455 section 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// A request without an end after so many bytes is left to the HTTP library, which refuses it.
pub(crate) const MOST: usize = 16 * 1024;

/// What a request is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Not all of it is there.
    Part,
    /// For the HTTP library: polling, upgrades from it, all else.
    Other,
    /// A websocket to be opened here.
    Ours {
        /// Bytes of the request; frames may follow.
        length: usize,
        /// For `Sec-WebSocket-Accept`.
        accept: String,
        /// The client program, for the id of its device.
        user_agent: String,
    },
}

/// Reads what has come so far.
pub(crate) fn read(buffer: &[u8]) -> Opening {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if buffer.len() < MOST => return Opening::Part,
        Ok(httparse::Status::Partial) | Err(_) => return Opening::Other,
    };
    let header = |name: &str| {
        let found = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()).map(str::trim)
    };
    let is = |name: &str, value: &str| {
        header(name)
            .is_some_and(|text| text.split(',').any(|one| one.trim().eq_ignore_ascii_case(value)))
    };
    let (path, query) = request.path.and_then(|path| path.split_once('?')).unwrap_or_default();
    let parameter = |wanted: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let ours = request.method == Some("GET")
        && path.trim_end_matches('/') == "/socket.io"
        && parameter("EIO") == Some("4")
        && parameter("transport") == Some("websocket")
        && parameter("sid").is_none()
        && is("upgrade", "websocket")
        && is("connection", "upgrade")
        && is("sec-websocket-version", "13");
    let key = header("sec-websocket-key").filter(|key| key.len() == 24);
    let (true, Some(key)) = (ours, key) else { return Opening::Other };
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(GUID);
    Opening::Ours {
        length,
        accept: STANDARD.encode(hash.finalize()),
        user_agent: header("user-agent").unwrap_or_default().to_owned(),
    }
}

/// The answer to a request of ours.
pub(crate) fn answer(accept: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\
        Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    #[test]
    fn a_websocket_is_ours_and_the_key_is_answered_as_the_standard_says() {
        let Opening::Ours { length, accept, .. } = read(format!("{REQUEST}more").as_bytes()) else {
            panic!("not ours");
        };
        assert_eq!((length, accept.as_str()), (REQUEST.len(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        assert_eq!(read(&REQUEST.as_bytes()[..60]), Opening::Part);
    }

    #[test]
    fn all_else_is_for_the_library() {
        for (from, to) in [
            ("websocket HTTP", "websocket&sid=x HTTP"),
            ("EIO=4", "EIO=3"),
            ("transport=websocket", "transport=polling"),
            ("/socket.io/", "/other/"),
            ("Upgrade: websocket\r\n", ""),
            ("GET ", "POST "),
        ] {
            assert_eq!(read(REQUEST.replace(from, to).as_bytes()), Opening::Other, "{to}");
        }
    }
}
