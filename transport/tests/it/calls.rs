//! Calls of the app: plain ones are answered without the HTTP server, and nobody can tell.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::StatusCode,
    response::IntoResponse,
    routing::{any, get},
};
use futures_util::{FutureExt, future::ready};
use outrigger_transport::{Limits, Shortcut, listen, serve_calls};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    http::{Answer, read, request, text},
    server::{ANY_PORT, PATIENCE, SLOW},
    websocket::with_buffer,
};

/// What the shortcut answers.
const SHORT: &str = "/short";
/// An answer of 8 MB.
const LONG: &str = "/long";
/// An answer without a body.
const EMPTY: &str = "/empty";

struct Calls {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<io::Result<()>>,
    /// Lets slow calls be answered.
    gate: Arc<Semaphore>,
}

impl Drop for Calls {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Says what it was asked, but for what is about the connection.
async fn echo(request: Request) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers = parts.headers.iter().filter(|(name, _)| {
        !["connection", "transfer-encoding", "content-length", "expect", "host"]
            .contains(&name.as_str())
    });
    let headers: Vec<_> =
        headers.map(|(name, value)| format!("{name}={}", value.to_str().unwrap())).collect();
    let said = format!("{} {} {headers:?} {}", parts.method, parts.uri, body.len());
    (StatusCode::ACCEPTED, [("x-echo", "yes")], said)
}

