use tokio::time::sleep;

use super::*;
use crate::{
    accounts::Profile,
    actor::Role,
    ids::{DeviceId, TokenId},
    local_bus::{Events, LocalBus},
    time::{SystemClock, Timestamp},
};

struct World {
    timers: Arc<TypingTimers>,
    presence: Arc<Presence>,
    heard: Events,
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn actor(name: &str) -> Actor {
    Actor {
        user: user(name),
        profile: Profile { name: Some(name.to_uppercase()), image: None, email: None },
        email: String::new(),
        role: Role::User,
        device: DeviceId::new("d").unwrap(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(0),
    }
}

impl World {
    /// Everyone named is online.
    fn with(names: &[&str]) -> Self {
        let (bus, heard) = LocalBus::new();
        let (bus, clock): (Arc<dyn Bus>, Arc<dyn Clock>) = (Arc::new(bus), Arc::new(SystemClock));
        let presence = Arc::new(Presence::new(Arc::clone(&bus), Arc::clone(&clock)));
        for name in names {
            presence.enter(&user(name), &DeviceId::new("d").unwrap());
        }
        let news = TypingNews::new(Arc::clone(&presence), bus, clock);
        let timers = Arc::new(TypingTimers::over(Arc::new(news)));
        let running = Arc::clone(&timers);
        tokio::spawn(async move { running.run().await });
        Self { timers, presence, heard }
    }

    async fn start(&self, from: &str, to: &str) {
        self.timers.start(&actor(from), &user(to)).await;
    }

    async fn stop(&self, from: &str, to: &str) {
        self.timers.stop(&actor(from), &user(to)).await;
    }

    /// What was told since it was last asked: `ann>bob` began, `ann|bob` stopped.
    fn told(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(published) = self.heard.try_recv() {
            let (Audience::User(to), DomainEvent::Typing { from, typing, .. }) =
                (published.audience, published.event)
            else {
                panic!("not about typing");
            };
            told.push(format!("{from}{}{to}", if typing { '>' } else { '|' }));
        }
        told
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_ends_ends_after_ten_seconds() {
    let mut world = World::with(&["bob", "cid"]);
    world.start("ann", "bob").await;
    sleep(Duration::from_secs(4)).await;
    world.start("ann", "cid").await;
    assert_eq!(world.told(), ["ann>bob", "ann>cid"]);
    sleep(Duration::from_millis(5_990)).await;
    assert!(world.told().is_empty());
    sleep(Duration::from_millis(20)).await;
    assert_eq!(world.told(), ["ann|bob"]);
    sleep(Duration::from_secs(4)).await;
    assert_eq!(world.told(), ["ann|cid"]);
    sleep(Duration::from_secs(60)).await;
    assert!(world.told().is_empty(), "once");
}

#[tokio::test(start_paused = true)]
async fn each_start_is_told_and_begins_the_time_anew() {
    let mut world = World::with(&["bob"]);
    for _ in 0..5 {
        world.start("ann", "bob").await;
        sleep(Duration::from_secs(9)).await;
    }
    assert_eq!(world.told(), ["ann>bob"; 5]);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(world.told(), ["ann|bob"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_told_even_without_a_start_and_nothing_ends_twice() {
    let mut world = World::with(&["bob"]);
    world.stop("ann", "bob").await;
    assert_eq!(world.told(), ["ann|bob"]);
    world.start("ann", "bob").await;
    world.stop("ann", "bob").await;
    assert_eq!(world.told(), ["ann>bob", "ann|bob"]);
    sleep(Duration::from_secs(60)).await;
    assert!(world.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_gone_has_stopped_everywhere() {
    let mut world = World::with(&["bob", "cid"]);
    world.start("ann", "bob").await;
    world.start("ann", "cid").await;
    world.start("dot", "bob").await;
    world.told();
    world.timers.gone(&user("ann")).await;
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["ann|bob", "ann|cid"]);
    world.timers.gone(&user("ann")).await;
    sleep(Duration::from_secs(11)).await;
    assert_eq!(world.told(), ["dot|bob"]);
    assert!(world.timers.pairs.lock().await.deadlines.is_empty());
}

#[tokio::test(start_paused = true)]
async fn to_oneself_and_to_whoever_is_away_nothing_is_told() {
    let mut world = World::with(&["ann"]);
    world.start("ann", "ann").await;
    world.stop("ann", "ann").await;
    world.start("ann", "bob").await;
    sleep(Duration::from_secs(11)).await;
    assert!(world.told().is_empty());
    world.presence.enter(&user("bob"), &DeviceId::new("d").unwrap());
    world.start("ann", "bob").await;
    assert_eq!(world.told(), ["ann>bob"]);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_bounds_it_is_told_but_not_timed() {
    let mut world = World::with(&[]);
    let names: Vec<_> = (0..=MOST_OF_ONE).map(|number| format!("u{number}")).collect();
    for name in &names {
        world.presence.enter(&user(name), &DeviceId::new("d").unwrap());
        world.start("ann", name).await;
    }
    assert_eq!(world.told().len(), MOST_OF_ONE + 1);
    sleep(Duration::from_secs(11)).await;
    assert_eq!(world.told().len(), MOST_OF_ONE);

    let (from, deadline) = ((0..MOST / MOST_OF_ONE), Instant::now());
    let mut pairs = Pairs::default();
    for from in from.map(|number| user(&format!("from{number}"))) {
        (0..MOST_OF_ONE).for_each(|to| pairs.put(&from, &user(&format!("to{to}")), deadline));
    }
    assert_eq!(pairs.queue.len(), MOST);
    pairs.put(&user("ann"), &user("bob"), deadline);
    assert_eq!(pairs.queue.len(), MOST);
    assert!(!pairs.deadlines.contains_key(&user("ann")));
    pairs.put(&user("from0"), &user("to0"), deadline + BELIEVED);
    assert_eq!(pairs.queue.len(), MOST, "what is there is renewed");
}

#[tokio::test(start_paused = true)]
async fn the_name_is_told_with_the_start() {
    let mut world = World::with(&["bob"]);
    world.start("ann", "bob").await;
    let DomainEvent::Typing { name, .. } = world.heard.try_recv().unwrap().event else {
        panic!("not about typing");
    };
    assert_eq!(name.as_deref(), Some("ANN"));
}
