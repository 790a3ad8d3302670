use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, timeout},
};

use super::*;
use crate::{
    actor::Actor,
    ids::{DeviceId, NotificationId},
    naming::Uuids,
    ports::{
        StoreResult,
        testing::{Registry, Wire, Wound},
    },
    push::PushFault,
    time::Timestamp,
};

/// Everybody has one browser, and what is pushed can be read here.
struct Browsers(UnboundedSender<String>);

#[async_trait]
impl PushGateway for Browsers {
    fn public_key(&self) -> &'static str {
        "key"
    }

    fn accepts(&self, _: &Subscription) -> bool {
        true
    }

    async fn push(&self, _: &Subscription, payload: &[u8]) -> Result<(), PushFault> {
        self.0.send(String::from_utf8(payload.to_vec()).unwrap()).unwrap();
        Ok(())
    }
}

#[async_trait]
impl PushStore for Browsers {
    async fn subscribe(
        &self,
        _: &UserId,
        _: &Subscription,
        _: u32,
        _: Timestamp,
    ) -> StoreResult<Subscribed> {
        Ok(Subscribed { duplicate: false, count: 1 })
    }

    async fn unsubscribe(&self, _: &UserId, _: &str) -> StoreResult<Unsubscribed> {
        Ok(Unsubscribed { found: true, count: 0 })
    }

    async fn subscriptions(&self, _: &UserId) -> StoreResult<Vec<Subscription>> {
        Ok(vec![browser()])
    }
}

fn browser() -> Subscription {
    Subscription { endpoint: "e".to_owned(), p256dh: "p".to_owned(), auth: "a".to_owned() }
}

fn push() -> (Arc<Push>, UnboundedReceiver<String>) {
    let (pushed, arrived) = unbounded_channel();
    let browsers = Arc::new(Browsers(pushed));
    let (wire, _) = Wire::new();
    let clock: Arc<dyn Clock> = Arc::new(Wound(Instant::now()));
    let presence = Arc::new(Presence::new(Arc::<Wire>::clone(&wire), Arc::clone(&clock)));
    let users = Registry::new(wire);
    let push = Push::new(browsers.clone(), users, presence, browsers, clock, PushWhen::Away);
    let push = Arc::new(push);
    let running = Arc::clone(&push);
    tokio::spawn(async move { running.run().await });
    (push, arrived)
}

fn notification(user: &UserId) -> Arc<Notification> {
    Arc::new(Notification {
        id: NotificationId::new("n").unwrap(),
        user: user.clone(),
        kind: "order".to_owned(),
        title: user.to_string(),
        message: String::new(),
        data: Some(json!({})),
        from: None,
        from_profile: crate::accounts::Profile::default(),
        post: None,
        created_at: Timestamp::from_ms(0),
        read_at: None,
    })
}

#[tokio::test(start_paused = true)]
async fn users_are_pushed_to_and_guests_are_not() {
    let (push, mut arrived) = push();
    let ann = UserId::new("ann").unwrap();
    let guest = Actor::guest(&Uuids, DeviceId::new("d").unwrap()).user;
    let refused = push.subscribe(&guest, browser()).await;
    assert!(matches!(refused, Err(SubscribeError::Unusable)));
    assert_eq!(push.subscribe(&ann, browser()).await.unwrap().count, 1);
    for user in [&guest, &ann] {
        push.note(&notification(user));
        let message = PushMessage { title: user.to_string(), ..PushMessage::default() };
        assert!(push.send(user.clone(), message));
    }
    for _ in 0..2 {
        let payload = timeout(Duration::from_secs(60), arrived.recv()).await.unwrap().unwrap();
        assert!(payload.contains("\"title\":\"ann\""), "{payload}");
    }
    assert!(timeout(Duration::from_secs(60), arrived.recv()).await.is_err());
}
