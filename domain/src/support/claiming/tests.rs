use std::time::Duration;

use tokio::task::JoinSet;

use super::*;
use crate::support::{
    ContactStatus,
    testing::{admin, pass, pass_secs, still_world},
};

#[tokio::test(start_paused = true)]
async fn a_claimed_request_is_told_to_each_admin_once() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    world.heard();
    let claimed = world.desk.claim(&admin("ann"), &id).await.unwrap();
    let Claimed::Now(contact) = claimed else { panic!("{claimed:?}") };
    assert_eq!(contact.status, ContactStatus::InProgress);
    let assigned = contact.assigned_admin.unwrap();
    assert_eq!((&*assigned.name, &*assigned.email), ("ANN", "ann@help.example"));
    assert_eq!(
        world.heard(),
        ["0 admins but ann: Eve with ANN claimed", "0 ann: Eve with ANN claimed by you"]
    );
}

#[tokio::test(start_paused = true)]
async fn of_many_who_claim_at_once_exactly_one_wins() {
    let mut world = still_world();
    *world.memory.slowness.lock().unwrap() = Duration::from_millis(5);
    let id = world.ask("Eve").await;
    world.heard();
    // As two processes over one store would.
    let desks = [Arc::clone(&world.desk), world.another_desk()];
    let mut claims = JoinSet::new();
    for number in 0..20 {
        let (desk, id) = (Arc::clone(&desks[number % 2]), id.clone());
        claims.spawn(async move { desk.claim(&admin(&format!("a{number}")), &id).await.unwrap() });
    }
    let mut winners = Vec::new();
    let mut others = Vec::new();
    for claimed in claims.join_all().await {
        match claimed {
            Claimed::Now(contact) => winners.push(contact.assigned_admin.unwrap()),
            Claimed::By(assigned) => others.push(assigned),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((winners.len(), others.len()), (1, 19));
    assert!(others.iter().all(|other| *other == winners[0]));
    assert_eq!(world.heard().len(), 2, "one told in full, the others in short");
}

#[tokio::test(start_paused = true)]
async fn whoever_has_it_may_claim_it_again_and_is_told_again() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    world.desk.claim(&admin("ann"), &id).await.unwrap();
    world.heard();
    assert!(matches!(world.desk.claim(&admin("ann"), &id).await, Ok(Claimed::Before(_))));
    assert_eq!(world.heard(), ["0 ann: Eve with ANN claimed by you"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_another_admins_or_done_or_missing_is_not_claimed() {
    let world = still_world();
    let [id, done, gone] = [world.ask("Eve").await, world.ask("Dan").await, world.ask("Gus").await];
    world.desk.admin_entered(&admin("ann"));
    world.desk.claim(&admin("ann"), &id).await.unwrap();
    world.desk.resolve(&admin("ann"), &done).await.unwrap();
    world.desk.delete(&gone).await.unwrap();
    let bob = admin("bob");
    let claim = async |id| world.desk.claim(&bob, id).await.unwrap();
    pass_secs(1_000).await;
    assert!(matches!(claim(&id).await, Claimed::By(by) if by.name == "ANN"));
    assert_eq!((claim(&done).await, claim(&gone).await), (Claimed::Resolved, Claimed::Missing));
    assert!(matches!(world.desk.release(&bob, &id).await, Ok(Released::NotYours)));
    assert!(matches!(world.desk.release(&bob, &gone).await, Ok(Released::Missing)));
    assert!(matches!(world.desk.resolve(&bob, &gone).await, Ok(Resolved::Missing)));
    assert_eq!(world.memory.get(&id).assigned_admin.unwrap().name, "ANN");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_admin_had_may_be_taken_over_after_the_grace() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    let [ann, bob] = [admin("ann"), admin("bob")];
    pass_secs(100).await;
    world.desk.admin_entered(&ann);
    world.desk.admin_entered(&ann);
    world.desk.claim(&ann, &id).await.unwrap();
    world.desk.admin_left(&ann.id);
    pass_secs(100).await;
    assert!(matches!(world.desk.claim(&bob, &id).await, Ok(Claimed::By(_))), "one tab is left");
    world.desk.admin_left(&ann.id);
    pass(59_999).await;
    assert!(matches!(world.desk.claim(&bob, &id).await, Ok(Claimed::By(_))), "the grace runs");
    pass(1).await;
    world.heard();
    let claimed = world.desk.claim(&bob, &id).await.unwrap();
    assert!(
        matches!(claimed, Claimed::Now(contact) if contact.assigned_admin.as_ref().unwrap().id == bob.id)
    );
    assert_eq!(
        world.heard(),
        ["260000 admins but bob: Eve with BOB claimed", "260000 bob: Eve with BOB claimed by you"]
    );
    // Coming back does not bring it back.
    world.desk.admin_entered(&ann);
    world.desk.admin_entered(&bob);
    assert!(matches!(world.desk.claim(&ann, &id).await, Ok(Claimed::By(by)) if by.id == bob.id));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_back_within_the_grace_keeps_what_they_had() {
    let world = still_world();
    let id = world.ask("Eve").await;
    let [ann, bob] = [admin("ann"), admin("bob")];
    world.desk.admin_entered(&ann);
    world.desk.claim(&ann, &id).await.unwrap();
    world.desk.admin_left(&ann.id);
    pass_secs(59).await;
    world.desk.admin_entered(&ann);
    pass_secs(600).await;
    assert!(matches!(world.desk.claim(&bob, &id).await, Ok(Claimed::By(_))));
}

#[tokio::test(start_paused = true)]
async fn a_released_request_waits_for_the_full_time_again() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    world.desk.claim(&admin("ann"), &id).await.unwrap();
    world.heard();
    pass_secs(100).await;
    let released = world.desk.release(&admin("ann"), &id).await.unwrap();
    assert!(matches!(released, Released::Now(contact) if contact.assign_at.ms() == 400_000));
    assert_eq!(world.heard(), ["100000 admins: Eve released by ANN"]);
    assert!(matches!(world.desk.release(&admin("ann"), &id).await, Ok(Released::NotYours)));
    assert!(matches!(world.desk.claim(&admin("bob"), &id).await, Ok(Claimed::Now(_))));
}

#[tokio::test(start_paused = true)]
async fn a_resolved_request_is_told_to_everybody_once() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    for name in ["ann", "bob"] {
        world.desk.admin_entered(&admin(name));
    }
    world.desk.claim(&admin("ann"), &id).await.unwrap();
    world.heard();
    // Any admin may, and the chat is told apart from admins, who are in it as well.
    let resolved = world.desk.resolve(&admin("cid"), &id).await.unwrap();
    assert!(
        matches!(resolved, Resolved::Now(contact) if contact.resolved_by.as_ref().unwrap().name == "CID")
    );
    assert_eq!(
        world.heard(),
        [
            "0 admins but cid: Eve resolved",
            "0 chat of Eve but ann, bob, cid: Eve resolved",
            "0 cid: Eve resolved by you",
        ]
    );
    assert!(matches!(world.desk.resolve(&admin("bob"), &id).await, Ok(Resolved::Before(_))));
    assert_eq!(world.heard(), ["0 bob: Eve resolved by you"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_the_store_did_not_keep() {
    let mut world = still_world();
    let id = world.ask("Eve").await;
    world.heard();
    world.fail(true);
    let ann = admin("ann");
    assert!(world.desk.claim(&ann, &id).await.is_err());
    assert!(world.desk.release(&ann, &id).await.is_err());
    assert!(world.desk.resolve(&ann, &id).await.is_err());
    assert!(world.heard().is_empty());
}