impl Calls {
    async fn with(limits: Limits) -> Self {
        let listener = listen(ANY_PORT, &limits).unwrap();
        let address = listener.local_addr().unwrap();
        let gate = Arc::new(Semaphore::new(0));
        let slow = Arc::clone(&gate);
        let slow = || async move {
            slow.acquire().await.unwrap().forget();
            "done"
        };
        let app: Router = Router::new()
            .route(SLOW, get(slow))
            .route(LONG, any(|| async { Body::from(vec![b'x'; 8 << 20]) }))
            .route(EMPTY, any(|| async { StatusCode::NO_CONTENT }))
            .fallback(echo);
        let shortcut: Shortcut = Arc::new(|call| {
            let wanted = call.method == "POST" && call.target == SHORT;
            let named = call.header("x-name").next().map(String::from_utf8_lossy);
            let said = format!(r#"{{"{}":{}}}"#, named.unwrap_or_default(), call.body.len());
            wanted.then(|| ready(Ok(said.into_bytes())).boxed())
        });
        let stop = CancellationToken::new();
        let serving = serve_calls(listener, app, shortcut, Arc::new(limits), stop.clone());
        Self { address, stop, serving: tokio::spawn(serving), gate }
    }

    async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn text(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
        text(self.address, method, target, headers, body)
    }
}

async fn ask(stream: &mut TcpStream, text: &str) -> Answer {
    stream.write_all(text.as_bytes()).await.unwrap();
    read(stream).await.expect("an answer")
}

async fn ends(stream: &mut TcpStream) -> bool {
    let mut rest = [0; 64];
    let read = timeout(PATIENCE, stream.read(&mut rest)).await.expect("an end in time");
    matches!(read, Ok(0) | Err(_))
}

#[tokio::test]
async fn calls_are_answered_one_after_the_other_on_one_connection() {
    let calls = Calls::start().await;
    let mut stream = calls.connect().await;
    for n in 0..3 {
        let body = "x".repeat(n);
        let answer = ask(&mut stream, &calls.text("POST", SHORT, &[("X-Name", "n")], &body)).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, format!(r#"{{"n":{n}}}"#).as_str())
        );
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.header("date").unwrap().ends_with(" GMT"));
        let answer = ask(&mut stream, &calls.text("PUT", "/other?q=1", &[("A", "b")], "123")).await;
        assert_eq!((answer.status, answer.body.as_str()), (202, r#"PUT /other?q=1 ["a=b"] 3"#));
        assert_eq!(answer.header("x-echo"), Some("yes"));
    }
    let answer = ask(&mut stream, &calls.text("DELETE", EMPTY, &[], "")).await;
    assert_eq!((answer.status, answer.header("content-length")), (204, None));
}

#[tokio::test]
async fn calls_that_are_sent_without_waiting_are_answered_in_order() {
    let calls = Calls::start().await;
    let mut stream = calls.connect().await;
    let one = |n: usize| calls.text("POST", SHORT, &[], &"x".repeat(n));
    let all: String = (0..50).map(one).collect();
    stream.write_all(all.as_bytes()).await.unwrap();
    let mut said = String::new();
    while !said.ends_with(r#"{"":49}"#) {
        let mut some = [0; 4096];
        let read = timeout(PATIENCE, stream.read(&mut some)).await.unwrap().unwrap();
        assert!(read > 0, "{said}");
        said += std::str::from_utf8(&some[..read]).unwrap();
    }
    let bodies: Vec<_> = said.split("\r\n\r\n").skip(1).collect();
    for (n, body) in bodies.iter().enumerate() {
        assert!(body.starts_with(&format!(r#"{{"":{n}}}"#)), "{n}: {body}");
    }
    assert_eq!(bodies.len(), 50);
}

#[tokio::test]
async fn a_call_may_come_in_pieces() {
    let calls = Calls::start().await;
    let mut stream = calls.connect().await;
    stream.set_nodelay(true).unwrap();
    let text = calls.text("POST", SHORT, &[("X-Name", "pieces")], "12345");
    for byte in text.as_bytes() {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(read(&mut stream).await.unwrap().body, r#"{"pieces":5}"#);
}

#[tokio::test]
async fn what_the_http_server_answers_is_answered_alike() {
    let calls = Calls::start().await;
    for (method, target, body) in [
        ("POST", "/x?y=z%20", "body"),
        ("GET", "/", ""),
        ("PATCH", "/x", "1"),
        ("GET", EMPTY, ""),
        ("GET", "/%zz", ""),
    ] {
        let plain = request(calls.address, method, target, &[("A", "1"), ("a", "2")], body).await;
        let left = [("A", "1"), ("a", "2"), ("Connection", "close")];
        let left = request(calls.address, method, target, &left, body).await;
        assert_eq!((plain.status, &plain.body), (left.status, &left.body), "{method} {target}");
        for header in ["content-type", "content-length", "x-echo"] {
            assert_eq!(plain.header(header), left.header(header), "{method} {target} {header}");
        }
    }
}

#[tokio::test]
async fn what_is_not_plain_is_the_http_servers_and_so_is_what_follows() {
    let calls = Calls::start().await;
    let mut stream = calls.connect().await;
    let first = ask(&mut stream, &calls.text("POST", SHORT, &[], "12")).await;
    assert_eq!(first.body, r#"{"":2}"#);
    let chunked =
        "POST /short HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n\r\n";
    let answer = ask(&mut stream, chunked).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, "POST /short [] 2"));
    let answer = ask(&mut stream, &calls.text("POST", SHORT, &[], "123")).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, "POST /short [] 3"));
}

#[tokio::test]
async fn a_long_body_is_taken_whole() {
    let calls = Calls::start().await;
    let body = "x".repeat(3 << 20);
    let answer = request(calls.address, "POST", "/x", &[], &body).await;
    assert_eq!(answer.body, format!("POST /x [] {}", body.len()));
}

#[tokio::test]
async fn bad_requests_are_refused_and_nothing_behind_them_is_carried_out() {
    let calls = Calls::start().await;
    let behind = calls.text("POST", SHORT, &[], "");
    for bad in [
        "POST /short HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n1",
        "POST /short HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /short HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /sh\u{0}rt HTTP/1.1\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}",
    ] {
        let mut stream = calls.connect().await;
        stream.write_all(format!("{bad}{behind}").as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream).await.map(|answer| answer.status), Some(400), "{bad:?}");
        assert!(ends(&mut stream).await, "{bad:?}");
    }
    let mut stream = calls.connect().await;
    let long = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(40_000));
    let answer = ask(&mut stream, &long).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_ended_and_one_that_calls_is_not() {
    let patience = Duration::from_millis(400);
    let calls = Calls::with(Limits { header_read_timeout: patience, ..Limits::default() }).await;
    let mut idle = calls.connect().await;
    let mut half = calls.connect().await;
    half.write_all(b"POST /short HTTP/1.1\r\nContent-Length: 9\r\n\r\n1").await.unwrap();
    let mut busy = calls.connect().await;
    let until = tokio::time::Instant::now() + 3 * patience;
    while tokio::time::Instant::now() < until {
        let answer = ask(&mut busy, &calls.text("POST", SHORT, &[], "")).await;
        assert_eq!(answer.status, 200);
        tokio::time::sleep(patience / 8).await;
    }
    assert!(ends(&mut idle).await);
    assert!(ends(&mut half).await);
}

#[tokio::test]
async fn a_call_that_begins_late_has_its_time() {
    let patience = Duration::from_millis(600);
    let calls = Calls::with(Limits { header_read_timeout: patience, ..Limits::default() }).await;
    let mut stream = calls.connect().await;
    let text = calls.text("POST", SHORT, &[], "12");
    let (first, second) = text.split_at(text.len() - 1);
    tokio::time::sleep(patience * 3 / 4).await;
    stream.write_all(first.as_bytes()).await.unwrap();
    tokio::time::sleep(patience / 2).await;
    assert_eq!(ask(&mut stream, second).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_reads_holds_its_connection_for_a_limited_time() {
    let limits = Limits { write_stall: Duration::from_millis(300), ..Limits::default() };
    let calls = Calls::with(limits).await;
    let mut stuck = with_buffer(calls.address, 4096).await;
    stuck.write_all(calls.text("GET", LONG, &[], "").as_bytes()).await.unwrap();
    // Its answer has begun; it would never end if it waited to be read.
    timeout(PATIENCE, stuck.readable()).await.expect("an answer in time").unwrap();
    calls.stop.cancel();
    let mut calls = calls;
    timeout(PATIENCE, &mut calls.serving).await.expect("it was given up").unwrap().unwrap();
}

#[tokio::test]
async fn who_reads_slowly_gets_all_of_it() {
    let calls = Calls::start().await;
    let mut stream = with_buffer(calls.address, 4096).await;
    stream.write_all(calls.text("GET", LONG, &[], "").as_bytes()).await.unwrap();
    let mut all = 0;
    let mut some = vec![0; 256 * 1024];
    while all < 8 << 20 {
        let read = timeout(PATIENCE, stream.read(&mut some)).await.unwrap().unwrap();
        assert!(read > 0, "after {all}");
        all += read;
    }
}

#[tokio::test]
async fn at_the_end_calls_under_way_are_answered_and_idle_connections_ended() {
    let calls = Calls::start().await;
    let mut idle = calls.connect().await;
    assert_eq!(ask(&mut idle, &calls.text("POST", SHORT, &[], "")).await.status, 200);
    let mut slow = calls.connect().await;
    slow.write_all(calls.text("GET", SLOW, &[], "").as_bytes()).await.unwrap();
    let mut other = calls.connect().await;
    // What came after it has been answered: it is under way.
    assert_eq!(ask(&mut other, &calls.text("POST", SHORT, &[], "")).await.status, 200);
    calls.stop.cancel();
    assert!(ends(&mut idle).await);
    calls.gate.add_permits(1);
    assert_eq!(read(&mut slow).await.expect("its answer").body, "done");
    assert!(ends(&mut slow).await);
}
