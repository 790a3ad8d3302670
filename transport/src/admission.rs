//! Requests to a socket path, before the library sees them.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    BoxError, Json,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use serde_json::json;
use tower::ServiceExt;

use crate::{
    Handshake, Link,
    engine::{Engine, Full},
    server::{PathService, Shared},
    upgrade::{self, Upgrade, VERSION},
};

/// The first answer of a polling session is smaller than this, in bytes.
const MAX_OPEN_PACKET: usize = 4096;

/// Answers a request to a socket path.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    service: &PathService,
    mut request: Request,
) -> Response {
    let peer = peer(&request);
    if !shared.origins.allows(request.headers(), peer) {
        return refuse("origin", StatusCode::FORBIDDEN, &json!({ "error": "Origin not allowed" }));
    }
    // The library goes by the query, proxies and the protocol by the header: only both together are an upgrade.
    let upgrade = is_upgrade(request.headers());
    let websocket = match parameter(&request, "transport").as_deref() {
        Some("websocket") => true,
        Some("polling") => false,
        // Read less strictly, the library might still find one in it.
        Some(_) | None => return bad_request(0, "Transport unknown"),
    };
    if upgrade != websocket {
        return bad_request(3, "Bad request");
    }
    if upgrade
        && request.headers().get(header::SEC_WEBSOCKET_VERSION)
            != Some(&HeaderValue::from_static(VERSION))
    {
        // RFC 6455 section 4.4.
        let mut refused = refuse(
            "version",
            StatusCode::UPGRADE_REQUIRED,
            &json!({ "error": "Unsupported WebSocket version" }),
        );
        refused
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
        return refused;
    }
    let opens = request.method() == Method::GET
        && request.headers().contains_key(header::SEC_WEBSOCKET_KEY);
    if upgrade && !opens {
        // Refused before the session counts on this connection as its websocket.
        return bad_request(3, "Bad request");
    }
    let link = request.extensions().get::<Arc<Link>>().cloned();
    match parameter(&request, "sid") {
        Some(sid) => match known(shared, &sid, &request, upgrade, link.as_ref()) {
            Err(refused) => *refused,
            Ok(Some(engine)) if !upgrade && request.method() == Method::GET => {
                poll(&engine, service, request).await
            }
            Ok(Some(engine)) if upgrade => turn(shared, engine, Some(sid), link, request),
            // The library would say so only behind the upgrade.
            Ok(None) if upgrade => bad_request(1, "Session ID unknown"),
            Ok(_) => pass(service, request).await,
        },
        None => {
            let handshake =
                Handshake::read(service.path, request.headers(), peer, shared.origins.proxies());
            let websocket = upgrade.then_some(link.as_ref()).flatten();
            match open(shared, handshake, websocket) {
                Err(refused) => *refused,
                Ok(engine) if upgrade => turn(shared, engine, None, link, request),
                Ok(engine) => {
                    request.extensions_mut().insert(Arc::clone(&engine));
                    let answer = pass(service, request).await;
                    learn_sid(&engine, answer).await
                }
            }
        }
    }
}

/// Switches a connection over that the HTTP server has read the request of.
fn turn(
    shared: &Arc<Shared>,
    engine: Arc<Engine>,
    sid: Option<String>,
    link: Option<Arc<Link>>,
    mut request: Request,
) -> Response {
    let accept = upgrade::accept(request.headers());
    let (Some(link), Some(accept)) = (link, accept) else { return bad_request(3, "Bad request") };
    // The library would look at it only behind the answer.
    if parameter(&request, "EIO").as_deref() != Some("4") {
        return bad_request(5, "Unsupported protocol version");
    }
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return bad_request(3, "Bad request");
    };
    let answer = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
    ];
    let proof = [(header::SEC_WEBSOCKET_ACCEPT, accept.clone())];
    let upgrade = Upgrade { engine, sid, accept };
    tokio::spawn(upgrade.take_over(Arc::clone(shared), link, on_upgrade));
    (StatusCode::SWITCHING_PROTOCOLS, answer, proof).into_response()
}

fn open(
    shared: &Arc<Shared>,
    handshake: Handshake,
    link: Option<&Arc<Link>>,
) -> Result<Arc<Engine>, Box<Response>> {
    if shared.is_closing() {
        return Err(Box::new(busy("closing")));
    }
    shared.hub.engines().open(handshake, link).map_err(|full| {
        Box::new(match full {
            Full::Server => busy("full"),
            Full::Address => refuse(
                "address",
                StatusCode::TOO_MANY_REQUESTS,
                &json!({ "error": "Too many connections" }),
            ),
        })
    })
}

