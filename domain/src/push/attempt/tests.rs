use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::push::{Subscribed, Unsubscribed};

/// Answers every message the same way, and knows whose subscriptions were removed.
struct Service {
    answer: Result<(), PushFault>,
    removed: Mutex<Vec<String>>,
}

#[async_trait]
impl PushGateway for Service {
    fn public_key(&self) -> &'static str {
        "key"
    }

    fn accepts(&self, _subscription: &Subscription) -> bool {
        true
    }

    async fn push(&self, _to: &Subscription, _payload: &[u8]) -> Result<(), PushFault> {
        self.answer.clone()
    }
}

#[async_trait]
impl PushStore for Service {
    async fn subscribe(
        &self,
        _user: &UserId,
        _subscription: &Subscription,
        _most: u32,
        _at: Timestamp,
    ) -> StoreResult<Subscribed> {
        Ok(Subscribed { duplicate: false, count: 1 })
    }

    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> StoreResult<Unsubscribed> {
        self.removed.lock().unwrap().push(format!("{user} {endpoint}"));
        Ok(Unsubscribed { found: true, count: 0 })
    }

    async fn subscriptions(&self, _user: &UserId) -> StoreResult<Vec<Subscription>> {
        Ok(Vec::new())
    }
}

/// Tries until there is nothing more to try: the pauses between, and whose subscriptions were removed.
async fn pushed(answer: Result<(), PushFault>) -> (Vec<u64>, Vec<String>) {
    let service = Arc::new(Service { answer, removed: Mutex::default() });
    let carrier = Arc::new(Carrier { store: service.clone(), gateway: service.clone() });
    let to =
        Subscription { endpoint: "e".to_owned(), p256dh: "p".to_owned(), auth: "a".to_owned() };
    let user = UserId::new("ann").unwrap();
    let mut delivery = Delivery { user, to, payload: Arc::from(*b"{}"), failed: 0 };
    let mut pauses = Vec::new();
    while let Next::Again(again, pause) = deliver(Arc::clone(&carrier), delivery).await {
        pauses.push(pause.as_secs());
        delivery = again;
    }
    let removed = service.removed.lock().unwrap().clone();
    (pauses, removed)
}

fn later(after: Option<u64>) -> Result<(), PushFault> {
    Err(PushFault::Later { cause: "status 503".into(), after: after.map(Duration::from_secs) })
}

#[tokio::test]
async fn what_was_taken_is_done() {
    assert_eq!(pushed(Ok(())).await, (vec![], vec![]));
}

#[tokio::test]
async fn what_cannot_be_reached_any_more_is_forgotten() {
    for fault in [PushFault::Gone, PushFault::Unusable] {
        assert_eq!(pushed(Err(fault)).await, (vec![], vec!["ann e".to_owned()]));
    }
}

#[tokio::test]
async fn what_was_refused_is_not_tried_again_and_not_forgotten() {
    assert_eq!(pushed(Err(PushFault::Refused(403))).await, (vec![], vec![]));
}

#[tokio::test]
async fn what_was_not_taken_is_tried_again_and_then_given_up() {
    assert_eq!(pushed(later(None)).await, (vec![2, 8, 32], vec![]));
}

#[tokio::test]
async fn a_wish_to_be_left_alone_is_kept_to_but_not_for_ever() {
    assert_eq!(pushed(later(Some(20))).await, (vec![20, 20, 32], vec![]));
    assert_eq!(pushed(later(Some(600))).await, (vec![600; 3], vec![]));
    assert_eq!(pushed(later(Some(601))).await, (vec![], vec![]));
}
