//! Who is connected on which devices, who of them is shown, and who changed.

use std::{
    collections::{BTreeMap, HashMap, HashSet, btree_map::Entry},
    sync::Arc,
};

use super::{Transition, follower::Followers, hidden};
use crate::{
    events::PresenceChange,
    ids::{DeviceId, UserId},
};

/// What others see is counted as it changes, so that no question and no telling walks through everyone.
#[derive(Default)]
pub(super) struct Registry {
    /// The devices of each user who has any, and the sockets of each. Ordered, so that lists are stable.
    users: BTreeMap<UserId, Vec<(DeviceId, usize)>>,
    /// Of these so many are shown.
    shown: usize,
    /// Those who are shown, until that is different.
    list: Option<Arc<[UserId]>>,
    /// Users who changed since the last announcement, with what was last announced of them.
    changed: HashMap<UserId, bool>,
    /// Someone wants everyone to have the list again, changed or not.
    pub(super) list_wanted: bool,
    /// Users who want to be shown as away, online or not: as many as said so, which the store keeps.
    invisible: HashSet<UserId>,
    /// Who hears of those who come and go.
    followers: Followers,
}

/// What happened since it was last asked.
pub(super) struct News {
    pub(super) changes: Vec<PresenceChange>,
    pub(super) list_wanted: bool,
    pub(super) online: usize,
}

impl Registry {
    pub(super) fn is_online(&self, user: &UserId) -> bool {
        self.users.contains_key(user)
    }

    pub(super) fn is_visible(&self, user: &UserId) -> bool {
        self.is_online(user) && self.may_be_shown(user)
    }

    fn may_be_shown(&self, user: &UserId) -> bool {
        !hidden(user) && !self.invisible.contains(user)
    }

    /// A socket of this device connected.
    pub(super) fn enter(&mut self, user: &UserId, device: &DeviceId) -> Transition {
        match self.users.entry(user.clone()) {
            Entry::Vacant(place) => {
                place.insert(vec![(device.clone(), 1)]);
                self.note(user, false, self.may_be_shown(user));
                Transition { device: true, user: true }
            }
            Entry::Occupied(mut devices) => {
                let devices = devices.get_mut();
                let known = devices.iter_mut().find(|(known, _)| known == device);
                let new = known.is_none();
                match known {
                    Some((_, sockets)) => *sockets += 1,
                    None => devices.push((device.clone(), 1)),
                }
                Transition { device: new, user: false }
            }
        }
    }

    /// A socket of this device is gone.
    pub(super) fn leave(&mut self, user: &UserId, device: &DeviceId) -> Transition {
        let none = Transition { device: false, user: false };
        let Some(devices) = self.users.get_mut(user) else { return none };
        let Some(place) = devices.iter().position(|(known, _)| known == device) else {
            return none;
        };
        devices[place].1 -= 1;
        if devices[place].1 > 0 {
            return none;
        }
        devices.swap_remove(place);
        let last_of_user = devices.is_empty();
        if last_of_user {
            self.users.remove(user);
            self.note(user, self.may_be_shown(user), false);
        }
        Transition { device: true, user: last_of_user }
    }

    /// Whether that is news for anybody.
    pub(super) fn hide(&mut self, user: &UserId, hide: bool) -> bool {
        let was_visible = self.is_visible(user);
        let changed =
            if hide { self.invisible.insert(user.clone()) } else { self.invisible.remove(user) };
        let news = changed && self.is_online(user);
        if news {
            self.note(user, was_visible, self.may_be_shown(user));
        }
        news
    }

    /// A user came, went, or is shown otherwise than before: others saw `announced`, and would see `is_visible` now.
    fn note(&mut self, user: &UserId, announced: bool, is_visible: bool) {
        if hidden(user) {
            return;
        }
        if is_visible != announced {
            self.shown = if is_visible { self.shown + 1 } else { self.shown.saturating_sub(1) };
            self.list = None;
        }
        self.changed.entry(user.clone()).or_insert(announced);
        self.followers.tell(user);
    }

    /// Everyone who is shown, in order of their ids. Made anew only if that is different from before.
    pub(super) fn list(&mut self) -> Arc<[UserId]> {
        if let Some(list) = &self.list {
            return Arc::clone(list);
        }
        let shown: Vec<_> =
            self.users.keys().filter(|user| self.may_be_shown(user)).cloned().collect();
        let list: Arc<[UserId]> = shown.into();
        self.list = Some(Arc::clone(&list));
        list
    }

    pub(super) fn shown(&self) -> usize {
        self.shown
    }

    pub(super) fn devices(&self, user: &UserId) -> impl Iterator<Item = (&DeviceId, usize)> {
        self.users.get(user).into_iter().flatten().map(|(device, sockets)| (device, *sockets))
    }

    pub(super) fn has_device(&self, user: &UserId, device: &DeviceId) -> bool {
        self.users.get(user).is_some_and(|devices| devices.iter().any(|(known, _)| known == device))
    }

    pub(super) fn follow(&mut self) -> super::Follower {
        let Self { users, followers, .. } = self;
        followers.add(users.keys().filter(|user| !hidden(user)))
    }

    /// Net changes: who came and went again in between is no news.
    pub(super) fn take_news(&mut self) -> News {
        let changed = std::mem::take(&mut self.changed);
        let list_wanted = std::mem::take(&mut self.list_wanted);
        let mut changes: Vec<_> = changed
            .into_iter()
            .map(|(user, announced)| (self.is_visible(&user), announced, user))
            .filter(|(online, announced, _)| online != announced)
            .map(|(online, _, user)| PresenceChange { user, online })
            .collect();
        changes.sort_by(|a, b| a.user.cmp(&b.user));
        News { changes, list_wanted, online: self.users.len() }
    }
}
