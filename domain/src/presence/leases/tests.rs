use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::*;
use crate::{
    ids::DeviceId,
    local_bus::LocalBus,
    naming::Uuids,
    ports::{Lease, StoreError},
};

/// The clock of tokio, which tests can stop and wind.
struct Wound(Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

/// Leases, and what the app was told.
#[derive(Default)]
struct Ledger {
    leases: Mutex<HashMap<UserId, Lease>>,
    told: Mutex<Vec<String>>,
    changes: AtomicUsize,
    renewals: AtomicUsize,
    failing: AtomicUsize,
}

impl Ledger {
    fn fails(&self) -> StoreResult<()> {
        let fewer = |left: usize| left.checked_sub(1);
        match self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer) {
            Ok(_) => Err(StoreError::Overloaded),
            Err(_) => Ok(()),
        }
    }
}

/// `connected ann`, `left ann` or `lost ann`.
fn words(webhook: &NewWebhook) -> String {
    assert_eq!(webhook.lane.as_ref(), Some(&webhook.user), "in order");
    let body: Value = serde_json::from_str(&webhook.body).unwrap();
    assert_eq!(body["userId"], webhook.user.as_str());
    let what = body["data"]["reason"].as_str().unwrap_or("connected").to_owned();
    let kind = if what == "connected" { "user.connected" } else { "user.disconnected" };
    assert_eq!(body["type"], kind);
    format!("{what} {}", webhook.user)
}

#[async_trait]
impl LeaseStore for Ledger {
    async fn leases(&self) -> StoreResult<Vec<Lease>> {
        self.fails()?;
        Ok(self.leases.lock().unwrap().values().cloned().collect())
    }

    async fn change_leases(&self, change: LeaseChange) -> StoreResult<()> {
        sleep(Duration::from_millis(5)).await;
        self.fails()?;
        self.changes.fetch_add(1, Ordering::Relaxed);
        let mut leases = self.leases.lock().unwrap();
        assert!(change.came.iter().all(|user| !change.left.contains(user)));
        for user in change.left {
            assert!(leases.remove(&user).is_some(), "{user} had no lease");
        }
        for user in change.came {
            let (node, until) = (change.node.clone(), change.until);
            let lease = Lease { user: user.clone(), node, since: change.at, until };
            leases.insert(user, lease);
        }
        self.told.lock().unwrap().extend(change.webhooks.iter().map(words));
        Ok(())
    }

    async fn renew_leases(&self, node: &str, until: Timestamp) -> StoreResult<()> {
        self.fails()?;
        self.renewals.fetch_add(1, Ordering::Relaxed);
        let mut leases = self.leases.lock().unwrap();
        leases
            .values_mut()
            .filter(|lease| lease.node == node)
            .for_each(|lease| lease.until = until);
        Ok(())
    }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

struct World {
    ledger: Arc<Ledger>,
    presence: Arc<Presence>,
    running: JoinHandle<()>,
}

const GRACES: LeaseGraces =
    LeaseGraces { left: Duration::from_secs(5), lost: Duration::from_secs(30) };

/// A process that starts on what others left.
fn process(node: &str, ledger: &Arc<Ledger>) -> World {
    let (bus, _events) = LocalBus::new();
    let clock = Arc::new(Wound(Instant::now()));
    let presence = Arc::new(Presence::new(Arc::new(bus), Arc::clone(&clock) as _));
    let leases = Leases::new(LeaseParts {
        store: Arc::clone(ledger) as _,
        presence: Arc::clone(&presence),
        wanted: WebhookKind::ALL.into(),
        ids: Arc::new(Uuids),
        clock,
        node: node.to_owned(),
        graces: GRACES,
    });
    let running = tokio::spawn(async move { leases.run().await });
    World { ledger: Arc::clone(ledger), presence, running }
}

fn first_process() -> World {
    process("one", &Arc::default())
}

impl World {
    fn enter(&self, name: &str) {
        self.presence.enter(&user(name), &DeviceId::new("d").unwrap());
    }

    fn leave(&self, name: &str) {
        self.presence.leave(&user(name), &DeviceId::new("d").unwrap());
    }

    /// What the app was told since it was last asked.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.ledger.told.lock().unwrap())
    }

