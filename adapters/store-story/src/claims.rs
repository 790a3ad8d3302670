//! Whose a request for help is.

use futures_util::future::join_all;
use outrigger_domain::support::{
    Assigned, Claimed, Contact, ContactPriority, ContactStatus, Released, Resolved,
};

use crate::{
    at,
    support_words::{admin, contact, contact_id, resolver},
    user,
    world::World,
};

fn taken(contact: Contact, by: Assigned) -> Contact {
    Contact { status: ContactStatus::InProgress, assigned_admin: Some(by), ..contact }
}

pub(crate) async fn of_many_claims_one_wins(world: &World) {
    let store = world.store.as_ref();
    let (id, other) = (contact_id("c1"), contact("c2", ContactPriority::Low, 0));
    for contact in [&contact("c1", ContactPriority::Normal, 0), &other] {
        store.add_contact(contact).await.unwrap();
    }
    let claims = join_all((0..20).map(async |n| {
        let admin = admin(&format!("admin{n}"), n);
        (admin.clone(), store.claim_contact(&id, &admin, &[]).await.unwrap())
    }))
    .await;
    let winners: Vec<_> =
        claims.iter().filter(|(_, claimed)| matches!(claimed, Claimed::Now(_))).collect();
    let [(winner, Claimed::Now(won))] = winners.as_slice() else { panic!("{winners:?}") };
    assert_eq!(won.assigned_admin.as_ref(), Some(winner));
    for (admin, claimed) in claims.iter().filter(|(admin, _)| admin.id != winner.id) {
        assert_eq!(claimed, &Claimed::By(winner.clone()), "{:?}", admin.id);
    }
    assert_eq!(store.contact(&id).await.unwrap().as_ref(), Some(won));
    assert_eq!(store.open_chats().await.unwrap(), [(winner.id.clone(), 1)]);
    assert_eq!(store.contact(&other.id).await.unwrap(), Some(other));
}

pub(crate) async fn what_an_admin_has_is_theirs_until_they_are_lost(world: &World) {
    let store = world.store.as_ref();
    let (new, id) = (contact("c1", ContactPriority::Normal, 0), contact_id("c1"));
    store.add_contact(&new).await.unwrap();
    let claim = async |name: &str, ms, lost: &[&str]| {
        let lost: Vec<_> = lost.iter().copied().map(user).collect();
        store.claim_contact(&id, &admin(name, ms), &lost).await.unwrap()
    };
    let first = taken(new.clone(), admin("ann", 1));
    assert_eq!(claim("ann", 1, &["eve"]).await, Claimed::Now(first.clone()));
    assert_eq!(claim("ann", 2, &[]).await, Claimed::Before(first.clone()), "since when it was");
    assert_eq!(claim("ann", 2, &["ann"]).await, Claimed::Before(first.clone()));
    assert_eq!(claim("ben", 3, &["ben", "eve"]).await, Claimed::By(admin("ann", 1)));
    let second = taken(new.clone(), admin("ben", 4));
    assert_eq!(claim("ben", 4, &["eve", "ann"]).await, Claimed::Now(second.clone()));
    assert_eq!(claim("ann", 5, &["ann"]).await, Claimed::By(admin("ben", 4)));
    assert_eq!(store.contact(&id).await.unwrap(), Some(second.clone()));

    let Resolved::Now(done) = store.resolve_contact(&id, &resolver("ann"), at(6)).await.unwrap()
    else {
        panic!("it was not done before")
    };
    assert_eq!(done.assigned_admin, second.assigned_admin, "who had it stays known");
    assert_eq!(claim("ben", 7, &[]).await, Claimed::Resolved);
    assert_eq!(claim("eve", 7, &["ben"]).await, Claimed::Resolved);
    let unknown = store.claim_contact(&contact_id("C1"), &admin("ann", 8), &[]).await;
    assert_eq!(unknown.unwrap(), Claimed::Missing);
}

pub(crate) async fn only_who_has_it_gives_it_back(world: &World) {
    let store = world.store.as_ref();
    let (new, id) = (contact("c1", ContactPriority::Normal, 0), contact_id("c1"));
    let release =
        async |name: &str, ms| store.release_contact(&id, &user(name), at(ms)).await.unwrap();
    assert_eq!(release("ann", 1).await, Released::Missing);
    store.add_contact(&new).await.unwrap();
    assert_eq!(release("ann", 1).await, Released::NotYours);
    store.claim_contact(&id, &admin("ann", 2), &[]).await.unwrap();
    assert_eq!(release("ben", 3).await, Released::NotYours);
    let waits = Contact { assign_at: at(4), ..new };
    assert_eq!(release("ann", 4).await, Released::Now(waits.clone()));
    assert_eq!(store.contact(&id).await.unwrap(), Some(waits));
    assert_eq!(release("ann", 5).await, Released::NotYours);
    let again = store.claim_contact(&id, &admin("ben", 6), &[]).await.unwrap();
    assert!(matches!(again, Claimed::Now(_)));
    store.resolve_contact(&id, &resolver("ben"), at(7)).await.unwrap();
    assert_eq!(release("ben", 8).await, Released::NotYours);
}

pub(crate) async fn what_is_done_stays_done(world: &World) {
    let store = world.store.as_ref();
    let (new, id) = (contact("c1", ContactPriority::Normal, 0), contact_id("c1"));
    let resolve =
        async |name: &str, ms| store.resolve_contact(&id, &resolver(name), at(ms)).await.unwrap();
    assert_eq!(resolve("ann", 1).await, Resolved::Missing);
    store.add_contact(&new).await.unwrap();
    let done = Contact {
        status: ContactStatus::Resolved,
        resolved_at: Some(at(2)),
        resolved_by: Some(resolver("ann")),
        ..new
    };
    assert_eq!(resolve("ann", 2).await, Resolved::Now(done.clone()), "nobody had to have it");
    assert_eq!(resolve("ben", 3).await, Resolved::Before(done.clone()));
    store.put_off_contact(&id, at(9)).await.unwrap();
    assert_eq!(store.contact(&id).await.unwrap().unwrap().resolved_by, done.resolved_by);
    assert_eq!(store.contacts_due(at(1_000_000), 9).await.unwrap(), []);
}
