//! What users say of themselves, and who follows whom.

use outrigger_domain::{
    ids::UserId,
    statuses::{KnownStatus, StatusPatch},
};

use crate::{at, hello, message, user, world::World};

fn known(name: &str, status: Option<&str>, custom: Option<&str>, seen: Option<i64>) -> KnownStatus {
    KnownStatus {
        user: user(name),
        status: status.map(str::to_owned),
        custom: custom.map(str::to_owned),
        last_seen: seen.map(at),
    }
}

fn patch(status: Option<&str>, custom: Option<&str>) -> StatusPatch {
    StatusPatch { status: status.map(str::to_owned), custom: custom.map(str::to_owned) }
}

pub(crate) async fn a_status_changes_where_it_says_so(world: &World) {
    let World { store, heard, .. } = world;
    let ann = user("ann");
    let save =
        async |status, custom| store.save_status(&ann, &patch(status, custom)).await.unwrap();
    assert_eq!(save(None, None).await, known("ann", None, None, None));
    assert_eq!(save(Some("Busy"), None).await, known("ann", Some("Busy"), None, None));
    assert_eq!(save(None, Some("🛶")).await, known("ann", Some("Busy"), Some("🛶"), None));
    store.note_seen(std::slice::from_ref(&ann), at(5)).await.unwrap();
    assert_eq!(save(Some("b"), None).await, known("ann", Some("b"), Some("🛶"), Some(5)));
    assert_eq!(save(None, Some("")).await, known("ann", Some("b"), None, Some(5)));
    store.save_status(&user("eve"), &patch(Some("x"), Some(""))).await.unwrap();
    assert_eq!(
        store.statuses(&[user("zoe"), ann, user("eve")]).await.unwrap(),
        [
            known("zoe", None, None, None),
            known("ann", Some("b"), None, Some(5)),
            known("eve", Some("x"), None, None),
        ],
        "one for each who is asked for"
    );
    assert_eq!(store.statuses(&[]).await.unwrap(), []);
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn the_latest_time_is_when_someone_was_seen(world: &World) {
    let World { store, .. } = world;
    let (ann, ben) = (user("ann"), user("ben"));
    let both = [ann.clone(), ben.clone(), ann.clone()];
    store.note_seen(&both, at(5)).await.unwrap();
    store.note_seen(std::slice::from_ref(&ann), at(3)).await.unwrap();
    store.note_seen(std::slice::from_ref(&ben), at(7)).await.unwrap();
    store.note_seen(&[], at(9)).await.unwrap();
    assert_eq!(
        store.statuses(&both[..2]).await.unwrap(),
        [known("ann", None, None, Some(5)), known("ben", None, None, Some(7))]
    );
}

pub(crate) async fn users_are_found_by_their_word(world: &World) {
    let World { store, .. } = world;
    for (name, word) in
        [("ann", "invisible"), ("ben", "Offline"), ("eve", "away"), ("zoe", "invisible too")]
    {
        store.save_status(&user(name), &patch(Some(word), None)).await.unwrap();
    }
    store.save_status(&user("kim"), &patch(None, Some("invisible"))).await.unwrap();
    let mut found = store.users_with_status(&["invisible", "offline"]).await.unwrap();
    found.sort();
    assert_eq!(found, [user("ann"), user("ben")], "in capitals or not");
    assert_eq!(store.users_with_status(&[]).await.unwrap(), []);
}

pub(crate) async fn followers_are_replaced(world: &World) {
    let World { store, .. } = world;
    let ann = user("ann");
    let users = |names: &[&str]| -> Vec<UserId> { names.iter().map(|name| user(name)).collect() };
    for (id, from, to) in [
        ("m1", "ann", "zoe"),
        ("m2", "ben", "ann"),
        ("m3", "ann", "ann"),
        ("m4", "kim", "zoe"),
        ("m5", "ann", "#room"),
    ] {
        store.insert_message(hello(id, from, to, 0)).await.unwrap();
    }
    assert_eq!(store.followers(&ann).await.unwrap(), None);
    assert_eq!(store.followers_and_partners(&ann).await.unwrap(), None, "the app gave none");

    store.set_followers(&ann, &users(&["eve", "ben", "eve", "ann"])).await.unwrap();
    store.set_followers(&user("zoe"), &users(&["kim"])).await.unwrap();
    assert_eq!(store.followers(&ann).await.unwrap(), Some(users(&["ann", "ben", "eve"])));
    assert_eq!(
        store.followers_and_partners(&ann).await.unwrap(),
        Some(users(&["ben", "eve", "zoe"])),
        "each once and without the user"
    );
    store.set_followers(&ann, &users(&["liv", "eve"])).await.unwrap();
    assert_eq!(store.followers(&ann).await.unwrap(), Some(users(&["eve", "liv"])));
    store.set_followers(&ann, &[]).await.unwrap();
    assert_eq!(store.followers(&ann).await.unwrap(), Some(vec![]));
    assert_eq!(store.followers_and_partners(&ann).await.unwrap(), Some(users(&["ben", "zoe"])));
    store.delete_message(&message("m1"), &ann, at(1)).await.unwrap();
    assert_eq!(store.followers_and_partners(&ann).await.unwrap(), Some(users(&["ben"])));
    assert_eq!(store.followers(&user("zoe")).await.unwrap(), Some(users(&["kim"])));
}
