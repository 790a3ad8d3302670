//! One process of the sidecar, without sockets.

use std::sync::Arc;

use outrigger_domain::{
    accounts::Profile,
    ids::{DeviceId, NotificationId, UserId},
    local_bus::LocalBus,
    notifications::{Notification, Preferences},
    ports::{Bus, NoWebhooks, PushStore as _, Store as _},
    presence::Presence,
    push::{Push, PushMessage, PushWhen, Subscription},
    time::{Clock, Timestamp},
};
use outrigger_sqlite::{Options, SqliteStore};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Duration, Instant, sleep},
};

use crate::{
    browser::Browser,
    push_service::{NOW_MS, PushService, StoppedClock},
};

pub(crate) struct Sidecar {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) push: Arc<Push>,
    pub(crate) service: PushService,
    presence: Arc<Presence>,
    tasks: JoinSet<()>,
    _dir: tempfile::TempDir,
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// Bob follows this user now.
pub(crate) fn notification(to: &str) -> Arc<Notification> {
    Arc::new(Notification {
        id: NotificationId::new("n1").unwrap(),
        user: user(to),
        kind: "new_follow".to_owned(),
        title: "New Follower".to_owned(),
        message: "Bob started following you".to_owned(),
        data: Some(json!({ "followerId": "bob" })),
        from: Some(user("bob")),
        from_profile: Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(NOW_MS),
        read_at: None,
    })
}

pub(crate) fn message(kind: &str) -> PushMessage {
    PushMessage { title: "Hello".to_owned(), kind: kind.to_owned(), ..PushMessage::default() }
}

impl Sidecar {
    pub(crate) async fn new(service: PushService, when: PushWhen) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (bus, mut events) = LocalBus::new();
        let bus: Arc<dyn Bus> = Arc::new(bus);
        let clock: Arc<dyn Clock> = Arc::new(StoppedClock);
        let presence = Arc::new(Presence::new(bus.clone(), clock.clone()));
        let options = Options::new(format!("sqlite:{}", dir.path().join("push.db").display()));
        let store = SqliteStore::open(&options, bus, Arc::new(NoWebhooks)).await.unwrap();
        let gateway = Arc::new(service.gateway());
        let push = Push::new(store.clone(), store.clone(), presence.clone(), gateway, clock, when);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { while events.recv().await.is_some() {} });
        Self { store, push: Arc::new(push), service, presence, tasks, _dir: dir }
    }

    pub(crate) fn running(mut self) -> Self {
        let push = Arc::clone(&self.push);
        self.tasks.spawn(async move { push.run().await });
        self
    }

    pub(crate) async fn subscribe(&self, name: &str, path: &str) -> Browser {
        let browser = Browser::new();
        let to = browser.subscription(&format!("{}{path}", self.service.origin()));
        self.push.subscribe(&user(name), to).await.unwrap();
        browser
    }

    /// Has a socket from now on.
    pub(crate) fn comes(&self, name: &str) {
        self.presence.enter(&user(name), &DeviceId::new("d").unwrap());
    }

    pub(crate) async fn prefers(&self, name: &str, preferences: Value) {
        let preferences: Preferences = serde_json::from_value(preferences).unwrap();
        self.store.save_preferences(&user(name), &preferences).await.unwrap();
    }

    /// Paths and bodies, once so many came; after a little while there are still no more.
    pub(crate) async fn came(&self, count: usize) -> Vec<(String, Vec<u8>)> {
        let until = Instant::now() + Duration::from_secs(20);
        while self.service.seen().len() < count && Instant::now() < until {
            sleep(Duration::from_millis(10)).await;
        }
        sleep(Duration::from_millis(150)).await;
        let seen = self.service.seen();
        assert_eq!(seen.len(), count);
        seen.into_iter().map(|seen| (seen.path, seen.body.to_vec())).collect()
    }

    pub(crate) async fn paths(&self, count: usize) -> Vec<String> {
        let mut paths: Vec<_> = self.came(count).await.into_iter().map(|(path, _)| path).collect();
        paths.sort();
        paths
    }

    /// Where the user can be reached, without the push service's origin.
    pub(crate) async fn endpoints(&self, name: &str) -> Vec<String> {
        let kept = self.store.subscriptions(&user(name)).await.unwrap();
        let path = |kept: Subscription| kept.endpoint.replace(&self.service.origin(), "");
        kept.into_iter().map(path).collect()
    }
}
