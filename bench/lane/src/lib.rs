//! A spike: websockets of Socket.IO clients served without a library above the socket. `README.md` says what it leaves out.

mod contracts;
mod frame;
mod handshake;
mod hub;
mod internal;
mod link;
mod polling;
mod pulse;

mod reader;
mod token;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rand::Rng;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use socketioxide::service::SocketIoService;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tower::ServiceExt;

use crate::{
    handshake::Opening,
    hub::{Hub, NAMESPACES, Reached, Room},
    link::Link,
    polling::Polled,
    pulse::{PING_INTERVAL_MS, PING_TIMEOUT_MS},
    reader::{MAX_PAYLOAD, Reader},
    token::Verifier,
};

/// Time to send an opening request.
const OPENING: Duration = Duration::from_secs(10);

/// What it is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The app's secret for tokens (HS256).
    pub jwt_secret: String,
    /// The app's secret for internal calls.
    pub internal_secret: String,
    /// Whether websockets are the lane's. Else they are the library's, for comparison.
    pub lane: bool,
}

/// What every part needs.
pub(crate) struct App {
    pub(crate) hub: Hub,
    pub(crate) verifier: Verifier,
    pub(crate) polled: Polled,
    pub(crate) secret: [u8; 32],
}

impl App {
    /// Tells a room, or everyone, on both ways. What the library sends is sent when the second is done.
    pub(crate) fn tell(
        &self,
        namespace: usize,
        room: Option<&Room>,
        except: Option<&str>,
        name: &str,
        data: &RawValue,
    ) -> (Reached, Option<impl Future<Output = ()> + Send + use<>>) {
        let frame = frame::event(NAMESPACES.get(namespace).unwrap_or(&"/"), name, data);
        let reached = self.hub.tell(namespace, room, except, &frame);
        (reached, self.polled.tell(namespace, room, except, name, data))
    }
}

/// Serves for ever.
///
/// # Errors
/// If the internal listener fails.
pub async fn serve(
    settings: Settings,
    public: TcpListener,
    internal: TcpListener,
) -> io::Result<()> {
    let (service, polled) = Polled::build();
    let app = Arc::new(App {
        hub: Hub::default(),
        verifier: Verifier::new(settings.jwt_secret.as_bytes()),
        polled,
        secret: Sha256::digest(&settings.internal_secret).into(),
    });
    polling::mount(&app);
    let (flusher, heart) = (Arc::clone(&app), Arc::clone(&app));
    tokio::spawn(async move { flusher.hub.pulse.flush().await });
    tokio::spawn(async move { heart.hub.pulse.beat().await });
    let calls = internal::router(Arc::clone(&app));
    tokio::spawn(async move {
        loop {
            // One that could not be accepted is the loss of its client; without descriptors, waiting is all that helps.
            let Ok((stream, peer)) = public.accept().await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            if stream.set_nodelay(true).is_err() {
                continue;
            }
            if settings.lane {
                tokio::spawn(open(Arc::clone(&app), service.clone(), stream, peer));
            } else {
                tokio::spawn(http(service.clone(), stream));
            }
        }
    });
    axum::serve(internal, calls).await
}

/// Finds out whose a connection is, and hands it on. The lane's own task is another, smaller one.
async fn open(
    app: Arc<App>,
    service: SocketIoService<Router>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let (mut read, write) = stream.into_split();
    let mut request = Vec::new();
    let mut opening = Opening::Part;
    let came = reader::opening(&mut read, |bytes| {
        request.extend_from_slice(bytes);
        opening = handshake::read(&request);
        opening == Opening::Part
    });
    let came = timeout(OPENING, came).await;
    match opening {
        // Gone, or too slow.
        Opening::Part => {}
        _ if !matches!(came, Ok(Some(()))) => {}
        Opening::Other => {
            let again = io::Cursor::new(request).chain(read);
            http(service, tokio::io::join(again, write)).await;
        }
        Opening::Ours { length, accept, user_agent } => {
            let link = Arc::new(Link::new(write));
            let opened = format!(
                r#"0{{"sid":"{}","upgrades":[],"pingInterval":{PING_INTERVAL_MS},"pingTimeout":{PING_TIMEOUT_MS},"maxPayload":{MAX_PAYLOAD}}}"#,
                new_id()
            );
            let mut answer = handshake::answer(&accept).into_bytes();
            answer.extend_from_slice(&frame::text(&[opened.as_bytes()]));
            if !link.write_now(&answer) {
                return;
            }
            let digest = Sha256::digest(format!("{user_agent} {}", peer.ip()));
            let client =
                <[u8; 16]>::try_from(digest.get(..16).unwrap_or_default()).unwrap_or_default();
            let rest = request.split_off(length);
            tokio::spawn(Reader::new(app, link, client).run(read, rest));
        }
    }
}

async fn http<S>(service: SocketIoService<Router>, stream: S)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let answer = service_fn(move |request: Request<Incoming>| {
        service.clone().oneshot(request.map(Body::new))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(OPENING)
        .max_buf_size(32 * 1024)
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades();
    // However it ended, there is nobody left to be told.
    drop(served.await);
}

/// An id that nobody can guess.
pub(crate) fn new_id() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 15]>())
}
