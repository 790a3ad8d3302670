use std::sync::atomic::Ordering;

use crate::{
    ids::ContactId,
    support::{
        Speaker, SupportStats,
        testing::{World, admin, pass_secs, said, world},
    },
};

async fn say(world: &World, id: &ContactId) {
    world.desk.say(said(id, "eve", Speaker::Submitter)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn figures_count_what_there_is() {
    let world = world();
    let [ann, bob] = [admin("ann"), admin("bob")];
    for admin in [&ann, &ann, &bob] {
        world.desk.admin_entered(admin);
    }
    let [first, second, _] =
        [world.ask("Eve").await, world.ask("Dan").await, world.ask("Fay").await];
    for id in [&first, &second] {
        world.desk.claim(&ann, id).await.unwrap();
        say(&world, id).await;
    }
    world.desk.resolve(&ann, &second).await.unwrap();
    let stats = SupportStats {
        total: 3,
        active_chats: 1,
        messages: 2,
        average_response_ms: 7,
        online_admins: 2,
        pending: 1,
    };
    assert_eq!(world.desk.stats().await.unwrap(), stats);
    world.desk.admin_left(&ann.id);
    world.desk.admin_left(&bob.id);
    assert_eq!(world.desk.stats().await.unwrap().online_admins, 1);
}

#[tokio::test(start_paused = true)]
async fn admins_hear_of_changes_at_most_once_in_five_seconds() {
    let mut world = world();
    let ann = admin("ann");
    world.desk.admin_entered(&ann);
    let id = world.ask("Eve").await;
    world.desk.claim(&ann, &id).await.unwrap();
    for _ in 0..30 {
        say(&world, &id).await;
        pass_secs(1).await;
    }
    pass_secs(100).await;
    let told = world.figures();
    assert_eq!(told[0].0, 100, "the first at once");
    assert!(told.windows(2).all(|two| two[1].0 - two[0].0 >= 5_000), "{told:?}");
    assert_eq!(told.len(), 7);
    assert_eq!(told[6].1.messages, 30, "the last one tells all");
    assert_eq!(told[6].1, world.desk.stats().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn every_change_is_told() {
    let mut world = world();
    let ann = admin("ann");
    let told = async |world: &mut World| {
        pass_secs(10).await;
        world.figures().len()
    };
    world.desk.admin_entered(&ann);
    assert_eq!(told(&mut world).await, 1, "an admin came");
    let id = world.ask("Eve").await;
    assert_eq!(told(&mut world).await, 1, "a request came");
    world.desk.claim(&ann, &id).await.unwrap();
    assert_eq!(told(&mut world).await, 1, "it was claimed");
    world.desk.release(&ann, &id).await.unwrap();
    assert_eq!(told(&mut world).await, 1, "it was released");
    world.desk.admin_entered(&admin("bob"));
    assert_eq!(told(&mut world).await, 1, "another admin came");
    pass_secs(300).await;
    assert_eq!(told(&mut world).await, 1, "it was given away");
    world.desk.resolve(&ann, &id).await.unwrap();
    assert_eq!(told(&mut world).await, 1, "it was resolved");
    world.desk.delete(&id).await.unwrap();
    assert_eq!(told(&mut world).await, 1, "it was deleted");
    world.desk.resolve(&ann, &id).await.unwrap();
    world.desk.admin_entered(&ann);
    assert_eq!(told(&mut world).await, 0, "nothing changed");
}

#[tokio::test(start_paused = true)]
async fn while_no_admin_is_there_nothing_is_counted() {
    let mut world = world();
    world.ask("Eve").await;
    pass_secs(20).await;
    assert!(world.figures().is_empty());
    assert_eq!(world.memory.counted.load(Ordering::Relaxed), 0);
    world.desk.admin_entered(&admin("ann"));
    pass_secs(20).await;
    assert_eq!(world.figures().len(), 1);
    world.desk.admin_left(&admin("ann").id);
    pass_secs(20).await;
    world.desk.admin_entered(&admin("ann"));
    pass_secs(20).await;
    assert_eq!(world.figures().len(), 1, "the same figures are news to whoever comes");
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_store_hinders_is_told_later() {
    let mut world = world();
    world.fail(true);
    world.desk.admin_entered(&admin("ann"));
    pass_secs(60).await;
    assert!(world.figures().is_empty() && world.desk.stats().await.is_err());
    world.fail(false);
    pass_secs(15).await;
    assert_eq!(world.figures().len(), 1);
}
