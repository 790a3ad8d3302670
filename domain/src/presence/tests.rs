use std::collections::HashSet;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{pace::TICK, *};
use crate::time::SystemClock;

struct Wire(mpsc::UnboundedSender<Published>);

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        self.0.send(event).unwrap();
    }
}

fn presence() -> (Arc<Presence>, mpsc::UnboundedReceiver<Published>) {
    let (sender, heard) = mpsc::unbounded_channel();
    (Arc::new(Presence::new(Arc::new(Wire(sender)), Arc::new(SystemClock))), heard)
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn device(name: &str) -> DeviceId {
    DeviceId::new(name).unwrap()
}

async fn changes(heard: &mut mpsc::UnboundedReceiver<Published>) -> Vec<(String, bool)> {
    match heard.recv().await.unwrap().event {
        DomainEvent::Presence(changes) => {
            changes.iter().map(|c| (c.user.to_string(), c.online)).collect()
        }
        other => panic!("no changes: {other:?}"),
    }
}

async fn list(heard: &mut mpsc::UnboundedReceiver<Published>) -> Vec<String> {
    match heard.recv().await.unwrap().event {
        DomainEvent::OnlineUsers(online) => online.iter().map(ToString::to_string).collect(),
        other => panic!("no list: {other:?}"),
    }
}

fn announce(presence: &Arc<Presence>) {
    let announcer = Arc::clone(presence);
    tokio::spawn(async move { announcer.announce_changes().await });
}

#[tokio::test(start_paused = true)]
async fn three_namespaces_of_one_browser_are_one_device_and_end_with_the_last() {
    let (presence, _heard) = presence();
    let (ann, phone) = (user("ann"), device("phone"));
    assert_eq!(presence.enter(&ann, &phone), Transition { device: true, user: true });
    assert_eq!(presence.enter(&ann, &phone), Transition { device: false, user: false });
    assert_eq!(presence.devices(&ann), vec![(phone.clone(), 2)]);
    assert_eq!(presence.leave(&ann, &phone), Transition { device: false, user: false });
    assert!(presence.is_online(&ann));
    assert_eq!(presence.leave(&ann, &phone), Transition { device: true, user: true });
    assert!(!presence.is_online(&ann));
    assert_eq!(presence.leave(&ann, &phone), Transition { device: false, user: false });
}

#[tokio::test(start_paused = true)]
async fn the_first_change_goes_out_at_once_and_the_rest_together() {
    let (presence, mut heard) = presence();
    announce(&presence);
    presence.enter(&user("ann"), &device("d"));
    assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
    assert_eq!(list(&mut heard).await, vec!["ann"]);
    for name in ["bob", "cid", "dot"] {
        presence.enter(&user(name), &device("d"));
    }
    presence.leave(&user("cid"), &device("d"));
    assert_eq!(changes(&mut heard).await, vec![("bob".into(), true), ("dot".into(), true)]);
    assert_eq!(list(&mut heard).await, vec!["ann", "bob", "dot"]);
}

#[tokio::test(start_paused = true)]
async fn a_reload_within_one_pause_is_no_news() {
    let (presence, mut heard) = presence();
    announce(&presence);
    presence.enter(&user("ann"), &device("d"));
    changes(&mut heard).await;
    list(&mut heard).await;
    presence.leave(&user("ann"), &device("d"));
    presence.enter(&user("ann"), &device("d"));
    presence.enter(&user("bob"), &device("d"));
    assert_eq!(changes(&mut heard).await, vec![("bob".into(), true)]);
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_told_by_lists_and_not_by_each_gust() {
    let (presence, mut heard) = presence();
    announce(&presence);
    for number in 0..2_000 {
        presence.enter(&user(&format!("u{number:04}")), &device("d"));
    }
    assert_eq!(list(&mut heard).await.len(), 2_000);
    presence.enter(&user("late"), &device("d"));
    assert_eq!(changes(&mut heard).await, vec![("late".into(), true)], "one more is told at once");
    let waited = Instant::now();
    assert_eq!(list(&mut heard).await.len(), 2_001);
    assert!(waited.elapsed() > Duration::from_secs(2), "the list waits its turn");
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_the_list_is_granted_once_for_all() {
    let (presence, mut heard) = presence();
    announce(&presence);
    presence.enter(&user("ann"), &device("d"));
    changes(&mut heard).await;
    list(&mut heard).await;
    for _ in 0..100 {
        presence.refresh_list();
    }
    assert_eq!(list(&mut heard).await, vec!["ann"]);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn whoever_hides_goes_for_the_others_and_comes_back_when_shown_again() {
    let (presence, mut heard) = presence();
    announce(&presence);
    let (ann, d) = (user("ann"), device("d"));
    presence.enter(&ann, &d);
    assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
    assert_eq!(list(&mut heard).await, vec!["ann"]);
    presence.hide(&ann, true);
    assert!(presence.is_online(&ann) && !presence.is_visible(&ann));
    assert!(presence.online().is_empty() && presence.online_count() == 0);
    assert_eq!(changes(&mut heard).await, vec![("ann".into(), false)]);
    assert!(list(&mut heard).await.is_empty());
    presence.hide(&ann, false);
    assert!(presence.is_visible(&ann));
    assert_eq!(changes(&mut heard).await, vec![("ann".into(), true)]);
    assert_eq!(list(&mut heard).await, vec!["ann"]);
}

#[tokio::test(start_paused = true)]
async fn the_comings_and_goings_of_the_hidden_are_no_news() {
    let (presence, mut heard) = presence();
    announce(&presence);
    let (ann, d) = (user("ann"), device("d"));
    presence.hide(&ann, true);
    for _ in 0..3 {
        assert_eq!(presence.enter(&ann, &d), Transition { device: true, user: true });
        tokio::time::sleep(TICK * 5).await;
        presence.hide(&ann, true);
        presence.leave(&ann, &d);
        tokio::time::sleep(TICK * 5).await;
    }
    assert!(heard.try_recv().is_err());
    presence.hide(&ann, false);
    tokio::time::sleep(TICK * 5).await;
    assert!(heard.try_recv().is_err(), "she is not there");
}

#[tokio::test(start_paused = true)]
async fn several_follow_and_each_hears_everything_once() {
    let (presence, _heard) = presence();
    let d = device("d");
    presence.enter(&user("ann"), &d);
    let (one, other) = (presence.follow(), presence.follow());
    presence.enter(&user("bob"), &d);
    presence.leave(&user("bob"), &d);
    let both = HashSet::from([user("ann"), user("bob")]);
    assert_eq!(one.moved().await, both);
    assert!(one.moved_by_now().is_empty());
    drop(one);
    presence.hide(&user("ann"), true);
    assert_eq!(other.moved().await, both);
}

#[tokio::test(start_paused = true)]
async fn the_probe_is_on_no_list() {
    let (presence, _heard) = presence();
    presence.enter(&user("outrigger:probe"), &device("d"));
    assert!(presence.is_online(&user("outrigger:probe")));
    assert!(!presence.is_visible(&user("outrigger:probe")));
    assert!(presence.online().is_empty());
    assert_eq!(presence.online_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_who_come_within_a_second_cost_each_client_a_few_lists() {
    let (presence, mut heard) = presence();
    announce(&presence);
    let (d, began) = (device("d"), Instant::now());
    for number in 0..10_000 {
        presence.enter(&user(&format!("u{number:05}")), &d);
        if number % 10 == 9 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert!(began.elapsed() <= Duration::from_secs(2));
    tokio::time::sleep(Duration::from_secs(120)).await;
    let (mut lists, mut singly, mut last) = (0, 0, 0);
    while let Ok(published) = heard.try_recv() {
        match published.event {
            DomainEvent::OnlineUsers(online) => (lists, last) = (lists + 1, online.len()),
            DomainEvent::Presence(changes) => singly += changes.len(),
            other => panic!("neither: {other:?}"),
        }
    }
    assert!(lists <= 6, "{lists} lists");
    assert!(singly <= 64, "{singly} changes one by one");
    assert_eq!(last, 10_000, "the last state arrives");
}

#[tokio::test(start_paused = true)]
async fn whoever_hides_in_a_storm_is_on_no_list() {
    let (presence, mut heard) = presence();
    announce(&presence);
    let (d, shy) = (device("d"), user("shy"));
    presence.hide(&shy, true);
    presence.enter(&shy, &d);
    for number in 0..3_000 {
        presence.enter(&user(&format!("u{number:04}")), &d);
        assert_eq!(presence.online_count(), number + 1);
    }
    presence.hide(&user("u0007"), true);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mut lists = 0;
    while let Ok(published) = heard.try_recv() {
        let DomainEvent::OnlineUsers(online) = published.event else { continue };
        lists += 1;
        assert!(!online.contains(&shy) && !online.contains(&user("u0007")));
        assert_eq!(online.len(), 2_999);
    }
    assert!(lists > 0);
    assert_eq!((presence.online_count(), presence.online().len()), (2_999, 2_999));
}

#[tokio::test(start_paused = true)]
async fn the_list_is_the_same_one_until_somebody_comes_or_goes() {
    let (presence, _heard) = presence();
    let (ann, d) = (user("ann"), device("d"));
    presence.enter(&ann, &d);
    let before = presence.online();
    presence.enter(&ann, &device("e"));
    presence.leave(&ann, &d);
    assert!(Arc::ptr_eq(&before, &presence.online()), "another socket of hers is no news");
    presence.enter(&user("bob"), &d);
    assert_eq!(presence.online().len(), 2);
    presence.leave(&ann, &device("e"));
    assert_eq!(&*presence.online(), [user("bob")]);
}

#[tokio::test(start_paused = true)]
async fn the_more_are_online_the_longer_changes_are_gathered() {
    let (presence, mut heard) = presence();
    for number in 0..10_000 {
        presence.enter(&user(&format!("u{number:05}")), &device("d"));
    }
    announce(&presence);
    list(&mut heard).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    presence.enter(&user("first"), &device("d"));
    assert_eq!(changes(&mut heard).await, vec![("first".into(), true)]);
    assert!(began.elapsed() < TICK, "the first one is told at once");
    presence.enter(&user("second"), &device("d"));
    presence.enter(&user("third"), &device("d"));
    let both = vec![("second".into(), true), ("third".into(), true)];
    assert_eq!(changes(&mut heard).await, both);
    assert!(began.elapsed() >= TICK * 4, "the others together");
}
