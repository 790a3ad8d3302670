//! Calls of the app: a request that is whole and plain is read and answered here, everything else is left to the HTTP
//! server, for as long as its connection lives.
//!
//! A server that can do all of HTTP takes as long for a small call as all that is done for it: it must be ready for bodies
//! of any length that come whenever they come, so each goes through a channel and a second turn of the task. Here the head
//! is read by the same parser, and a body is bytes behind it.

use std::{
    cell::RefCell,
    convert::Infallible,
    io::{self, Write as _},
    mem::MaybeUninit,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use httparse::Header;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

use crate::{
    Limits,
    link::stalled,
    opening::{MAX_HEADER_BYTES, MAX_HEADERS, TOO_LARGE, header_map},
};

/// Bytes of a body that is waited for here.
const MOST: usize = 64 * 1024;

/// Bytes of most calls.
const USUAL: usize = 2048;

/// Answers some calls without looking at more of them than this. `None` leaves a call to the service.
pub type Shortcut = Arc<
    dyn Fn(&Call<'_>) -> Option<BoxFuture<'static, Result<Vec<u8>, Box<Response>>>> + Send + Sync,
>;

/// A call as it was read. It has the secret in it, so it cannot be printed.
pub struct Call<'a> {
    /// `POST` or any other.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    headers: &'a [Header<'a>],
    /// All of it.
    pub body: &'a [u8],
}

impl Call<'_> {
    /// All headers of this name, in small letters.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = move |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|header| header.value)
    }

    /// The same as others know it; `None` if it is nothing for them.
    fn request(&self) -> Option<Request<Body>> {
        let headers = header_map(self.headers, |value| HeaderValue::from_bytes(value).ok())?;
        let mut request = Request::new(Body::from(Bytes::copy_from_slice(self.body)));
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = self.target.parse::<Uri>().ok()?;
        *request.headers_mut() = headers;
        Some(request)
    }
}

/// What was read so far.
enum Seen<'a> {
    /// Less than a request: it has at least so many bytes.
    Part(usize),
    /// A request of so many bytes.
    Whole(Call<'a>, usize),
    /// Something for the HTTP server: to serve or to complain of.
    Other,
    /// A head that has no end.
    TooLarge,
}

/// Looks at what begins with a request.
fn look<'a>(read: &'a [u8], headers: &'a mut [MaybeUninit<Header<'a>>]) -> Seen<'a> {
    let mut request = httparse::Request::new(&mut []);
    let head = match request.parse_with_uninit_headers(read, headers) {
        Ok(httparse::Status::Complete(head)) if head <= MAX_HEADER_BYTES => head,
        Ok(httparse::Status::Partial) if read.len() <= MAX_HEADER_BYTES => {
            return Seen::Part(read.len() + 1);
        }
        Ok(_) => return Seen::TooLarge,
        Err(_) => return Seen::Other,
    };
    let httparse::Request { method, path, version, headers } = request;
    let (Some(method), Some(target), Some(1)) = (method, path, version) else {
        return Seen::Other;
    };
    let plain = matches!(method, "POST" | "PUT" | "GET" | "DELETE" | "PATCH");
    if !plain || !target.starts_with('/') {
        return Seen::Other;
    }
    let Some(length) = body_length(headers) else { return Seen::Other };
    let all = head + length;
    match read.get(head..all) {
        Some(body) => Seen::Whole(Call { method, target, headers, body }, all),
        None => Seen::Part(all),
    }
}

