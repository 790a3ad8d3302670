//! Who is online, on which devices.
//!
//! A device is online while any of its sockets is, whatever path or namespace it is on. What others hear of
//! it is state, not history: the first change goes out at once, those that follow are merged, and lists go out
//! the less often the longer they are, so that n users who come online do not cost n² bytes.

mod follower;
mod leases;
mod leaving;
mod roll;

pub(crate) use follower::Follower;
pub use leases::{LeaseGraces, LeaseParts, Leases};

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

use self::follower::Followers;
use crate::{
    events::{Audience, DomainEvent, PresenceChange, Published, Receipt},
    identity::RESERVED_PREFIX,
    ids::{DeviceId, UserId},
    ports::Bus,
    time::Clock,
};

/// Changes within this time are told together.
const TICK: Duration = Duration::from_millis(100);
/// However many are online, nobody waits longer for the list.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What presence may cost in all, in bytes a second. A list for everyone of everyone grows with the square of
/// their number: beyond some hundreds it goes out less often, while single changes are still told at once.
const BUDGET: u64 = 32 << 20;
/// About what one id adds to a list, in bytes.
const ID_BYTES: u64 = 27;
/// About what one change costs each of those who hear of it, in bytes.
const CHANGE_BYTES: u64 = 100;

/// From one list to the next: 200 ms for 500 users, 0.8 s for 1,000, 20 s for 5,000.
fn list_pause(online: usize) -> Duration {
    let bytes = (online as u64).saturating_pow(2).saturating_mul(ID_BYTES);
    Duration::from_millis(bytes.saturating_mul(1000) / BUDGET).clamp(TICK, LONGEST_PAUSE)
}

/// So many changes of one tick are told one by one; if there are more, only the list tells them.
fn told_singly(online: usize) -> usize {
    let each = (online as u64).max(1).saturating_mul(CHANGE_BYTES);
    usize::try_from(BUDGET / 10 / each).unwrap_or(usize::MAX).clamp(1, 64)
}

#[derive(Default)]
struct Registry {
    /// Sockets of each device of each user who has any. Ordered, so that lists are stable.
    users: BTreeMap<UserId, HashMap<DeviceId, usize>>,
    /// Users who changed since the last announcement, with what was last announced of them.
    changed: HashMap<UserId, bool>,
    /// Someone wants everyone to have the list again, changed or not.
    list_wanted: bool,
    /// Users who want to be shown as away, online or not: as many as said so, which the store keeps.
    invisible: HashSet<UserId>,
    /// Who hears of those who come and go.
    followers: Followers,
}

impl Registry {
    fn is_visible(&self, user: &UserId) -> bool {
        self.users.contains_key(user) && !hidden(user) && !self.invisible.contains(user)
    }