/// A request of a session that exists: is it one that we still serve, and does it ask for no second websocket?
/// Gives the session, if we know it.
fn known(
    shared: &Arc<Shared>,
    sid: &str,
    request: &Request,
    upgrade: bool,
    link: Option<&Arc<Link>>,
) -> Result<Option<Arc<Engine>>, Box<Response>> {
    // A session we know nothing of is the library's to refuse.
    let Some(engine) = shared.hub.engines().find(sid) else { return Ok(None) };
    if engine.is_killed() {
        if engine.end.is_announced() && !upgrade && request.method() == Method::GET {
            return Err(Box::new(end_of(&engine)));
        }
        return Err(Box::new(bad_request(1, "Session ID unknown")));
    }
    if upgrade {
        if !link.is_some_and(|link| engine.attach(link)) {
            return Err(Box::new(bad_request(3, "Bad request")));
        }
    } else if request.method() == Method::GET {
        engine.polled();
    }
    Ok(Some(engine))
}

/// What is there for a polling client is found by then, however busy the machine.
const LOOK: Duration = Duration::from_millis(20);

/// A poll waits for something to tell, but not beyond its session's end.
async fn poll(engine: &Arc<Engine>, service: &PathService, request: Request) -> Response {
    let answer = pass(service, request);
    tokio::pin!(answer);
    tokio::select! {
        biased;
        answer = answer.as_mut() => return answer,
        () = engine.ends() => {}
    }
    match tokio::time::timeout(LOOK, answer).await {
        Ok(answer) => answer,
        Err(_) if engine.end.is_announced() => end_of(engine),
        Err(_) => bad_request(1, "Session ID unknown"),
    }
}

/// The Engine.IO packet `close`: the client takes the transport for closed, and comes back by itself.
fn end_of(engine: &Engine) -> Response {
    engine.end.tell();
    ([(header::CACHE_CONTROL, "no-store")], "1").into_response()
}

/// A body must have come within this time; the library waits for it without a limit.
const BODY: Duration = Duration::from_secs(30);

/// Hands a request to the library.
async fn pass(service: &PathService, request: Request) -> Response {
    let posted = request.method() == Method::POST;
    let answer = service.service.clone().oneshot(request);
    if !posted {
        return finish(answer.await);
    }
    match tokio::time::timeout(BODY, answer).await {
        Ok(answer) => finish(answer),
        Err(_) => {
            refuse("slow", StatusCode::REQUEST_TIMEOUT, &json!({ "error": "Request timeout" }))
        }
    }
}

fn finish<B>(answer: Result<http::Response<B>, Infallible>) -> Response
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    match answer {
        Ok(answer) => {
            let mut answer = answer.map(Body::new);
            // Polls must not be kept by anyone on the way.
            answer
                .headers_mut()
                .entry(header::CACHE_CONTROL)
                .or_insert(HeaderValue::from_static("no-store"));
            answer
        }
        Err(never) => match never {},
    }
}

/// A polling session is named in its first answer; requests by that name follow before any namespace is joined.
async fn learn_sid(engine: &Arc<Engine>, answer: Response) -> Response {
    if answer.status() != StatusCode::OK {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_OPEN_PACKET).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let open = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_prefix('0'));
    let open = open.and_then(|json| serde_json::from_str::<serde_json::Value>(json).ok());
    if let Some(sid) = open.as_ref().and_then(|open| open["sid"].as_str()) {
        engine.name(sid);
    }
    Response::from_parts(parts, Body::from(bytes))
}

pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// A parameter of the query; session ids need no decoding.
pub(crate) fn parameter<B>(request: &http::Request<B>, name: &str) -> Option<String> {
    let pairs = request.uri().query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The other end of the connection.
pub(crate) fn peer(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}

fn refuse(reason: &'static str, status: StatusCode, body: &serde_json::Value) -> Response {
    metrics::counter!("outrigger_refused_total", "reason" => reason).increment(1);
    (status, Json(body)).into_response()
}

fn busy(reason: &'static str) -> Response {
    let mut refused =
        refuse(reason, StatusCode::SERVICE_UNAVAILABLE, &json!({ "error": "Service unavailable" }));
    refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    refused
}

/// In the form of Engine.IO (Engine.IO protocol, error codes).
fn bad_request(code: u8, message: &str) -> Response {
    refuse("request", StatusCode::BAD_REQUEST, &json!({ "code": code, "message": message }))
}
