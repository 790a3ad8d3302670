use std::sync::atomic::Ordering as Memory;

use super::*;
use crate::commerce::testing::{World, pass, user, world};

fn start(world: &World) {
    let audit = Arc::clone(&world.audit);
    tokio::spawn(async move { audit.run().await });
}

fn events(found: &[SocketAudit]) -> Vec<u64> {
    found.iter().map(|entry| entry.detail["n"].as_u64().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_happens_together_is_written_together_and_in_order() {
    let world = world();
    start(&world);
    pass(1).await;
    for n in 0..1_200 {
        world.audit.note(AuditKind::Connected, Some(&user("ann")), json!({ "n": n }));
    }
    assert!(world.shelf.batches.lock().unwrap().is_empty(), "nobody waited");
    pass(1_000).await;
    assert_eq!(*world.shelf.batches.lock().unwrap(), [500, 500, 200]);
    let written = world.shelf.audit.lock().unwrap().clone();
    assert_eq!(events(&written), (0..1_200).collect::<Vec<_>>());
    assert_eq!((written[0].at.ms(), written[0].kind), (1, AuditKind::Connected));
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_sees_what_was_noted_before() {
    let world = world();
    for n in 0..600 {
        world.audit.note(AuditKind::UnauthorizedEvent, None, json!({ "n": n }));
    }
    world.audit.note(AuditKind::Connected, Some(&user("ann")), json!({ "n": 600 }));
    let found = world.audit.find(&AuditFilter::default(), 3).await.unwrap();
    assert_eq!(events(&found), [600, 599, 598]);
    let least = AuditFilter { least: Some(Severity::Medium), ..AuditFilter::default() };
    assert_eq!(world.audit.find(&least, 9_999).await.unwrap().len(), 500);
    let ann = AuditFilter { user: Some(user("ann")), ..AuditFilter::default() };
    assert_eq!(events(&world.audit.find(&ann, 10).await.unwrap()), [600]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_takes_them_later_and_each_once() {
    let world = world();
    start(&world);
    world.shelf.failing.store(true, Memory::Relaxed);
    for n in 0..700 {
        world.audit.note(AuditKind::Error, None, json!({ "n": n }));
    }
    assert!(world.audit.find(&AuditFilter::default(), 1).await.is_err());
    pass(5_000).await;
    world.audit.note(AuditKind::Error, None, json!({ "n": 700 }));
    assert!(world.shelf.audit.lock().unwrap().is_empty());
    world.shelf.failing.store(false, Memory::Relaxed);
    pass(20_000).await;
    let written = world.shelf.audit.lock().unwrap().clone();
    assert_eq!(events(&written), (0..=700).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn too_many_are_left_out_and_the_first_ones_stay() {
    let world = world();
    for n in 0..MOST_AUDIT_WAITING + 100 {
        world.audit.note(AuditKind::AuthFailed, None, json!({ "n": n }));
    }
    world.audit.finish().await;
    let written = world.shelf.audit.lock().unwrap().clone();
    assert_eq!(events(&written), (0..MOST_AUDIT_WAITING as u64).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_written_in_the_end() {
    let world = world();
    *world.shelf.slowness.lock().unwrap() = Duration::from_millis(300);
    let audit = Arc::clone(&world.audit);
    let running = tokio::spawn(async move { audit.run().await });
    pass(1).await;
    for n in 0..600 {
        world.audit.note(AuditKind::Disconnected, None, json!({ "n": n }));
    }
    // In the middle of the first batch.
    pass(350).await;
    assert!(world.shelf.audit.lock().unwrap().is_empty());
    running.abort();
    world.audit.finish().await;
    let written = world.shelf.audit.lock().unwrap().clone();
    assert_eq!(events(&written), (0..600).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_it_is_to_and_does_not_wait_for_a_broken_store_for_ever() {
    let world = world();
    let audit = Arc::clone(&world.audit);
    let running = tokio::spawn(async move { audit.run().await });
    pass(1).await;
    world.shelf.failing.store(true, Memory::Relaxed);
    world.audit.note(AuditKind::Connected, None, json!({ "n": 1 }));
    tokio::time::timeout(Duration::from_secs(30), world.audit.finish()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
    world.shelf.failing.store(false, Memory::Relaxed);
    assert!(world.audit.find(&AuditFilter::default(), 1).await.unwrap().is_empty(), "left out");
}

#[test]
fn a_detail_is_no_place_for_long_texts() {
    let cut = bounded(json!({ "event": "ż".repeat(5_000), "role": "user" }));
    assert_eq!(cut, json!({ "event": "ż".repeat(200), "role": "user" }));
    let exact = json!({ "event": "x".repeat(200) });
    assert_eq!(bounded(exact.clone()), exact);
    assert_eq!(bounded(json!({ "roles": ["x".repeat(10_000)] })), json!({}));
}
