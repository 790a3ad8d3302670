//! Who is there at one instant, and what is different from the instant before.

use std::collections::BTreeMap;

use outrigger_domain::{
    actor::Actor,
    identity::RESERVED_PREFIX,
    ids::{DeviceId, UserId},
    sessions::Origin,
};
use outrigger_transport::{Conn, Hub};

use super::{
    MONITOR,
    wire::{
        MonitorDevice, MonitorPlace, MonitorRoom, MonitorRoomChanges, MonitorRooms, MonitorTotals,
        MonitorUser, MonitorUserChanges, MonitorUsers,
    },
};
use crate::{audience::chat_of, standing::Standing};

/// Users that are listed.
const MOST_USERS: usize = 500;
/// Devices of one user that are listed.
const MOST_DEVICES: usize = 20;
/// Chats that are listed.
const MOST_ROOMS: usize = 200;
/// Characters of a program's description that are shown.
const LONGEST_AGENT: usize = 256;

/// What is listed and counted at one instant.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Picture {
    pub(super) totals: MonitorTotals,
    users: BTreeMap<String, MonitorUser>,
    users_truncated: usize,
    rooms: BTreeMap<String, usize>,
    rooms_truncated: usize,
}

struct Seen {
    email: String,
    is_admin: bool,
    devices: BTreeMap<DeviceId, SeenDevice>,
}

struct SeenDevice {
    origin: Origin,
    places: BTreeMap<(&'static str, &'static str, &'static str), usize>,
}

impl Picture {
    /// Takes one. Monitors themselves are on no list: who only watches is not online.
    pub(super) fn take(hub: &Hub, watchers: usize) -> Self {
        let counts = hub.counts();
        let mut totals = MonitorTotals {
            connections: counts.engines,
            sockets: counts.sockets,
            watchers,
            ..MonitorTotals::default()
        };
        let mut seen: BTreeMap<UserId, Seen> = BTreeMap::new();
        for conn in hub.conns() {
            let transport = conn.transport_name();
            totals.polling += usize::from(transport == "polling");
            let Some(standing) = Standing::of(&conn) else { continue };
            if let Some(actor) = standing.actor()
                && conn.namespace() != MONITOR
                && !actor.user.as_str().starts_with(RESERVED_PREFIX)
            {
                note(&mut seen, &conn, &actor, &standing.origin, transport);
            }
        }
        totals.users = seen.len();
        totals.devices = seen.values().map(|user| user.devices.len()).sum();
        let users_truncated = seen.len().saturating_sub(MOST_USERS);
        let users = seen.into_iter().take(MOST_USERS).map(|(id, seen)| {
            let user = listed(id.to_string(), seen);
            (user.user_id.clone(), user)
        });

        let chat = |room: &str| chat_of(room).map(str::to_owned);
        let mut fullest: Vec<_> = hub.room_sizes(chat).into_iter().collect();
        totals.rooms = fullest.len();
        let rooms_truncated = fullest.len().saturating_sub(MOST_ROOMS);
        fullest.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        fullest.truncate(MOST_ROOMS);
        Self {
            totals,
            users: users.collect(),
            users_truncated,
            rooms: fullest.into_iter().collect(),
            rooms_truncated,
        }
    }

    /// The users, for someone who knows none.
    pub(super) fn users(&self) -> MonitorUsers {
        MonitorUsers {
            items: self.users.values().cloned().collect(),
            truncated: self.users_truncated,
        }
    }

    /// The chats, for someone who knows none: the fullest first.
    pub(super) fn rooms(&self) -> MonitorRooms {
        let mut items: Vec<_> = self.rooms.iter().map(room).collect();
        items.sort_by_key(|room| std::cmp::Reverse(room.sockets));
        MonitorRooms { items, truncated: self.rooms_truncated }
    }

    /// What someone who knows `before` has to be told of the users.
    pub(super) fn user_changes(&self, before: &Self) -> MonitorUserChanges {
        let (upserted, gone) = changes(&before.users, &self.users);
        MonitorUserChanges {
            upserted: upserted.map(|(_, user)| user.clone()).collect(),
            gone: gone.collect(),
            truncated: self.users_truncated,
        }
    }

    /// The same for the chats.
    pub(super) fn room_changes(&self, before: &Self) -> MonitorRoomChanges {
        let (upserted, gone) = changes(&before.rooms, &self.rooms);
        MonitorRoomChanges {
            upserted: upserted.map(room).collect(),
            gone: gone.collect(),
            truncated: self.rooms_truncated,
        }
    }
}

fn changes<'a, T: PartialEq>(
    before: &'a BTreeMap<String, T>,
    now: &'a BTreeMap<String, T>,
) -> (impl Iterator<Item = (&'a String, &'a T)>, impl Iterator<Item = String>) {
    let upserted = now.iter().filter(|(id, item)| before.get(*id) != Some(*item));
    let gone = before.keys().filter(|id| !now.contains_key(*id)).cloned();
    (upserted, gone)
}

