use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::*;
use crate::notifications::Notification;
use crate::tracking::{
    RecipientStatus as R, TrackedStatus as T,
    testing::{World, message, pass, recipient, still_world, user, world},
};

fn notices(world: &mut World) -> Vec<Arc<Notification>> {
    let told = world.heard().into_iter().filter_map(|heard| match heard.event {
        DomainEvent::Notification(notification) => Some(notification),
        _ => None,
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_message_brings_a_notification() {
    let mut world = world();
    pass(5).await;
    assert!(matches!(world.update("ann", "m", T::Sending).await, Updated::Now(..)));
    assert!(matches!(world.update("ann", "m", T::Failed).await, Updated::Now(..)));
    assert!(matches!(world.update("ann", "m", T::Sent).await, Updated::Before(_)));
    assert_eq!(world.update("bob", "m", T::Delivered).await, Updated::OtherOwner);
    let [first, second] = &notices(&mut world)[..] else { panic!("two changes, two notices") };
    assert_eq!(first.id.as_str(), "msg_update_m_5");
    assert_eq!((&*first.kind, &*first.title), ("message_sent", "Message Update"));
    assert_eq!((&first.user, &*first.message), (&user("ann"), "Message sending"));
    let data =
        json!({ "messageId": "m", "status": "SENDING", "successCount": 7, "failedCount": 1 });
    assert_eq!(first.data, Some(data));
    // Within the same millisecond, and yet another one.
    assert_eq!(second.id.as_str(), "msg_update_m_6");
    assert_eq!((&*second.kind, &*second.message), ("message_failed", "Message failed"));
}

#[tokio::test(start_paused = true)]
async fn what_is_counted_is_believed_over_what_is_said() {
    let mut world = world();
    world.come("ann", "m", 0..3, R::Delivered).await;
    world.come("ann", "m", 3..5, R::Bounced).await;
    world.update("ann", "m", T::Sent).await;
    let [notice] = &notices(&mut world)[..] else { panic!("one change, one notice") };
    let data = json!({ "messageId": "m", "status": "SENT", "successCount": 3, "failedCount": 2 });
    assert_eq!(notice.data, Some(data));
}

#[tokio::test(start_paused = true)]
async fn a_message_with_a_long_id_has_notifications_too() {
    let mut world = world();
    world.update("ann", &"x".repeat(128), T::Sent).await;
    let [notice] = &notices(&mut world)[..] else { panic!("one change, one notice") };
    assert!(!notice.id.as_str().starts_with("msg_update_"));
}

#[tokio::test(start_paused = true)]
async fn nobody_finds_another_users_message() {
    let world = world();
    let registration = |owner: &str| Registration {
        id: message("m"),
        owner: user(owner),
        status: None,
        subject: None,
        content: None,
        kind: None,
        template: None,
        total: Some(3),
        scheduled_at: None,
    };
    let registered = world.tracking.register(&registration("ann")).await.unwrap();
    assert!(matches!(registered, Registered::Now(tracked) if tracked.total == Some(3)));
    let registered = world.tracking.register(&registration("bob")).await.unwrap();
    assert_eq!(registered, Registered::OtherOwner);
    let find = async |name, id| world.tracking.find(&user(name), &message(id)).await.unwrap();
    assert!(matches!(find("ann", "m").await, Found::Yes(tracked) if tracked.owner == user("ann")));
    assert_eq!(find("bob", "m").await, Found::NotYours);
    assert_eq!(find("ann", "n").await, Found::Unknown);
    let slice = Slice::page(1, 10);
    assert_eq!(world.tracking.list(&user("bob"), slice).await.unwrap().total, 0);
    assert_eq!(world.tracking.list(&user("ann"), slice).await.unwrap().total, 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_changed_last_are_shown_oldest_change_first() {
    let world = world();
    let latest = async |most: u32| -> Vec<usize> {
        let tracked = world.tracking.look_up(&message("m")).await.unwrap().unwrap();
        let latest = world.tracking.latest_recipients(&tracked, most).await.unwrap();
        let all = world.memory.all("m");
        let place = |one: &Recipient| all.keys().position(|id| *id == one.id).unwrap();
        latest.iter().map(place).collect()
    };
    world.come("ann", "m", 0..1_000, R::Pending).await;
    assert_eq!(latest(500).await, (500..1_000).collect::<Vec<_>>());
    assert_eq!(latest(5_000).await.len(), 1_000);
    // These change again and again, so that the last changes are of few.
    for status in [R::Sending, R::Sent, R::Failed, R::Delivered] {
        world.come("ann", "m", 0..100, status).await;
    }
    assert_eq!(latest(100).await, (0..100).collect::<Vec<_>>());
    assert_eq!(latest(300).await, (800..1_000).chain(0..100).collect::<Vec<_>>());
    assert_eq!(latest(0).await, Vec::<usize>::new());
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_told_even_if_the_caller_gives_up() {
    let mut world = world();
    world.enter("ann");
    *world.memory.slowness.lock().unwrap() = Duration::from_millis(50);
    let given_up = timeout(Duration::from_millis(10), world.come("ann", "m", [1], R::Sent)).await;
    assert!(given_up.is_err());
    pass(5_000).await;
    let told = world.heard().into_iter().any(|heard| match heard.event {
        DomainEvent::Recipients { changed, .. } => changed[0].id == recipient(1),
        _ => false,
    });
    assert!(told);
}

#[tokio::test(start_paused = true)]
async fn while_a_state_is_handed_over_nothing_of_that_message_is_told() {
    let mut world = world();
    world.enter("ann");
    let progress = Arc::clone(&world.progress);
    let turn = progress.turn(&message("m")).await;
    world.come("ann", "m", [1], R::Sent).await;
    pass(1_000).await;
    assert!(world.heard().is_empty());
    drop(turn);
    pass(1_000).await;
    assert_eq!(world.heard().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn everyone_can_be_told_something() {
    let mut world = still_world();
    let announcement = Announcement {
        kind: "system".to_owned(),
        title: "Maintenance".to_owned(),
        message: "Tonight".to_owned(),
        data: None,
    };
    let reached = world.tracking.broadcast(announcement.clone()).await;
    assert_eq!(reached, Reach { sockets: 2, devices: 1 });
    assert_eq!(world.tracking.ping_all().await, Reach { sockets: 2, devices: 1 });
    let [told, ping] = &world.heard()[..] else { panic!("one announcement, one ping") };
    assert_eq!((&told.audience, &ping.audience), (&Audience::All, &Audience::All));
    assert!(matches!(&told.event, DomainEvent::Announcement(told) if **told == announcement));
    assert!(matches!(ping.event, DomainEvent::PingAll));
}
