//! Who is where: sockets, rooms, owners.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

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

struct Mount {
    id: MountId,
    members: RwLock<Members>,
}

#[derive(Default)]
struct Members {
    by_key: HashMap<ConnKey, Member>,
    rooms: HashMap<Room, HashSet<ConnKey>>,
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

    pub(crate) fn engines(&self) -> &Arc<Engines> {
        &self.0.engines
    }

    /// Makes a place for sockets of this mount.
    pub(crate) fn add_mount(&self, id: MountId) {
        let mut mounts = write(&self.0.mounts);
        if !mounts.iter().any(|mount| mount.id == id) {
            mounts.push(Arc::new(Mount { id, members: RwLock::default() }));
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

    /// The way out to the sockets of a mount that are meant.
    #[must_use]
    pub fn to(&self, mount: &MountId, selection: &Selection) -> Outlet {
        let mounts = read(&self.0.mounts);
        let conns = mounts
            .iter()
            .find(|candidate| candidate.id == *mount)
            .map(|mount| mount.select(selection));
        Outlet::new(conns.unwrap_or_default())
    }

    /// Every socket.
    #[must_use]
    pub fn conns(&self) -> Vec<Arc<Conn>> {
        let mounts: Vec<_> = read(&self.0.mounts).clone();
        mounts.iter().flat_map(|mount| mount.select(&Selection::default())).collect()
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
            for (room, keys) in &read(&mount.members).rooms {
                if let Some(name) = name(room) {
                    *sizes.entry(name).or_default() += keys.len();
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
        own.iter().for_each(|room| members.put(room, conn.key()));
        members
            .by_key
            .insert(conn.key(), Member { conn: Arc::clone(conn), own, joined: HashSet::new() });
        conn.engine.enter();
    }

    /// A socket is gone, and out of every room.
    pub(crate) fn exit(&self, key: ConnKey) {
        let Some(mount) = self.mount_of(key) else { return };
        let mut members = write(&mount.members);
        let Some(member) = members.by_key.remove(&key) else { return };
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
            own.iter().for_each(|room| members.put(room, key));
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
        members.put(&room, key);
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
    fn put(&mut self, room: &Room, key: ConnKey) {
        self.rooms.entry(Arc::clone(room)).or_default().insert(key);
    }

    fn take(&mut self, room: &str, key: ConnKey) {
        if let Some(keys) = self.rooms.get_mut(room) {
            keys.remove(&key);
            if keys.is_empty() {
                self.rooms.remove(room);
            }
        }
    }
}

impl Mount {
    /// Each socket that is meant, once. The lock is let go before anything is sent.
    fn select(&self, selection: &Selection) -> Vec<Arc<Conn>> {
        let members = read(&self.members);
        let keys = |rooms: &[Room]| -> HashSet<ConnKey> {
            rooms.iter().filter_map(|room| members.rooms.get(room)).flatten().copied().collect()
        };
        let except = keys(&selection.except);
        let conn = |key: &ConnKey| members.by_key.get(key).map(|member| Arc::clone(&member.conn));
        let wanted = |key: &&ConnKey| !except.contains(*key);
        match selection.rooms.as_slice() {
            [] => members.by_key.keys().filter(wanted).filter_map(conn).collect(),
            [room] => members
                .rooms
                .get(room)
                .into_iter()
                .flatten()
                .filter(wanted)
                .filter_map(conn)
                .collect(),
            many => keys(many).iter().filter(wanted).filter_map(conn).collect(),
        }
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