    fn visible(&self) -> impl Iterator<Item = &UserId> {
        let shown = |user: &&UserId| !hidden(user) && !self.invisible.contains(*user);
        self.users.keys().filter(shown)
    }
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
        let mut registry = self.registry();
        let first_of_user = !registry.users.contains_key(user);
        let devices = registry.users.entry(user.clone()).or_default();
        let sockets = devices.entry(device.clone()).or_default();
        *sockets += 1;
        let transition = Transition { device: *sockets == 1, user: first_of_user };
        if first_of_user {
            self.note(&mut registry, user, false);
        }
        transition
    }

    /// A socket of this device is gone.
    pub fn leave(&self, user: &UserId, device: &DeviceId) -> Transition {
        let mut registry = self.registry();
        let none = Transition { device: false, user: false };
        let Some(devices) = registry.users.get_mut(user) else { return none };
        let Some(sockets) = devices.get_mut(device) else { return none };
        *sockets -= 1;
        if *sockets > 0 {
            return none;
        }
        devices.remove(device);
        let last_of_user = devices.is_empty();
        if last_of_user {
            let was_visible = registry.is_visible(user);
            registry.users.remove(user);
            self.note(&mut registry, user, was_visible);
        }
        Transition { device: true, user: last_of_user }
    }

    /// A user came, went, or is shown otherwise than before, when others saw `announced`.
    fn note(&self, registry: &mut Registry, user: &UserId, announced: bool) {
        if !hidden(user) {
            registry.changed.entry(user.clone()).or_insert(announced);
            self.changed.notify_one();
            registry.followers.tell(user);
        }
    }

    /// Shows a user to nobody as online (`contracts/social.md` section 7, `set_status`), or as what the user is again.
    /// It holds whether the user is there or not, until it is said otherwise.
    pub fn hide(&self, user: &UserId, hide: bool) {
        let mut registry = self.registry();
        let was_visible = registry.is_visible(user);
        let changed = if hide {
            registry.invisible.insert(user.clone())
        } else {
            registry.invisible.remove(user)
        };
        if changed && registry.users.contains_key(user) {
            self.note(&mut registry, user, was_visible);
        }
    }

    /// Whether any socket of the user is connected. For what the sidecar does itself; other users are answered by
    /// [`Self::is_visible`].
    #[must_use]
    pub fn is_online(&self, user: &UserId) -> bool {
        self.registry().users.contains_key(user)
    }

    /// Whether others may know that the user is online.
    #[must_use]
    pub fn is_visible(&self, user: &UserId) -> bool {
        self.registry().is_visible(user)
    }

    /// Whether any socket of this device is connected.
    #[must_use]
    pub fn has_device(&self, user: &UserId, device: &DeviceId) -> bool {
        self.registry().users.get(user).is_some_and(|devices| devices.contains_key(device))
    }

    /// Everyone whom others may know to be online, in order of their ids.
    #[must_use]
    pub fn online(&self) -> Arc<[UserId]> {
        self.registry().visible().cloned().collect()
    }

    /// How many those are.
    #[must_use]
    pub fn online_count(&self) -> usize {
        self.registry().visible().count()
    }

    /// The user's devices and how many sockets each has.
    #[must_use]
    pub fn devices(&self, user: &UserId) -> Vec<(DeviceId, usize)> {
        let registry = self.registry();
        let devices = registry.users.get(user).into_iter().flatten();
        let mut devices: Vec<_> = devices.map(|(device, n)| (device.clone(), *n)).collect();
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
            let News { changes, list_wanted, online } = self.take_news();
            list_owed |= list_wanted || !changes.is_empty();
            if !changes.is_empty() && changes.len() <= told_singly(online) {
                self.tell(DomainEvent::Presence(changes.into())).await;
            }
            if list_owed && Instant::now() >= next_list {
                list_owed = false;
                self.tell(DomainEvent::OnlineUsers(self.online())).await;
                next_list = Instant::now() + list_pause(online);
            }
            sleep(TICK).await;
        }
    }

    /// Hears from now on of users who come and go, and of those who hide or show themselves meanwhile; at first of
    /// those who are online.
    pub(crate) fn follow(&self) -> Follower {
        let mut registry = self.registry();
        let Registry { users, followers, .. } = &mut *registry;
        followers.add(users.keys().filter(|user| !hidden(user)))
    }

    async fn tell(&self, event: DomainEvent) {
        self.bus.publish(Published::new(self.clock.now(), Audience::All, event)).await;
    }

    /// Net changes: who came and went again in between is no news.
    fn take_news(&self) -> News {
        let mut registry = self.registry();
        let changed = std::mem::take(&mut registry.changed);
        let list_wanted = std::mem::take(&mut registry.list_wanted);
        let mut changes: Vec<_> = changed
            .into_iter()
            .map(|(user, announced)| (registry.is_visible(&user), announced, user))
            .filter(|(online, announced, _)| online != announced)
            .map(|(online, _, user)| PresenceChange { user, online })
            .collect();
        changes.sort_by(|a, b| a.user.cmp(&b.user));
        News { changes, list_wanted, online: registry.users.len() }
    }
}

/// What happened since it was last asked.
struct News {
    changes: Vec<PresenceChange>,
    list_wanted: bool,
    online: usize,
}

