use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use super::{paces::MOST, *};
use crate::{
    ids::RecipientId,
    tracking::{
        RecipientStatus as R, TrackedStatus as T,
        testing::{Heard, message, pass, recipient, still_world, user, world},
    },
};

/// When recipients were told, how many at once, and how each was told last.
#[derive(Debug, Default, PartialEq)]
struct Told {
    batches: Vec<(u128, usize)>,
    last: BTreeMap<RecipientId, R>,
}

/// Counts, and checks that each telling of recipients is followed by the message as it was then.
fn told(heard: Vec<Heard>) -> Told {
    let mut told = Told::default();
    let mut heard = heard.into_iter();
    while let Some(Heard { ms, event, audience }) = heard.next() {
        let DomainEvent::Recipients { tracked, changed } = event else { continue };
        assert!(changed.len() <= MOST_TOLD_AT_ONCE as usize);
        assert!(changed.windows(2).all(|two| two[0].revision < two[1].revision));
        let expected =
            Audience::Tracked { owner: tracked.owner.clone(), message: tracked.id.clone() };
        assert_eq!(audience, expected);
        told.batches.push((ms, changed.len()));
        told.last.extend(changed.iter().map(|one| (one.id.clone(), one.status)));
        let behind = heard.next().expect("the message is told behind its recipients");
        assert_eq!(behind.ms, ms);
        assert!(matches!(behind.event, DomainEvent::TrackedMessage(shown) if shown == tracked));
    }
    told
}

#[tokio::test(start_paused = true)]
async fn one_recipient_is_told_at_once() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", [1], R::Sent).await;
    pass(25).await;
    let told = told(world.heard());
    assert_eq!(told.batches, [(20, 1)]);
    assert_eq!(told.last[&recipient(1)], R::Sent);
}

#[tokio::test(start_paused = true)]
async fn many_are_told_a_hundred_at_a_time_five_times_a_second_and_none_is_left_out() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", 0..1_050, R::Sent).await;
    pass(60_000).await;
    let told = told(world.heard());
    let expected: Vec<_> =
        (0..11).map(|turn| (20 + turn * 200, if turn < 10 { 100 } else { 50 })).collect();
    assert_eq!(told.batches, expected);
    assert_eq!(told.last, world.memory.all("m"));
}

#[tokio::test(start_paused = true)]
async fn who_changes_again_before_the_turn_comes_is_told_once_and_as_the_last() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", 0..300, R::Pending).await;
    world.come("ann", "m", 0..300, R::Sent).await;
    world.come("ann", "m", 0..300, R::Delivered).await;
    pass(60_000).await;
    let told = told(world.heard());
    assert_eq!(told.batches.iter().map(|(_, count)| count).sum::<usize>(), 300);
    assert!(told.last.values().all(|status| *status == R::Delivered));
}

#[tokio::test(start_paused = true)]
async fn single_updates_keep_the_pace_too() {
    let mut world = world();
    world.enter("ann");
    for number in 0..1_000 {
        world.come("ann", "m", [number], R::Sent).await;
        pass(1).await;
    }
    pass(10_000).await;
    let told = told(world.heard());
    assert!(told.batches.windows(2).all(|two| two[1].0 - two[0].0 >= 200), "{:?}", told.batches);
    assert_eq!(told.last.len(), 1_000);
    assert!(world.progress.paces().len() == 0, "nothing is kept when all is told");
}

