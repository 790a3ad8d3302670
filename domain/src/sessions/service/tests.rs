use std::{sync::atomic::Ordering, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, advance},
};

use super::*;
use crate::{
    accounts::Profile,
    actor::Role,
    identity::{ClaimNames, Verifier},
    ports::testing::{Registry, Wire, Wound},
};

struct World {
    sessions: Sessions,
    registry: Arc<Registry>,
    _heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

impl World {
    async fn new() -> Self {
        let (wire, heard) = Wire::new();
        let bus: Arc<dyn Bus> = wire;
        let registry = Registry::new(Arc::clone(&bus));
        let store: Arc<dyn Store> = Arc::clone(&registry) as Arc<dyn Store>;
        let clock: Arc<dyn Clock> = Arc::new(Wound(Instant::now()));
        let verifier = Verifier::hs256(&[7; 32], ClaimNames::default());
        let (s, b, c) = (Arc::clone(&store), Arc::clone(&bus), Arc::clone(&clock));
        let identity = Arc::new(Identity::load(verifier, s, b, c).await.unwrap());
        let sessions = Sessions::new(store, bus, clock, identity);
        Self { sessions, registry, _heard: heard }
    }

    /// A device comes; gives how many sessions were written for it.
    async fn comes(&self, device: &Actor) -> usize {
        self.sessions.seen(device, &origin()).await.unwrap();
        self.written()
    }

    /// Sessions that were written since it was last asked.
    fn written(&self) -> usize {
        self.registry.sessions.lock().unwrap().drain(..).count()
    }
}

fn origin() -> Origin {
    Origin { user_agent: "Browser".to_owned(), address: "192.0.2.7".to_owned() }
}

fn phone() -> Actor {
    Actor {
        user: UserId::new("ann").unwrap(),
        profile: Profile::default(),
        email: String::new(),
        role: Role::User,
        device: DeviceId::new("phone").unwrap(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(9_000_000),
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_keeps_coming_is_written_once_a_minute() {
    let world = World::new().await;
    assert_eq!(world.comes(&phone()).await, 1);
    assert_eq!(world.comes(&phone()).await, 0);
    advance(Duration::from_secs(60)).await;
    assert_eq!(world.comes(&phone()).await, 1);
    assert_eq!(world.comes(&phone()).await, 0);
}

#[tokio::test(start_paused = true)]
async fn devices_that_keep_coming_are_not_all_written_at_once() {
    let world = World::new().await;
    let everyone: Vec<_> = (0..100)
        .map(|n| Actor { user: UserId::new(format!("user-{n}")).unwrap(), ..phone() })
        .collect();
    let mut written = Vec::new();
    for _ in 0..=10 {
        let mut now = 0;
        for actor in &everyone {
            now += world.comes(actor).await;
        }
        written.push(now);
        advance(Duration::from_secs(6)).await;
    }
    assert_eq!(written[0], 100);
    let again = &written[1..];
    assert_eq!(again.iter().sum::<usize>(), 100);
    assert!(again.iter().all(|written| *written < 50), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn whatever_is_new_of_it_is_written_at_once() {
    let world = World::new().await;
    world.comes(&phone()).await;
    let another_token = Actor { token: TokenId::new("u").unwrap(), ..phone() };
    assert_eq!(world.comes(&another_token).await, 1);
    let lasts_longer = Actor { expires_at: Timestamp::from_ms(9_000_001), ..phone() };
    assert_eq!(world.comes(&lasts_longer).await, 1);
    assert_eq!(
        world.comes(&Actor { device: DeviceId::new("laptop").unwrap(), ..phone() }).await,
        1
    );
    let elsewhere = Origin { address: "192.0.2.8".to_owned(), ..origin() };
    world.sessions.seen(&phone(), &elsewhere).await.unwrap();
    assert_eq!(world.written(), 1);
    let otherwise = Origin { user_agent: "App".to_owned(), ..origin() };
    world.sessions.seen(&phone(), &otherwise).await.unwrap();
    assert_eq!(world.written(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_was_logged_out_is_written_when_it_comes_back() {
    let world = World::new().await;
    world.comes(&phone()).await;
    let Actor { user, device, .. } = phone();
    world.sessions.end(&Ending::Device(user, device), "Lost", false).await.unwrap();
    assert_eq!(world.comes(&phone()).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_the_app_tells_of_is_written_each_time_and_its_device_when_it_comes() {
    let world = World::new().await;
    world.comes(&phone()).await;
    let Actor { user, device, expires_at, .. } = phone();
    for _ in 0..2 {
        world.sessions.open(&user, &device, None, &origin(), expires_at).await.unwrap();
        assert_eq!(world.written(), 1);
    }
    assert_eq!(world.comes(&phone()).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_could_not_be_written_is_tried_again() {
    let world = World::new().await;
    world.registry.failing.store(true, Ordering::Relaxed);
    world.sessions.seen(&phone(), &origin()).await.unwrap_err();
    world.registry.failing.store(false, Ordering::Relaxed);
    assert_eq!(world.comes(&phone()).await, 1);
}
