//! The self test: a client of our own, over a real connection to our own port.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use outrigger_domain::{
    actor::Role,
    connections::Connections,
    events::{Audience, Receipt},
    identity::{Minter, NewToken, SOCKET_PURPOSE},
    ids::UserId,
    naming::Ids,
    outreach::Outreach,
    presence::Presence,
    selftest::{Check, SelfTest, SocketChecks, Verdict},
    time::Clock,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::{
    contract::WireEvent,
    mount::ROOMS_PATH,
    rooms::wire::{OnlineUsers, TestMessage, TestResponse, name},
};

/// The user in whose name the probe connects; it is on no list of who is online.
const PROBE_USER: &str = "outrigger:probe";
/// Longest wait for any one answer.
const PATIENCE: Duration = Duration::from_secs(3);

type Ws = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects to this process as a client would.
pub struct Probe {
    /// Where the public listener answers.
    pub address: SocketAddr,
    /// Makes the probe's token.
    pub minter: Arc<Minter>,
    /// Ids for tokens.
    pub ids: Arc<dyn Ids>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who is online.
    pub presence: Arc<Presence>,
    /// What is open.
    pub connections: Arc<dyn Connections>,
    /// Sends what the probe shall hear.
    pub outreach: Arc<Outreach>,
}

fn check(seen: Result<(String, Value), String>) -> Check {
    match seen {
        Ok((message, details)) => Check { status: Verdict::Pass, message, details: Some(details) },
        Err(message) => Check { status: Verdict::Fail, message, details: None },
    }
}

fn not_run() -> Check {
    check(Err("Not run: no connection".to_owned()))
}

#[async_trait]
impl SelfTest for Probe {
    async fn run(&self) -> SocketChecks {
        let Ok(user) = UserId::new(PROBE_USER) else {
            return SocketChecks {
                socket_server: not_run(),
                connection_tracking: not_run(),
                messaging: not_run(),
                broadcast: not_run(),
            };
        };
        let started = Instant::now();
        let mut client = match timeout(PATIENCE, self.connect(&user)).await {
            Ok(Ok(client)) => client,
            Ok(Err(fault)) => return unreachable_server(&fault),
            Err(_) => return unreachable_server("no answer"),
        };
        let answered = match client.emit(name::TEST, &json!({})).await {
            Ok(()) => client.hear(TestResponse::NAME, |_| true).await,
            Err(fault) => Err(fault),
        };
        let socket_server = check(answered.map(|_| {
            let took = json!({ "path": ROOMS_PATH, "roundTripMs": millis(started) });
            ("A client connected and got an answer".to_owned(), took)
        }));
        let messaging = check(self.message(&mut client, &user).await);
        let broadcast = check(self.broadcast(&mut client).await);
        let connection_tracking = check(self.tracking(client, &user).await);
        SocketChecks { socket_server, connection_tracking, messaging, broadcast }
    }
}

fn unreachable_server(fault: &str) -> SocketChecks {
    SocketChecks {
        socket_server: check(Err(format!("No client can connect: {fault}"))),
        connection_tracking: not_run(),
        messaging: not_run(),
        broadcast: not_run(),
    }
}

fn millis(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 100_000.0).round() / 100.0
}

impl Probe {
    async fn connect(&self, user: &UserId) -> Result<Client, String> {
        let now = self.clock.now();
        let token = self
            .minter
            .mint(&NewToken {
                user,
                email: "probe@localhost",
                role: Role::Guest,
                id: &self.ids.token(),
                issued_at: now,
                expires_at: now.plus(Duration::from_secs(60)),
                purpose: Some(SOCKET_PURPOSE),
                device: None,
            })
            .map_err(|_| "no token could be made".to_owned())?;
        let url = format!("ws://{}{ROOMS_PATH}/?EIO=4&transport=websocket", self.address);
        let (ws, _) =
            tokio_tungstenite::connect_async(url).await.map_err(|fault| fault.to_string())?;
        let mut client = Client { ws };
        client.packet(|packet| packet.starts_with('0')).await?;
        client.say(format!("40{}", json!({ "token": token }))).await?;
        let answer =
            client.packet(|packet| packet.starts_with("40") || packet.starts_with("44")).await?;
        match answer.strip_prefix("44") {
            Some(refusal) => Err(format!("refused: {refusal}")),
            None => Ok(client),
        }
    }

