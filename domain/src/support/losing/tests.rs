use std::{sync::Arc, time::Duration};

use crate::support::{
    Claimed,
    testing::{World, admin, pass, pass_secs, still_world, world},
};

/// Ann looks after what these ask; she is there.
async fn chats(world: &mut World, names: &[&str]) {
    let ann = admin("ann");
    world.desk.admin_entered(&ann);
    for name in names {
        let id = world.ask(name).await;
        let claimed = world.desk.claim(&ann, &id).await.unwrap();
        assert!(matches!(claimed, Claimed::Now(_)));
    }
    world.heard();
}

#[tokio::test(start_paused = true)]
async fn a_minute_after_the_last_socket_each_chat_is_lost() {
    let mut world = world();
    chats(&mut world, &["Eve", "Dan"]).await;
    world.desk.admin_entered(&admin("ann"));
    world.desk.admin_left(&admin("ann").id);
    pass_secs(100).await;
    assert!(world.heard().is_empty(), "a socket is left");
    world.desk.admin_left(&admin("ann").id);
    pass(59_999).await;
    assert!(world.heard().is_empty());
    pass_secs(100).await;
    assert_eq!(
        world.heard(),
        ["160000 admins: Eve lost ANN", "160000 admins: Dan lost ANN"],
        "told once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reload_is_no_loss() {
    let mut world = world();
    chats(&mut world, &["Eve"]).await;
    for _ in 0..10 {
        world.desk.admin_left(&admin("ann").id);
        pass_secs(59).await;
        world.desk.admin_entered(&admin("ann"));
        pass_secs(10).await;
    }
    pass_secs(100).await;
    assert!(world.heard().is_empty());
    world.desk.admin_left(&admin("ann").id);
    pass_secs(61).await;
    assert_eq!(world.heard().len(), 1, "the last time counts from its own start");
}

#[tokio::test(start_paused = true)]
async fn only_open_chats_are_lost() {
    let mut world = world();
    chats(&mut world, &["Eve", "Dan", "Fay"]).await;
    let ids: Vec<_> = world.memory.all().into_iter().map(|one| one.id).collect();
    world.desk.resolve(&admin("ann"), &ids[0]).await.unwrap();
    world.desk.release(&admin("ann"), &ids[1]).await.unwrap();
    world.desk.admin_left(&admin("ann").id);
    world.heard();
    pass_secs(61).await;
    assert_eq!(world.heard(), ["60000 admins: Fay lost ANN"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_had_chats_before_a_restart_is_expected_back() {
    let mut world = still_world();
    chats(&mut world, &["Eve"]).await;
    let id = world.memory.all()[0].id.clone();
    world.desk.claim(&admin("bob"), &world.ask("Dan").await).await.unwrap();
    world.heard();
    pass_secs(1_000).await;
    let next = world.another_desk();
    let running = Arc::clone(&next);
    tokio::spawn(async move { running.run().await });
    pass_secs(30).await;
    assert!(matches!(next.claim(&admin("cid"), &id).await, Ok(Claimed::By(_))));
    next.admin_entered(&admin("bob"));
    pass_secs(100).await;
    assert_eq!(world.heard(), ["1060000 admins: Eve lost ANN"], "Bob came back");
    assert!(matches!(next.claim(&admin("cid"), &id).await, Ok(Claimed::Now(_))));
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_store_hinders_is_told_later() {
    let mut world = world();
    chats(&mut world, &["Eve"]).await;
    world.desk.admin_left(&admin("ann").id);
    pass_secs(59).await;
    world.fail(true);
    pass_secs(30).await;
    assert!(world.heard().is_empty());
    world.fail(false);
    pass_secs(15).await;
    let told = world.heard();
    assert!(told.len() == 1 && told[0].ends_with(" admins: Eve lost ANN"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_at_the_start_delays_it_only() {
    let mut world = still_world();
    chats(&mut world, &["Eve"]).await;
    world.fail(true);
    let next = world.another_desk();
    tokio::spawn(async move { next.run().await });
    pass_secs(90).await;
    assert!(world.heard().is_empty());
    world.fail(false);
    pass_secs(15).await;
    assert_eq!(world.heard().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_changes_hands_meanwhile_is_not_lost() {
    let mut world = world();
    chats(&mut world, &["Eve", "Dan"]).await;
    let ids: Vec<_> = world.memory.all().into_iter().map(|one| one.id).collect();
    world.desk.admin_left(&admin("ann").id);
    pass_secs(59).await;
    *world.memory.slowness.lock().unwrap() = Duration::from_secs(1);
    pass(1_200).await;
    // Ann's chats were asked for and are not known yet.
    let desk = Arc::clone(&world.desk);
    let resolving = tokio::spawn(async move { desk.resolve(&admin("bob"), &ids[0]).await });
    pass_secs(30).await;
    resolving.await.unwrap().unwrap();
    let told = world.heard();
    let lost: Vec<_> = told.iter().filter(|told| told.contains(" lost ")).collect();
    assert_eq!(lost.len(), 1, "{told:?}");
    assert!(lost[0].ends_with("admins: Dan lost ANN"));
}
