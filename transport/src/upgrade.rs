//! Requests to become a websocket (RFC 6455 section 4, Engine.IO protocol 4), and what they become.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    Handshake, Link,
    admission::{is_upgrade, parameter},
    engine::Engine,
    lane::{self, Attempt},
    link::Wire,
    server::{Shared, mount_path},
    stream::Watched,
};

/// The version of the protocol (RFC 6455 section 4.1).
pub(crate) const VERSION: &str = "13";

/// A request that was let in.
pub(crate) struct Upgrade {
    pub(crate) whose: Whose,
    /// What proves that its key was read (RFC 6455 section 4.2.2).
    pub(crate) accept: String,
}

/// Whose the websocket is.
pub(crate) enum Whose {
    /// A new session's.
    New(Arc<Engine>),
    /// That of one that polls, if it proves to work.
    Polling(Attempt),
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
    let whose = match parameter(request, "sid") {
        Some(sid) => Whose::Polling(Attempt::begin(shared.pollers.find(&sid, path)?)?),
        None => {
            let handshake = Handshake::read(path, headers, peer, shared.origins.proxies());
            Whose::New(shared.hub.engines().open(handshake, Arc::clone(link)).ok()?)
        }
    };
    Some(Upgrade { whose, accept })
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
    fn switching(&self) -> String {
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            self.accept
        )
    }

    /// Answers the request, and goes on with its connection. `rest` was read behind it.
    pub(crate) fn switch(
        self,
        shared: &Arc<Shared>,
        stream: TcpStream,
        rest: Bytes,
        place: OwnedSemaphorePermit,
    ) {
        let head = self.switching();
        self.whose.go_on(shared, stream, head, rest, place);
    }

    /// The same for one that the HTTP server has read, behind its answer.
    pub(crate) async fn take_over(self, shared: Arc<Shared>, upgrade: OnUpgrade) {
        let Ok(upgraded) = upgrade.await else { return };
        let Ok(parts) = upgraded.downcast::<TokioIo<Watched>>() else { return };
        let (stream, read, place) = parts.io.into_inner().into_parts();
        let rest =
            if read.is_empty() { parts.read_buf } else { [parts.read_buf, read].concat().into() };
        // Its own memory: the buffer holds the request as well.
        self.whose.go_on(&shared, stream, String::new(), Bytes::copy_from_slice(&rest), place);
    }
}

impl Whose {
    /// Behind `head`, a websocket is spoken on this connection.
    fn go_on(
        self,
        shared: &Arc<Shared>,
        stream: TcpStream,
        head: String,
        rest: Bytes,
        place: OwnedSemaphorePermit,
    ) {
        match self {
            Self::New(engine) => {
                if !head.is_empty() {
                    engine.link.answer(head);
                }
                engine.link.adopt(Wire {
                    stream,
                    flusher: shared.flusher(&engine),
                    limits: engine.shared_limits(),
                });
                lane::serve(shared, engine, rest, place);
            }
            Self::Polling(attempt) => {
                let (shared, head) = (Arc::clone(shared), head.into_bytes());
                tokio::spawn(lane::probe(shared, attempt, stream, head, rest, place));
            }
        }
    }
}
