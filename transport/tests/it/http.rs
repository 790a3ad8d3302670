//! HTTP/1.1 by hand, so that requests may be as wrong as they need to be.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::server::{PATH, PATIENCE};

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// The target of an Engine.IO request.
pub fn target(transport: &str, sid: Option<&str>) -> String {
    let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
    format!("{PATH}/?EIO=4&transport={transport}{sid}")
}

/// What a browser sends to open a websocket.
pub const UPGRADE: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

pub fn text(
    server: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        text += &format!("Host: {server}\r\n");
    }
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text + &format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// One request on a connection of its own.
pub async fn request(
    server: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let text = text(server, method, target, headers, body);
    // The server may answer, and close, before it has read all of it.
    let (mut reader, mut writer) = stream.split();
    let (written, answer) = tokio::join!(writer.write_all(text.as_bytes()), read(&mut reader));
    drop(written);
    answer.expect("an answer")
}

pub async fn get(server: SocketAddr, target: &str, headers: &[(&str, &str)]) -> Answer {
    request(server, "GET", target, headers, "").await
}

/// Reads one answer; `None` if the connection ends before it is whole.
pub async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<Answer> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 16384];
        let read =
            timeout(PATIENCE, stream.read(&mut chunk)).await.expect("an answer in time").ok()?;
        bytes.extend(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut answer = Answer {
                status: head.split(' ').nth(1)?.parse().ok()?,
                head: head.to_owned(),
                body: body.to_owned(),
            };
            let length =
                answer.header("content-length").map_or(0, |length| length.parse().unwrap());
            if answer.body.len() >= length {
                answer.body.truncate(length);
                return Some(answer);
            }
        }
        if read == 0 {
            return None;
        }
    }
}
