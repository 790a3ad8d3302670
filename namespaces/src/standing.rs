//! What a socket is allowed to be: pending, or someone.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroU64,
    sync::{
        Arc, LazyLock, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use outrigger_domain::{actor::Actor, sessions::Origin};
use outrigger_transport::Conn;

use crate::{commerce::Stay, quiz::QuizStay, resume::Gate, tracking::Followed};

/// One of a user's devices, for counting how many hear an event: a number that is the same for the same device as long as the
/// process lives. Comparing names would cost more than telling them. Two devices could have the same number, but with a
/// hundred thousand of them that is less likely than one in a billion, and since the hash has a key, nobody can choose names
/// for which it is so.
pub(crate) type DeviceMark = NonZeroU64;

fn mark(actor: &Actor) -> DeviceMark {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    NonZeroU64::new(KEY.hash_one((&actor.user, &actor.device))).unwrap_or(NonZeroU64::MIN)
}

/// The state that a socket carries. In this order, so that what is looked at for each socket that hears an event stands
/// together: with thousands of them, fetching it is most of the work.
#[repr(C)]
pub struct Standing {
    /// The actor's device, or 0 while there is no actor.
    device: AtomicU64,
    present: AtomicBool,
    gate: OnceLock<Box<Gate>>,
    actor: RwLock<Option<Arc<Actor>>>,
    /// Where the socket comes from.
    pub origin: Origin,
    followed: OnceLock<Box<Followed>>,
    stay: OnceLock<Box<Stay>>,
    quiz_stay: OnceLock<Box<QuizStay>>,
}

impl Standing {
    /// A socket of someone, or of nobody yet.
    #[must_use]
    pub fn new(actor: Option<Actor>, origin: Origin) -> Self {
        Self {
            device: AtomicU64::new(actor.as_ref().map_or(0, |actor| mark(actor).get())),
            present: AtomicBool::new(false),
            gate: OnceLock::new(),
            actor: RwLock::new(actor.map(Arc::new)),
            origin,
            followed: OnceLock::new(),
            stay: OnceLock::new(),
            quiz_stay: OnceLock::new(),
        }
    }

    /// The standing of a socket that one of our namespaces admitted.
    #[must_use]
    pub fn of(conn: &Conn) -> Option<&Self> {
        conn.state_ref()
    }

    /// Whose socket it is; `None` while it is pending.
    #[must_use]
    pub fn actor(&self) -> Option<Arc<Actor>> {
        self.actor.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is anybody's: [`Self::actor`] without taking anything.
    #[must_use]
    pub fn is_someones(&self) -> bool {
        self.device().is_some()
    }

    /// The device it is on; `None` while it is pending.
    pub(crate) fn device(&self) -> Option<DeviceMark> {
        DeviceMark::new(self.device.load(Ordering::Acquire))
    }

    /// From now on it is this actor's.
    pub fn become_actor(&self, actor: Actor) {
        let device = mark(&actor);
        let mut known = self.actor.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::new(actor));
        // While the lock is held: of two who say it at once, both words are of the same one.
        self.device.store(device.get(), Ordering::Release);
    }

    /// Notes that presence counts this socket; `true` the first time.
    #[must_use]
    pub fn enter_presence(&self) -> bool {
        !self.present.swap(true, Ordering::AcqRel)
    }

    /// Notes that presence no longer counts this socket; `true` if it did.
    #[must_use]
    pub fn leave_presence(&self) -> bool {
        self.present.swap(false, Ordering::AcqRel)
    }

    /// The socket's client asked for its feed: what is published waits for what was missed.
    pub(crate) fn close_gate(&self, gate: Gate) {
        // There is one CONNECT, so there is no second one.
        let _already = self.gate.set(Box::new(gate));
    }

    /// What the client of a socket of contract `tracking` chose to follow.
    pub(crate) fn followed(&self) -> &Followed {
        self.followed.get_or_init(Box::default)
    }

    /// The same, if it ever chose anything.
    pub(crate) fn followed_if_any(&self) -> Option<&Followed> {
        self.followed.get().map(|followed| &**followed)
    }

    /// The socket is one of contract `commerce`.
    pub(crate) fn stay_as(&self, stay: Stay) {
        // It comes once.
        let _already = self.stay.set(Box::new(stay));
    }

    /// What is kept of its stay there.
    pub(crate) fn stay(&self) -> Option<&Stay> {
        self.stay.get().map(|stay| &**stay)
    }

    /// What is kept of a socket's stay in contract `quiz`.
    pub(crate) fn quiz_stay(&self) -> &QuizStay {
        self.quiz_stay.get_or_init(Box::default)
    }

    /// The same, if it is there.
    pub(crate) fn quiz_stay_if_any(&self) -> Option<&QuizStay> {
        self.quiz_stay.get().map(|stay| &**stay)
    }

    /// The gate of a socket whose client asked for its feed.
    pub(crate) fn gate(&self) -> Option<&Gate> {
        self.gate.get().map(|gate| &**gate)
    }
}
