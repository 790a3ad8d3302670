//! Clients that poll (Engine.IO protocol 4, "HTTP long-polling"), as all do that are not told otherwise, until they go over
//! to a websocket.

use std::{
    collections::HashMap,
    future::poll_fn,
    str,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use socketioxide_core::Sid;

use super::{
    incoming::{Incoming, STOP},
    session::Session,
};
use crate::{
    engine::Engine,
    outbound::SEPARATOR,
    overload::WEBSOCKET,
    server::Shared,
    wire::{self, packet_of},
};

/// Sessions whose clients poll, by their ids.
#[derive(Default)]
pub(crate) struct Pollers(Mutex<HashMap<Sid, Arc<Polling>>>);

impl Pollers {
    fn sessions(&self) -> MutexGuard<'_, HashMap<Sid, Arc<Polling>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a session; gives its first packet.
    pub(crate) fn open(shared: &Arc<Shared>, engine: Arc<Engine>) -> Bytes {
        let session = Session::new(engine);
        shared.pulse.add(&session);
        let limits = session.engine.limits();
        let open = wire::open(session.sid.as_str(), &[WEBSOCKET], limits);
        let incoming = Incoming::new(Arc::clone(shared), Arc::clone(&session));
        let polling = Arc::new(Polling {
            session,
            incoming: Mutex::new(Some(incoming)),
            waits: AtomicBool::new(false),
            change: Mutex::new(Change::None),
            left: AtomicBool::new(false),
        });
        shared.pollers.sessions().insert(polling.session.sid, Arc::clone(&polling));
        tokio::spawn(keep(Arc::clone(shared), polling));
        open.slice_ref(packet_of(&open))
    }

    /// The session of that id on that path.
    pub(crate) fn find(&self, sid: &str, path: &str) -> Option<Arc<Polling>> {
        let found = self.sessions().get(&sid.parse().ok()?).cloned();
        found.filter(|polling| polling.engine().handshake.path == path)
    }

    fn forget(&self, sid: Sid) {
        let mut sessions = self.sessions();
        sessions.remove(&sid);
        if sessions.len() * 4 < sessions.capacity() {
            let room = sessions.len() * 2;
            sessions.shrink_to(room);
        }
    }
}

/// Sees to the end of a session, unless it becomes a websocket before.
async fn keep(shared: Arc<Shared>, polling: Arc<Polling>) {
    let Polling { session, .. } = &*polling;
    let link = &session.engine.link;
    link.polled().await;
    shared.pollers.forget(session.sid);
    if link.is_polling() {
        session.engine.kill();
        session.end();
        link.close();
    }
}

/// How far a session is on the way to a websocket.
#[derive(PartialEq, Eq)]
enum Change {
    /// Nobody has asked for it.
    None,
    /// There is one.
    Begun,
    /// Its client has been heard there; from now on what is sent waits for it. `told`: a poll has been answered since.
    Probed { told: bool },
}

/// Whoever goes on polling though its websocket works has perhaps not heard of that yet, and asks no more often. Node's
/// server answers as often.
const AGAIN: Duration = Duration::from_millis(100);

/// What a poll is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Packets.
    Packets(Vec<u8>),
    /// Nothing, and that it need not wait: its session goes on as a websocket, or its client has left.
    Nothing,
    /// The end (Engine.IO protocol 4, "close"): its client takes the transport for closed, and comes back by itself.
    End,
    /// There is no such session, or no longer.
    Refused,
}

/// A session whose client polls.
pub(crate) struct Polling {
    pub(super) session: Arc<Session>,
    /// Taken when it goes over.
    incoming: Mutex<Option<Incoming>>,
    /// A poll waits; there may be one.
    waits: AtomicBool,
    change: Mutex<Change>,
    /// Its client has said that it goes.
    left: AtomicBool,
}

