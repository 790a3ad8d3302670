//! Engine.IO connections: one for each browser tab, whatever transport it is on and however many namespaces
//! ride on it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use socketioxide::{SendError, SocketError, TransportType, socket::Socket};

use crate::{
    Class, Handshake, Limits, Link,
    conn::Seat,
    link::Taken,
    overload::{BEHIND_BYTES, BEHIND_PACKETS, Limit, POLLING, WEBSOCKET},
    parting::End,
    wire::MARK,
};

/// Why a connection is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// No more connections at all.
    Server,
    /// No more from this address.
    Address,
}

/// All of them.
pub(crate) struct Engines {
    limits: Arc<Limits>,
    next: AtomicU64,
    open: AtomicUsize,
    by_address: Mutex<HashMap<String, usize>>,
    by_sid: Mutex<HashMap<String, Weak<Engine>>>,
    all: Mutex<HashMap<u64, Weak<Engine>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engines {
    pub(crate) fn new(limits: Arc<Limits>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            next: AtomicU64::new(1),
            open: AtomicUsize::new(0),
            by_address: Mutex::default(),
            by_sid: Mutex::default(),
            all: Mutex::default(),
        })
    }

    /// Counts a new connection in, until the [`Engine`] is dropped.
    pub(crate) fn open(
        self: &Arc<Self>,
        handshake: Handshake,
        link: Option<&Arc<Link>>,
    ) -> Result<Arc<Engine>, Full> {
        let address = handshake.limited_address().to_owned();
        if self.open.fetch_add(1, Ordering::AcqRel) >= self.limits.max_connections {
            self.open.fetch_sub(1, Ordering::AcqRel);
            return Err(Full::Server);
        }
        {
            let mut by_address = lock(&self.by_address);
            let count = by_address.entry(address.clone()).or_default();
            if *count >= self.limits.max_connections_per_address {
                self.open.fetch_sub(1, Ordering::AcqRel);
                return Err(Full::Address);
            }
            *count += 1;
        }
        if let Some(link) = link {
            link.carry(handshake.path);
        }
        let engine = Arc::new(Engine {
            key: self.next.fetch_add(1, Ordering::Relaxed),
            handshake,
            address,
            engines: Arc::clone(self),
            sid: OnceLock::new(),
            lane: OnceLock::new(),
            way: Mutex::new(Way { link: link.map(Arc::downgrade), direct: false }),
            killed: AtomicBool::new(false),
            end: End::default(),
            queued: AtomicUsize::new(0),
            packets: AtomicUsize::new(0),
            sockets: AtomicUsize::new(0),
            times: Mutex::new(Times { polled: Instant::now(), empty_since: None }),
        });
        lock(&self.all).insert(engine.key, Arc::downgrade(&engine));
        Ok(engine)
    }

    /// The connection of that session.
    pub(crate) fn find(&self, sid: &str) -> Option<Arc<Engine>> {
        lock(&self.by_sid).get(sid).and_then(Weak::upgrade)
    }

    /// How many there ever were: the next one's key, less the first's.
    pub(crate) fn opened(&self) -> u64 {
        self.next.load(Ordering::Relaxed) - 1
    }

    pub(crate) fn count(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Engine>> {
        lock(&self.all).values().filter_map(Weak::upgrade).collect()
    }
}

/// How what is sent gets to the client.
struct Way {
    /// The TCP connection that carries it as a websocket; before an upgrade is through, the one that is to.
    link: Option<Weak<Link>>,
    /// Into that connection's queue, not through the library.
    direct: bool,
}

impl Way {
    fn link(&self) -> Option<Arc<Link>> {
        self.link.as_ref().and_then(Weak::upgrade)
    }
}

/// Something to be sent.
pub(crate) struct Parcel<'a> {
    pub(crate) class: Class,
    /// How many bytes it has on the wire, about.
    pub(crate) bytes: usize,
    /// As a websocket's frame.
    pub(crate) frame: &'a dyn Fn() -> Bytes,
    /// Through the library.
    pub(crate) emit: &'a mut dyn FnMut(&Socket) -> Result<(), SendError>,
}

struct Times {
    polled: Instant,
    empty_since: Option<Instant>,
}

/// One of them. Lives as long as the library keeps the request that opened it, or as its lane and its sockets.
pub(crate) struct Engine {
    pub(crate) key: u64,
    pub(crate) handshake: Handshake,
    address: String,
    engines: Arc<Engines>,
    sid: OnceLock<String>,
    /// The connection, if it is a websocket of ours alone from its beginning to its end ([`crate::lane`]).
    lane: OnceLock<Arc<Link>>,
    /// Of all others.
    way: Mutex<Way>,
    killed: AtomicBool,
    pub(crate) end: End,
    /// Bytes for a polling client since it last asked.
    queued: AtomicUsize,
    /// Packets of them.
    packets: AtomicUsize,
    sockets: AtomicUsize,
    times: Mutex<Times>,
}

