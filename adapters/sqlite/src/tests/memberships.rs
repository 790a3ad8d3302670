//! Who is a member is kept in memory, and never said wrongly.

use std::sync::atomic::{AtomicBool, Ordering};

use outrigger_domain::{ids::ChatId, ports::Store as _};
use outrigger_store_story::{at, user};

use super::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_was_answered_is_seen_by_everyone_who_asks_then() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let (chat, ann) = (ChatId::new("room").unwrap(), user("ann"));
    let asking = AtomicBool::new(true);
    let asks = async {
        while asking.load(Ordering::Acquire) {
            store.is_chat_member(&chat, &ann).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let changes = async {
        for n in 0..200 {
            store.grant_chat(&chat, std::slice::from_ref(&ann), at(n)).await.unwrap();
            assert!(store.is_chat_member(&chat, &ann).await.unwrap(), "{n}");
            assert_eq!(store.chat_members(&chat).await.unwrap(), std::slice::from_ref(&ann));
            store.revoke_chat(&chat, std::slice::from_ref(&ann)).await.unwrap();
            assert!(!store.is_chat_member(&chat, &ann).await.unwrap(), "{n}");
        }
        asking.store(false, Ordering::Release);
    };
    tokio::join!(asks, changes);
    assert_eq!(store.chat_members(&chat).await.unwrap(), []);
}

/// Whoever asked for the change may have gone before it is committed.
#[tokio::test]
async fn a_change_whose_caller_left_is_seen_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let (chat, ann) = (ChatId::new("room").unwrap(), user("ann"));
    assert!(!store.is_chat_member(&chat, &ann).await.unwrap());
    {
        let granting = store.grant_chat(&chat, std::slice::from_ref(&ann), at(1));
        futures_util::pin_mut!(granting);
        assert!(futures_util::poll!(granting.as_mut()).is_pending());
    }
    for _ in 0..1000 {
        if store.is_chat_member(&chat, &ann).await.unwrap() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it is not seen");
}

#[tokio::test]
async fn large_chats_are_asked_for_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let chat = ChatId::new("crowd").unwrap();
    let everyone: Vec<_> = (0..700).map(|n| user(&format!("u{n:03}"))).collect();
    store.grant_chat(&chat, &everyone, at(1)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(store.chat_members(&chat).await.unwrap(), everyone);
        assert!(store.is_chat_member(&chat, &everyone[699]).await.unwrap());
        assert!(!store.is_chat_member(&chat, &user("stranger")).await.unwrap());
    }
    store.revoke_chat(&chat, &everyone[1..]).await.unwrap();
    assert_eq!(store.chat_members(&chat).await.unwrap(), everyone[..1]);
}
