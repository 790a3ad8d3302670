//! As much of a Socket.IO client as these tests need, without a library's opinions
//! (Engine.IO protocol 4, Socket.IO protocol 5).

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::sidecar::PATIENCE;

pub struct RawClient(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl RawClient {
    pub async fn connect(public: SocketAddr, path: &str, token: &str) -> Self {
        let url = format!("ws://{public}{path}/?EIO=4&transport=websocket");
        let (ws, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut client = Self(ws);
        client.packet().await.filter(|open| open.starts_with('0')).expect("an open packet");
        client.say(&format!("40{}", json!({ "token": token }))).await;
        let answer = client.packet().await.expect("an answer to CONNECT");
        assert!(answer.starts_with("40"), "{answer}");
        client
    }

    pub async fn say(&mut self, packet: &str) {
        self.0.send(Message::Text(packet.into())).await.unwrap();
    }

    /// The next packet; `None` when the connection is closed.
    pub async fn packet(&mut self) -> Option<String> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a packet in time") {
                Some(Ok(Message::Text(packet))) if packet.as_str() == "2" => self.say("3").await,
                Some(Ok(Message::Text(packet))) => return Some(packet.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The data of the next event of that name; `None` when the connection is closed before.
    pub async fn event(&mut self, name: &str) -> Option<Value> {
        while let Some(packet) = self.packet().await {
            let Some(text) = packet.strip_prefix("42") else { continue };
            let mut event: Vec<Value> = serde_json::from_str(text).unwrap();
            if event[0] == name {
                return Some(event.pop().unwrap());
            }
        }
        None
    }
}
