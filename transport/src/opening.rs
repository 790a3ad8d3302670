//! The first bytes of a connection: a request to upgrade to a websocket on a socket path is read here, everything
//! else is left to the HTTP server.
//!
//! That one would keep its read buffer for as long as the websocket lives, because the request's headers are parts of
//! it. What is kept of a request here is what the handshake needs.

use std::{mem::MaybeUninit, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use tokio::{
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{Limits, Link, Sockets, lane::read_more, server::mount_path, upgrade::admit};

/// The most that a request's line and headers may have, in bytes; Node's limit is half of it.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// As many as the HTTP server takes.
pub(crate) const MAX_HEADERS: usize = 100;

/// RFC 6585 section 5.
pub(crate) const TOO_LARGE: &[u8] =
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// What a new connection turned out to be.
pub(crate) enum Opening {
    /// A websocket, and it has been seen to.
    Taken,
    /// Something for the HTTP server, of which so much has been read.
    Http(TcpStream, Bytes, OwnedSemaphorePermit),
    /// Nothing: it went, or was too slow.
    Gone,
}

/// Sees to a new connection, if it is a websocket.
pub(crate) async fn open(
    sockets: &Sockets,
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    limits: &Limits,
    stop: &CancellationToken,
) -> Opening {
    let read = read_head(sockets, &stream, limits.header_read_timeout);
    let head = tokio::select! {
        head = read => head,
        () = stop.cancelled() => return Opening::Gone,
    };
    let Some((read, length)) = head else { return Opening::Gone };
    if length.unwrap_or(read.len()) > MAX_HEADER_BYTES {
        // There is room for it in a new connection's buffer.
        let _told = stream.try_write(TOO_LARGE);
        return Opening::Gone;
    }
    let Some(length) = length else { return Opening::Http(stream, read, place) };
    let link = Arc::new(Link::default());
    let shared = &sockets.shared;
    let upgrade =
        parse(&read.slice(..length)).and_then(|request| admit(shared, &request, peer.ip(), &link));
    let Some(upgrade) = upgrade else { return Opening::Http(stream, read, place) };
    // The rest is all of it that lives on.
    let rest = Bytes::copy_from_slice(&read[length..]);
    drop(read);
    upgrade.switch(shared, stream, rest, place);
    Opening::Taken
}

/// Reads a request's line and headers, as long as it may be a websocket's; gives what was read, and how long the head is if
/// it is whole and may be one. `None` if the other end went or took too long.
async fn read_head(
    sockets: &Sockets,
    stream: &TcpStream,
    patience: Duration,
) -> Option<(Bytes, Option<usize>)> {
    let late = Instant::now() + patience;
    let mut buffer = Vec::new();
    let mut searched = 0;
    loop {
        timeout_at(late, stream.readable()).await.ok()?.ok()?;
        match read_more(stream, &mut buffer) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(_) => return None,
        }
        if !may_be_websocket(sockets, &buffer) || buffer.len() > MAX_HEADER_BYTES {
            return Some((buffer.into(), None));
        }
        let from = searched;
        if let Some(end) = buffer[from..].windows(4).position(|window| window == b"\r\n\r\n") {
            return Some((buffer.into(), Some(from + end + 4)));
        }
        searched = buffer.len().saturating_sub(3);
    }
}

/// Whether what was read so far can be the beginning of a request for a websocket on one of our paths.
fn may_be_websocket(sockets: &Sockets, read: &[u8]) -> bool {
    const GET: &[u8] = b"GET ";
    let Some(rest) = read.strip_prefix(GET) else { return GET.starts_with(read) };
    let Some(end) = rest.iter().position(|byte| *byte == b' ') else {
        return rest.len() < MAX_HEADER_BYTES;
    };
    let Ok(target) = std::str::from_utf8(&rest[..end]) else { return false };
    let Some((path, query)) = target.split_once('?') else { return false };
    sockets.shared.paths.contains_key(path.strip_suffix('/').unwrap_or(path))
        && query.split('&').any(|pair| pair == "transport=websocket")
}

/// Headers as others know them, their values made like this; `None` if one is nothing for them.
pub(crate) fn header_map<'a>(
    read: &[httparse::Header<'a>],
    value_of: impl Fn(&'a [u8]) -> Option<HeaderValue>,
) -> Option<HeaderMap> {
    let mut map = HeaderMap::with_capacity(read.len());
    for header in read {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        map.append(name, value_of(header.value)?);
    }
    Some(map)
}

/// The request, whose parts stay where they are; `None` if it is for the HTTP server to complain of.
fn parse(head: &Bytes) -> Option<Request<()>> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut read = httparse::Request::new(&mut []);
    let parsed = read.parse_with_uninit_headers(head, &mut headers).ok()?;
    if !parsed.is_complete() || read.version != Some(1) {
        return None;
    }
    let uri = Uri::from_maybe_shared(head.slice_ref(read.path?.as_bytes())).ok()?;
    let shared = |value| HeaderValue::from_maybe_shared(head.slice_ref(value)).ok();
    let map = header_map(read.headers, shared)?;
    // A body would have to be read before the frames.
    if map.contains_key(http::header::CONTENT_LENGTH)
        || map.contains_key(http::header::TRANSFER_ENCODING)
    {
        return None;
    }
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(read.method?.as_bytes()).ok()?;
    *request.uri_mut() = uri;
    *request.headers_mut() = map;
    // Only an absolute path can be one of ours.
    mount_path(&request).starts_with('/').then_some(request)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_is_read_as_the_http_server_would() {
        let head = "GET /s/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n";
        let request = parse(&head.into()).unwrap();
        assert_eq!(request.uri().query(), Some("EIO=4&transport=websocket"));
        let cookies: Vec<_> = request.headers().get_all("cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
    }

    #[test]
    fn what_is_unusual_is_left_to_the_http_server() {
        for head in [
            "GET /s/?x HTTP/1.0\r\n\r\n",
            "GET /s/?x HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
            "GET /s/?x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET /s/?x HTTP/1.1\r\nbad header\r\n\r\n",
            "GET /s/?x HTTP/1.1\r\nHost: a\r\n",
            "GET  HTTP/1.1\r\n\r\n",
        ] {
            assert!(parse(&head.into()).is_none(), "{head}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(head in proptest::collection::vec(any::<u8>(), 0..300)) {
            parse(&head.into());
        }
    }
}
