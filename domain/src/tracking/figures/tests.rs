use std::sync::atomic::Ordering;

use super::*;
use crate::tracking::{
    AnalyticsKind as K, RecipientStatus as R,
    testing::{Heard, World, pass, user, world},
};

/// When which figures were told, and what they were.
fn figures(world: &mut World) -> Vec<(u128, K, String)> {
    let mut told = Vec::new();
    for Heard { ms, audience, event } in world.heard() {
        let DomainEvent::Analytics(Analytics { kind, data, global }) = event else { continue };
        match audience {
            Audience::Subscribers(_) => assert!(!global),
            Audience::Role(Role::Admin) => assert!(global),
            other => panic!("figures are not for {other:?}"),
        }
        told.push((ms, kind, data.get().to_owned()));
    }
    told
}

fn json(text: &str) -> Arc<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap().into()
}

#[tokio::test(start_paused = true)]
async fn changes_are_told_once_a_second_as_they_are_by_then() {
    let mut world = world();
    world.figures.subscribed(&user("ann"));
    for number in 0..500 {
        world.come("ann", "m", [number], R::Sent).await;
        pass(10).await;
    }
    pass(10_000).await;
    let told = figures(&mut world);
    for kind in K::ALL {
        let times: Vec<_> =
            told.iter().filter(|(_, of, _)| *of == kind).map(|(ms, ..)| *ms).collect();
        assert_eq!(times[0], 100);
        assert!(times.windows(2).all(|two| two[1] - two[0] >= 1_000), "{times:?}");
        assert_eq!(times.len(), 6);
    }
    let (_, _, last) = told.iter().rfind(|(_, kind, _)| *kind == K::Messages).unwrap();
    assert!(last.contains(r#""totalRecipients":500"#), "{last}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wants_to_see_is_not_counted() {
    let mut world = world();
    world.come("ann", "m", [1], R::Sent).await;
    world.figures.subscribed(&user("bob"));
    world.come("ann", "m", [2], R::Sent).await;
    pass(5_000).await;
    assert!(figures(&mut world).is_empty());
    assert_eq!(world.memory.reads.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn they_are_told_until_the_last_socket_leaves() {
    let mut world = world();
    let ann = user("ann");
    world.figures.subscribed(&ann);
    world.figures.subscribed(&ann);
    world.figures.unsubscribed(&ann);
    world.come("ann", "m", [1], R::Sent).await;
    pass(2_000).await;
    assert_eq!(figures(&mut world).len(), 3);
    world.come("ann", "m", [2], R::Sent).await;
    world.figures.unsubscribed(&ann);
    world.figures.unsubscribed(&ann);
    pass(2_000).await;
    assert!(figures(&mut world).is_empty());
    let watches = world.figures.watches();
    assert!(watches.known.is_empty() && watches.queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_app_gives_stands_until_the_next_change() {
    let mut world = world();
    let ann = user("ann");
    world.figures.subscribed(&ann);
    for number in 0..50 {
        world.figures.give(
            Some(ann.clone()),
            K::Dashboard,
            json(&format!("{{\"given\":{number}}}")),
        );
        pass(15).await;
    }
    pass(5_000).await;
    let told = figures(&mut world);
    let texts: Vec<_> = told.iter().map(|(ms, kind, text)| (*ms, *kind, text.as_str())).collect();
    assert_eq!(
        texts,
        [(100, K::Dashboard, r#"{"given":6}"#), (1_100, K::Dashboard, r#"{"given":49}"#)]
    );
    let stands = world.figures.of(Some(&ann), K::Dashboard).await.unwrap();
    assert_eq!(stands.data.get(), r#"{"given":49}"#);
    world.come("ann", "m", [1], R::Sent).await;
    let counted = world.figures.of(Some(&ann), K::Dashboard).await.unwrap();
    assert!(counted.data.get().contains(r#""totalMessages":1"#) && !counted.global);
    pass(2_000).await;
    assert!(figures(&mut world).iter().all(|(_, _, text)| !text.contains("given")));
}

#[tokio::test(start_paused = true)]
async fn figures_of_everyone_are_for_admins_and_counted_only_if_one_is_there() {
    let mut world = world();
    world.come("ann", "m", [1], R::Sent).await;
    pass(1_000).await;
    assert!(figures(&mut world).is_empty());
    world.figures.admin_entered();
    world.come("ann", "n", [1], R::Sent).await;
    world.come("bob", "o", [1], R::Sent).await;
    pass(5_000).await;
    let told = figures(&mut world);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().any(|(_, _, text)| text.contains(r#""totalMessages":3"#)));
    world.figures.give(None, K::Usage, json("{}"));
    pass(5_000).await;
    assert_eq!(figures(&mut world).len(), 1);
    world.figures.admin_left();
    world.come("ann", "n", [2], R::Sent).await;
    pass(5_000).await;
    assert!(figures(&mut world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_takes_long_to_count_is_told_less_often() {
    let mut world = world();
    world.figures.subscribed(&user("ann"));
    for number in 0..300 {
        world.come("ann", "m", [number], R::Sent).await;
        *world.memory.slowness.lock().unwrap() = Duration::from_millis(500);
        pass(100).await;
    }
    let told = figures(&mut world);
    let times: Vec<_> =
        told.iter().filter(|(_, kind, _)| *kind == K::Dashboard).map(|(ms, ..)| *ms).collect();
    assert!(times.len() > 5);
    assert!(times.windows(2).all(|two| two[1] - two[0] >= 4_500), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_failing_store_hinders_is_told_later() {
    let mut world = world();
    world.figures.subscribed(&user("ann"));
    world.come("ann", "m", [1], R::Sent).await;
    world.memory.failing.store(true, Ordering::Relaxed);
    pass(3_000).await;
    assert!(figures(&mut world).is_empty());
    world.memory.failing.store(false, Ordering::Relaxed);
    pass(20_000).await;
    assert_eq!(figures(&mut world).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_the_app_gives_takes_a_bounded_place() {
    let world = world();
    let large = json(&format!("\"{}\"", "x".repeat(1 << 20)));
    for number in 0..100 {
        world.figures.give(Some(user(&format!("u{number}"))), K::Dashboard, Arc::clone(&large));
    }
    world.figures.given.run_pending_tasks();
    assert!(world.figures.given.weighted_size() <= GIVEN_BYTES);
    let last = world.figures.of(Some(&user("u99")), K::Dashboard).await.unwrap();
    assert_eq!(last.data.get().len(), large.get().len());
    let first = world.figures.of(Some(&user("u0")), K::Dashboard).await.unwrap();
    assert!(first.data.get().contains("totalMessages"), "counted instead");
}