fn room((chat, sockets): (&String, &usize)) -> MonitorRoom {
    MonitorRoom { chat_id: chat.clone(), sockets: *sockets }
}

fn note(
    seen: &mut BTreeMap<UserId, Seen>,
    conn: &Conn,
    actor: &Actor,
    origin: &Origin,
    transport: &'static str,
) {
    let user = seen.entry(actor.user.clone()).or_insert_with(|| Seen {
        email: actor.email.clone(),
        is_admin: false,
        devices: BTreeMap::new(),
    });
    user.is_admin |= actor.is_admin();
    // Tokens of one user may differ: the same one is shown in every picture.
    if actor.email < user.email {
        user.email.clone_from(&actor.email);
    }
    let device = user
        .devices
        .entry(actor.device.clone())
        .or_insert_with(|| SeenDevice { origin: origin.clone(), places: BTreeMap::new() });
    if (&origin.user_agent, &origin.address) < (&device.origin.user_agent, &device.origin.address) {
        device.origin.clone_from(origin);
    }
    *device.places.entry((conn.path(), conn.namespace(), transport)).or_default() += 1;
}

fn listed(user_id: String, seen: Seen) -> MonitorUser {
    let truncated = seen.devices.len().saturating_sub(MOST_DEVICES);
    let device = |(id, device): (DeviceId, SeenDevice)| {
        let place = |((path, namespace, transport), sockets)| MonitorPlace {
            path,
            namespace,
            transport,
            sockets,
        };
        MonitorDevice {
            device_id: id.to_string(),
            sockets: device.places.values().sum(),
            places: device.places.into_iter().map(place).collect(),
            user_agent: device.origin.user_agent.chars().take(LONGEST_AGENT).collect(),
            ip_address: device.origin.address,
        }
    };
    let devices = seen.devices.into_iter().take(MOST_DEVICES).map(device).collect();
    MonitorUser { user_id, email: seen.email, is_admin: seen.is_admin, devices, truncated }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, devices: usize) -> (String, MonitorUser) {
        let origin = Origin { user_agent: "é".repeat(300), address: "unknown".into() };
        let device = |n| {
            let places = BTreeMap::from([(("/api/socket", "/", "websocket"), 2)]);
            let id = DeviceId::new(format!("device{n:02}")).unwrap();
            (id, SeenDevice { origin: origin.clone(), places })
        };
        let devices = (0..devices).map(device).collect();
        let seen = Seen { email: format!("{id}@example.com"), is_admin: false, devices };
        (id.to_owned(), listed(id.to_owned(), seen))
    }

    fn picture(users: &[(&str, usize)], rooms: &[(&str, usize)]) -> Picture {
        Picture {
            users: users.iter().map(|(id, devices)| user(id, *devices)).collect(),
            rooms: rooms.iter().map(|(id, sockets)| ((*id).to_owned(), *sockets)).collect(),
            ..Picture::default()
        }
    }

    #[test]
    fn only_what_is_different_is_told() {
        let before = picture(&[("ann", 1), ("bob", 1), ("cid", 1)], &[("a_b", 2), ("x", 1)]);
        let now = picture(&[("ann", 1), ("bob", 2), ("dot", 1)], &[("a_b", 3), ("y", 1)]);
        let users = now.user_changes(&before);
        let ids: Vec<_> = users.upserted.iter().map(|user| user.user_id.as_str()).collect();
        assert_eq!((ids, users.gone), (vec!["bob", "dot"], vec!["cid".to_owned()]));
        let rooms = now.room_changes(&before);
        let ids: Vec<_> = rooms.upserted.iter().map(|room| room.chat_id.as_str()).collect();
        assert_eq!((ids, rooms.gone), (vec!["a_b", "y"], vec!["x".to_owned()]));
        assert_eq!(now.user_changes(&now), MonitorUserChanges::default());
        assert_eq!(now.room_changes(&now), MonitorRoomChanges::default());
    }

    #[test]
    fn rooms_are_listed_with_the_fullest_first() {
        let rooms = picture(&[], &[("a", 1), ("b", 3), ("c", 1)]).rooms();
        let ids: Vec<_> = rooms.items.iter().map(|room| room.chat_id.as_str()).collect();
        assert_eq!(ids, ["b", "a", "c"]);
    }

    #[test]
    fn a_user_of_many_devices_costs_no_more_than_twenty() {
        let (_, user) = user("ann", 33);
        assert_eq!((user.devices.len(), user.truncated), (MOST_DEVICES, 13));
        assert_eq!(user.devices[0].user_agent.chars().count(), LONGEST_AGENT);
        assert_eq!(user.devices[0].sockets, 2);
    }
}
