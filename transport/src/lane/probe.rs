//! From polling to a websocket (Engine.IO protocol 4, "upgrade").
//!
//! The websocket proves first that it works: until its client says that it goes over, the session is one of polling, and
//! what becomes of the websocket does not concern it. Networks that let one be opened and nothing through are not rare.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use bytes::Bytes;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::OwnedSemaphorePermit, time::timeout};
use tokio_tungstenite::tungstenite::{Error, Message, protocol::WebSocketContext};

use super::{
    polling::Polling,
    reader::{context, read},
    stream::{pass_on, read_some},
};
use crate::{engine::Engine, link::Wire, server::Shared, wire};

/// A session on its way to a websocket; there is one at a time.
pub(crate) struct Attempt(Arc<Polling>);

impl Attempt {
    /// `None` if there is one already, or the session is over.
    pub(crate) fn begin(polling: Arc<Polling>) -> Option<Self> {
        polling.begin().then(|| Self(polling))
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        self.0.engine()
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// A websocket that is not its session's yet.
struct Probe {
    stream: TcpStream,
    /// What was read and not passed on.
    rest: Bytes,
    /// What is to be written.
    answers: Vec<u8>,
}

/// It never waits: whoever reads is told that nothing is there.
impl Read for Probe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            read_some(&self.stream, buf, &mut self.rest)
        } else {
            Ok(pass_on(&mut self.rest, buf))
        }
    }
}

impl Write for Probe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answers.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hears a websocket out, and makes it its session's when it says so. `head` answers the request that it came from, if
/// nobody has yet; `rest` was read behind that.
pub(crate) async fn probe(
    shared: Arc<Shared>,
    attempt: Attempt,
    stream: TcpStream,
    head: Vec<u8>,
    rest: Bytes,
    place: OwnedSemaphorePermit,
) {
    let engine = attempt.engine();
    let mut context = context(engine.limits());
    let mut probe = Probe { stream, rest, answers: head };
    let heard =
        timeout(engine.limits().connect_timeout, hear(&mut context, &mut probe, &attempt.0));
    let goes_over = tokio::select! {
        heard = heard => matches!(heard, Ok(Ok(()))),
        () = engine.ends() => false,
    };
    if !goes_over {
        return;
    }
    let Some(incoming) = attempt.0.hand_over() else { return };
    let Probe { stream, rest, .. } = probe;
    engine.link.go_over(Wire {
        stream,
        flusher: shared.flusher(engine),
        limits: engine.shared_limits(),
    });
    read(incoming, context, rest, place);
}

/// Until its client says that it goes over.
async fn hear(
    context: &mut WebSocketContext,
    probe: &mut Probe,
    polling: &Polling,
) -> Result<(), Error> {
    let mut probed = false;
    loop {
        probe.stream.write_all(&probe.answers).await?;
        probe.answers.clear();
        match context.read(probe) {
            Ok(Message::Text(text)) if text.as_str() == "2probe" && !probed => {
                probed = true;
                // Before polls are answered: what waits for them is on its way here then.
                probe.stream.write_all(wire::PROBED).await?;
                polling.probed();
            }
            Ok(Message::Text(text)) if text.as_str() == "5" && probed => return Ok(()),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
            Ok(Message::Text(_) | Message::Binary(_) | Message::Close(_)) => {
                return Err(Error::ConnectionClosed);
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                probe.stream.readable().await?;
            }
            Err(error) => return Err(error),
        }
    }
}
