//! Namespaces, the sockets in them, and their rooms.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use slab::Slab;

use crate::{
    link::Link,
    pulse::Pulse,
    token::{Role, Who},
};

/// What there is; a namespace is known by its place.
pub(crate) const NAMESPACES: [&str; 2] = ["/", "/quiz"];
/// The one with rooms that clients join.
pub(crate) const QUIZ: usize = 1;

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Room {
    User(Arc<str>),
    Device(Arc<str>),
    Role(Role),
    Token(Arc<str>),
    Chat(Arc<str>),
}

/// A connection in a namespace.
pub(crate) struct Socket {
    pub(crate) link: Arc<Link>,
    pub(crate) who: Who,
    place: u32,
    chosen: Mutex<Vec<Room>>,
}

impl Socket {
    /// Whether it joined that room.
    pub(crate) fn is_in(&self, room: &Room) -> bool {
        lock(&self.chosen).contains(room)
    }

    fn own_rooms(&self) -> [Room; 4] {
        [
            Room::User(Arc::clone(&self.who.user)),
            Room::Device(Arc::clone(&self.who.device)),
            Room::Role(self.who.role),
            Room::Token(Arc::clone(&self.who.token)),
        ]
    }
}

/// Most rooms have one.
enum Members {
    One(u32),
    // Boxed: every room would have room for a set.
    #[expect(clippy::box_collection)]
    Many(Box<HashSet<u32>>),
}

#[derive(Default)]
struct Mount {
    sockets: Slab<Arc<Socket>>,
    rooms: HashMap<Room, Members>,
    devices: usize,
}

/// Sockets and devices that an event was put into the queue of.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) sockets: usize,
    pub(crate) devices: usize,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Hub {
    pub(crate) pulse: Pulse,
    mounts: [Mutex<Mount>; NAMESPACES.len()],
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    fn mount(&self, namespace: usize) -> Option<MutexGuard<'_, Mount>> {
        self.mounts.get(namespace).map(lock)
    }

    /// A connection joins a namespace, and the rooms of its user.
    pub(crate) fn enter(
        &self,
        namespace: usize,
        link: &Arc<Link>,
        who: Who,
    ) -> Option<Arc<Socket>> {
        let mut mount = self.mount(namespace)?;
        let free = mount.sockets.vacant_entry();
        let place = u32::try_from(free.key()).ok()?;
        let link = Arc::clone(link);
        let socket = Arc::new(Socket { link, who, place, chosen: Mutex::default() });
        free.insert(Arc::clone(&socket));
        for room in socket.own_rooms() {
            mount.join(room, place);
        }
        Some(socket)
    }

    /// It is gone.
    pub(crate) fn exit(&self, namespace: usize, socket: &Socket) {
        let Some(mut mount) = self.mount(namespace) else { return };
        let chosen = std::mem::take(&mut *lock(&socket.chosen));
        for room in socket.own_rooms().into_iter().chain(chosen) {
            mount.leave(room, socket.place);
        }
        mount.sockets.try_remove(socket.place as usize);
    }

    /// A socket joins a room that it chose; how many users are in it then.
    pub(crate) fn join(&self, namespace: usize, socket: &Socket, room: Room) -> usize {
        let Some(mut mount) = self.mount(namespace) else { return 0 };
        let mut chosen = lock(&socket.chosen);
        if !chosen.contains(&room) {
            mount.join(room.clone(), socket.place);
            chosen.push(room.clone());
        }
        drop(chosen);
        mount.members(&room).map(|socket| &socket.who.user).collect::<HashSet<_>>().len()
    }

    /// Sends a frame to a room, or to everyone; not to sockets of one user.
    pub(crate) fn tell(
        &self,
        namespace: usize,
        room: Option<&Room>,
        except: Option<&str>,
        frame: &Bytes,
    ) -> Reached {
        let Some(mount) = self.mount(namespace) else { return Reached::default() };
        let Some(room) = room else {
            let sockets = mount.sockets.iter().map(|(_, socket)| &socket.link);
            return Reached {
                sockets: self.pulse.send_all(sockets, frame),
                devices: mount.devices,
            };
        };
        let mut devices = HashSet::new();
        let meant = mount.members(room).filter(|socket| except != Some(&*socket.who.user));
        let links = meant.map(|socket| {
            devices.insert(&socket.who.device);
            &socket.link
        });
        Reached { sockets: self.pulse.send_all(links, frame), devices: devices.len() }
    }
}

impl Mount {
    fn members(&self, room: &Room) -> impl Iterator<Item = &Arc<Socket>> {
        let (one, many) = match self.rooms.get(room) {
            None => (None, None),
            Some(Members::One(place)) => (Some(*place), None),
            Some(Members::Many(places)) => (None, Some(places.iter().copied())),
        };
        let places = one.into_iter().chain(many.into_iter().flatten());
        places.filter_map(|place| self.sockets.get(place as usize))
    }

    fn join(&mut self, room: Room, place: u32) {
        let is_device = matches!(room, Room::Device(_));
        match self.rooms.entry(room) {
            Entry::Vacant(empty) => {
                empty.insert(Members::One(place));
                self.devices += usize::from(is_device);
            }
            Entry::Occupied(mut members) => match members.get_mut() {
                Members::One(other) => {
                    let both = HashSet::from([*other, place]);
                    members.insert(Members::Many(Box::new(both)));
                }
                Members::Many(places) => drop(places.insert(place)),
            },
        }
    }

    fn leave(&mut self, room: Room, place: u32) {
        let is_device = matches!(room, Room::Device(_));
        let Entry::Occupied(mut members) = self.rooms.entry(room) else { return };
        let empty = match members.get_mut() {
            Members::One(only) => *only == place,
            Members::Many(places) => {
                places.remove(&place);
                places.is_empty()
            }
        };
        if empty {
            members.remove();
            self.devices -= usize::from(is_device);
        }
    }
}
