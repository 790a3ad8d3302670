//! Who is online, on which devices.
//!
//! A device is online while any of its sockets is, whatever path or namespace it is on. What others hear of
//! it is state, not history: the first change goes out at once, those that follow are merged, and lists go out
//! the less often the longer they are, so that n users who come online do not cost n² bytes.

mod follower;
mod leases;
mod leaving;
pub(crate) mod pace;
mod registry;
mod roll;

pub(crate) use follower::Follower;
pub use leases::{LeaseGraces, LeaseParts, Leases};
pub use pace::Allowance;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

use self::registry::{News, Registry};
use crate::{
    events::{Audience, DomainEvent, Published, Receipt},
    identity::RESERVED_PREFIX,
    ids::{DeviceId, UserId},
    ports::Bus,
    time::Clock,
};

/// However many are online, nobody waits longer for the next list to begin its round.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// About what one id adds to a list, in bytes.
const ID_BYTES: u64 = 27;
/// About what one change costs each of those who hear of it, in bytes.
const CHANGE_BYTES: u64 = 100;

/// From one list to the next: 200 ms for 500 users, 0.8 s for 1,000, 20 s for 5,000.
fn list_pause(online: usize) -> Duration {
    let bytes = (online as u64).saturating_mul(ID_BYTES);
    pace::list_pause(online, bytes, (pace::TICK, LONGEST_PAUSE))
}

/// The one list of who is connected.
pub struct Presence {
    registry: Mutex<Registry>,
    changed: Notify,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

/// What a socket's coming or going meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// It was the first or last one of its device.
    pub device: bool,
    /// It was the first or last one of its user.
    pub user: bool,
}

impl Presence {
    /// Nobody is online yet.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self { registry: Mutex::default(), changed: Notify::new(), bus, clock }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket of this device connected.
    pub fn enter(&self, user: &UserId, device: &DeviceId) -> Transition {
        let transition = self.registry().enter(user, device);
        self.heed(user, transition.user);
        transition
    }

    /// A socket of this device is gone.
    pub fn leave(&self, user: &UserId, device: &DeviceId) -> Transition {
        let transition = self.registry().leave(user, device);
        self.heed(user, transition.user);
        transition
    }

    /// Something of a user may have to be told.
    fn heed(&self, user: &UserId, news: bool) {
        if news && !hidden(user) {
            self.changed.notify_one();
        }
    }

    /// Shows a user to nobody as online (`contracts/social.md` section 7, `set_status`), or as what the user is again.
    /// It holds whether the user is there or not, until it is said otherwise.
    pub fn hide(&self, user: &UserId, hide: bool) {
        let news = self.registry().hide(user, hide);
        self.heed(user, news);
    }

    /// Whether any socket of the user is connected. For what the sidecar does itself; other users are answered by
    /// [`Self::is_visible`].
    #[must_use]
    pub fn is_online(&self, user: &UserId) -> bool {
        self.registry().is_online(user)
    }

    /// Whether others may know that the user is online.
    #[must_use]
    pub fn is_visible(&self, user: &UserId) -> bool {
        self.registry().is_visible(user)
    }

    /// Whether any socket of this device is connected.
    #[must_use]
    pub fn has_device(&self, user: &UserId, device: &DeviceId) -> bool {
        self.registry().has_device(user, device)
    }

    /// Everyone whom others may know to be online, in order of their ids.
    #[must_use]
    pub fn online(&self) -> Arc<[UserId]> {
        self.registry().list()
    }

    /// How many those are.
    #[must_use]
    pub fn online_count(&self) -> usize {
        self.registry().shown()
    }

    /// The user's devices and how many sockets each has.
    #[must_use]
    pub fn devices(&self, user: &UserId) -> Vec<(DeviceId, usize)> {
        let registry = self.registry();
        let devices = registry.devices(user).map(|(device, sockets)| (device.clone(), sockets));
        let mut devices: Vec<_> = devices.collect();
        devices.sort();
        devices
    }

    /// Sends everyone the list as it is now.
    pub async fn announce_list(&self, receipt: Receipt) {
        let event = DomainEvent::OnlineUsers(self.online());
        let mut published = Published::new(self.clock.now(), Audience::All, event);
        published.receipt = receipt;
        self.bus.publish(published).await;
    }

    /// Has the list sent to everyone with the next announcement, changed or not
    /// (`contracts/rooms.md` section 2, `authenticate`). However often this is asked for, one list goes out.
    pub fn refresh_list(&self) {
        self.registry().list_wanted = true;
        self.changed.notify_one();
    }

    /// Announces changes for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn announce_changes(&self) {
        let mut list_owed = false;
        let mut next_list = Instant::now();
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleep_until(next_list), if list_owed => {}
            }
            let News { changes, list_wanted, online } = self.registry().take_news();
            list_owed |= list_wanted || !changes.is_empty();
            let pause = pace::news_pause(online);
            let singly = pace::told_singly(online, CHANGE_BYTES, pause);
            if !changes.is_empty() && changes.len() <= singly {
                self.tell(DomainEvent::Presence(changes.into())).await;
            }
            if list_owed && Instant::now() >= next_list {
                list_owed = false;
                self.tell(DomainEvent::OnlineUsers(self.online())).await;
                next_list = Instant::now() + list_pause(online);
            }
            sleep(pause).await;
        }
    }

    /// Hears from now on of users who come and go, and of those who hide or show themselves meanwhile; at first of
    /// those who are online.
    pub(crate) fn follow(&self) -> Follower {
        self.registry().follow()
    }

    async fn tell(&self, event: DomainEvent) {
        self.bus.publish(Published::new(self.clock.now(), Audience::All, event)).await;
    }
}

/// The sidecar's own probe is nobody's contact.
pub(crate) fn hidden(user: &UserId) -> bool {
    user.as_str().starts_with(RESERVED_PREFIX)
}

#[cfg(test)]
mod tests;