impl Engine {
    pub(crate) fn limits(&self) -> &Limits {
        &self.engines.limits
    }

    pub(crate) fn shared_limits(&self) -> Arc<Limits> {
        Arc::clone(&self.engines.limits)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Learns its session id.
    pub(crate) fn name(self: &Arc<Self>, sid: &str) {
        if self.sid.set(sid.to_owned()).is_ok() {
            lock(&self.engines.by_sid).insert(sid.to_owned(), Arc::downgrade(self));
        }
    }

    /// From now on it is a websocket that the library never sees.
    pub(crate) fn take_lane(&self, link: &Arc<Link>) {
        // Once: a connection is opened once.
        let _again = self.lane.set(Arc::clone(link));
    }

    /// The connection, if it has a lane of its own.
    pub(crate) fn lane(&self) -> Option<&Arc<Link>> {
        self.lane.get()
    }

    /// The connection that carries it as a websocket.
    pub(crate) fn link(&self) -> Option<Arc<Link>> {
        self.any_link().filter(|link| !link.is_closed())
    }

    fn any_link(&self) -> Option<Arc<Link>> {
        self.lane.get().cloned().or_else(|| lock(&self.way).link())
    }

    /// Takes a websocket for this session; `false` if there is one already.
    pub(crate) fn attach(&self, link: &Arc<Link>) -> bool {
        let mut way = lock(&self.way);
        if way.link().is_some_and(|link| !link.is_closed()) {
            return false;
        }
        link.carry(self.handshake.path);
        way.link = Some(Arc::downgrade(link));
        true
    }

    /// `websocket` or `polling`.
    fn transport(&self) -> &'static str {
        if self.lane.get().is_none() && lock(&self.way).link.is_none() {
            POLLING
        } else {
            WEBSOCKET
        }
    }

    /// The library has just been given something that nothing of ours may overtake. For a websocket, what is sent from
    /// now on waits until that has been written.
    pub(crate) fn keep_behind(&self, socket: &Socket) {
        self.turn(&mut lock(&self.way), socket, true);
    }

