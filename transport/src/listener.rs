//! Accepting connections.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{Limits, Link, stream::Watched};

/// After an error that accepting again would only repeat (no more file descriptors).
const BACK_OFF: Duration = Duration::from_millis(100);

/// TCP connections beyond twice the Engine.IO connections: polling uses two, and REST some.
const SPARE_PLACES: usize = 1024;

/// The most that a request's line and headers may have, in bytes; Node's limit is half of it.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Serves `app` on `listener` until `stop`, then waits for requests that are under way; upgraded connections are
/// not waited for.
///
/// # Errors
/// None so far: what goes wrong with one connection ends that connection.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Arc<Limits>,
    stop: CancellationToken,
) -> io::Result<()> {
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
                requests.spawn(connection(
                    place,
                    stream,
                    peer,
                    app.clone(),
                    Arc::clone(&limits),
                    stop.clone(),
                ));
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

async fn connection(
    place: OwnedSemaphorePermit,
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    limits: Arc<Limits>,
    stop: CancellationToken,
) {
    if let Err(error) = tune(&stream, &limits) {
        tracing::debug!(%error, "a connection went before it was served");
        return;
    }
    let link = Arc::new(Link::default());
    let stream = Watched::new(stream, Arc::clone(&link), limits.write_stall, place);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Arc::clone(&link));
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read_timeout)
        .max_buf_size(MAX_HEADER_BYTES)
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
