use std::{collections::BTreeMap, sync::atomic::Ordering};

use proptest::prelude::*;

use super::*;
use crate::{
    ids::ContactId,
    support::{
        Claimed, ContactPriority as P, Speaker,
        testing::{World, admin, pass_secs, said, user, world},
    },
};

/// Who looks after what, by names.
fn assigned(world: &World) -> BTreeMap<String, Option<String>> {
    let each = world.memory.all().into_iter();
    each.map(|one| (one.name, one.assigned_admin.map(|admin| admin.id.to_string()))).collect()
}

/// How many each looks after.
fn loads(world: &World) -> BTreeMap<String, usize> {
    let mut loads = BTreeMap::new();
    for admin in assigned(world).into_values().flatten() {
        *loads.entry(admin).or_default() += 1;
    }
    loads
}

async fn claim(world: &World, name: &str, id: &ContactId) {
    let claimed = world.desk.claim(&admin(name), id).await.unwrap();
    assert!(matches!(claimed, Claimed::Now(_)));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_takes_is_given_to_an_admin_after_five_minutes() {
    let mut world = world();
    world.desk.admin_entered(&admin("ann"));
    let id = world.ask("Eve").await;
    world.heard();
    pass_secs(299).await;
    assert!(world.heard().is_empty());
    pass_secs(2).await;
    assert_eq!(
        world.heard(),
        ["300000 ann: Eve with ANN assigned", "300000 admins: Eve with ANN claimed"]
    );
    let assigned = world.memory.get(&id).assigned_admin.unwrap();
    assert_eq!((&*assigned.email, assigned.claimed_at.ms()), ("ann@help.example", 300_000));
    assert!(world.desk.say(said(&id, "ann", Speaker::Admin)).await.is_ok(), "its chat is open");
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_or_is_done_is_not_given_away() {
    let mut world = world();
    for name in ["ann", "bob"] {
        world.desk.admin_entered(&admin(name));
    }
    let taken = world.ask("Eve").await;
    let done = world.ask("Dan").await;
    claim(&world, "bob", &taken).await;
    world.desk.resolve(&admin("bob"), &done).await.unwrap();
    world.heard();
    pass_secs(1_000).await;
    assert!(world.heard().is_empty());
    assert_eq!(assigned(&world)["Eve"].as_deref(), Some("bob"));
}

#[tokio::test(start_paused = true)]
async fn a_released_request_is_given_away_after_five_minutes_more() {
    let mut world = world();
    world.desk.admin_entered(&admin("ann"));
    let id = world.ask("Eve").await;
    claim(&world, "ann", &id).await;
    pass_secs(290).await;
    world.desk.release(&admin("ann"), &id).await.unwrap();
    world.heard();
    pass_secs(298).await;
    assert!(world.heard().is_empty());
    pass_secs(3).await;
    assert_eq!(world.heard()[0], "590000 ann: Eve with ANN assigned");
}

#[tokio::test(start_paused = true)]
async fn urgent_ones_come_first_then_the_oldest() {
    let mut world = world();
    for (name, priority) in
        [("n1", P::Normal), ("l", P::Low), ("n2", P::Normal), ("u", P::Urgent), ("h", P::High)]
    {
        world.ask_urgently(name, priority).await;
        pass_secs(1).await;
    }
    pass_secs(400).await;
    world.heard();
    world.desk.admin_entered(&admin("ann"));
    pass_secs(61).await;
    let told = world.heard();
    let order: Vec<_> = told.iter().filter_map(|told| told.split_once(" ann: ")).collect();
    let order: Vec<_> = order.iter().map(|(_, event)| event.split_once(' ').unwrap().0).collect();
    assert_eq!(order, ["u", "h", "n1", "n2", "l"]);
}

#[tokio::test(start_paused = true)]
async fn while_nobody_is_there_it_is_tried_each_minute() {
    let mut world = world();
    world.ask("Eve").await;
    world.desk.admin_entered(&admin("ann"));
    world.desk.admin_left(&user("ann"));
    world.heard();
    // Due after 300 s; looked for at 300, 360, 420.
    pass_secs(361).await;
    assert!(world.heard().is_empty(), "whoever is within the grace is not there");
    world.desk.admin_entered(&admin("bob"));
    pass_secs(58).await;
    assert!(world.heard().is_empty());
    pass_secs(2).await;
    assert_eq!(world.heard()[0], "420000 bob: Eve with BOB assigned");
}

#[tokio::test(start_paused = true)]
async fn the_one_with_the_fewest_open_chats_is_next() {
    let world = world();
    for name in ["ann", "bob", "cid"] {
        world.desk.admin_entered(&admin(name));
    }
    let mut of_ann = Vec::new();
    for number in 0..5 {
        let id = world.ask(&format!("a{number}")).await;
        claim(&world, "ann", &id).await;
        of_ann.push(id);
    }
    let of_bob = world.ask("b").await;
    claim(&world, "bob", &of_bob).await;
    for number in 0..5 {
        world.ask(&format!("e{number}")).await;
    }
    pass_secs(302).await;
    let names = |names: [(&str, usize); 3]| names.map(|(name, n)| (name.to_owned(), n)).into();
    assert_eq!(loads(&world), names([("ann", 5), ("bob", 3), ("cid", 3)]));
    for id in of_ann {
        world.desk.resolve(&admin("ann"), &id).await.unwrap();
        world.desk.delete(&id).await.unwrap();
    }
    for number in 0..3 {
        world.ask(&format!("f{number}")).await;
    }
    pass_secs(302).await;
    assert_eq!(loads(&world), names([("ann", 3), ("bob", 3), ("cid", 3)]));
}

#[tokio::test(start_paused = true)]
async fn equals_take_turns() {
    let world = world();
    for name in ["ann", "bob", "cid"] {
        world.desk.admin_entered(&admin(name));
    }
    let mut order = Vec::new();
    for number in 0..7 {
        let id = world.ask(&format!("e{number}")).await;
        pass_secs(302).await;
        order.push(world.memory.get(&id).assigned_admin.unwrap().id.to_string());
        // All have none again.
        world.desk.resolve(&admin("ann"), &id).await.unwrap();
    }
    assert_eq!(order, ["ann", "bob", "cid", "ann", "bob", "cid", "ann"]);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_are_all_given_away() {
    let world = world();
    for name in ["ann", "bob", "cid"] {
        world.desk.admin_entered(&admin(name));
    }
    for number in 0..300 {
        world.ask(&format!("e{number}")).await;
    }
    pass_secs(302).await;
    assert!(loads(&world).values().all(|load| *load == 100), "{:?}", loads(&world));
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_given_away_does_not_hold_up_the_others() {
    let world = world();
    world.desk.admin_entered(&admin("ann"));
    let bad = world.ask_urgently("bad", P::Urgent).await;
    world.ask("good").await;
    *world.memory.poisoned.lock().unwrap() = Some(bad);
    pass_secs(302).await;
    assert_eq!(assigned(&world)["good"].as_deref(), Some("ann"));
    assert_eq!(assigned(&world)["bad"], None);
    assert_eq!(world.memory.put_off.load(Ordering::Relaxed), 1);
    *world.memory.poisoned.lock().unwrap() = None;
    pass_secs(60).await;
    assert_eq!(assigned(&world)["bad"].as_deref(), Some("ann"));
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_store_hinders_is_done_later() {
    let world = world();
    world.desk.admin_entered(&admin("ann"));
    world.ask("Eve").await;
    pass_secs(290).await;
    world.fail(true);
    pass_secs(60).await;
    assert_eq!(assigned(&world)["Eve"], None);
    world.fail(false);
    pass_secs(15).await;
    assert_eq!(assigned(&world)["Eve"].as_deref(), Some("ann"));
}

#[tokio::test(start_paused = true)]
async fn what_waited_before_a_restart_is_given_away_after_it() {
    let world = world();
    world.ask("Eve").await;
    pass_secs(290).await;
    let next = world.another_desk();
    next.admin_entered(&admin("bob"));
    tokio::spawn(async move { next.run().await });
    pass_secs(12).await;
    assert_eq!(assigned(&world)["Eve"].as_deref(), Some("bob"));
}

proptest! {
    /// Against the rule itself: nobody gets one who has more open chats than another.
    #[test]
    fn nobody_is_given_more_than_the_least_busy_one(
        open in proptest::collection::vec(0_u64..6, 1..6),
        gifts in 1_usize..40,
    ) {
        let there: Vec<_> = (0..open.len()).map(|number| admin(&format!("a{number}"))).collect();
        let ids = there.iter().map(|admin| admin.id.clone());
        let mut loads: HashMap<_, _> = ids.zip(open.iter().copied()).collect();
        let mut rota = Rota::default();
        for _ in 0..gifts {
            let next = rota.next(&there, &loads).unwrap().id.clone();
            prop_assert_eq!(loads[&next], *loads.values().min().unwrap());
            *loads.get_mut(&next).unwrap() += 1;
            rota.gave(&next);
        }
        let spread = loads.values().max().unwrap() - loads.values().min().unwrap();
        prop_assert!(spread <= 1.max(open.iter().max().unwrap() - open.iter().min().unwrap()));
        rota.keep(&there[..1]);
        prop_assert!(rota.given.len() <= 1);
    }
}
