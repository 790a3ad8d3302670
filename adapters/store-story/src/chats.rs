//! Who is a member of which chat.

use outrigger_domain::ports::Store;

use crate::{Heard, at, chat, user};

pub(crate) async fn membership_is_granted_and_revoked(store: &dyn Store, _: &Heard) {
    let room = chat("room");
    let [ann, ben, eve] = ["ann", "ben", "eve"].map(user);
    store.grant_chat(&room, &[ben.clone(), ann.clone()], at(1)).await.unwrap();
    store.grant_chat(&room, &[ann.clone(), eve.clone()], at(2)).await.unwrap();
    store.grant_chat(&room, &[], at(3)).await.unwrap();
    assert_eq!(store.chat_members(&room).await.unwrap(), [ann.clone(), ben.clone(), eve.clone()]);
    assert!(store.is_chat_member(&room, &eve).await.unwrap());
    assert!(!store.is_chat_member(&chat("other"), &eve).await.unwrap());

    let ended = store.revoke_chat(&room, &[eve.clone(), user("zoe")]).await.unwrap();
    assert_eq!(ended, 1);
    assert!(!store.is_chat_member(&room, &eve).await.unwrap());
    assert_eq!(store.revoke_chat(&room, &[eve]).await.unwrap(), 0);
    assert_eq!(store.revoke_chat(&room, &[ann, ben]).await.unwrap(), 2);
    assert_eq!(store.chat_members(&room).await.unwrap(), []);
}
