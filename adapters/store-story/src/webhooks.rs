//! The outbox: lanes, attempts, cancellation, limits.

use outrigger_domain::{
    ids::WebhookId,
    messaging::Reading,
    ports::{Horizon, StoreError},
    time::Timestamp,
    webhooks::{NewWebhook, Settled, WebhookCounts, WebhookKind, WebhookState},
};

use crate::{
    at,
    feed_pages::horizon,
    hello, message, user, webhook,
    world::{WEBHOOKS, World},
};

fn id(text: &str) -> WebhookId {
    WebhookId::new(text).unwrap()
}

impl World {
    async fn post(&self, new: NewWebhook) {
        self.store.post_webhooks(vec![new]).await.unwrap();
    }

    /// Ids of those due, in order.
    async fn due(&self, ms: i64) -> Vec<String> {
        let due = self.store.due_webhooks(at(ms), 100).await.unwrap();
        due.webhooks.iter().map(|webhook| webhook.id.to_string()).collect()
    }

    async fn next(&self, ms: i64) -> Option<Timestamp> {
        self.store.due_webhooks(at(ms), 100).await.unwrap().next
    }

    async fn settle(&self, name: &str, settled: Settled, ms: i64) {
        self.store.settle_webhook(&id(name), &settled, at(ms)).await.unwrap();
    }

    async fn list(&self, state: WebhookState, after: Option<&str>, limit: u32) -> Vec<String> {
        let after = after.map(id);
        let list = self.store.webhooks(state, after.as_ref(), limit).await.unwrap();
        assert!(list.iter().all(|webhook| webhook.state == state));
        list.iter().map(|webhook| webhook.id.to_string()).collect()
    }

    async fn counts(&self) -> (u64, u64) {
        let WebhookCounts { waiting, dead } = self.store.webhook_counts().await.unwrap();
        (waiting, dead)
    }
}

fn again(ms: i64) -> Settled {
    Settled::Again { due_at: at(ms), error: "503".into() }
}

fn dead() -> Settled {
    Settled::Dead { error: "410".into() }
}

pub(crate) async fn a_lane_goes_one_after_the_other(world: &World) {
    for (name, lane) in [("a1", "ann"), ("b1", "ben"), ("a2", "ann"), ("a3", "ann")] {
        world.post(webhook(name, Some(lane), at(10))).await;
    }
    world.post(webhook("free1", None, at(5))).await;
    world.post(webhook("free2", None, at(30))).await;
    assert_eq!(world.told.posted(), 6);
    assert_eq!(world.due(4).await, [""; 0]);
    assert_eq!(world.next(4).await, Some(at(5)));
    assert_eq!(world.due(10).await, ["free1", "a1", "b1"], "longest due first");
    assert_eq!(world.due(10).await, ["free1", "a1", "b1"], "until they are settled");
    assert_eq!(world.next(10).await, Some(at(30)));
    let due = world.store.due_webhooks(at(10), 1).await.unwrap();
    assert_eq!((due.webhooks.len(), due.next), (1, Some(at(30))));
    let first = &due.webhooks[0];
    assert_eq!((first.kind, &first.user), (WebhookKind::MessageStored, &user("zoe")));
    assert_eq!((first.lane.as_ref(), first.attempts), (None, 0));
    assert_eq!((first.created_at, first.due_at), (at(5), Some(at(5))));
    assert_eq!(first.body, r#"{"id":"free1"}"#);

    // A failure holds its own lane up, and nobody else.
    world.settle("a1", again(50), 20).await;
    world.settle("b1", Settled::Done, 20).await;
    assert_eq!(world.due(20).await, ["free1"]);
    assert_eq!(world.due(50).await, ["free1", "free2", "a1"]);
    let waiting = world.store.webhooks(WebhookState::Waiting, None, 10).await.unwrap();
    assert_eq!((waiting[0].attempts, waiting[0].last_error.as_deref()), (1, Some("503")));
    assert_eq!((waiting[1].id.as_str(), waiting[1].due_at), ("a2", None));

    world.settle("a1", Settled::Done, 60).await;
    assert_eq!(world.due(59).await, ["free1", "free2"], "its turn came at 60");
    assert_eq!(world.due(60).await, ["free1", "free2", "a2"]);
    world.settle("a2", dead(), 70).await;
    assert_eq!(world.due(70).await, ["free1", "free2", "a3"], "the dead hold nobody up");
    world.settle("a3", Settled::Done, 80).await;
    world.settle("a3", Settled::Done, 80).await;
    world.settle("unknown", again(90), 80).await;
    assert_eq!(world.counts().await, (2, 1));
    world.post(webhook("a4", Some("ann"), at(90))).await;
    assert_eq!(world.due(90).await, ["free1", "free2", "a4"]);
}

pub(crate) async fn its_own_time_counts_when_its_turn_comes(world: &World) {
    world.post(webhook("a1", Some("ann"), at(10))).await;
    world.post(NewWebhook { due_at: at(100), ..webhook("a2", Some("ann"), at(10)) }).await;
    world.post(webhook("a3", Some("ann"), at(10))).await;
    world.settle("a1", Settled::Done, 20).await;
    assert_eq!((world.due(99).await, world.next(99).await), (vec![], Some(at(100))));
    assert!(world.store.remove_webhook(&id("a2"), at(30)).await.unwrap());
    assert_eq!(world.due(30).await, ["a3"]);
}

pub(crate) async fn events_post_and_cancel(world: &World) {
    let World { store, told, .. } = world;
    told.listen();
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    store.insert_message(hello("m2", "ann", "ben", 1)).await.unwrap();
    assert_eq!(told.posted(), 2);
    assert_eq!(world.due(1).await, ["stored-m1"]);
    assert_eq!(world.next(1).await, Some(at(30_000)));
    let missed = &store.webhooks(WebhookState::Waiting, None, 10).await.unwrap()[1];
    assert_eq!((missed.kind, missed.unless_online), (WebhookKind::MessageMissed, true));

    store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(5)).await.unwrap();
    assert_eq!(
        world.list(WebhookState::Waiting, None, 10).await,
        ["stored-m1", "stored-m2", "missed-m2", "read-m1"]
    );
    // One that is dead is beyond cancelling.
    world.settle("missed-m2", dead(), 40_000).await;
    store.mark_read(&message("m2"), &user("ben"), Reading::Read, at(50_000)).await.unwrap();
    assert_eq!(world.list(WebhookState::Dead, None, 10).await, ["missed-m2"]);
    assert_eq!(world.counts().await, (4, 1));
}