    async fn message(&self, client: &mut Client, user: &UserId) -> Result<(String, Value), String> {
        let text = self.ids.token();
        let started = Instant::now();
        let reach = self
            .outreach
            .test_message(Audience::User(user.clone()), text.clone(), PROBE_USER.into())
            .await;
        if reach.sockets == 0 {
            return Err("A message to the connected client reached no socket".to_owned());
        }
        client.hear(TestMessage::NAME, |data| data["message"] == text.as_str()).await?;
        let figures = json!({ "sockets": reach.sockets, "deliveryMs": millis(started) });
        Ok(("A message to one user arrived".to_owned(), figures))
    }

    /// Sends everyone what everyone may have at any time: the list of who is online.
    async fn broadcast(&self, client: &mut Client) -> Result<(String, Value), String> {
        let (receipt, reached) = Receipt::requested();
        let started = Instant::now();
        self.presence.announce_list(receipt).await;
        client.hear(OnlineUsers::NAME, Value::is_array).await?;
        let took = millis(started);
        let reach = timeout(PATIENCE, reached).await.ok().and_then(Result::ok).unwrap_or_default();
        let figures = json!({ "sockets": reach.sockets, "deliveryMs": took });
        Ok(("A broadcast arrived".to_owned(), figures))
    }

    async fn tracking(&self, client: Client, user: &UserId) -> Result<(String, Value), String> {
        let there = self.connections.of_user(user).len();
        if there == 0 || !self.presence.is_online(user) {
            return Err("A connected client is not counted".to_owned());
        }
        client.close().await;
        let deadline = Instant::now() + PATIENCE;
        while self.presence.is_online(user) {
            if Instant::now() > deadline {
                return Err("A client that left is still counted".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let totals = self.connections.totals();
        let figures = json!({
            "onlineUsers": self.presence.online_count(),
            "connections": totals.connections,
            "sockets": totals.sockets,
        });
        Ok(("A client is counted while it is there, and no longer".to_owned(), figures))
    }
}

/// As much of a Socket.IO client as the self test needs (Engine.IO protocol 4, Socket.IO protocol 5).
struct Client {
    ws: Ws,
}

impl Client {
    async fn say(&mut self, packet: String) -> Result<(), String> {
        self.ws.send(Message::Text(packet.into())).await.map_err(|fault| fault.to_string())
    }

    async fn emit(&mut self, event: &str, data: &Value) -> Result<(), String> {
        self.say(format!("42{}", json!([event, data]))).await
    }

    /// The next packet of this kind; heartbeats of the engine are answered on the way.
    async fn packet(&mut self, wanted: impl Fn(&str) -> bool) -> Result<String, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let next = timeout_at(deadline, self.ws.next()).await;
            match next {
                Err(_) => return Err("no answer in time".to_owned()),
                Ok(None) => return Err("the connection was closed".to_owned()),
                Ok(Some(Err(fault))) => return Err(fault.to_string()),
                Ok(Some(Ok(Message::Text(packet)))) if packet.as_str() == "2" => {
                    self.say("3".to_owned()).await?;
                }
                Ok(Some(Ok(Message::Text(packet)))) if wanted(&packet) => {
                    return Ok(packet.to_string());
                }
                Ok(Some(Ok(_))) => {}
            }
        }
    }

    /// The data of the next event of that name that is the one waited for.
    async fn hear(
        &mut self,
        event: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        let data = |packet: &str| -> Option<Value> {
            let mut packet: Vec<Value> = serde_json::from_str(packet.strip_prefix("42")?).ok()?;
            let named = packet.first()?.as_str()? == event;
            let data = if packet.len() > 1 { packet.swap_remove(1) } else { Value::Null };
            (named && wanted(&data)).then_some(data)
        };
        let packet = self.packet(|packet| data(packet).is_some()).await?;
        Ok(data(&packet).unwrap_or_default())
    }

    async fn close(mut self) {
        // The server sees the end of the connection either way.
        if let Err(fault) = self.ws.close(None).await {
            tracing::debug!(%fault, "the probe's connection was already closed");
        }
    }
}
