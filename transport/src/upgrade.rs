//! Requests to become a websocket (RFC 6455 section 4, Engine.IO protocol 4), and what they become.

use std::{net::IpAddr, sync::Arc};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use hyper::{service::Service, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tower::ServiceExt;

use crate::{
    Handshake, Link,
    admission::{is_upgrade, parameter},
    engine::Engine,
    lane,
    link::Wire,
    server::{PathService, Shared, mount_path},
    stream::Watched,
    websocket::{AtEnd, Websocket},
};

/// The version of the protocol (RFC 6455 section 4.1).
pub(crate) const VERSION: &str = "13";

/// A request that was let in.
pub(crate) struct Upgrade {
    pub(crate) engine: Arc<Engine>,
    /// The session that it goes on with, as its client named it.
    pub(crate) sid: Option<String>,
    /// What proves that its key was read (RFC 6455 section 4.2.2).
    pub(crate) accept: String,
}

/// Lets a request in if there is nothing at all against it; whatever there is, is for the HTTP server to say.
pub(crate) fn admit(
    shared: &Arc<Shared>,
    request: &Request<()>,
    peer: IpAddr,
    link: &Arc<Link>,
) -> Option<Upgrade> {
    let headers = request.headers();
    let path = shared.paths.get(mount_path(request))?.path;
    let sound = request.method() == Method::GET
        && parameter(request, "EIO").as_deref() == Some("4")
        && parameter(request, "transport").as_deref() == Some("websocket")
        && is_upgrade(headers)
        && asks_to_upgrade(headers)
        && headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == VERSION)
        && shared.origins.allows(headers, peer)
        && !shared.is_closing();
    if !sound {
        return None;
    }
    let accept = accept(headers)?;
    let engines = shared.hub.engines();
    let sid = parameter(request, "sid");
    let engine = match &sid {
        Some(sid) => engines.find(sid).filter(|engine| {
            engine.handshake.path == path && !engine.is_killed() && engine.attach(link)
        })?,
        None => {
            let handshake = Handshake::read(path, headers, peer, shared.origins.proxies());
            engines.open(handshake, Some(link)).ok()?
        }
    };
    Some(Upgrade { engine, sid, accept })
}

/// What answers the key, if there is one.
pub(crate) fn accept(headers: &HeaderMap) -> Option<String> {
    headers.get(header::SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes()))
}

/// `Connection` names `upgrade` among others (RFC 9110 section 7.8).
fn asks_to_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("upgrade"))
}

impl Upgrade {
    /// The answer to the request.
    pub(crate) fn switching(&self) -> String {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            self.accept
        )
    }

    /// Gives the connection to its lane; or, if it goes on with a session of the library, to the library, with the little
    /// that it needs of the request. `rest` was read behind it.
    pub(crate) fn hand_over(
        self,
        shared: &Arc<Shared>,
        link: Arc<Link>,
        stream: TcpStream,
        rest: Bytes,
        place: OwnedSemaphorePermit,
    ) {
        link.adopt(Wire {
            stream,
            flusher: shared.flusher(&self.engine),
            limits: self.engine.shared_limits(),
        });
        let Some(sid) = self.sid else {
            return lane::serve(shared, self.engine, link, rest, place);
        };
        let path = self.engine.handshake.path;
        let Some(service) = shared.paths.get(path) else { return };
        // One that was found is no longer than it should be.
        let Ok(target) = format!("/?EIO=4&transport=websocket&sid={sid}").parse() else { return };
        let mut request = Request::new(());
        *request.uri_mut() = target;
        // The library waits for its client to speak first, who waits for the answer.
        link.flush();
        request.extensions_mut().insert(self.engine);
        let at_end = end_of_probe(service, sid);
        // Boxed: the library keeps room for it in several places of its tasks.
        let websocket = Box::new(Websocket::new(link, rest, at_end, place));
        // Refused only for what was looked at before.
        if service.service.call((websocket, request)).into_inner().is_err() {
            tracing::error!(path, "a websocket was not taken");
        }
    }

    /// The same for one that the HTTP server has read, behind its answer.
    pub(crate) async fn take_over(self, shared: Arc<Shared>, link: Arc<Link>, upgrade: OnUpgrade) {
        let Ok(upgraded) = upgrade.await else { return };
        let Ok(parts) = upgraded.downcast::<TokioIo<Watched>>() else { return };
        let (stream, read, place) = parts.io.into_inner().into_parts();
        let rest =
            if read.is_empty() { parts.read_buf } else { [parts.read_buf, read].concat().into() };
        // Its own memory: the buffer holds the request as well.
        self.hand_over(&shared, link, stream, Bytes::copy_from_slice(&rest), place);
    }
}

/// Whoever gave up on the way to a websocket has nothing to go back to: the library would answer each poll with nothing, for
/// ever. So the session is ended, as if its client had said so (Engine.IO protocol 4, "closing"). One that is a websocket
/// by now is not touched by a request of polling.
fn end_of_probe(service: &PathService, sid: String) -> AtEnd {
    let (service, path) = (service.service.clone(), service.path);
    Box::new(move || {
        let target = format!("{path}/?EIO=4&transport=polling&sid={sid}");
        let Ok(request) = Request::post(target).body(Body::from("1")) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // The answer says nothing that matters here.
            runtime.spawn(async move { drop(service.oneshot(request).await) });
        }
    })
}
