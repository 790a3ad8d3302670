//! Requests to a socket path that the HTTP server has read: who is let in, polls, and what is posted.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::upgrade::OnUpgrade;
use serde_json::json;

use crate::{
    Handshake, Link,
    engine::{Engine, Full},
    lane::{Attempt, Pollers, Polling, Told},
    server::{PathService, Shared},
    upgrade::{self, Upgrade, VERSION, Whose},
};

/// Answers a request to a socket path.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    service: &PathService,
    request: Request,
) -> Response {
    let peer = peer(&request);
    if !shared.origins.allows(request.headers(), peer) {
        return refuse("origin", StatusCode::FORBIDDEN, &json!({ "error": "Origin not allowed" }));
    }
    if parameter(&request, "EIO").as_deref() != Some("4") {
        return bad_request(5, "Unsupported protocol version");
    }
    // Engine.IO goes by the query, proxies and the protocol by the header: only both together are an upgrade.
    let upgrade = is_upgrade(request.headers());
    let websocket = match parameter(&request, "transport").as_deref() {
        Some("websocket") => true,
        Some("polling") => false,
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
    let Some(sid) = parameter(&request, "sid") else {
        if request.method() != Method::GET {
            return bad_request(2, "Bad handshake method");
        }
        let handshake =
            Handshake::read(service.path, request.headers(), peer, shared.origins.proxies());
        return begin(shared, handshake, upgrade, request).unwrap_or_else(|refused| *refused);
    };
    let Some(polling) = shared.pollers.find(&sid, service.path) else {
        return bad_request(1, "Session ID unknown");
    };
    if upgrade {
        let Some(attempt) = Attempt::begin(polling) else {
            return bad_request(3, "Bad request");
        };
        return turn(shared, Whose::Polling(attempt), request);
    }
    match *request.method() {
        Method::GET => poll(&polling).await,
        Method::POST => post(&polling, request).await,
        _ => bad_request(2, "Bad handshake method"),
    }
}

/// Opens a session.
fn begin(
    shared: &Arc<Shared>,
    handshake: Handshake,
    upgrade: bool,
    request: Request,
) -> Result<Response, Box<Response>> {
    if !upgrade {
        let engine = open(shared, handshake, Arc::default())?;
        return Ok(text(Pollers::open(shared, engine)));
    }
    let link = request.extensions().get::<Arc<Link>>().cloned();
    let link = link.ok_or_else(|| Box::new(bad_request(3, "Bad request")))?;
    let engine = open(shared, handshake, link)?;
    Ok(turn(shared, Whose::New(engine), request))
}

/// Switches a connection over that the HTTP server has read the request of.
fn turn(shared: &Arc<Shared>, whose: Whose, mut request: Request) -> Response {
    let Some(accept) = upgrade::accept(request.headers()) else {
        return bad_request(3, "Bad request");
    };
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return bad_request(3, "Bad request");
    };
    let answer = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
    ];
    let proof = [(header::SEC_WEBSOCKET_ACCEPT, accept.clone())];
    let upgrade = Upgrade { whose, accept };
    tokio::spawn(upgrade.take_over(Arc::clone(shared), on_upgrade));
    (StatusCode::SWITCHING_PROTOCOLS, answer, proof).into_response()
}

fn open(
    shared: &Arc<Shared>,
    handshake: Handshake,
    link: Arc<Link>,
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

/// An answer of a polling session; nobody on the way may keep it.
fn text(body: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body.into()).into_response()
}

/// A poll waits for something to tell.
async fn poll(polling: &Polling) -> Response {
    match polling.poll().await {
        Told::Packets(packets) => text(packets),
        Told::Nothing => text("6"),
        Told::End => text("1"),
        Told::Refused => bad_request(1, "Session ID unknown"),
    }
}

/// A body must have come within this time.
const BODY: Duration = Duration::from_secs(30);

/// What a client says. Something that it may not say ends its session.
async fn post(polling: &Polling, request: Request) -> Response {
    let engine = polling.engine();
    if engine.is_killed() {
        return bad_request(1, "Session ID unknown");
    }
    // Of protocol 3.
    let binary = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == b"application/octet-stream");
    let body = Limited::new(request.into_body(), engine.limits().max_payload_bytes).collect();
    match tokio::time::timeout(BODY, body).await {
        Err(_) => {
            refuse("slow", StatusCode::REQUEST_TIMEOUT, &json!({ "error": "Request timeout" }))
        }
        Ok(Err(fault)) => {
            engine.kill();
            if fault.is::<LengthLimitError>() {
                let too_large = json!({ "error": "Payload too large" });
                refuse("body", StatusCode::PAYLOAD_TOO_LARGE, &too_large)
            } else {
                bad_request(3, "Bad request")
            }
        }
        Ok(Ok(_)) if binary => {
            engine.kill();
            bad_request(3, "Bad request")
        }
        Ok(Ok(body)) => {
            if polling.take(&body.to_bytes()) {
                text("ok")
            } else {
                bad_request(3, "Bad request")
            }
        }
    }
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
