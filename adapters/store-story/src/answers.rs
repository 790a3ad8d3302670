//! Kept answers, the audit trail, and forgetting.

use outrigger_domain::{
    ports::{AuditEntry, Horizon, KeptAnswer, Store},
    time::Timestamp,
};

use crate::{Heard, at, device, feed_pages::horizon, user};

fn answer(status: u16, ms: i64) -> KeptAnswer {
    KeptAnswer { request: [7; 32], status, body: "{\"ok\":true}".into(), at: at(ms) }
}

fn entry(whose: &str, kind: &str, ms: i64) -> AuditEntry {
    AuditEntry {
        at: at(ms),
        user: user(whose),
        device: (ms % 2 == 0).then(|| device("phone")),
        kind: kind.into(),
        detail: "{\"reason\":\"ż\"}".into(),
    }
}

pub(crate) async fn the_first_answer_stays(store: &dyn Store, _: &Heard) {
    assert_eq!(store.kept_answer("k").await.unwrap(), None);
    store.keep_answer("k", &answer(200, 1)).await.unwrap();
    store.keep_answer("k", &answer(500, 2)).await.unwrap();
    store.keep_answer("K", &answer(404, 3)).await.unwrap();
    assert_eq!(store.kept_answer("k").await.unwrap(), Some(answer(200, 1)));
    assert_eq!(store.kept_answer("K").await.unwrap(), Some(answer(404, 3)));
}

pub(crate) async fn the_trail_is_newest_first(store: &dyn Store, _: &Heard) {
    for (whose, kind, ms) in [("ann", "a", 1), ("ann", "b", 2), ("ben", "x", 3), ("ann", "c", 2)] {
        store.audit(entry(whose, kind, ms)).await.unwrap();
    }
    let trail = store.audit_trail(&user("ann"), 10).await.unwrap();
    assert_eq!(trail, [entry("ann", "c", 2), entry("ann", "b", 2), entry("ann", "a", 1)]);
    assert_eq!(store.audit_trail(&user("ann"), 1).await.unwrap(), [entry("ann", "c", 2)]);
}

pub(crate) async fn old_things_are_forgotten(store: &dyn Store, _: &Heard) {
    // More than a store may delete at one go.
    for n in 0..1_100 {
        store.audit(entry("ann", &format!("old-{n}"), 1)).await.unwrap();
    }
    store.audit(entry("ann", "new", 10)).await.unwrap();
    store.keep_answer("old", &answer(200, 1)).await.unwrap();
    store.keep_answer("new", &answer(200, 20)).await.unwrap();
    let old = Horizon { answers: at(20), audit: at(10), ..horizon(Timestamp::default()) };
    store.prune(&old).await.unwrap();
    assert_eq!(store.audit_trail(&user("ann"), 10).await.unwrap(), [entry("ann", "new", 10)]);
    assert_eq!(store.kept_answer("old").await.unwrap(), None);
    assert_eq!(store.kept_answer("new").await.unwrap(), Some(answer(200, 20)));
}
