//! Who is where: sockets, rooms, owners.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    hash::Hash,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use rustc_hash::FxBuildHasher;

use crate::{Conn, ConnKey, Limits, Outlet, engine::Engines};

/// A room's name inside the process.
pub type Room = Arc<str>;

/// Where a handler is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MountId {
    /// The path, without a slash at its end.
    pub path: &'static str,
    /// The namespace.
    pub namespace: &'static str,
}

/// Which sockets of a mount are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those in any of these rooms; all, if there are none.
    pub rooms: Vec<Room>,
    /// But not those in any of these.
    pub except: Vec<Room>,
}

/// How much is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Engine.IO connections.
    pub engines: usize,
    /// Engine.IO connections since the start, those that are closed by now too.
    pub opened: u64,
    /// Socket.IO sockets.
    pub sockets: usize,
}

/// Why a room was not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefused {
    /// The socket is in as many rooms as it may.
    #[error("too many rooms")]
    TooMany,
    /// The name is too long.
    #[error("not a room's name")]
    BadName,
    /// The socket is gone.
    #[error("the socket is gone")]
    Gone,
}

/// The registry, and the way out. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    limits: Arc<Limits>,
    engines: Arc<Engines>,
    mounts: RwLock<Vec<Arc<Mount>>>,
    owners: Mutex<HashMap<Arc<str>, usize>>,
    serial: AtomicU64,
}

/// The sockets of a mount, found once.
#[derive(Clone)]
pub struct MountSockets(Arc<Mount>);

impl MountSockets {
    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.count.load(Ordering::Acquire) == 0
    }

    /// The way out to those that are meant.
    #[must_use]
    pub fn to(&self, selection: &Selection) -> Outlet {
        Outlet::new(self.0.select(selection))
    }
}

struct Mount {
    id: MountId,
    members: RwLock<Members>,
    /// How many those are, for whoever only wants to know whether there are any.
    count: AtomicUsize,
}

impl Mount {
    fn new(id: MountId) -> Self {
        Self { id, members: RwLock::default(), count: AtomicUsize::new(0) }
    }

    /// Call it before the lock is given back.
    fn counts(&self, members: &Members) {
        self.count.store(members.by_key.len(), Ordering::Release);
    }
}

/// In the order in which they came, which is that of their memory, here and in the kernel: whoever sends to thousands waits
/// less for it.
type ByKey<T> = BTreeMap<ConnKey, T>;

/// Sockets, each once, in the order in which they came.
pub(crate) type Conns = Arc<[Arc<Conn>]>;

#[derive(Default)]
struct Members {
    by_key: ByKey<Member>,
    /// All of them, once they were asked for, until somebody comes or goes.
    everyone: OnceLock<Conns>,
    rooms: HashMap<Room, Occupants>,
}

/// Who is in a room. Most rooms are one socket's: its user's, its device's, its token's.
enum Occupants {
    One(Arc<Conn>),
    Many(Many),
}

struct Many {
    by_key: ByKey<Arc<Conn>>,
    /// The same in a row, once they were asked for, until somebody comes or goes: those who send to thousands send again.
    all: OnceLock<Conns>,
}

struct Member {
    conn: Arc<Conn>,
    own: Vec<Room>,
    joined: HashSet<Room>,
}

