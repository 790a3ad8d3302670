use super::*;
use crate::{
    actor::Role,
    commerce::testing::{MOST_BYTES, World, pass, user, world},
};

const ADMINS: Audience = Audience::Role(Role::Admin);

fn number(n: u64) -> Box<RawValue> {
    RawValue::from_string(n.to_string()).unwrap()
}

fn throttle(world: &World) -> Arc<Throttle> {
    let throttle = Arc::new(Throttle::new(Arc::clone(&world.outreach)));
    let running = Arc::clone(&throttle);
    tokio::spawn(async move { running.run().await });
    throttle
}

/// When each was told, and what.
fn told(world: &mut World) -> Vec<(u128, u64)> {
    let heard = world.heard();
    heard.iter().map(|heard| (heard.ms, heard.custom().unwrap().1.as_u64().unwrap())).collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_is_told_at_once_and_the_last_at_the_end_of_each_while() {
    let mut world = world();
    let throttle = throttle(&world);
    for n in 0..100 {
        let sent = throttle.send(ADMINS, "stock", number(n), None).await.unwrap();
        assert_eq!(sent.at_once, n == 0, "{n}");
        pass(30).await;
    }
    pass(10_000).await;
    assert_eq!(told(&mut world), [(0, 0), (1_000, 33), (2_000, 66), (3_000, 99)]);
    // After a quiet while it begins anew.
    assert!(throttle.send(ADMINS, "stock", number(99), None).await.unwrap().at_once);
}

#[tokio::test(start_paused = true)]
async fn each_event_has_its_own_pace_and_the_app_another() {
    let mut world = world();
    let throttle = throttle(&world);
    for (event, secs) in [
        ("analytics:live_stats", 5),
        ("analytics:search", 2),
        ("analytics:craft_view", 2),
        ("x", 1),
    ] {
        assert_eq!(pace(event), Duration::from_secs(secs));
    }
    let every = Some(Duration::from_millis(250));
    for n in 0..2 {
        throttle.send(ADMINS, "analytics:live_stats", number(n), None).await.unwrap();
        throttle.send(ADMINS, "analytics:search", number(10 + n), every).await.unwrap();
    }
    pass(10_000).await;
    assert_eq!(told(&mut world), [(0, 0), (0, 10), (250, 11), (5_000, 1)]);
    // Nothing is held back for nothing, and nothing for days.
    for n in 0..2 {
        let none = Some(Duration::ZERO);
        assert!(throttle.send(ADMINS, "now", number(n), none).await.unwrap().at_once);
        throttle.send(ADMINS, "late", number(n), Some(Duration::MAX)).await.unwrap();
    }
    pass(3_601_000).await;
    assert_eq!(told(&mut world).last(), Some(&(10_000 + 3_600_000, 1)));
}

#[tokio::test(start_paused = true)]
async fn what_one_audience_is_told_does_not_hold_up_another() {
    let mut world = world();
    let throttle = throttle(&world);
    for name in ["ann", "bob"] {
        let sent = throttle.send(Audience::User(user(name)), "x", number(1), None).await.unwrap();
        assert!(sent.at_once);
    }
    assert!(
        throttle.send(Audience::User(user("ann")), "y", number(1), None).await.unwrap().at_once
    );
    let audiences: Vec<_> = world.heard().into_iter().map(|heard| heard.audience).collect();
    assert_eq!(audiences, ["ann", "bob", "ann"].map(|name| Audience::User(user(name))));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_refused_even_while_it_would_be_held_back() {
    let mut world = world();
    let throttle = throttle(&world);
    throttle.send(ADMINS, "x", number(1), None).await.unwrap();
    let large = RawValue::from_string(format!("\"{}\"", "x".repeat(MOST_BYTES))).unwrap();
    let refused = throttle.send(ADMINS, "x", large, None).await;
    assert!(matches!(refused, Err(OutreachError::TooLarge)));
    let refused = throttle.send(ADMINS, "connect", number(1), None).await;
    assert!(matches!(refused, Err(OutreachError::ReservedName)));
    pass(5_000).await;
    assert_eq!(told(&mut world), [(0, 1)]);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_limit_everything_is_told_at_once() {
    let mut world = world();
    let throttle = throttle(&world);
    for round in 0..2 {
        for n in 0..MOST_THROTTLED as u64 + 5 {
            let sent = throttle.send(ADMINS, &format!("e{n}"), number(n), None).await.unwrap();
            assert_eq!(sent.at_once, round == 0 || n >= MOST_THROTTLED as u64);
        }
    }
    assert_eq!(told(&mut world).len(), MOST_THROTTLED + 10);
    pass(2_500).await;
    assert_eq!(told(&mut world).len(), MOST_THROTTLED);
    let whiles = throttle.whiles();
    assert!(whiles.held.is_empty() && whiles.ends.is_empty() && whiles.bytes == 0);
}

#[test]
fn what_waits_takes_a_bounded_place_and_nothing_older_comes_later() {
    let large = || RawValue::from_string(format!("\"{}\"", "x".repeat(1 << 20))).unwrap();
    let (mut whiles, now) = (Whiles::default(), Instant::now());
    let key = |n: u64| (ADMINS, n.to_string());
    let second = Duration::from_secs(1);
    for n in 0..100 {
        assert!(whiles.take(key(n), large(), second, now).is_some());
    }
    let held = (0..100).filter(|n| whiles.take(key(*n), large(), second, now).is_none());
    assert_eq!(held.count(), 63);
    assert!(whiles.bytes <= MOST_HELD_BYTES);
    // What waits is replaced, not added.
    assert!(whiles.take(key(0), large(), second, now).is_none());
    // A larger one takes the place of the smaller one that waited, which is never told.
    let larger = RawValue::from_string(format!("\"{}\"", "x".repeat(3 << 20))).unwrap();
    assert!(whiles.take(key(1), larger, second, now).is_some());
    let later = now + second;
    let ended: Vec<_> = std::iter::from_fn(|| whiles.end(later)).map(|(key, _)| key).collect();
    assert_eq!(ended.len(), 62);
    assert!(ended.iter().all(|one| **one != key(1)));
    assert_eq!(whiles.bytes, 0);
}
