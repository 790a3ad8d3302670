use std::sync::Mutex;

use async_trait::async_trait;
use tokio::time::Instant;

use super::*;
use crate::{
    accounts::Profile,
    actor::Role,
    ids::{DeviceId, TokenId, UserId},
    naming::Uuids,
    ports::testing::Wound,
    time::Timestamp,
    webhooks::{Due, NewWebhook, Settled},
};

/// Takes what is posted.
#[derive(Default)]
struct Outbox(Mutex<Vec<NewWebhook>>);

#[async_trait]
impl WebhookStore for Outbox {
    async fn post_webhooks(&self, new: Vec<NewWebhook>) -> StoreResult<()> {
        self.0.lock().unwrap().extend(new);
        Ok(())
    }

    async fn due_webhooks(&self, _: Timestamp, _: u32) -> StoreResult<Due> {
        Ok(Due::default())
    }

    async fn settle_webhook(&self, _: &WebhookId, _: &Settled, _: Timestamp) -> StoreResult<()> {
        Ok(())
    }

    async fn webhooks(
        &self,
        _: WebhookState,
        _: Option<&WebhookId>,
        _: u32,
    ) -> StoreResult<Vec<Webhook>> {
        Ok(Vec::new())
    }

    async fn webhook_counts(&self) -> StoreResult<WebhookCounts> {
        Ok(WebhookCounts::default())
    }

    async fn retry_webhooks(&self, _: Option<&WebhookId>, _: Timestamp) -> StoreResult<u64> {
        Ok(0)
    }

    async fn remove_webhook(&self, _: &WebhookId, _: Timestamp) -> StoreResult<bool> {
        Ok(false)
    }
}

#[tokio::test]
async fn the_app_decides_about_what_users_send_and_hears_nothing_of_guests() {
    let outbox = Arc::new(Outbox::default());
    let clock = Arc::new(Wound(Instant::now()));
    let webhooks = Webhooks::new(Arc::<Outbox>::clone(&outbox), Arc::new(Uuids), clock);
    let device = DeviceId::new("d").unwrap();
    let ann = Actor {
        user: UserId::new("ann").unwrap(),
        profile: Profile::default(),
        email: String::new(),
        role: Role::User,
        device: device.clone(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(i64::MAX),
    };
    let args = RawValue::from_string("[{}]".to_owned()).unwrap();
    for actor in [Actor::guest(&Uuids, device), ann] {
        webhooks.act(&actor, "commerce", "auction:bid", &args).await.unwrap();
    }
    let posted = outbox.0.lock().unwrap();
    let [only] = &posted[..] else { panic!("one user, one webhook") };
    assert_eq!(only.lane, Some(UserId::new("ann").unwrap()));
}
