//! Accepting connections.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Service, ServiceExt, service_fn};

use crate::{
    Limits, Link, Shortcut, Sockets,
    calls::{self, Answers},
    opening::{self, MAX_HEADER_BYTES, Opening},
    stream::Watched,
};

/// Connections that wait to be accepted. When a process comes back all its clients do, and whoever finds no place here
/// asks again after a second at the earliest; the system's own limit (`somaxconn`) still counts.
const BACKLOG: u32 = 4096;

/// After an error that accepting again would only repeat (no more file descriptors).
const BACK_OFF: Duration = Duration::from_millis(100);

/// TCP connections beyond twice the Engine.IO connections: polling uses two, and REST some.
const SPARE_PLACES: usize = 1024;

/// Listens. Must be called within the runtime.
///
/// # Errors
/// Those of the system, if the address is in use for example.
pub fn listen(address: SocketAddr, limits: &Limits) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The address of a process that has just ended is free.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Connections have the rest from their listener, which takes no system call for each of them.
    // Small events must not wait for the acknowledgement of the one before.
    socket.set_nodelay(true)?;
    socket.set_keepalive(true)?;
    // A peer that vanished without a word is noticed by the kernel, too.
    #[cfg(target_os = "linux")]
    SockRef::from(&socket).set_tcp_user_timeout(Some(limits.write_stall + limits.ping_timeout))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `app` on a `listener` from [`listen`] until `stop`, and websockets on the paths of `sockets`, then waits for
/// requests that are under way; websockets are not waited for.
///
/// # Errors
/// None so far: what goes wrong with one connection ends that connection.
pub async fn serve<A>(
    listener: TcpListener,
    app: A,
    sockets: Sockets,
    limits: Arc<Limits>,
    stop: CancellationToken,
) -> io::Result<()>
where
    A: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    A::Future: Send,
{
    let see_to = |stream, peer, place| {
        let (app, sockets) = (app.clone(), sockets.clone());
        let (limits, stop) = (Arc::clone(&limits), stop.clone());
        async move {
            let opening = opening::open(&sockets, stream, peer, place, &limits, &stop).await;
            let Opening::Http(stream, read, place) = opening else { return };
            let link = Arc::new(Link::default());
            let stall = limits.write_stall;
            let stream = Watched::new(stream, read, Some(Arc::clone(&link)), stall, place);
            let app = service_fn(move |mut request: Request<Body>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                request.extensions_mut().insert(Arc::clone(&link));
                app.clone().oneshot(request)
            });
            // What a websocket needs of this task is over by now.
            Box::pin(requests_of(stream, app, limits, stop)).await;
        }
    };
    accept(listener, &limits, &stop, see_to).await;
    Ok(())
}

/// Serves calls of the app on a `listener` from [`listen`] until `stop`, then waits for those that are under way. What
/// `shortcut` does not answer is for `app`, which is not told whose a request is.
///
/// # Errors
/// None so far, as of [`serve`].
pub async fn serve_calls<A>(
    listener: TcpListener,
    app: A,
    shortcut: Shortcut,
    limits: Arc<Limits>,
    stop: CancellationToken,
) -> io::Result<()>
where
    A: Service<Request<Body>, Response = Response, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    A::Future: Send,
{
    let answers = Answers { app, shortcut };
    let see_to = |stream, _, place| {
        let (answers, limits, stop) = (answers.clone(), Arc::clone(&limits), stop.clone());
        async move {
            let app = answers.app.clone();
            let rest = calls::answer(stream, place, answers, &limits, &stop).await;
            let Some((stream, read, place)) = rest else { return };
            let stream = Watched::new(stream, read, None, limits.write_stall, place);
            let app = service_fn(move |request| app.clone().oneshot(request));
            Box::pin(requests_of(stream, app, limits, stop)).await;
        }
    };
    accept(listener, &limits, &stop, see_to).await;
    Ok(())
}

/// Accepts connections until `stop`, and waits until those that are no websockets have been seen to.
async fn accept<F>(
    listener: TcpListener,
    limits: &Limits,
    stop: &CancellationToken,
    see_to: impl Fn(TcpStream, SocketAddr, OwnedSemaphorePermit) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
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
                requests.spawn(see_to(stream, peer, place));
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
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Answers requests until the connection ends or is upgraded.
async fn requests_of<A>(stream: Watched, app: A, limits: Arc<Limits>, stop: CancellationToken)
where
    A: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    A::Future: Send,
{
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        app.clone().oneshot(request.map(Body::new))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_have_their_options_from_the_listener() {
        let limits = Limits::default();
        let listener = listen(([127, 0, 0, 1], 0).into(), &limits).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (served, _) = listener.accept().await.unwrap();
        let socket = SockRef::from(&served);
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(
            socket.tcp_user_timeout().unwrap(),
            Some(limits.write_stall + limits.ping_timeout)
        );
        drop(client);
    }
}
