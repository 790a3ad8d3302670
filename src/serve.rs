//! Serving: bind first, announce, serve, and end in good order.

use std::{
    error::Error,
    future::IntoFuture,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderName, Method, StatusCode, header};
use outrigger_api_compat::{ClientAddress, Entrance, LimitedAddress};
use outrigger_domain::{accounts::UserPatch, ids::UserId};
use outrigger_transport::{
    Limits, OriginPolicy, Shortcut, TrustedProxies, listen, serve as answer,
    serve_calls as answer_calls,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::{error, info};

use crate::{
    command::print,
    compose::{Sidecar, compose},
    config::Config,
    dev,
    stop::{self, Stop},
};

/// How the process says that it is ready.
pub(crate) enum Announcement {
    /// One line of JSON on standard output, for whoever started the process.
    Machine,
    /// For a person, with tokens to try.
    Developer { tokens: Vec<(String, String)>, secrets_file: Option<PathBuf> },
}

/// Serves until a signal, then ends in good order.
pub(crate) fn run(config: Config, announcement: Announcement) -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let stop = Stop::default();
        stop::on_signal(stop.clone())?;
        serve(config, announcement, stop).await
    })
}

fn bind(name: &str, address: SocketAddr, limits: &Limits) -> Result<TcpListener, String> {
    listen(address, limits).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("{name} {address} is in use by another program: choose another one, or stop that program")
        }
        _ => format!("{name} {address} cannot be listened on: {error}"),
    })
}

async fn serve(
    config: Config,
    announcement: Announcement,
    stop: Stop,
) -> Result<(), Box<dyn Error>> {
    let public = bind("PORT", config.public, &config.limits)?;
    let internal = bind("INTERNAL_ADDR", config.internal, &config.limits)?;
    let (public_at, internal_at) = (public.local_addr()?, internal.local_addr()?);
    let sidecar = compose(&config, reachable(public_at)).await?;
    if matches!(announcement, Announcement::Developer { .. }) {
        introduce_people(&sidecar).await?;
    }

    let mut dispatching = tokio::spawn(sidecar.dispatcher.run(sidecar.events));
    let mut running = sidecar.background.start();
    let listeners = CancellationToken::new();
    let limits = Arc::new(config.limits.clone());
    let sockets = sidecar.sockets.clone();
    let serving = answer(public, sidecar.public, sockets, limits.clone(), listeners.clone());
    let mut public = tokio::spawn(serving);
    let shortcut = shortcut(sidecar.internal.clone());
    let serving = answer_calls(internal, sidecar.internal, shortcut, limits, listeners.clone());
    let mut internal = tokio::spawn(serving);
    announce(&announcement, public_at, internal_at, &config.database_url)?;
    info!(public = %public_at, internal = %internal_at, version = env!("CARGO_PKG_VERSION"), "serving");

    let failed = tokio::select! {
        () = stop.begun.cancelled() => false,
        ended = &mut public => { error!(?ended, "the public listener ended"); true }
        ended = &mut internal => { error!(?ended, "the internal listener ended"); true }
        ended = &mut dispatching => { error!(?ended, "the dispatcher ended"); true }
        ended = running.ended() => { error!(?ended, "a background task ended"); true }
    };

    sidecar.lifecycle.drain();
    // Whoever is connected now comes back to the next process: for the app nobody left.
    running.keep_leases().await;
    let mounted = sidecar.mounted;
    let farewell = |mount: &outrigger_transport::MountId| {
        let mounted = mounted.iter().find(|mounted| mounted.id() == *mount)?;
        mounted.voice.farewell(mounted.namespace)
    };
    sidecar.sockets.shutdown(farewell, &config.shutdown, &stop.hurried).await;
    listeners.cancel();
    let ending = async {
        for listener in [public, internal] {
            if !listener.is_finished()
                && let Err(error) = listener.into_future().await
            {
                error!(%error, "a listener did not end well");
            }
        }
    };
    if tokio::time::timeout(LISTENERS_END, ending).await.is_err() {
        info!("requests were still open at the end");
    }
    running.shutdown().await;
    // Accepted writes are committed before the process ends.
    sidecar.store.close().await;
    dispatching.abort();
    info!("stopped");
    if failed { Err("a part of the process ended by itself; see the log".into()) } else { Ok(()) }
}

