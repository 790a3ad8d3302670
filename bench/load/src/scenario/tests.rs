//! Whole runs against a server that does something wrong.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use clap::Parser as _;
use serde_json::Value;

use crate::{arguments::Arguments, door::ACCEPT, frame};

/// What it does wrong with the fourth event of each client but the first.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    Loses,
    Doubles,
    /// Sends it behind the fifth.
    Swaps,
}

const AT: usize = 3;

struct Server {
    public: SocketAddr,
    internal: SocketAddr,
    /// All that ever came.
    sockets: Sockets,
}

type Sockets = Arc<Mutex<Vec<TcpStream>>>;

/// Serves until the test's process ends.
fn server(wrong: Wrong) -> Server {
    let sockets = Sockets::default();
    let (public, internal) = (listen(), listen());
    let addresses = (public.local_addr().unwrap(), internal.local_addr().unwrap());
    let (for_clients, for_app) = (Arc::clone(&sockets), Arc::clone(&sockets));
    thread::spawn(move || {
        for stream in public.incoming() {
            let sockets = Arc::clone(&for_clients);
            thread::spawn(move || client(stream.unwrap(), &sockets));
        }
    });
    thread::spawn(move || {
        for stream in internal.incoming() {
            let sockets = Arc::clone(&for_app);
            thread::spawn(move || app(stream.unwrap(), &sockets, wrong));
        }
    });
    Server { public: addresses.0, internal: addresses.1, sockets }
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn text(payload: &str) -> Vec<u8> {
    let mut out = Vec::new();
    frame::text(&mut out, &[payload.as_bytes()]);
    // As a server sends it: without the mask.
    let head = out.len() - payload.len() - 4;
    out.drain(head..head + 4);
    out[1] &= 0x7f;
    out
}

/// The head of a request, and the body that it announces.
fn request(reader: &mut impl std::io::BufRead) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(said) = line.strip_prefix("Content-Length: ") {
            length = said.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

fn client(stream: TcpStream, sockets: &Sockets) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    request(&mut reader).unwrap();
    let mut out = &stream;
    let accept = String::from_utf8_lossy(ACCEPT);
    let answer =
        format!("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
    out.write_all(answer.as_bytes()).unwrap();
    out.write_all(&text("0{}")).unwrap();
    let asked = reader.fill_buf().unwrap().len();
    reader.consume(asked);
    sockets.lock().unwrap().push(stream.try_clone().unwrap());
    out.write_all(&text("40{\"sid\":\"x\"}")).unwrap();
    let _ = reader.read_to_end(&mut Vec::new());
}

fn app(stream: TcpStream, sockets: &Sockets, wrong: Wrong) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut held, mut count) = (Vec::new(), 0);
    while let Some(body) = request(&mut reader) {
        let call: Value = serde_json::from_str(&body).unwrap();
        let event = text(&format!("42[\"bench\",{}]", call["data"]));
        for (which, socket) in sockets.lock().unwrap().iter_mut().enumerate() {
            let said = match wrong {
                _ if which == 0 => event.clone(),
                Wrong::Loses if count == AT => Vec::new(),
                Wrong::Doubles if count == AT => event.repeat(2),
                Wrong::Swaps if count == AT => {
                    held.clone_from(&event);
                    Vec::new()
                }
                Wrong::Swaps if count == AT + 1 => [event.clone(), held.clone()].concat(),
                _ => event.clone(),
            };
            // Whoever has gone hears nothing.
            let _ = socket.write_all(&said);
        }
        count += 1;
        let _ = (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    }
}

/// Three clients hear one line's events; gives whether all was well, and the figures.
fn run(wrong: Wrong, pace: &[&str]) -> (bool, Value) {
    load(&server(wrong), &[&["fanout"], pace].concat())
}

/// Three clients, and what more there is to say.
fn load(server: &Server, more: &[&str]) -> (bool, Value) {
    let (public, internal) =
        (format!("http://{}", server.public), format!("http://{}", server.internal));
    let fixed = [
        "outrigger-load",
        "--connections",
        "3",
        "--seconds",
        "0.4",
        "--warmup",
        "0",
        "--settle",
        "0",
        "--patience",
        "1",
        "--jwt-secret",
        "s",
        "--internal-secret",
        "t",
        "--public",
        &public,
        "--internal",
        &internal,
    ];
    let arguments = Arguments::parse_from(fixed.iter().chain(more));
    let report = super::play(&arguments).unwrap();
    (report.is_clean(), serde_json::from_str(&report.line()).unwrap())
}

fn figures(told: &Value) -> [u64; 4] {
    ["lost", "doubled", "misordered", "misdelivered"].map(|name| told[name].as_u64().unwrap())
}

/// At a fixed rate on one line, so that a lost event holds nothing up.
const RATE: [&str; 4] = ["--rate", "50", "--in-flight", "1"];

#[test]
fn a_server_that_does_all_well_is_clean() {
    let (is_clean, told) = run(Wrong::Nothing, &["--in-flight", "2"]);
    assert!(is_clean, "{told}");
    assert_eq!(figures(&told), [0; 4]);
    assert!(told["measured"].as_u64().unwrap() > 30, "{told}");
    assert!(told["p50_ms"].as_f64().unwrap() > 0.0, "{told}");
}

#[test]
fn what_a_server_does_wrong_is_found() {
    for (wrong, expected) in
        [(Wrong::Loses, [2, 0, 0, 0]), (Wrong::Doubles, [0, 2, 0, 0]), (Wrong::Swaps, [0, 0, 2, 0])]
    {
        let (is_clean, told) = run(wrong, &RATE);
        assert_eq!(figures(&told), expected, "{told}");
        assert!(!is_clean);
    }
}

#[test]
fn those_who_are_known_have_been_there_once_before() {
    for (more, comings) in [(vec!["connect"], 3), (vec!["connect", "--known"], 6)] {
        let server = server(Wrong::Nothing);
        let (is_clean, told) = load(&server, &more);
        assert!(is_clean, "{told}");
        assert_eq!(server.sockets.lock().unwrap().len(), comings);
        assert_eq!(told["measured"], 3, "{told}");
        assert_eq!(told["parameters"]["known"], comings == 6);
    }
}
