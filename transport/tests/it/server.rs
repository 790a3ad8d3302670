//! A server for one test.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    sync::Arc,
    time::Duration,
};

use axum::{Router, routing::get};
use outrigger_transport::{
    Conn, Counts, Frame, Hub, Limits, MountId, OriginPolicy, Selection, SocketServer, Sockets,
    TrustedProxies, listen,
};
use serde_json::{Value, json};
use socket2::SockRef;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::recorder::{Recorder, name_of};

/// Longer than anything takes.
pub const PATIENCE: Duration = Duration::from_secs(12);

/// Where a test's server listens.
pub const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

pub const PATH: &str = "/sock";
/// A request that takes its time.
pub const SLOW: &str = "/slow";
pub const ROOT: MountId = MountId { path: PATH, namespace: "/" };

pub struct Server {
    pub address: SocketAddr,
    pub hub: Hub,
    pub sockets: Sockets,
    pub recorder: Arc<Recorder>,
    pub stop: CancellationToken,
    /// Ends when everything that was accepted has been answered.
    pub serving: JoinHandle<io::Result<()>>,
}

/// What a client of that name shows at CONNECT.
pub fn auth(name: &str) -> Value {
    json!({ "name": name })
}

impl Server {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let origins = OriginPolicy::new(Vec::new(), TrustedProxies::default());
        Self::of(limits, origins).await
    }

    /// A server that believes a proxy on this machine.
    pub async fn behind_proxy(limits: Limits, allowed: &[&str]) -> Self {
        let proxies = TrustedProxies::parse(&["127.0.0.1".to_owned()]).unwrap();
        let allowed = allowed.iter().map(ToString::to_string).collect();
        Self::of(limits, OriginPolicy::new(allowed, proxies)).await
    }

    /// The socket of a client of that name.
    pub fn conn(&self, name: &str) -> Arc<Conn> {
        let conn = self.hub.conns().into_iter().find(|conn| name_of(conn) == name);
        conn.expect("a socket of that name")
    }

    /// A server whose kernel keeps little for a reader that stalls.
    pub async fn narrow(limits: Limits) -> Self {
        let listener = listen(ANY_PORT, &limits).unwrap();
        // Connections have it from their listener.
        SockRef::from(&listener).set_send_buffer_size(16 * 1024).unwrap();
        Self::on(listener, limits, OriginPolicy::new(Vec::new(), TrustedProxies::default()))
    }

    pub async fn of(limits: Limits, origins: OriginPolicy) -> Self {
        Self::on(listen(ANY_PORT, &limits).unwrap(), limits, origins)
    }

    fn on(listener: TcpListener, limits: Limits, origins: OriginPolicy) -> Self {
        let limits = Arc::new(limits);
        let hub = Hub::new(Arc::clone(&limits));
        let recorder = Arc::new(Recorder::default());
        let sockets = SocketServer::builder(hub.clone(), Arc::clone(&limits), origins)
            .mount(PATH, "/", Arc::clone(&recorder) as _)
            .mount(PATH, "/chat", Arc::clone(&recorder) as _)
            .build()
            .unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let slow = Arc::clone(&recorder);
        let slow = || async move {
            slow.arrived.add_permits(1);
            slow.gate.acquire().await.unwrap().forget();
            "done"
        };
        let app = sockets.router(Router::new().route(SLOW, get(slow)));
        let sockets_too = sockets.clone();
        let serving = outrigger_transport::serve(listener, app, sockets_too, limits, stop.clone());
        let serving = tokio::spawn(serving);
        Self { address, hub, sockets, recorder, stop, serving }
    }

    /// Sends an event to everyone at `/`; gives how many took it.
    pub fn tell_all(&self, event: &'static str, payload: &Value) -> usize {
        self.hub.to(&ROOT, &Selection::default()).send(&Frame::new(event, payload).unwrap())
    }

    /// Waits until so much is open.
    pub async fn until_open(&self, wanted: impl Fn(Counts) -> bool) {
        until(|| wanted(self.hub.counts()), || format!("{:?}", self.hub.counts())).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Waits for something that nothing reports.
pub async fn until(done: impl Fn() -> bool, seen: impl Fn() -> String) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !done() {
        assert!(tokio::time::Instant::now() < deadline, "it came to {}", seen());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