impl Polling {
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.session.engine
    }

    fn change(&self) -> MutexGuard<'_, Change> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn incoming(&self) -> MutexGuard<'_, Option<Incoming>> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for something to tell.
    pub(crate) async fn poll(&self) -> Told {
        let link = &self.engine().link;
        if self.waits.swap(true, Ordering::AcqRel) {
            // Nobody could say which of the two gets what. Node's server ends it as well.
            if link.is_polling() {
                self.engine().kill();
            }
            return Told::Refused;
        }
        let _turn = Turn(&self.waits);
        let told = poll_fn(|context| {
            link.writer.register(context.waker());
            self.look().map_or(Poll::Pending, Poll::Ready)
        });
        let told = tokio::select! {
            biased;
            told = told => told,
            () = self.engine().ends() => self.look().unwrap_or(Told::Refused),
        };
        if told == Told::Nothing && self.is_told_again() {
            tokio::time::sleep(AGAIN).await;
        }
        told
    }

    /// Whether a poll before this one was answered because the websocket works.
    fn is_told_again(&self) -> bool {
        match &mut *self.change() {
            Change::Probed { told } => std::mem::replace(told, true),
            Change::None | Change::Begun => false,
        }
    }

    /// What there is to tell now.
    fn look(&self) -> Option<Told> {
        let engine = self.engine();
        let link = &engine.link;
        // Held meanwhile: what waits when the websocket has been heard is for the websocket.
        let change = self.change();
        let is_probed = matches!(*change, Change::Probed { .. });
        if is_probed || !link.is_polling() || self.left.load(Ordering::Acquire) {
            return Some(Told::Nothing);
        }
        if let Some(packets) = link.payload(engine.limits().max_payload_bytes) {
            return Some(Told::Packets(packets));
        }
        if engine.end.is_announced() || link.is_parting() {
            engine.end.tell();
            return Some(Told::End);
        }
        link.is_over().then_some(Told::Refused)
    }

    /// Takes what its client sends at once; `false` if it may not say that, which ends the session, or if that is a
    /// websocket by now.
    pub(crate) fn take(&self, payload: &[u8]) -> bool {
        let mut incoming = self.incoming();
        let Some(incoming) = incoming.as_mut() else { return false };
        let taken = str::from_utf8(payload).is_ok_and(|payload| self.packets(incoming, payload));
        if !taken {
            self.engine().kill();
        }
        taken
    }

    fn packets(&self, incoming: &mut Incoming, payload: &str) -> bool {
        for packet in payload.split(char::from(SEPARATOR)) {
            if packet == "1" {
                self.left.store(true, Ordering::Release);
                self.engine().kill();
                return true;
            }
            let next = match packet.strip_prefix('b') {
                Some(attachment) => match BASE64_STANDARD.decode(attachment) {
                    Ok(bytes) => incoming.attachment(bytes.into()),
                    Err(_) => STOP,
                },
                None => incoming.text(packet),
            };
            if next == STOP || self.engine().is_killed() {
                return false;
            }
        }
        true
    }

    /// A websocket is opened for it; `false` if there is one already, or the session is over.
    pub(super) fn begin(&self) -> bool {
        let link = &self.engine().link;
        let mut change = self.change();
        let free = *change == Change::None && link.is_polling() && !link.is_over();
        if free {
            *change = Change::Begun;
        }
        free
    }

    /// Its client has been heard on the websocket: polls are answered, and what is sent waits.
    pub(super) fn probed(&self) {
        *self.change() = Change::Probed { told: false };
        self.engine().link.writer.wake();
    }

    /// The websocket has come to nothing: its client may go on polling, and ask for another one.
    pub(super) fn give_up(&self) {
        *self.change() = Change::None;
        self.engine().link.writer.wake();
    }

    /// From now on it is a websocket's: what is said there comes behind all that was posted.
    pub(super) fn hand_over(&self) -> Option<Incoming> {
        self.incoming().take()
    }
}

/// A poll that waits. Its connection may go at any time.
struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
