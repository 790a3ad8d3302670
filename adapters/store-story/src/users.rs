//! Users.

use futures_util::future::join_all;
use outrigger_domain::{
    accounts::{Profile, TokenUser, UserPatch},
    actor::Role,
    ports::Store,
};

use crate::{Heard, at, profile, user};

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
    expected.told_role = Some(Role::Admin);
    expected.updated_at = at(3);
    assert_eq!(promoted, expected);
    assert_eq!(store.user(&ann).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.users(&[user("nobody"), ann]).await.unwrap(), [expected]);
}

pub(crate) async fn many_are_looked_up_at_once(store: &dyn Store, _: &Heard) {
    let name = |n: usize| user(&format!("crowd-{n}"));
    for n in 0..300 {
        store.upsert_user(&name(n), &UserPatch::default(), at(1), None).await.unwrap();
    }
    // Each is asked for twice, and as many are that nobody knows.
    let asked: Vec<_> = (0..600).chain(0..600).collect();
    let found = join_all(asked.iter().map(|n| async { (*n, store.user(&name(*n)).await) })).await;
    for (n, found) in found {
        let expected = (n < 300).then(|| name(n));
        assert_eq!(found.unwrap().map(|user| user.id), expected, "{n}");
    }
}

pub(crate) async fn a_token_teaches_address_and_role(store: &dyn Store, _: &Heard) {
    let (ben, none) = (user("ben"), Profile::default());
    let said = TokenUser { id: &ben, email: "ben@example.com", role: Role::User, profile: &none };
    store.learn_user(said, at(1)).await.unwrap();
    let learned = store.user(&ben).await.unwrap().unwrap();
    assert_eq!(
        (learned.email.as_str(), learned.role, learned.active),
        ("ben@example.com", Role::User, true)
    );

    let patch = UserPatch { active: Some(false), name: Some("Ben".into()), ..UserPatch::default() };
    let before = store.upsert_user(&ben, &patch, at(2), None).await.unwrap();
    store.learn_user(said, at(3)).await.unwrap();
    assert_eq!(store.user(&ben).await.unwrap(), Some(before), "what is known changes nothing");

    let said = TokenUser { email: "ben@new.example.com", role: Role::Admin, ..said };
    store.learn_user(said, at(4)).await.unwrap();
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

pub(crate) async fn what_the_app_said_of_a_role_outlives_tokens(store: &dyn Store, _heard: &Heard) {
    let ben = user("ben");
    let nothing = Profile::default();
    let said =
        TokenUser { id: &ben, email: "ben@example.com", role: Role::Admin, profile: &nothing };
    store.learn_user(said, at(1)).await.unwrap();
    assert_eq!(store.user(&ben).await.unwrap().unwrap().told_role, None, "only a token said so");
    let told = UserPatch { role: Some(Role::Staff), ..UserPatch::default() };
    store.upsert_user(&ben, &told, at(2), None).await.unwrap();
    store.learn_user(TokenUser { role: Role::User, ..said }, at(3)).await.unwrap();
    let found = store.user(&ben).await.unwrap().unwrap();
    assert_eq!((found.role, found.told_role), (Role::User, Some(Role::Staff)));
    let other = UserPatch { name: Some("Ben".into()), ..UserPatch::default() };
    store.upsert_user(&ben, &other, at(4), None).await.unwrap();
    assert_eq!(store.user(&ben).await.unwrap().unwrap().told_role, Some(Role::Staff));
}

pub(crate) async fn a_token_teaches_a_profile_where_there_is_none(store: &dyn Store, _: &Heard) {
    let learn = async |who: &str, email: &str, name: Option<&str>, image: Option<&str>, ms| {
        let (id, profile) = (user(who), profile(name, image));
        let said = TokenUser { id: &id, email, role: Role::User, profile: &profile };
        store.learn_user(said, at(ms)).await.unwrap();
        let known = store.user(&id).await.unwrap().unwrap();
        let shown = Profile { email: None, ..Profile::from(&known) };
        (known.email, shown, known.updated_at)
    };
    let ann = "ann@example.com".to_owned();
    let first = learn("ann", &ann, None, Some("/ann.png"), 1).await;
    assert_eq!(first, (ann.clone(), profile(None, Some("/ann.png")), at(1)));
    // An empty address says nothing; a name comes where there was none.
    let second = learn("ann", "", Some("Ann"), Some("/other.png"), 2).await;
    assert_eq!(second, (ann.clone(), profile(Some("Ann"), Some("/ann.png")), at(2)));
    let third = learn("ann", "", Some("Anna"), None, 3).await;
    assert_eq!(third, second, "nothing of it is new");
    assert_eq!(learn("eve", "", Some(" "), Some(""), 1).await.1, Profile::default());
    assert_eq!(learn("eve", "", Some(" "), Some(""), 2).await.2, at(1), "blank is nothing");

    // A given name is a name, and a blank one is none.
    let patch = UserPatch { first_name: Some(" Ben ".into()), ..UserPatch::default() };
    store.upsert_user(&user("ben"), &patch, at(1), None).await.unwrap();
    assert_eq!(learn("ben", "", Some("Benjamin"), None, 2).await.1, profile(Some("Ben"), None));
    assert_eq!(learn("ben", "", Some("Benjamin"), None, 2).await.2, at(1));
    let patch = UserPatch { first_name: Some(" ".into()), ..UserPatch::default() };
    store.upsert_user(&user("ben"), &patch, at(3), None).await.unwrap();
    assert_eq!(learn("ben", "", Some("Benjamin"), None, 4).await.1.name.unwrap(), "Benjamin");
}