#[tokio::test(start_paused = true)]
async fn nothing_new_is_not_told_again() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", 0..10, R::Delivered).await;
    pass(1_000).await;
    world.heard();
    assert_eq!(world.come("ann", "m", 0..10, R::Delivered).await, 0);
    assert_eq!(world.come("ann", "m", 0..10, R::Sent).await, 0);
    pass(1_000).await;
    assert!(world.heard().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_is_away_is_told_nothing_and_after_coming_back_only_what_is_new() {
    let mut world = world();
    world.come("ann", "m", 0..300, R::Sent).await;
    pass(1_000).await;
    assert!(world.heard().is_empty());
    assert_eq!(world.memory.reads.load(Ordering::Relaxed), 0, "the store is not even asked");
    world.enter("ann");
    world.come("ann", "m", [7], R::Delivered).await;
    pass(1_000).await;
    assert_eq!(told(world.heard()).last, [(recipient(7), R::Delivered)].into());
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_is_told_no_more() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", 0..1_000, R::Sent).await;
    pass(250).await;
    world.leave("ann");
    pass(10_000).await;
    world.enter("ann");
    pass(10_000).await;
    assert_eq!(told(world.heard()).batches, [(20, 100), (220, 100)]);
    assert!(world.progress.paces().len() == 0);
}

#[tokio::test(start_paused = true)]
async fn every_message_has_its_own_pace() {
    let mut world = world();
    world.enter("ann");
    world.enter("bob");
    world.come("ann", "m", 0..2_000, R::Sent).await;
    world.come("ann", "n", 0..100, R::Sent).await;
    world.come("bob", "o", 0..100, R::Sent).await;
    pass(100).await;
    // Ann has a hundred recipients to take in before she is told of more.
    assert_eq!(told(world.heard()).batches, [(20, 100), (20, 100), (60, 100)]);
}

#[tokio::test(start_paused = true)]
async fn an_owner_of_many_messages_is_told_two_thousand_a_second_and_of_each_in_turn() {
    let mut world = world();
    world.enter("ann");
    for number in 0..20 {
        world.come("ann", &format!("m{number}"), 0..1_000, R::Sent).await;
    }
    pass(1_000).await;
    let first = world.heard();
    let about = first.iter().filter_map(|heard| match &heard.event {
        DomainEvent::TrackedMessage(tracked) => Some(tracked.id.clone()),
        _ => None,
    });
    assert_eq!(about.collect::<BTreeSet<_>>().len(), 20, "none waits for the others to end");
    let sum = |told: &Told| told.batches.iter().map(|(_, count)| count).sum::<usize>();
    assert_eq!(sum(&told(first)), 2_000);
    pass(1_000).await;
    let second = sum(&told(world.heard()));
    assert!((1_900..=2_000).contains(&second), "{second}");
    pass(10_000).await;
    assert!(sum(&told(world.heard())) >= 15_900, "all is told in the end");
    assert!(world.progress.paces().len() == 0);
}

#[tokio::test(start_paused = true)]
async fn many_small_messages_are_told_as_fast_as_a_large_one() {
    let mut world = world();
    world.enter("ann");
    for number in 0..1_000 {
        world.come("ann", &format!("m{number}"), [1], R::Sent).await;
    }
    pass(600).await;
    assert_eq!(told(world.heard()).batches.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_store_hinders_is_told_later() {
    let mut world = world();
    world.enter("ann");
    world.come("ann", "m", 0..150, R::Sent).await;
    world.memory.failing.store(true, Ordering::Relaxed);
    pass(5_000).await;
    assert!(world.heard().is_empty());
    world.memory.failing.store(false, Ordering::Relaxed);
    pass(20_000).await;
    assert_eq!(told(world.heard()).last, world.memory.all("m"));
}

#[tokio::test(start_paused = true)]
async fn changes_heard_of_in_another_order_are_all_told() {
    let mut world = world();
    let (id, ann) = (message("m"), user("ann"));
    // Nobody is there yet, so that nothing is heard of them.
    world.come("ann", "m", 0..10, R::Sent).await;
    world.come("ann", "m", 10..20, R::Sent).await;
    world.enter("ann");
    let tracked = world.tracking.look_up(&id).await.unwrap().unwrap();
    let all = world.tracking.latest_recipients(&tracked, 100).await.unwrap();
    assert_eq!(tracked.owner, ann);
    world.progress.touched(&tracked, &all[10..]).await;
    pass(50).await;
    world.progress.touched(&tracked, &all[..10]).await;
    pass(1_000).await;
    assert_eq!(told(world.heard()).last, world.memory.all("m"));
}

#[tokio::test(start_paused = true)]
async fn when_very_many_messages_are_under_way_one_more_waits_for_a_place() {
    let mut world = still_world();
    world.enter("ann");
    world.come("ann", "m", [1], R::Sent).await;
    let one = world.tracking.look_up(&message("m")).await.unwrap().unwrap();
    for number in 1..MOST {
        let owner = user(&format!("u{number}"));
        let other = Tracked { id: message(&format!("m{number}")), owner, ..one.clone() };
        assert!(world.progress.paces().put(&other, 0, Instant::now()));
    }
    let before = Instant::now();
    world.come("ann", "late", [1], R::Sent).await;
    assert_eq!(before.elapsed(), LONGEST_WAIT);
    assert_eq!(world.progress.paces().len(), MOST);
    world.start();
    world.come("ann", "late", [2], R::Sent).await;
    pass(5_000).await;
    let last = told(world.heard()).last;
    assert_eq!(last, [(recipient(1), R::Sent), (recipient(2), R::Sent)].into());
    assert!(world.progress.paces().len() == 0);
}

/// A message's status is told by the store, at once, and by the pacing, beside its recipients.
#[tokio::test(start_paused = true)]
async fn a_message_never_seems_to_go_backwards() {
    let mut world = world();
    *world.memory.slowness.lock().unwrap() = Duration::from_millis(7);
    for turn in 0..40 {
        let (owner, id) = (&format!("u{turn}"), format!("m{turn}"));
        world.enter(owner);
        world.come(owner, &id, 0..250, R::Sent).await;
        pass(turn).await;
        world.update(owner, &id, T::Sent).await;
        world.come(owner, &id, 0..250, R::Delivered).await;
        world.update(owner, &id, T::Delivered).await;
    }
    pass(60_000).await;
    let mut last = BTreeMap::new();
    for Heard { event, .. } in world.heard() {
        if let DomainEvent::TrackedMessage(tracked) = event
            && let Some(before) = last.insert(tracked.id.clone(), tracked.status)
        {
            assert!(before == tracked.status || before.leads_to(tracked.status));
        }
    }
    assert_eq!(last.len(), 40);
    assert!(last.values().all(|status| *status == T::Delivered));
}

/// Whatever happens, and however slow the store is, what is told last of each is how it is.
#[tokio::test(start_paused = true)]
async fn what_is_told_last_is_so() {
    for seed in 1..=20_u64 {
        let mut world = world();
        world.enter("ann");
        let mut state = seed;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        *world.memory.slowness.lock().unwrap() = Duration::from_millis(next(12));
        for _ in 0..60 {
            let id = ["m", "n", "o"][next(3) as usize];
            let first = next(500) as usize;
            let numbers = first..first + 1 + next(200) as usize;
            let status = R::ALL[next(R::ALL.len() as u64) as usize];
            world.come("ann", id, numbers, status).await;
            pass(next(120)).await;
        }
        pass(60_000).await;
        let mut last = BTreeMap::new();
        for Heard { event, .. } in world.heard() {
            if let DomainEvent::Recipients { changed, .. } = event {
                let each =
                    changed.iter().map(|one| ((one.message.clone(), one.id.clone()), one.status));
                last.extend(each);
            }
        }
        for id in ["m", "n", "o"] {
            for (recipient, status) in world.memory.all(id) {
                assert_eq!(last.remove(&(message(id), recipient)), Some(status), "seed {seed}");
            }
        }
        assert!(last.is_empty());
    }
}