    /// Goes over to the connection's own queue once there is a websocket; `again` if it has before.
    fn turn(&self, way: &mut Way, socket: &Socket, again: bool) {
        if (way.direct && !again) || socket.transport_type() != TransportType::Websocket {
            return;
        }
        let Some(link) = way.link() else { return };
        way.direct = true;
        link.mark();
        match socket.emit(MARK, &0) {
            Ok(()) => {}
            // Without it, nothing would ever be written: better no connection.
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                self.reached(Limit::Packets, &link)
            }
            Err(_) => link.kill(),
        }
    }

    fn reached(&self, limit: Limit, link: &Link) {
        limit.reached(self.handshake.path, WEBSOCKET);
        self.killed.store(true, Ordering::Release);
        link.kill();
        self.end.wake();
    }

    /// Sends, behind all that was sent before.
    pub(crate) fn send(&self, seat: &Seat, parcel: Parcel<'_>) -> Taken {
        let seat = match seat {
            Seat::Lane(link) => return link.push((parcel.frame)(), parcel.class),
            Seat::Library(socket) => socket,
        };
        let mut way = lock(&self.way);
        if !way.direct {
            let Some(socket) = seat.upgrade() else { return Taken::Gone };
            if way.link.is_some() {
                self.turn(&mut way, &socket, false);
            }
            if !way.direct {
                return self.emit(&socket, parcel);
            }
        }
        let link = way.link();
        drop(way);
        match link {
            Some(link) => link.push((parcel.frame)(), parcel.class),
            None => Taken::Gone,
        }
    }

    /// Through the library, for a client that polls.
    fn emit(&self, socket: &Socket, parcel: Parcel<'_>) -> Taken {
        if parcel.class == Class::State && self.is_behind_polling() {
            return Taken::LeftOut;
        }
        // Counted before it is handed over, or it might be taken first and stay counted for ever.
        self.packets.fetch_add(1, Ordering::AcqRel);
        let queued = self.queued.fetch_add(parcel.bytes, Ordering::AcqRel) + parcel.bytes;
        match (parcel.emit)(socket) {
            Ok(()) if queued > self.limits().outbound_bytes_stalled => Taken::TooMuch(Limit::Bytes),
            Ok(()) => Taken::Yes,
            Err(fault) => {
                take_off(&self.packets, 1);
                take_off(&self.queued, parcel.bytes);
                match fault {
                    SendError::Socket(SocketError::InternalChannelFull) => match parcel.class {
                        Class::State => Taken::LeftOut,
                        Class::Durable => Taken::TooMuch(Limit::Packets),
                    },
                    SendError::Socket(SocketError::Closed) => Taken::Gone,
                    SendError::Serialize(fault) => {
                        tracing::error!(%fault, "something could not be encoded");
                        Taken::Gone
                    }
                }
            }
        }
    }

    /// A polling client asked for what there is.
    pub(crate) fn polled(&self) {
        lock(&self.times).polled = Instant::now();
        self.packets.store(0, Ordering::Release);
        self.queued.store(0, Ordering::Release);
    }

    /// Bytes that were handed over and that nobody has taken: for a websocket those that the kernel has not, for a
    /// polling client those since it last asked.
    pub(crate) fn waiting(&self, seat: &Seat) -> usize {
        match self.queue_of(seat) {
            Some(link) => link.waiting(),
            None => self.queued.load(Ordering::Acquire),
        }
    }

    /// The connection whose queue it has, if it is a websocket.
    pub(crate) fn queue_of(&self, seat: &Seat) -> Option<Arc<Link>> {
        let socket = match seat {
            Seat::Lane(link) => return Some(Arc::clone(link)),
            Seat::Library(socket) => socket,
        };
        let mut way = lock(&self.way);
        if !way.direct && way.link.is_some() {
            self.turn(&mut way, &*socket.upgrade()?, false);
        }
        if way.direct { way.link() } else { None }
    }

    fn is_behind_polling(&self) -> bool {
        self.packets.load(Ordering::Acquire) > BEHIND_PACKETS
            || self.queued.load(Ordering::Acquire) > BEHIND_BYTES
    }

    /// Ends a connection whose client does not read.
    pub(crate) fn let_go(&self, limit: Limit) {
        // One whose writes stalled has been told of already.
        let stalled = self.link().is_some_and(|link| link.is_killed());
        if self.kill() && !stalled {
            limit.reached(self.handshake.path, self.transport());
        }
    }

    /// Ends the connection at once; `true` the first time.
    pub(crate) fn kill(&self) -> bool {
        let first = !self.killed.swap(true, Ordering::AcqRel);
        if let Some(link) = self.any_link() {
            link.kill();
        }
        self.end.wake();
        first
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    /// Whether nobody can be at the other end any more.
    pub(crate) fn is_gone(&self) -> bool {
        if self.is_killed() {
            return true;
        }
        if let Some(link) = self.lane.get() {
            return link.is_closed();
        }
        {
            let way = lock(&self.way);
            if way.link.is_some() {
                return way.link().is_none_or(|link| link.is_closed());
            }
        }
        let limits = self.limits();
        let silence = limits.ping_interval + limits.ping_timeout + Duration::from_secs(10);
        lock(&self.times).polled.elapsed() > silence
    }

    /// Whether no namespace has been joined, ever.
    pub(crate) fn is_untouched(&self) -> bool {
        self.sockets.load(Ordering::Acquire) == 0 && lock(&self.times).empty_since.is_none()
    }

    /// A namespace was joined.
    pub(crate) fn enter(&self) {
        self.sockets.fetch_add(1, Ordering::AcqRel);
        lock(&self.times).empty_since = None;
    }

    /// A namespace was left.
    pub(crate) fn leave(&self) {
        if self.sockets.fetch_sub(1, Ordering::AcqRel) == 1 {
            lock(&self.times).empty_since = Some(Instant::now());
        }
    }

    /// Whether it has been without a namespace, after having had one, for too long.
    pub(crate) fn is_idle(&self) -> bool {
        self.sockets.load(Ordering::Acquire) == 0
            && lock(&self.times)
                .empty_since
                .is_some_and(|since| since.elapsed() > self.limits().connect_timeout)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.engines.open.fetch_sub(1, Ordering::AcqRel);
        lock(&self.engines.all).remove(&self.key);
        if let Some(sid) = self.sid.get() {
            lock(&self.engines.by_sid).remove(sid);
        }
        let mut by_address = lock(&self.engines.by_address);
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// Subtracts, but not below nothing.
fn take_off(count: &AtomicUsize, bytes: usize) {
    let less = |count: usize| Some(count.saturating_sub(bytes));
    // Never refused, so there is nothing to look at.
    let _before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
}
