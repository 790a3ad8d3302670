//! A websocket client (Engine.IO protocol 4, Socket.IO protocol 5).

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::{
    http::target,
    polling::Polling,
    server::{PATIENCE, auth},
};

pub struct Ws {
    stream: WebSocketStream<TcpStream>,
    pub sid: String,
}

/// Whether every websocket shall begin with polling, as those of most clients do. The stories are told of both
/// (`tests/run`).
fn upgraded() -> bool {
    std::env::var_os("WEBSOCKETS").is_some_and(|how| how == "upgraded")
}

/// A connection with a receive buffer of about this size, in bytes.
pub async fn with_buffer(server: SocketAddr, bytes: u32) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(bytes).unwrap();
    socket.connect(server).await.unwrap()
}

impl Ws {
    /// Opens a connection, without joining a namespace.
    pub async fn open(server: SocketAddr) -> Self {
        Self::over(TcpStream::connect(server).await.unwrap(), server).await
    }

    /// The same on a connection that is there.
    pub async fn over(stream: TcpStream, server: SocketAddr) -> Self {
        // Two small packets in a row must not wait for an acknowledgement in between.
        stream.set_nodelay(true).unwrap();
        if upgraded() {
            return Self::after_polling(stream, server).await;
        }
        let url = format!("ws://{server}{}", target("websocket", None));
        let (stream, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut client = Self { stream, sid: String::new() };
        let open = client.packet().await.expect("an open packet");
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        client.sid = open["sid"].as_str().unwrap().to_owned();
        client
    }

    /// Opens a session with polling and goes over at once, as most clients do.
    async fn after_polling(stream: TcpStream, server: SocketAddr) -> Self {
        let sid = Polling::open(server).await.sid;
        let url = format!("ws://{server}{}", target("websocket", Some(&sid)));
        let (stream, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut client = Self { stream, sid };
        client.say("2probe").await;
        assert_eq!(client.packet().await.as_deref(), Some("3probe"));
        client.say("5").await;
        client
    }

    /// Opens a second transport of a session; the status if that is refused.
    pub async fn attach(server: SocketAddr, sid: &str) -> Result<Self, u16> {
        let url = format!("ws://{server}{}", target("websocket", Some(sid)));
        let stream = TcpStream::connect(server).await.unwrap();
        match tokio_tungstenite::client_async(url.into_client_request().unwrap(), stream).await {
            Ok((stream, _)) => Ok(Self { stream, sid: sid.to_owned() }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The same, and it has proved to work.
    pub async fn probed(server: SocketAddr, sid: &str) -> Self {
        let mut client = Self::attach(server, sid).await.unwrap();
        client.say("2probe").await;
        assert_eq!(client.packet().await.as_deref(), Some("3probe"));
        client
    }

    /// Opens a connection and joins `/` under this name.
    pub async fn named(server: SocketAddr, name: &str) -> Self {
        Self::connect(server, &auth(name)).await
    }

    /// Opens a connection and joins `/`.
    pub async fn connect(server: SocketAddr, auth: &Value) -> Self {
        let mut client = Self::open(server).await;
        client.join("/", auth).await;
        client
    }

    /// Joins a namespace.
    pub async fn join(&mut self, namespace: &str, auth: &Value) {
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        self.say(&format!("40{prefix}{auth}")).await;
        let answer = self.packet().await.expect("an answer to CONNECT");
        assert!(answer.starts_with(&format!("40{prefix}{{")), "{answer}");
    }

    /// The error that a CONNECT with this is answered with.
    pub async fn refused(&mut self, auth: &Value) -> String {
        self.say(&format!("40{auth}")).await;
        let answer = self.packet().await.expect("an answer to CONNECT");
        let error: Value = serde_json::from_str(answer.strip_prefix("44").expect(&answer)).unwrap();
        error["message"].as_str().unwrap().to_owned()
    }

    pub async fn say(&mut self, packet: &str) {
        self.stream.send(Message::text(packet)).await.unwrap();
    }

    /// The same to someone who may be gone.
    pub async fn try_say(&mut self, packet: &str) -> bool {
        self.stream.send(Message::text(packet)).await.is_ok()
    }

    pub async fn say_binary(&mut self, bytes: &'static [u8]) {
        self.stream.send(Message::binary(bytes)).await.unwrap();
    }

    /// Many packets in as few segments as they fit in.
    pub async fn burst(&mut self, packets: impl IntoIterator<Item = String>) {
        for packet in packets {
            self.stream.feed(Message::text(packet)).await.unwrap();
        }
        self.stream.flush().await.unwrap();
    }

    /// The next packet that is no heartbeat; `None` when the connection is closed.
    pub async fn packet(&mut self) -> Option<String> {
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("a packet in time") {
                Some(Ok(Message::Text(packet))) if packet.as_str() == "2" => {
                    self.try_say("3").await;
                }
                Some(Ok(Message::Text(packet))) => return Some(packet.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next packet that begins so; what comes before is left out.
    pub async fn packet_with(&mut self, prefix: &str) -> String {
        loop {
            let packet = self.packet().await.unwrap_or_else(|| panic!("no {prefix} packet"));
            if packet.starts_with(prefix) {
                return packet;
            }
        }
    }

    /// Whether the server still answers this client.
    pub async fn is_served(&mut self) -> bool {
        if !self.try_say(r#"429999["echo","there"]"#).await {
            return false;
        }
        while let Some(packet) = self.packet().await {
            if packet == r#"439999["there"]"# {
                return true;
            }
        }
        false
    }

    /// What still comes, and whether the end is one in good order: a close frame (RFC 6455 section 5.5.1).
    pub async fn rest(&mut self) -> (Vec<String>, bool) {
        let mut packets = Vec::new();
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("a packet in time") {
                Some(Ok(Message::Text(packet))) if packet.as_str() == "2" => {}
                Some(Ok(Message::Text(packet))) => packets.push(packet.to_string()),
                Some(Ok(Message::Close(_))) => return (packets, true),
                Some(Err(_)) | None => return (packets, false),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Waits for the connection's end.
    pub async fn closed(&mut self) {
        while self.packet().await.is_some() {}
    }

    pub fn socket(&mut self) -> &mut TcpStream {
        self.stream.get_mut()
    }
}
