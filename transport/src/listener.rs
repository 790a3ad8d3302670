//! Accepting connections.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use bytes::Bytes;
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Service, ServiceExt};

use crate::{
    Limits, Link, Sockets,
    opening::{self, MAX_HEADER_BYTES, Opening},
    stream::Watched,
};

/// After an error that accepting again would only repeat (no more file descriptors).
const BACK_OFF: Duration = Duration::from_millis(100);

/// TCP connections beyond twice the Engine.IO connections: polling uses two, and REST some.
const SPARE_PLACES: usize = 1024;

/// Serves `app` on `listener` until `stop`, and websockets on the paths of `sockets` if there are any, then waits for
/// requests that are under way; websockets are not waited for. Only beside sockets is a request told whose it is
/// (`ConnectInfo<SocketAddr>`).
///
/// # Errors
/// None so far: what goes wrong with one connection ends that connection.
pub async fn serve<A>(
    listener: TcpListener,
    app: A,
    sockets: Option<Sockets>,
    limits: Arc<Limits>,
    stop: CancellationToken,
) -> io::Result<()>
where
    A: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    A::Future: Send,
{
    let requests = TaskTracker::new();
    let places = Arc::new(Semaphore::new(
        limits
            .max_connections
            .saturating_mul(2)
            .saturating_add(SPARE_PLACES)
            .min(Semaphore::MAX_PERMITS),
    ));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Engine.IO connections are counted where they open; this bounds those that never get there.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    metrics::counter!("outrigger_refused_total", "reason" => "sockets")
                        .increment(1);
                    continue;
                };
                let (app, sockets) = (app.clone(), sockets.clone());
                let (limits, stop) = (Arc::clone(&limits), stop.clone());
                requests.spawn(async move {
                    if let Err(error) = tune(&stream, &limits) {
                        tracing::debug!(%error, "a connection went before it was served");
                        return;
                    }
                    let opening = match &sockets {
                        Some(sockets) => {
                            opening::open(sockets, stream, peer, place, &limits, &stop).await
                        }
                        None => Opening::Http(stream, Bytes::new(), place),
                    };
                    if let Opening::Http(stream, read, place) = opening {
                        // Only a websocket is ended from elsewhere.
                        let link = sockets.is_some().then(Arc::<Link>::default);
                        let stall = limits.write_stall;
                        let stream = Watched::new(stream, read, link.clone(), stall, place);
                        // What a websocket needs of this task is over by now.
                        Box::pin(requests_of(stream, link, peer, app, limits, stop)).await;
                    }
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection could be accepted; trying again");
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
    drop(listener);
    requests.close();
    requests.wait().await;
    Ok(())
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn tune(stream: &TcpStream, limits: &Limits) -> io::Result<()> {
    // Small events must not wait for the acknowledgement of the one before.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_keepalive(true)?;
    // A peer that vanished without a word is noticed by the kernel, too.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(limits.write_stall + limits.ping_timeout))?;
    Ok(())
}

/// Answers requests until the connection ends or is upgraded.
async fn requests_of<A>(
    stream: Watched,
    link: Option<Arc<Link>>,
    peer: SocketAddr,
    app: A,
    limits: Arc<Limits>,
    stop: CancellationToken,
) where
    A: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    A::Future: Send,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        if let Some(link) = &link {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(link));
        }
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read_timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        // Answers are small: to put head and body beside each other costs less than to tell the kernel of both.
        .writev(false)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
