//! Engine.IO connections: one for each browser tab, whatever transport it is on and however many namespaces
//! ride on it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use rustc_hash::FxBuildHasher;

use crate::{
    Class, Handshake, Limits, Link,
    link::Taken,
    overload::{Limit, POLLING, WEBSOCKET},
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
    by_address: Mutex<HashMap<IpAddr, usize>>,
    /// By keys of our own, whose hash need not withstand anyone.
    all: Mutex<HashMap<u64, Weak<Engine>, FxBuildHasher>>,
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
            all: Mutex::default(),
        })
    }

    /// Counts a new connection in, until the [`Engine`] is dropped. What is sent to it goes into the queue of `link`.
    pub(crate) fn open(
        self: &Arc<Self>,
        handshake: Handshake,
        link: Arc<Link>,
    ) -> Result<Arc<Engine>, Full> {
        let address = handshake.limited_address();
        if self.open.fetch_add(1, Ordering::AcqRel) >= self.limits.max_connections {
            self.open.fetch_sub(1, Ordering::AcqRel);
            return Err(Full::Server);
        }
        {
            let mut by_address = lock(&self.by_address);
            let count = by_address.entry(address).or_default();
            if *count >= self.limits.max_connections_per_address {
                self.open.fetch_sub(1, Ordering::AcqRel);
                return Err(Full::Address);
            }
            *count += 1;
        }
        link.carry(handshake.path);
        let engine = Arc::new(Engine {
            key: self.next.fetch_add(1, Ordering::Relaxed),
            handshake,
            engines: Arc::clone(self),
            link,
            killed: AtomicBool::new(false),
            end: End::default(),
            sockets: AtomicUsize::new(0),
            empty_since: Mutex::default(),
        });
        lock(&self.all).insert(engine.key, Arc::downgrade(&engine));
        Ok(engine)
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

/// One of them. Lives as long as its session and its sockets.
pub(crate) struct Engine {
    pub(crate) key: u64,
    pub(crate) handshake: Handshake,
    engines: Arc<Engines>,
    /// The way to its client, with its queue.
    pub(crate) link: Arc<Link>,
    killed: AtomicBool,
    pub(crate) end: End,
    sockets: AtomicUsize,
    empty_since: Mutex<Option<Instant>>,
}

impl Engine {
    pub(crate) fn limits(&self) -> &Limits {
        &self.engines.limits
    }

    pub(crate) fn shared_limits(&self) -> Arc<Limits> {
        Arc::clone(&self.engines.limits)
    }

    /// `websocket` or `polling`.
    pub(crate) fn transport(&self) -> &'static str {
        if self.link.is_polling() { POLLING } else { WEBSOCKET }
    }

    /// Sends, behind all that was sent before.
    pub(crate) fn send(&self, frame: Bytes, class: Class) -> Taken {
        self.link.push(frame, class, self.limits())
    }

    /// Ends a connection whose client does not read.
    pub(crate) fn let_go(&self, limit: Limit) {
        // One whose writes stalled has been told of already.
        let stalled = self.link.is_killed();
        if self.kill() && !stalled {
            limit.reached(self.handshake.path, self.transport());
        }
    }

    /// Ends the connection at once; `true` the first time.
    pub(crate) fn kill(&self) -> bool {
        let first = !self.killed.swap(true, Ordering::AcqRel);
        self.link.kill();
        self.end.wake();
        first
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    /// Whether nobody can be at the other end any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_killed() || self.link.is_over()
    }

    /// Whether no namespace has been joined, ever.
    pub(crate) fn is_untouched(&self) -> bool {
        self.sockets.load(Ordering::Acquire) == 0 && lock(&self.empty_since).is_none()
    }

    /// A namespace was joined.
    pub(crate) fn enter(&self) {
        self.sockets.fetch_add(1, Ordering::AcqRel);
        *lock(&self.empty_since) = None;
    }

    /// A namespace was left.
    pub(crate) fn leave(&self) {
        if self.sockets.fetch_sub(1, Ordering::AcqRel) == 1 {
            *lock(&self.empty_since) = Some(Instant::now());
        }
    }

    /// Whether it has been without a namespace, after having had one, for too long.
    pub(crate) fn is_idle(&self) -> bool {
        self.sockets.load(Ordering::Acquire) == 0
            && lock(&self.empty_since)
                .is_some_and(|since| since.elapsed() > self.limits().connect_timeout)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.engines.open.fetch_sub(1, Ordering::AcqRel);
        lock(&self.engines.all).remove(&self.key);
        let mut by_address = lock(&self.engines.by_address);
        let address = self.handshake.limited_address();
        if let Some(count) = by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&address);
            }
        }
    }
}
