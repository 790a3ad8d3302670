//! Users are kept in memory, and never said wrongly.

use std::sync::atomic::{AtomicBool, Ordering};

use outrigger_domain::{
    accounts::{Profile, TokenUser, UserPatch},
    actor::Role,
    ids::UserId,
    ports::{Beside, Store as _},
};
use outrigger_store_story::{at, user};

use super::{Sql, SqliteStore, open};

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
            let said = TokenUser { id: &ann, email: &email, role: Role::User, profile: &nobody };
            store.learn_user(said, at(n)).await.unwrap();
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

const EMAIL: &str = "ann@example.com";

fn profile(name: &str) -> Profile {
    Profile { name: Some(name.to_owned()), image: None, email: Some(EMAIL.to_owned()) }
}

fn says<'a>(id: &'a UserId, profile: &'a Profile) -> TokenUser<'a> {
    TokenUser { id, email: EMAIL, role: Role::User, profile }
}

/// What is known of ann beside a token that says the name.
async fn beside(store: &SqliteStore, name: &str) -> Beside {
    store.user_beside(says(&user("ann"), &profile(name))).await.unwrap()
}

async fn learn(store: &SqliteStore, name: &str) {
    store.learn_user(says(&user("ann"), &profile(name)), at(0)).await.unwrap();
}

#[tokio::test]
async fn whoever_is_as_a_token_says_is_not_looked_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    assert_eq!(beside(&store, "Ann").await, Beside::Nobody);
    learn(&store, "Ann").await;
    // Nothing of ours would do that: the file is not asked any more, not even once.
    store.writer.write(Sql("UPDATE users SET name = 'Eve'")).await.unwrap();
    assert_eq!(beside(&store, "Ann").await, Beside::AsSaid);
    // Another token says something else.
    assert!(matches!(beside(&store, "Anna").await, Beside::Known(_)));
    store.close().await;
}

#[tokio::test]
async fn what_the_app_says_otherwise_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let told = async |patch: UserPatch| {
        store.upsert_user(&user("ann"), &patch, at(1), None).await.unwrap();
        beside(&store, "Ann").await
    };
    let nothing = UserPatch::default;
    assert_eq!(beside(&store, "Ann").await, Beside::Nobody);
    learn(&store, "Ann").await;
    assert_eq!(told(nothing()).await, Beside::AsSaid);
    let inactive = told(UserPatch { active: Some(false), ..nothing() }).await;
    assert!(matches!(inactive, Beside::Known(user) if !user.active));
    assert_eq!(told(UserPatch { active: Some(true), ..nothing() }).await, Beside::AsSaid);
    let named = told(UserPatch { name: Some("Anna".to_owned()), ..nothing() }).await;
    assert!(matches!(named, Beside::Known(user) if user.name.as_deref() == Some("Anna")));
    assert_eq!(told(UserPatch { name: Some("Ann".to_owned()), ..nothing() }).await, Beside::AsSaid);
    let staff = told(UserPatch { role: Some(Role::Staff), ..nothing() }).await;
    assert!(matches!(staff, Beside::Known(user) if user.told_role == Some(Role::Staff)));
    store.close().await;
}

#[tokio::test]
async fn a_name_that_was_there_before_a_token_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    assert_eq!(beside(&store, "Ann").await, Beside::Nobody);
    // Meanwhile the app tells of her.
    let named = UserPatch { name: Some("Anna".to_owned()), ..UserPatch::default() };
    store.upsert_user(&user("ann"), &named, at(0), None).await.unwrap();
    learn(&store, "Ann").await;
    let known = beside(&store, "Ann").await;
    assert!(matches!(known, Beside::Known(user) if user.name.as_deref() == Some("Anna")));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_let_in_after_it_was_answered_that_the_account_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    learn(&store, "Ann").await;
    let asking = AtomicBool::new(true);
    let asks = async {
        while asking.load(Ordering::Acquire) {
            beside(&store, "Ann").await;
            tokio::task::yield_now().await;
        }
    };
    let changes = async {
        for n in 0..200 {
            let active = UserPatch { active: Some(n % 2 == 0), ..UserPatch::default() };
            store.upsert_user(&user("ann"), &active, at(n), None).await.unwrap();
            assert_eq!(beside(&store, "Ann").await == Beside::AsSaid, n % 2 == 0, "{n}");
        }
        asking.store(false, Ordering::Release);
    };
    tokio::join!(asks, changes);
    store.close().await;
}