/// The shortest way into the internal API.
fn shortcut(entrance: Entrance) -> Shortcut {
    Arc::new(move |call| {
        let header = |name: &str| call.header(name).next();
        entrance.shortcut(call.method, call.target, header, call.body)
    })
}

/// Open requests have this long to end once the sockets are closed.
const LISTENERS_END: Duration = Duration::from_secs(2);

/// Where a listener on all addresses can be reached from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The people of `dev` exist before they first connect, so that messages can be sent to them.
async fn introduce_people(sidecar: &Sidecar) -> Result<(), Box<dyn Error>> {
    for (id, email, name, role) in dev::PEOPLE {
        let patch = UserPatch {
            email: Some(email.to_owned()),
            name: Some(name.to_owned()),
            first_name: Some(name.to_owned()),
            role: Some(role),
            ..UserPatch::default()
        };
        sidecar.accounts.upsert(&UserId::new(id)?, patch).await?;
    }
    Ok(())
}

fn announce(
    announcement: &Announcement,
    public: SocketAddr,
    internal: SocketAddr,
    database: &str,
) -> Result<(), Box<dyn Error>> {
    match announcement {
        Announcement::Machine => print(
            &serde_json::json!({ "ready": true, "public": public.to_string(), "internal": internal.to_string() })
                .to_string(),
        ),
        Announcement::Developer { tokens, secrets_file } => {
            let file = secrets_file.as_deref().map(Path::to_owned);
            print(&dev::welcome(&public.to_string(), &internal.to_string(), database, tokens, file.as_deref()))
        }
    }
}

/// A request must have been answered by then; the self test, the longest, takes less.
const REQUEST_TIME: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Guard {
    origins: OriginPolicy,
    proxies: TrustedProxies,
}

/// Puts the same origin rule before REST as before sockets, and tells it where a request comes from.
pub(crate) fn guard_rest(rest: Router, origins: OriginPolicy, proxies: TrustedProxies) -> Router {
    let policy = origins.clone();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |_, request| {
            policy.allows(&request.headers, peer(&request.extensions))
        }))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE])
        .allow_headers([
            header::CONTENT_TYPE,
            header::AUTHORIZATION,
            HeaderName::from_static("idempotency-key"),
            // How contracts `quiz` and `contacts` show tokens over HTTP.
            HeaderName::from_static("x-auth-token"),
            HeaderName::from_static("x-contact-token"),
        ])
        .max_age(Duration::from_secs(600));
    rest.layer(from_fn_with_state(Guard { origins, proxies }, guard)).layer(cors)
}

async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let peer = peer(request.extensions());
    if !guard.origins.allows(request.headers(), peer) {
        let refused = serde_json::json!({ "error": "Origin not allowed" });
        return (StatusCode::FORBIDDEN, Json(refused)).into_response();
    }
    let forwarded = guard.proxies.client_address(request.headers(), peer);
    let address = forwarded.or_else(|| (!peer.is_loopback()).then(|| peer.to_string()));
    request.extensions_mut().insert(ClientAddress(address));
    let limited = guard.proxies.limited_address(request.headers(), peer);
    request.extensions_mut().insert(LimitedAddress(limited.to_string()));
    // A client that sends its body drop by drop must not hold a place for ever.
    match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => {
            let refused = serde_json::json!({ "error": "Request timeout" });
            (StatusCode::REQUEST_TIMEOUT, Json(refused)).into_response()
        }
    }
}

/// The other end of the connection. Our own listener always says; without it nobody is trusted.
fn peer(extensions: &http::Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}