/// The mount of a key is in its upper bits.
const MOUNT_SHIFT: u32 = 48;

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Nobody is there yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>) -> Self {
        Self(Arc::new(Inner {
            engines: Engines::new(Arc::clone(&limits)),
            limits,
            mounts: RwLock::default(),
            owners: Mutex::default(),
            serial: AtomicU64::new(1),
        }))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn engines(&self) -> &Arc<Engines> {
        &self.0.engines
    }

    /// Makes a place for sockets of this mount.
    pub(crate) fn add_mount(&self, id: MountId) {
        let mut mounts = write(&self.0.mounts);
        if !mounts.iter().any(|mount| mount.id == id) {
            mounts.push(Arc::new(Mount::new(id)));
        }
    }

    pub(crate) fn next_key(&self, id: &MountId) -> ConnKey {
        let index =
            read(&self.0.mounts).iter().position(|mount| mount.id == *id).unwrap_or_default()
                as u64;
        (index << MOUNT_SHIFT) | self.0.serial.fetch_add(1, Ordering::Relaxed)
    }

    fn mount_of(&self, key: ConnKey) -> Option<Arc<Mount>> {
        let index = usize::try_from(key >> MOUNT_SHIFT).ok()?;
        read(&self.0.mounts).get(index).cloned()
    }

    /// Where handlers are mounted.
    #[must_use]
    pub fn mounts(&self) -> Vec<MountId> {
        read(&self.0.mounts).iter().map(|mount| mount.id.clone()).collect()
    }

    /// The sockets of a mount, for whoever sends there often; `None` if nothing is mounted there.
    #[must_use]
    pub fn sockets_of(&self, mount: &MountId) -> Option<MountSockets> {
        let mounts = read(&self.0.mounts);
        mounts.iter().find(|candidate| candidate.id == *mount).cloned().map(MountSockets)
    }

    /// The way out to the sockets of a mount that are meant.
    #[must_use]
    pub fn to(&self, mount: &MountId, selection: &Selection) -> Outlet {
        self.sockets_of(mount)
            .map_or_else(|| Outlet::new(Conns::default()), |there| there.to(selection))
    }

    /// Every socket.
    #[must_use]
    pub fn conns(&self) -> Vec<Arc<Conn>> {
        self.selected(&Selection::default())
    }

    /// The sockets of all mounts that are meant.
    #[must_use]
    pub fn selected(&self, selection: &Selection) -> Vec<Arc<Conn>> {
        let mounts: Vec<_> = read(&self.0.mounts).clone();
        mounts.iter().flat_map(|mount| mount.select(selection).to_vec()).collect()
    }

    /// How much is open.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let sockets =
            read(&self.0.mounts).iter().map(|mount| read(&mount.members).by_key.len()).sum();
        let engines = &self.0.engines;
        Counts { engines: engines.count(), opened: engines.opened(), sockets }
    }

    /// How many sockets are in each room that `name` gives a name to, over all mounts.
    #[must_use]
    pub fn room_sizes<N: Eq + Hash>(&self, name: impl Fn(&str) -> Option<N>) -> HashMap<N, usize> {
        let mounts: Vec<_> = read(&self.0.mounts).clone();
        let mut sizes = HashMap::new();
        for mount in mounts {
            for (room, occupants) in &read(&mount.members).rooms {
                if let Some(name) = name(room) {
                    *sizes.entry(name).or_default() += occupants.len();
                }
            }
        }
        sizes
    }

    /// How many sockets an owner has.
    #[must_use]
    pub fn owner_sockets(&self, owner: &str) -> usize {
        let owners = self.0.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.get(owner).copied().unwrap_or_default()
    }

    /// Counts a socket for its owner, until the slot is dropped; `None` if the owner has as many as it may.
    pub(crate) fn claim(&self, owner: &Arc<str>, limit: usize) -> Option<OwnerSlot> {
        let mut owners = self.0.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if owners.get(owner).copied().unwrap_or_default() >= limit {
            return None;
        }
        *owners.entry(Arc::clone(owner)).or_default() += 1;
        Some(OwnerSlot { hub: self.clone(), owner: Arc::clone(owner) })
    }

    /// A socket is there.
    pub(crate) fn enter(&self, conn: &Arc<Conn>, own: Vec<Room>) {
        let Some(mount) = self.mount_of(conn.key()) else { return };
        let mut members = write(&mount.members);
        own.iter().for_each(|room| members.put(room, conn));
        members
            .by_key
            .insert(conn.key(), Member { conn: Arc::clone(conn), own, joined: HashSet::new() });
        members.everyone.take();
        mount.counts(&members);
        conn.engine.enter();
    }

    /// A socket is gone, and out of every room.
    pub(crate) fn exit(&self, key: ConnKey) {
        let Some(mount) = self.mount_of(key) else { return };
        let mut members = write(&mount.members);
        let Some(member) = members.by_key.remove(&key) else { return };
        members.everyone.take();
        mount.counts(&members);
        member.own.iter().chain(&member.joined).for_each(|room| members.take(room, key));
        member.conn.engine.leave();
    }

    /// Puts a socket into other rooms of its own, and counts it for this owner from now on; rooms it chose stay.
    /// `false`, and nothing changed, if the owner has as many sockets as it may, or the socket is gone.
    #[must_use]
    pub fn place(
        &self,
        key: ConnKey,
        own: Vec<Room>,
        owner: &Arc<str>,
        owner_limit: usize,
    ) -> bool {
        let Some(mount) = self.mount_of(key) else { return false };
        let conn = read(&mount.members).by_key.get(&key).map(|member| Arc::clone(&member.conn));
        let Some(conn) = conn else { return false };
        {
            let mut slot = conn.owner.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.as_ref().is_none_or(|slot| slot.owner != *owner) {
                let Some(claimed) = self.claim(owner, owner_limit) else { return false };
                *slot = Some(claimed);
            }
        }
        {
            let mut members = write(&mount.members);
            let Some(member) = members.by_key.get_mut(&key) else { return false };
            let mut left = std::mem::replace(&mut member.own, own.clone());
            // It may have chosen one of them as well.
            left.retain(|room| !member.joined.contains(room));
            left.iter().for_each(|room| members.take(room, key));
            own.iter().for_each(|room| members.put(room, &conn));
        }
        true
    }

    /// Lets a socket into a room that its client chose. Being in it already is fine.
    ///
    /// # Errors
    /// [`JoinRefused`].
    pub fn join(&self, key: ConnKey, room: Room) -> Result<(), JoinRefused> {
        if room.is_empty() || room.len() > self.0.limits.max_room_name_bytes {
            return Err(JoinRefused::BadName);
        }
        let mount = self.mount_of(key).ok_or(JoinRefused::Gone)?;
        let mut members = write(&mount.members);
        let member = members.by_key.get_mut(&key).ok_or(JoinRefused::Gone)?;
        if member.joined.contains(&room) || member.own.contains(&room) {
            return Ok(());
        }
        if member.joined.len() >= self.0.limits.max_rooms_per_socket {
            return Err(JoinRefused::TooMany);
        }
        member.joined.insert(Arc::clone(&room));
        let conn = Arc::clone(&member.conn);
        members.put(&room, &conn);
        Ok(())
    }

    /// Takes a socket out of a room that its client chose.
    pub fn leave(&self, key: ConnKey, room: &str) {
        let Some(mount) = self.mount_of(key) else { return };
        let mut members = write(&mount.members);
        let Some(member) = members.by_key.get_mut(&key) else { return };
        let left = member.joined.remove(room);
        // It may be in there because of who it is as well.
        if left && !member.own.iter().any(|own| **own == *room) {
            members.take(room, key);
        }
    }
}

