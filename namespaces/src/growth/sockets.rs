//! Real sockets, over loopback, in a contract's namespace without the rest of its server.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, Hub, Limits, MountId, NamespaceHandler, OriginPolicy,
    Refusal, Reply, SocketServer, TrustedProxies, listen, serve,
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};

use super::standing;
use crate::audience::own_rooms;

pub(super) const MOUNT: MountId = MountId { path: "/api/socket", namespace: "/" };

/// Lets in whoever names a user's number and a device's.
pub(super) struct Open;

#[async_trait]
impl NamespaceHandler for Open {
    async fn admit(&self, _: &Handshake, auth: Option<&Value>) -> Result<Admission, Refusal> {
        let part = |name| auth.and_then(|auth| auth.get(name)).and_then(Value::as_u64).unwrap();
        let number = |name| usize::try_from(part(name)).unwrap();
        let standing = standing(number("user"), number("device"));
        let actor = standing.actor().unwrap();
        Ok(Admission {
            rooms: own_rooms(&actor),
            owner: Some(actor.user.as_str().into()),
            owner_limit: usize::MAX,
            state: Arc::new(standing),
        })
    }

    fn entered(&self, _: &Arc<Conn>) {}
    async fn connected(&self, _: &Arc<Conn>) {}
    async fn event(&self, _: &Arc<Conn>, _: &str, _: Args) -> Reply {
        Reply::None
    }
    async fn disconnected(&self, _: &Arc<Conn>, _: Gone) {}
}

/// A server with clients that are there and say nothing.
pub(super) struct Clients {
    pub(super) hub: Hub,
    clients: Vec<TcpStream>,
    serving: JoinHandle<()>,
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Clients {
    /// So many, each as this user on this device.
    pub(super) async fn connect(count: usize, who: impl Fn(usize) -> (usize, usize)) -> Self {
        let limits =
            Arc::new(Limits { ping_interval: Duration::from_secs(600), ..Limits::default() });
        let hub = Hub::new(Arc::clone(&limits));
        let origins = OriginPolicy::new(Vec::new(), TrustedProxies::default());
        let server = SocketServer::builder(hub.clone(), Arc::clone(&limits), origins);
        let sockets = server.mount(MOUNT.path, MOUNT.namespace, Arc::new(Open)).build().unwrap();
        let listener = listen(([127, 0, 0, 1], 0).into(), &limits).unwrap();
        let address = listener.local_addr().unwrap();
        let app = sockets.router(Default::default());
        let serving = tokio::spawn(async move {
            serve(listener, app, sockets, limits, Default::default()).await.unwrap();
        });
        let mut clients = Vec::with_capacity(count);
        for number in 0..count {
            let (user, device) = who(number);
            let mut client = TcpStream::connect(address).await.unwrap();
            let request = format!(
                "GET {}/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                MOUNT.path,
            );
            client.write_all(request.as_bytes()).await.unwrap();
            hear(&mut client, "\"sid\"").await;
            let packet = format!("40{{\"user\":{user},\"device\":{device}}}");
            // A text frame, masked with zeros (RFC 6455 section 5.2).
            let mut bytes = vec![0x81, 0x80 | u8::try_from(packet.len()).unwrap(), 0, 0, 0, 0];
            bytes.extend(packet.bytes());
            client.write_all(&bytes).await.unwrap();
            hear(&mut client, "40{").await;
            clients.push(client);
        }
        Self { hub, clients, serving }
    }

    pub(super) fn count(&self) -> usize {
        self.clients.len()
    }
}

async fn hear(client: &mut TcpStream, wanted: &str) {
    let (mut heard, mut part) = (Vec::new(), [0; 1024]);
    while !heard.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
        let length = client.read(&mut part).await.unwrap();
        assert!(length > 0, "the server hung up: {}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&part[..length]);
    }
}