/// How long the body is (RFC 9112 section 6.3); `None` if it is long, if a header would have to be understood to know, or if
/// one is about the connection.
fn body_length(headers: &[Header<'_>]) -> Option<usize> {
    let mut length = None;
    for Header { name, value } in headers {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("content-length") {
            let sound = (1..=9).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
            if length.is_some() || !sound {
                return None;
            }
            length = Some(std::str::from_utf8(value).ok()?.parse().ok()?);
        } else if is("connection") {
            if !value.eq_ignore_ascii_case(b"keep-alive") {
                return None;
            }
        } else if is("transfer-encoding") || is("upgrade") || is("expect") {
            return None;
        }
    }
    let length = length.unwrap_or(0);
    (length <= MOST).then_some(length)
}

/// What answers calls.
#[derive(Clone)]
pub(crate) struct Answers<A> {
    pub(crate) app: A,
    pub(crate) shortcut: Shortcut,
}

/// What is to be done about what was read.
enum Step {
    /// To read until there is so much.
    Read(usize),
    /// To wait for the answer to so many bytes.
    Wait(BoxFuture<'static, Result<Vec<u8>, Box<Response>>>, usize),
    /// To ask the service about so many bytes.
    Ask(Box<Request<Body>>, usize),
    /// To leave it to the HTTP server.
    Leave,
    /// To refuse it.
    Refuse,
}

impl<A> Answers<A> {
    fn step(&self, read: &[u8]) -> Step {
        match look(read, &mut [MaybeUninit::uninit(); MAX_HEADERS]) {
            Seen::Part(needed) => Step::Read(needed),
            Seen::Other => Step::Leave,
            Seen::TooLarge => Step::Refuse,
            Seen::Whole(call, all) => match (self.shortcut)(&call) {
                Some(answer) => Step::Wait(answer, all),
                None => match call.request() {
                    Some(request) => Step::Ask(Box::new(request), all),
                    None => Step::Leave,
                },
            },
        }
    }
}

/// A connection for the HTTP server, and what was read of it.
pub(crate) type Rest = (TcpStream, Bytes, OwnedSemaphorePermit);

/// Answers calls until the connection ends, or is the HTTP server's.
pub(crate) async fn answer<A>(
    mut stream: TcpStream,
    place: OwnedSemaphorePermit,
    answers: Answers<A>,
    limits: &Limits,
    stop: &CancellationToken,
) -> Option<Rest>
where
    A: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
{
    let patience = limits.header_read_timeout;
    let mut late = Instant::now() + patience;
    let stopped = stop.cancelled();
    let waiting = sleep_until(late);
    tokio::pin!(stopped, waiting);
    let mut buffer = BytesMut::with_capacity(USUAL);
    let (mut needed, mut begun) = (1, false);
    let mut words = Vec::new();
    loop {
        while buffer.len() < needed {
            buffer.reserve((needed - buffer.len()).max(USUAL / 2));
            let read = tokio::select! {
                biased;
                read = stream.read_buf(&mut buffer) => read,
                () = &mut waiting => {
                    // Calls have put it off.
                    if Instant::now() >= late {
                        return None;
                    }
                    waiting.as_mut().reset(late);
                    continue;
                }
                () = &mut stopped => return None,
            };
            if !matches!(read, Ok(1..)) {
                return None;
            }
        }
        let (answer, all) = match answers.step(&buffer) {
            Step::Read(more) => {
                if !begun {
                    // It came late, and has its time nevertheless.
                    (begun, late) = (true, Instant::now() + patience);
                }
                needed = more;
                continue;
            }
            Step::Wait(answer, all) => (answer.await, all),
            Step::Ask(request, all) => {
                let Ok(response) = answers.app.clone().oneshot(*request).await;
                (Err(Box::new(response)), all)
            }
            Step::Leave => return Some((stream, buffer.freeze(), place)),
            Step::Refuse => {
                // There is room for it in the connection's buffer.
                let _told = stream.try_write(TOO_LARGE);
                return None;
            }
        };
        buffer.advance(all);
        put(answer, &mut words).await?;
        if let Err(error) = write(&stream, &words, limits.write_stall).await {
            tracing::debug!(%error, "a connection ended early");
            return None;
        }
        if stop.is_cancelled() {
            return None;
        }
        words.clear();
        words.shrink_to(MOST);
        (needed, begun) = (1, false);
        late = Instant::now() + patience;
    }
}

/// Puts an answer into words; `None` if it breaks off.
async fn put(answer: Result<Vec<u8>, Box<Response>>, words: &mut Vec<u8>) -> Option<()> {
    let response = match answer {
        Ok(json) => {
            words.extend_from_slice(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
            put_rest(words, Some(&json));
            return Some(());
        }
        Err(response) => response,
    };
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.ok()?;
    let reason = parts.status.canonical_reason().unwrap_or_default();
    words.extend_from_slice(b"HTTP/1.1 ");
    words.extend_from_slice(parts.status.as_str().as_bytes());
    words.push(b' ');
    words.extend_from_slice(reason.as_bytes());
    words.extend_from_slice(b"\r\n");
    let ours =
        [header::CONTENT_LENGTH, header::DATE, header::CONNECTION, header::TRANSFER_ENCODING];
    for (name, value) in parts.headers.iter().filter(|(name, _)| !ours.contains(name)) {
        words.extend_from_slice(name.as_str().as_bytes());
        words.extend_from_slice(b": ");
        words.extend_from_slice(value.as_bytes());
        words.extend_from_slice(b"\r\n");
    }
    let has_none = matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    put_rest(words, (!has_none).then_some(&*body));
    Some(())
}

/// Puts the last headers, and the body.
#[expect(
    clippy::disallowed_methods,
    reason = "an answer's date is the machine's, as the HTTP server's is"
)]
fn put_rest(words: &mut Vec<u8>, body: Option<&[u8]>) {
    thread_local! {
        /// The second, and how it is written (RFC 9110 section 6.6.1).
        static DATE: RefCell<(Duration, String)> = const { RefCell::new((Duration::MAX, String::new())) };
    }
    if let Some(body) = body {
        // A vector takes everything.
        let _always = write!(words, "content-length: {}\r\n", body.len());
    }
    let now = SystemTime::now();
    let second = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let second = Duration::from_secs(second.as_secs());
    DATE.with_borrow_mut(|(of, date)| {
        if *of != second {
            (*of, *date) = (second, httpdate::fmt_http_date(now));
        }
        words.extend_from_slice(b"date: ");
        words.extend_from_slice(date.as_bytes());
    });
    words.extend_from_slice(b"\r\n\r\n");
    words.extend_from_slice(body.unwrap_or_default());
}

/// Writes all of it, as long as some of it is taken in time.
async fn write(stream: &TcpStream, mut words: &[u8], patience: Duration) -> io::Result<()> {
    while !words.is_empty() {
        match stream.try_write(words) {
            Ok(written) => words = &words[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                timeout(patience, stream.writable()).await.map_err(|_| {
                    stalled();
                    io::ErrorKind::TimedOut
                })??;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn looked(read: &str) -> String {
        match look(read.as_bytes(), &mut [MaybeUninit::uninit(); MAX_HEADERS]) {
            Seen::Part(needed) => format!("needs {needed}"),
            Seen::Whole(call, all) => {
                let body = std::str::from_utf8(call.body).unwrap();
                format!("{} {} {body:?} of {all}", call.method, call.target)
            }
            Seen::Other => "left".to_owned(),
            Seen::TooLarge => "too large".to_owned(),
        }
    }

    #[test]
    fn a_plain_call_is_read() {
        let call = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
        let behind = call.to_owned() + "POST ";
        assert_eq!(looked(&behind), format!("POST /a?b=c \"{{}}\" of {}", call.len()));
        let call = "GET / HTTP/1.1\r\nconnection: Keep-Alive\r\n\r\n";
        assert_eq!(looked(call), format!("GET / \"\" of {}", call.len()));
    }

    #[test]
    fn of_a_call_that_is_not_whole_is_known_what_it_needs() {
        let call = "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n";
        assert_eq!(looked(&call[..20]), "needs 21");
        assert_eq!(looked(call), format!("needs {}", call.len() + 10));
        assert_eq!(looked(&format!("{call}123456789")), format!("needs {}", call.len() + 10));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_http_server() {
        let long = format!("Content-Length: {}", MOST + 1);
        for (line, header) in [
            ("POST / HTTP/1.0", "Content-Length: 0"),
            ("HEAD / HTTP/1.1", "Host: x"),
            ("OPTIONS * HTTP/1.1", "Host: x"),
            ("GET http://x/ HTTP/1.1", "Host: x"),
            ("POST / HTTP/1.1", "Transfer-Encoding: chunked"),
            ("POST / HTTP/1.1", "Content-Length: 1\r\nTransfer-Encoding: chunked"),
            ("POST / HTTP/1.1", "Content-Length: 1\r\nContent-Length: 1"),
            ("POST / HTTP/1.1", "Content-Length: 1, 1"),
            ("POST / HTTP/1.1", "Content-Length: +1"),
            ("POST / HTTP/1.1", "Content-Length: "),
            ("POST / HTTP/1.1", "Content-Length: 99999999999999999999"),
            ("POST / HTTP/1.1", long.as_str()),
            ("POST / HTTP/1.1", "Expect: 100-continue"),
            ("GET / HTTP/1.1", "Connection: close"),
            ("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket"),
            ("GET / HTTP/1.1", "bad header"),
            ("GET  HTTP/1.1", "Host: x"),
        ] {
            assert_eq!(looked(&format!("{line}\r\n{header}\r\n\r\n0")), "left", "{line} {header}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(read in proptest::collection::vec(any::<u8>(), 0..300)) {
            look(&read, &mut [MaybeUninit::uninit(); MAX_HEADERS]);
        }

        #[test]
        fn wherever_a_call_is_cut_it_is_read_in_the_end(cut in 0_usize..57) {
            let call = "POST /call HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345";
            let first = looked(&call[..cut.min(call.len() - 1)]);
            prop_assert!(first.starts_with("needs "), "{}", first);
            prop_assert!(first[6..].parse::<usize>().unwrap() <= call.len());
        }
    }
}