impl Members {
    fn all(&self) -> Conns {
        let all = || self.by_key.values().map(|member| Arc::clone(&member.conn)).collect();
        Arc::clone(self.everyone.get_or_init(all))
    }

    fn put(&mut self, room: &Room, conn: &Arc<Conn>) {
        match self.rooms.entry(Arc::clone(room)) {
            Entry::Vacant(room) => {
                room.insert(Occupants::One(Arc::clone(conn)));
            }
            Entry::Occupied(mut room) => room.get_mut().add(conn),
        }
    }

    fn take(&mut self, room: &str, key: ConnKey) {
        if let Some(occupants) = self.rooms.get_mut(room)
            && occupants.remove(key)
        {
            self.rooms.remove(room);
        }
    }
}

impl Occupants {
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(many) => many.by_key.len(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = &Arc<Conn>> {
        let (one, many) = match self {
            Self::One(conn) => (Some(conn), None),
            Self::Many(many) => (None, Some(many.by_key.values())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    fn all(&self) -> Conns {
        match self {
            Self::One(conn) => Arc::new([Arc::clone(conn)]),
            Self::Many(many) => {
                let all = || many.by_key.values().cloned().collect();
                Arc::clone(many.all.get_or_init(all))
            }
        }
    }

    fn add(&mut self, conn: &Arc<Conn>) {
        match self {
            Self::One(one) if one.key() == conn.key() => {}
            Self::One(one) => {
                let both = [Arc::clone(one), Arc::clone(conn)];
                let by_key = both.into_iter().map(|conn| (conn.key(), conn)).collect();
                *self = Self::Many(Many { by_key, all: OnceLock::new() });
            }
            Self::Many(many) => {
                many.all.take();
                many.by_key.insert(conn.key(), Arc::clone(conn));
            }
        }
    }

    /// Whether nobody is left.
    fn remove(&mut self, key: ConnKey) -> bool {
        match self {
            Self::One(one) => one.key() == key,
            Self::Many(many) => {
                many.all.take();
                many.by_key.remove(&key);
                many.by_key.is_empty()
            }
        }
    }
}

impl Mount {
    /// Each socket that is meant, once. The lock is let go before anything is sent.
    fn select(&self, selection: &Selection) -> Conns {
        let members = read(&self.members);
        let occupants = |room| members.rooms.get(room).into_iter().flat_map(Occupants::iter);
        let meant = match selection.rooms.as_slice() {
            [] => members.all(),
            [room] => members.rooms.get(room).map(Occupants::all).unwrap_or_default(),
            many => {
                let conns = many.iter().flat_map(occupants);
                let once: ByKey<&Arc<Conn>> = conns.map(|conn| (conn.key(), conn)).collect();
                once.into_values().cloned().collect()
            }
        };
        if selection.except.is_empty() {
            return meant;
        }
        let except: HashSet<ConnKey, FxBuildHasher> =
            selection.except.iter().flat_map(occupants).map(|conn| conn.key()).collect();
        meant.iter().filter(|conn| !except.contains(&conn.key())).cloned().collect()
    }
}

/// One of an owner's sockets.
pub(crate) struct OwnerSlot {
    hub: Hub,
    owner: Arc<str>,
}

impl Drop for OwnerSlot {
    fn drop(&mut self) {
        let mut owners = self.hub.0.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = owners.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                owners.remove(&self.owner);
            }
        }
    }
}