    fn holders(&self) -> Vec<String> {
        let leases = self.ledger.leases.lock().unwrap();
        let mut names: Vec<_> = leases.values().map(|l| format!("{}@{}", l.user, l.node)).collect();
        names.sort();
        names
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_socket_is_told_and_the_last_one_after_the_grace() {
    let world = first_process();
    world.enter("ann");
    world.enter("ann");
    pass(50).await;
    assert_eq!(world.told(), ["connected ann"]);
    assert_eq!(world.holders(), ["ann@one"]);
    world.leave("ann");
    pass(10_000).await;
    assert!(world.told().is_empty(), "she has another socket");
    world.leave("ann");
    pass(4_990).await;
    assert!(world.told().is_empty(), "she may be back");
    pass(50).await;
    assert_eq!(world.told(), ["left ann"]);
    assert!(world.holders().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_was_there_before_it_ran_is_told_too() {
    let (bus, _events) = LocalBus::new();
    let clock = Arc::new(Wound(Instant::now()));
    let presence = Presence::new(Arc::new(bus), clock);
    presence.enter(&user("ann"), &DeviceId::new("d").unwrap());
    let follower = presence.follow();
    assert_eq!(follower.moved().await, HashSet::from([user("ann")]));
}

#[tokio::test(start_paused = true)]
async fn a_reload_is_no_news_and_the_grace_begins_anew() {
    let world = first_process();
    world.enter("ann");
    pass(50).await;
    world.told();
    for _ in 0..5 {
        world.leave("ann");
        pass(3_000).await;
        world.enter("ann");
        pass(3_000).await;
    }
    // Back and gone again within one instant.
    world.leave("ann");
    pass(3_000).await;
    world.enter("ann");
    world.leave("ann");
    pass(4_000).await;
    assert!(world.told().is_empty());
    pass(1_100).await;
    assert_eq!(world.told(), ["left ann"]);
    world.enter("ann");
    pass(50).await;
    assert_eq!(world.told(), ["connected ann"]);
}

#[tokio::test(start_paused = true)]
async fn users_of_our_own_are_nobody_to_the_app() {
    let world = first_process();
    world.enter("outrigger:probe");
    pass(1_000).await;
    assert!(world.told().is_empty() && world.holders().is_empty());
}

#[tokio::test(start_paused = true)]
async fn those_who_are_back_after_a_crash_were_never_away_and_the_others_are_lost() {
    let killed = first_process();
    for name in ["ann", "bob", "cid"] {
        killed.enter(name);
    }
    pass(50).await;
    killed.told();
    killed.running.abort();
    pass(3_600_000).await;

    let world = process("two", &killed.ledger);
    world.enter("ann");
    world.enter("dot");
    pass(1_000).await;
    assert_eq!(world.told(), ["connected dot"]);
    // Back and gone again: he left, and was not lost.
    world.enter("bob");
    pass(1_000).await;
    world.leave("bob");
    pass(6_000).await;
    assert_eq!(world.told(), ["left bob"]);
    pass(21_900).await;
    assert!(world.told().is_empty());
    pass(200).await;
    assert_eq!(world.told(), ["lost cid"]);
    assert_eq!(world.holders(), ["ann@two", "dot@two"]);
    pass(3_600_000).await;
    assert!(world.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_restart_on_purpose_is_no_news_for_those_who_are_back() {
    let before = first_process();
    before.enter("ann");
    pass(50).await;
    before.running.abort();
    before.leave("ann");
    pass(8_000).await;
    let after = process("two", &before.ledger);
    pass(2_000).await;
    after.enter("ann");
    pass(60_000).await;
    assert_eq!(after.told(), ["connected ann"], "once, by the first process");
    assert_eq!(after.holders(), ["ann@two"]);
}

#[tokio::test(start_paused = true)]
async fn users_of_a_process_that_lives_are_not_lost() {
    let old = first_process();
    old.enter("ann");
    pass(50).await;
    old.told();
    let new = process("two", &old.ledger);
    pass(120_000).await;
    assert!(new.told().is_empty());
    old.running.abort();
    pass(90_000).await;
    assert_eq!(new.told(), ["lost ann"]);
}

#[tokio::test(start_paused = true)]
async fn even_leases_under_its_own_name_are_of_a_process_before() {
    let killed = first_process();
    killed.enter("ann");
    pass(50).await;
    killed.told();
    killed.running.abort();
    let world = process("one", &killed.ledger);
    world.enter("bob");
    pass(60_000).await;
    assert_eq!(world.told(), ["connected bob", "lost ann"]);
}

#[tokio::test(start_paused = true)]
async fn leases_are_extended_three_times_before_they_end() {
    let world = first_process();
    pass(59_000).await;
    assert_eq!(world.ledger.renewals.load(Ordering::Relaxed), 0, "there is none");
    world.enter("ann");
    for _ in 0..60 {
        pass(1_000).await;
        let until = world.ledger.leases.lock().unwrap()[&user("ann")].until;
        let now = world.presence.clock.now();
        assert!(until > now.plus(Duration::from_secs(38)));
    }
    assert_eq!(world.ledger.renewals.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_delays_the_news_and_keeps_what_is_so() {
    let world = first_process();
    world.enter("ann");
    world.enter("bob");
    pass(50).await;
    world.told();
    world.ledger.failing.store(usize::MAX, Ordering::Relaxed);
    world.leave("ann");
    world.leave("bob");
    world.enter("cid");
    world.enter("dot");
    pass(20_000).await;
    world.enter("bob");
    world.leave("dot");
    assert!(world.told().is_empty());
    world.ledger.failing.store(0, Ordering::Relaxed);
    pass(11_000).await;
    assert_eq!(world.told(), ["connected cid", "left ann"]);
    assert_eq!(world.holders(), ["bob@one", "cid@one"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_read_at_first_is_asked_again() {
    let ledger = Arc::<Ledger>::default();
    ledger.failing.store(5, Ordering::Relaxed);
    let world = process("one", &ledger);
    world.enter("ann");
    pass(20_000).await;
    assert_eq!(world.told(), ["connected ann"]);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_are_few_writes() {
    let world = first_process();
    let names: Vec<_> = (0..3_000).map(|number| format!("u{number:04}")).collect();
    names.iter().for_each(|name| world.enter(name));
    pass(1_000).await;
    assert_eq!(world.told().len(), 3_000);
    names.iter().for_each(|name| world.leave(name));
    pass(6_000).await;
    assert_eq!(world.told().len(), 3_000);
    assert!(world.holders().is_empty());
    assert_eq!(world.ledger.changes.load(Ordering::Relaxed), 12);
}
