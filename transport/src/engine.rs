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

use crate::{
    Handshake, Limits, Link,
    link::take_off,
    overload::{BEHIND_BYTES, BEHIND_PACKETS, Limit, POLLING, WEBSOCKET},
    parting::End,
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
            links: Mutex::new(link.map(Arc::downgrade).into_iter().collect()),
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

struct Times {
    polled: Instant,
    empty_since: Option<Instant>,
}

/// One of them. Lives as long as the library keeps the request that opened it.
pub(crate) struct Engine {
    pub(crate) key: u64,
    pub(crate) handshake: Handshake,
    address: String,
    engines: Arc<Engines>,
    sid: OnceLock<String>,
    /// TCP connections that carry it as a websocket: at most one that lives.
    links: Mutex<Vec<Weak<Link>>>,
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

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Learns its session id.
    pub(crate) fn name(self: &Arc<Self>, sid: &str) {
        if self.sid.set(sid.to_owned()).is_ok() {
            lock(&self.engines.by_sid).insert(sid.to_owned(), Arc::downgrade(self));
        }
    }

    /// The connection that carries it as a websocket.
    pub(crate) fn link(&self) -> Option<Arc<Link>> {
        lock(&self.links).iter().rev().find_map(Weak::upgrade).filter(|link| !link.is_closed())
    }

    /// Takes a websocket for this session; `false` if there is one already.
    pub(crate) fn attach(&self, link: &Arc<Link>) -> bool {
        let mut links = lock(&self.links);
        let alive = |link: &Weak<Link>| link.upgrade().is_some_and(|link| !link.is_closed());
        if links.iter().any(alive) {
            return false;
        }
        links.clear();
        link.carry(self.handshake.path);
        links.push(Arc::downgrade(link));
        true
    }

    /// `websocket` or `polling`.
    fn transport(&self) -> &'static str {
        if lock(&self.links).is_empty() { POLLING } else { WEBSOCKET }
    }

    /// A polling client asked for what there is.
    pub(crate) fn polled(&self) {
        lock(&self.times).polled = Instant::now();
        self.packets.store(0, Ordering::Release);
        self.queued.store(0, Ordering::Release);
    }

    /// Counts a packet that is about to be handed over; whether too many bytes wait then for one who does not read.
    pub(crate) fn queue(&self, bytes: usize) -> bool {
        let waiting = match self.link() {
            Some(link) => link.queue(bytes),
            None => {
                self.packets.fetch_add(1, Ordering::AcqRel);
                self.queued.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes)
            }
        };
        waiting > self.limits().outbound_bytes_stalled
    }

    /// It was not taken after all.
    pub(crate) fn unqueue(&self, bytes: usize) {
        match self.link() {
            Some(link) => link.unqueue(bytes),
            None => {
                take_off(&self.packets, 1);
                take_off(&self.queued, bytes);
            }
        }
    }

    /// Bytes that were handed over and that nobody has taken, counted rather too high.
    pub(crate) fn waiting(&self) -> usize {
        match self.link() {
            Some(link) => link.waiting(),
            None => self.queued.load(Ordering::Acquire),
        }
    }

    /// The moment at which nothing seems to wait for a websocket; see [`Link::settled`].
    pub(crate) fn settled(&self) -> Option<u64> {
        self.link().and_then(|link| link.settled())
    }

    /// Whether its client does not keep up: the kernel takes nothing more for it, or it has not asked for long.
    pub(crate) fn is_behind(&self) -> bool {
        match self.link() {
            Some(link) => link.is_stalled(),
            None => {
                self.packets.load(Ordering::Acquire) > BEHIND_PACKETS
                    || self.queued.load(Ordering::Acquire) > BEHIND_BYTES
            }
        }
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
        for link in lock(&self.links).iter().filter_map(Weak::upgrade) {
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
        let links = lock(&self.links);
        if !links.is_empty() {
            return links.iter().all(|link| link.upgrade().is_none_or(|link| link.is_closed()));
        }
        drop(links);
        let limits = self.limits();
        let silence = limits.ping_interval + limits.ping_timeout + Duration::from_secs(10);
        lock(&self.times).polled.elapsed() > silence
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