pub(crate) async fn cancelling_moves_a_lane_on(world: &World) {
    let World { store, told, .. } = world;
    told.listen();
    store.insert_message(hello("m1", "ann", "zoe", 0)).await.unwrap();
    let subject = Some("message m1".to_owned());
    world.post(NewWebhook { subject: subject.clone(), ..webhook("a1", Some("ann"), at(1)) }).await;
    world.post(NewWebhook { subject, ..webhook("a2", Some("ann"), at(2)) }).await;
    world.post(webhook("a3", Some("ann"), at(3))).await;
    world.post(NewWebhook { subject: Some("other".into()), ..webhook("b1", None, at(4)) }).await;
    assert_eq!(world.due(10).await, ["stored-m1", "a1", "b1"]);
    store.mark_read(&message("m1"), &user("zoe"), Reading::Read, at(20)).await.unwrap();
    assert_eq!(world.due(19).await, ["stored-m1", "b1"]);
    assert_eq!(world.due(20).await, ["stored-m1", "b1", "a3"]);
    assert_eq!(world.counts().await, (4, 0));
}

pub(crate) async fn the_dead_are_listed_retried_and_forgotten(world: &World) {
    let World { store, told, .. } = world;
    for (n, lane) in [Some("ann"), Some("ann"), None, Some("ann")].into_iter().enumerate() {
        world.post(webhook(&format!("w{n}"), lane, at(0))).await;
    }
    for (n, name) in ["w0", "w1", "w2"].into_iter().enumerate() {
        world.settle(name, dead(), 10 + i64::try_from(n).unwrap()).await;
    }
    assert_eq!(world.list(WebhookState::Dead, None, 2).await, ["w0", "w1"]);
    assert_eq!(world.list(WebhookState::Dead, Some("w1"), 2).await, ["w2"]);
    assert_eq!(world.list(WebhookState::Dead, Some("unknown"), 2).await, [""; 0]);
    let dead_one = &store.webhooks(WebhookState::Dead, None, 1).await.unwrap()[0];
    assert_eq!((dead_one.due_at, dead_one.attempts), (None, 1));
    assert_eq!(dead_one.last_error.as_deref(), Some("410"));
    told.posted();

    // It is older than the one that is due meanwhile, which goes back behind it.
    assert_eq!(world.due(20).await, ["w3"]);
    assert_eq!(store.retry_webhooks(Some(&id("w1")), at(30)).await.unwrap(), 1);
    assert_eq!(told.posted(), 1);
    assert_eq!(world.due(30).await, ["w1"]);
    assert_eq!(store.retry_webhooks(Some(&id("w1")), at(30)).await.unwrap(), 0, "it waits");
    assert_eq!(store.retry_webhooks(Some(&id("unknown")), at(30)).await.unwrap(), 0);
    let waiting = &store.webhooks(WebhookState::Waiting, None, 1).await.unwrap()[0];
    assert_eq!((waiting.id.as_str(), waiting.attempts), ("w1", 0));
    // The answer for the one that was on its way counts all the same.
    world.settle("w3", again(90), 31).await;
    assert_eq!(world.due(89).await, ["w1"]);
    world.settle("w1", Settled::Done, 40).await;
    assert_eq!((world.due(89).await, world.due(90).await), (vec![], vec!["w3".to_owned()]));

    assert_eq!(store.retry_webhooks(None, at(50)).await.unwrap(), 2);
    assert_eq!(world.due(50).await, ["w0", "w2"]);
    assert_eq!(world.counts().await, (3, 0));

    for name in ["w0", "w2"] {
        world.settle(name, dead(), 60).await;
    }
    assert!(store.remove_webhook(&id("w0"), at(61)).await.unwrap());
    assert!(!store.remove_webhook(&id("w0"), at(61)).await.unwrap());
    let before = |ms| Horizon { dead_webhooks: at(ms), ..horizon(Timestamp::default()) };
    store.prune(&before(60)).await.unwrap();
    assert_eq!(world.counts().await, (1, 1));
    store.prune(&before(61)).await.unwrap();
    assert_eq!(world.counts().await, (1, 0));
}

