//! Users are kept in memory, and never said wrongly.

use std::sync::atomic::{AtomicBool, Ordering};

use outrigger_domain::{
    accounts::{Profile, UserPatch},
    actor::Role,
    ports::Store as _,
};
use outrigger_store_story::{at, user};

use super::{Sql, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_was_answered_is_seen_by_everyone_who_asks_then() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let ann = user("ann");
    let asking = AtomicBool::new(true);
    let asks = async {
        while asking.load(Ordering::Acquire) {
            store.user(&ann).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let nobody = Profile { name: None, image: None, email: None };
    let changes = async {
        for n in 0..200 {
            let active = UserPatch { active: Some(n % 2 == 0), ..UserPatch::default() };
            store.upsert_user(&ann, &active, at(n), None).await.unwrap();
            assert_eq!(store.user(&ann).await.unwrap().unwrap().active, n % 2 == 0, "{n}");
            let email = format!("ann{n}@example.com");
            store.learn_user(&ann, &email, Role::User, &nobody, at(n)).await.unwrap();
            assert_eq!(store.user(&ann).await.unwrap().unwrap().email, email);
        }
        asking.store(false, Ordering::Release);
    };
    tokio::join!(asks, changes);
    store.close().await;
}

#[tokio::test]
async fn whoever_is_asked_for_again_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let (ann, eve) = (user("ann"), user("eve"));
    for id in [&ann, &eve] {
        store.upsert_user(id, &UserPatch::default(), at(0), None).await.unwrap();
    }
    store.user(&eve).await.unwrap();
    assert!(store.lookups.kept(&eve).is_none(), "once is not often");
    for _ in 0..3 {
        store.user(&ann).await.unwrap();
    }
    assert!(store.lookups.kept(&ann).is_some());
    // Nothing of ours would do that: the file is not asked any more.
    store.writer.write(Sql("DELETE FROM users")).await.unwrap();
    assert!(store.user(&ann).await.unwrap().is_some());
    assert!(store.user(&eve).await.unwrap().is_none());
    store.close().await;
}