/// The sidecar's own probe is nobody's contact.
pub(crate) fn hidden(user: &UserId) -> bool {
    user.as_str().starts_with(RESERVED_PREFIX)
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use tokio::sync::mpsc;

    use super::*;
    use crate::time::SystemClock;

    struct Wire(mpsc::UnboundedSender<Published>);

    #[async_trait]
    impl Bus for Wire {
        async fn publish(&self, event: Published) {
            self.0.send(event).unwrap();
        }
    }

    fn presence() -> (Arc<Presence>, mpsc::UnboundedReceiver<Published>) {
        let (sender, heard) = mpsc::unbounded_channel();
        (Arc::new(Presence::new(Arc::new(Wire(sender)), Arc::new(SystemClock))), heard)
    }

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn device(name: &str) -> DeviceId {
        DeviceId::new(name).unwrap()
    }

    async fn changes(heard: &mut mpsc::UnboundedReceiver<Published>) -> Vec<(String, bool)> {
        match heard.recv().await.unwrap().event {
            DomainEvent::Presence(changes) => {
                changes.iter().map(|c| (c.user.to_string(), c.online)).collect()
            }
            other => panic!("no changes: {other:?}"),
        }
    }

    async fn list(heard: &mut mpsc::UnboundedReceiver<Published>) -> Vec<String> {
        match heard.recv().await.unwrap().event {
            DomainEvent::OnlineUsers(online) => online.iter().map(ToString::to_string).collect(),
            other => panic!("no list: {other:?}"),
        }
    }

    fn announce(presence: &Arc<Presence>) {
        let announcer = Arc::clone(presence);
        tokio::spawn(async move { announcer.announce_changes().await });
    }

    #[tokio::test(start_paused = true)]
    async fn three_namespaces_of_one_browser_are_one_device_and_end_with_the_last() {
        let (presence, _heard) = presence();
        let (ann, phone) = (user("ann"), device("phone"));
        assert_eq!(presence.enter(&ann, &phone), Transition { device: true, user: true });
        assert_eq!(presence.enter(&ann, &phone), Transition { device: false, user: false });
        assert_eq!(presence.devices(&ann), vec![(phone.clone(), 2)]);
        assert_eq!(presence.leave(&ann, &phone), Transition { device: false, user: false });
        assert!(presence.is_online(&ann));
        assert_eq!(presence.leave(&ann, &phone), Transition { device: true, user: true });
        assert!(!presence.is_online(&ann));
        assert_eq!(presence.leave(&ann, &phone), Transition { device: false, user: false });
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_change_goes_out_at_once_and_the_rest_together() {
        let (presence, mut heard) = presence();
        announce(&presence);
        presence.enter(&user("ann"), &device("d"));
        assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
        assert_eq!(list(&mut heard).await, vec!["ann"]);
        for name in ["bob", "cid", "dot"] {
            presence.enter(&user(name), &device("d"));
        }
        presence.leave(&user("cid"), &device("d"));
        assert_eq!(changes(&mut heard).await, vec![("bob".into(), true), ("dot".into(), true)]);
        assert_eq!(list(&mut heard).await, vec!["ann", "bob", "dot"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reload_within_one_pause_is_no_news() {
        let (presence, mut heard) = presence();
        announce(&presence);
        presence.enter(&user("ann"), &device("d"));
        changes(&mut heard).await;
        list(&mut heard).await;
        presence.leave(&user("ann"), &device("d"));
        presence.enter(&user("ann"), &device("d"));
        presence.enter(&user("bob"), &device("d"));
        assert_eq!(changes(&mut heard).await, vec![("bob".into(), true)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_is_told_by_lists_and_not_by_each_gust() {
        let (presence, mut heard) = presence();
        announce(&presence);
        for number in 0..2_000 {
            presence.enter(&user(&format!("u{number:04}")), &device("d"));
        }
        assert_eq!(list(&mut heard).await.len(), 2_000);
        presence.enter(&user("late"), &device("d"));
        assert_eq!(
            changes(&mut heard).await,
            vec![("late".into(), true)],
            "one more is told at once"
        );
        let waited = Instant::now();
        assert_eq!(list(&mut heard).await.len(), 2_001);
        assert!(waited.elapsed() > Duration::from_secs(2), "the list waits its turn");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wish_for_the_list_is_granted_once_for_all() {
        let (presence, mut heard) = presence();
        announce(&presence);
        presence.enter(&user("ann"), &device("d"));
        changes(&mut heard).await;
        list(&mut heard).await;
        for _ in 0..100 {
            presence.refresh_list();
        }
        assert_eq!(list(&mut heard).await, vec!["ann"]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(heard.try_recv().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_hides_goes_for_the_others_and_comes_back_when_shown_again() {
        let (presence, mut heard) = presence();
        announce(&presence);
        let (ann, d) = (user("ann"), device("d"));
        presence.enter(&ann, &d);
        assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
        assert_eq!(list(&mut heard).await, vec!["ann"]);
        presence.hide(&ann, true);
        assert!(presence.is_online(&ann) && !presence.is_visible(&ann));
        assert!(presence.online().is_empty() && presence.online_count() == 0);
        assert_eq!(changes(&mut heard).await, vec![("ann".into(), false)]);
        assert!(list(&mut heard).await.is_empty());
        presence.hide(&ann, false);
        assert!(presence.is_visible(&ann));
        assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
        assert_eq!(list(&mut heard).await, vec!["ann"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_comings_and_goings_of_the_hidden_are_no_news() {
        let (presence, mut heard) = presence();
        announce(&presence);
        let (ann, d) = (user("ann"), device("d"));
        presence.hide(&ann, true);
        for _ in 0..3 {
            assert_eq!(presence.enter(&ann, &d), Transition { device: true, user: true });
            tokio::time::sleep(TICK * 5).await;
            presence.hide(&ann, true);
            presence.leave(&ann, &d);
            tokio::time::sleep(TICK * 5).await;
        }
        assert!(heard.try_recv().is_err());
        presence.hide(&ann, false);
        tokio::time::sleep(TICK * 5).await;
        assert!(heard.try_recv().is_err(), "she is not there");
    }

    #[tokio::test(start_paused = true)]
    async fn several_follow_and_each_hears_everything_once() {
        let (presence, _heard) = presence();
        let d = device("d");
        presence.enter(&user("ann"), &d);
        let (one, other) = (presence.follow(), presence.follow());
        presence.enter(&user("bob"), &d);
        presence.leave(&user("bob"), &d);
        let both = HashSet::from([user("ann"), user("bob")]);
        assert_eq!(one.moved().await, both);
        assert!(one.moved_by_now().is_empty());
        drop(one);
        presence.hide(&user("ann"), true);
        assert_eq!(other.moved().await, both);
    }

    #[tokio::test(start_paused = true)]
    async fn the_probe_is_on_no_list() {
        let (presence, _heard) = presence();
        presence.enter(&user("outrigger:probe"), &device("d"));
        assert!(presence.is_online(&user("outrigger:probe")));
        assert!(!presence.is_visible(&user("outrigger:probe")));
        assert!(presence.online().is_empty());
        assert_eq!(presence.online_count(), 0);
    }
}
