//! A polling client (Engine.IO protocol 4, HTTP long-polling).

use std::{collections::VecDeque, net::SocketAddr};

use serde_json::Value;

use crate::http::{self, Answer, target};

/// Between the packets of one payload.
const SEPARATOR: char = '\u{1e}';

pub struct Polling {
    server: SocketAddr,
    pub sid: String,
    waiting: VecDeque<String>,
}

impl Polling {
    /// Opens a session, without joining a namespace.
    pub async fn open(server: SocketAddr) -> Self {
        let answer = http::get(server, &target("polling", None), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let open: Value = serde_json::from_str(answer.body.strip_prefix('0').unwrap()).unwrap();
        let sid = open["sid"].as_str().unwrap().to_owned();
        Self { server, sid, waiting: VecDeque::new() }
    }

    /// Opens a session and joins `/`.
    pub async fn connect(server: SocketAddr, auth: &Value) -> Self {
        let mut client = Self::open(server).await;
        assert_eq!(client.post(&format!("40{auth}")).await, 200);
        let answer = client.packet().await.unwrap();
        assert!(answer.starts_with("40{"), "{answer}");
        client
    }

    /// Sends packets that are in one payload already; gives the status.
    pub async fn post(&self, payload: &str) -> u16 {
        let target = target("polling", Some(&self.sid));
        http::request(self.server, "POST", &target, &[], payload).await.status
    }

    pub async fn poll(&self) -> Answer {
        http::get(self.server, &target("polling", Some(&self.sid)), &[]).await
    }

    /// Polls once; `None` when the session is refused.
    async fn ask(&mut self) -> Option<()> {
        let answer = self.poll().await;
        let packets = answer.body.split(SEPARATOR).filter(|packet| !packet.is_empty());
        (answer.status == 200).then(|| self.waiting.extend(packets.map(str::to_owned)))
    }

    /// Answers a heartbeat that was received.
    async fn heartbeat(&mut self) {
        if let Some(at) = self.waiting.iter().position(|packet| packet == "2") {
            self.waiting.remove(at);
            self.post("3").await;
        }
    }

    /// The next packet that is no heartbeat; `None` when the session is refused.
    pub async fn packet(&mut self) -> Option<String> {
        loop {
            self.heartbeat().await;
            if let Some(packet) = self.waiting.pop_front() {
                return Some(packet);
            }
            self.ask().await?;
        }
    }

    /// The next one that is not this either.
    pub async fn packet_but(&mut self, other: &str) -> Option<String> {
        loop {
            match self.packet().await {
                Some(packet) if packet == other => {}
                packet => return packet,
            }
        }
    }

    /// What came and was not asked for.
    pub fn rest(self) -> impl Iterator<Item = String> {
        self.waiting.into_iter()
    }
}