pub(crate) async fn no_more_dead_ones_are_kept_than_may_wait(world: &World) {
    for n in 0..=WEBHOOKS {
        world.post(webhook(&format!("w{n}"), None, at(0))).await;
        world.settle(&format!("w{n}"), dead(), 1 + i64::try_from(n).unwrap()).await;
    }
    assert_eq!(world.counts().await, (0, WEBHOOKS));
    assert_eq!(world.list(WebhookState::Dead, None, 1).await, ["w1"], "the oldest is forgotten");
}

pub(crate) async fn a_full_outbox_leaves_out_or_refuses(world: &World) {
    let World { store, told, heard } = world;
    told.listen();
    let soft = WEBHOOKS * 4 / 5;
    let many = |from: u64, to: u64| -> Vec<NewWebhook> {
        (from..to).map(|n| webhook(&format!("w{n}"), Some("ann"), at(0))).collect()
    };
    let refused = store.post_webhooks(many(0, WEBHOOKS + 1)).await;
    assert!(matches!(refused, Err(StoreError::Overloaded)));
    assert_eq!((world.counts().await, told.posted()), ((0, 0), 0), "all or none");
    store.post_webhooks(many(0, soft)).await.unwrap();
    let mut state = webhook("state", None, at(0));
    state.kind = WebhookKind::UserDisconnected;
    let refused = store.post_webhooks(vec![state]).await;
    assert!(matches!(refused, Err(StoreError::Overloaded)), "the last fifth is for others");
    store.post_webhooks(many(soft, WEBHOOKS - 1)).await.unwrap();
    told.posted();
    assert_eq!(told.left_out(), []);

    // One place is left: the event takes it, and is told in any case.
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    assert_eq!(told.left_out(), [WebhookKind::MessageMissed]);
    store.insert_message(hello("m2", "ann", "ben", 0)).await.unwrap();
    assert_eq!(told.left_out(), [WebhookKind::MessageStored, WebhookKind::MessageMissed]);
    assert_eq!((heard.lines().len(), told.posted()), (4, 1));
    assert_eq!(world.counts().await, (WEBHOOKS, 0));
    assert!(store.post_webhooks(many(90, 91)).await.is_err());

    // What ends makes room, dead or done.
    world.settle("w0", Settled::Done, 1).await;
    world.settle("w1", dead(), 1).await;
    store.remove_webhook(&id("w2"), at(1)).await.unwrap();
    assert!(store.post_webhooks(many(91, 95)).await.is_err());
    store.post_webhooks(many(91, 94)).await.unwrap();
    assert!(store.post_webhooks(many(94, 95)).await.is_err());
    // Whoever asks for the dead again gets them.
    assert_eq!(store.retry_webhooks(None, at(2)).await.unwrap(), 1);
    assert_eq!(world.counts().await, (WEBHOOKS + 1, 0));
    store.post_webhooks(Vec::new()).await.unwrap();
}
