//! Users.

use outrigger_domain::{accounts::UserPatch, actor::Role, ports::Store};

use crate::{Heard, at, user};

pub(crate) async fn a_patch_changes_what_it_names(store: &dyn Store, _: &Heard) {
    let ann = user("ann");
    assert_eq!(store.user(&ann).await.unwrap(), None);

    let made = store.upsert_user(&ann, &UserPatch::default(), at(1), None).await.unwrap();
    assert_eq!((made.email.as_str(), made.role, made.active), ("", Role::User, true));
    assert_eq!((made.created_at, made.updated_at), (at(1), at(1)));

    let patch = UserPatch {
        email: Some("ann@example.com".into()),
        first_name: Some("Ann".into()),
        last_name: Some("O'Hara \"; --".into()),
        name: Some("Ann 🛶".into()),
        profile_image: Some("/ann.png".into()),
        bio: Some("Paddles.".into()),
        role: Some(Role::Staff),
        active: Some(false),
        designations: Some(vec!["Captain".into(), "Żeglarz".into()]),
    };
    let changed = store.upsert_user(&ann, &patch, at(2), None).await.unwrap();
    assert_eq!((changed.created_at, changed.updated_at), (at(1), at(2)));
    assert_eq!(changed.last_name.as_deref(), Some("O'Hara \"; --"));
    assert_eq!(changed.designations, ["Captain", "Żeglarz"]);
    assert!(!changed.active);

    let patch = UserPatch { role: Some(Role::Admin), ..UserPatch::default() };
    let promoted = store.upsert_user(&ann, &patch, at(3), None).await.unwrap();
    let mut expected = changed;
    expected.role = Role::Admin;
    expected.updated_at = at(3);
    assert_eq!(promoted, expected);
    assert_eq!(store.user(&ann).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.users(&[user("nobody"), ann]).await.unwrap(), [expected]);
}

pub(crate) async fn a_token_teaches_address_and_role_only(store: &dyn Store, _: &Heard) {
    let ben = user("ben");
    store.learn_user(&ben, "ben@example.com", Role::User, at(1)).await.unwrap();
    let learned = store.user(&ben).await.unwrap().unwrap();
    assert_eq!(
        (learned.email.as_str(), learned.role, learned.active),
        ("ben@example.com", Role::User, true)
    );

    let patch = UserPatch { active: Some(false), name: Some("Ben".into()), ..UserPatch::default() };
    let before = store.upsert_user(&ben, &patch, at(2), None).await.unwrap();
    store.learn_user(&ben, "ben@example.com", Role::User, at(3)).await.unwrap();
    assert_eq!(store.user(&ben).await.unwrap(), Some(before), "what is known changes nothing");

    store.learn_user(&ben, "ben@new.example.com", Role::Admin, at(4)).await.unwrap();
    let now = store.user(&ben).await.unwrap().unwrap();
    assert_eq!((now.email.as_str(), now.role), ("ben@new.example.com", Role::Admin));
    assert_eq!(now.name.as_deref(), Some("Ben"));
    assert!(!now.active, "a token does not bring a closed account back");
    assert_eq!(now.updated_at, at(4));
}

pub(crate) async fn active_users_are_paged(store: &dyn Store, _: &Heard) {
    for name in ["d", "b", "a", "c"] {
        let patch = UserPatch { active: Some(name != "b"), ..UserPatch::default() };
        store.upsert_user(&user(name), &patch, at(1), None).await.unwrap();
    }
    let names = async |after: Option<&str>, limit| {
        let page = store.active_users(after.map(user).as_ref(), limit).await.unwrap();
        page.into_iter().map(|user| user.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None, 2).await, ["a", "c"]);
    assert_eq!(names(Some("c"), 2).await, ["d"]);
    assert_eq!(names(Some("d"), 2).await, [""; 0]);
}
