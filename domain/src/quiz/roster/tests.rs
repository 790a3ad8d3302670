use super::*;
use crate::quiz::testing::{Ear, actor, ear, pass, user};

fn roster() -> (Arc<Roster>, Ear) {
    let (bus, ear, clock) = ear();
    let roster = Arc::new(Roster::new(RosterParts { bus, clock }));
    let runs = Arc::clone(&roster);
    tokio::spawn(async move { runs.run().await });
    (roster, ear)
}

#[tokio::test(start_paused = true)]
async fn users_come_with_their_first_socket_and_go_with_the_last() {
    let (roster, mut ear) = roster();
    roster.enter(&actor("ann"), "Ann");
    pass(50).await;
    assert_eq!(ear.words(), ["ann came", "everyone: Ann online"]);
    roster.enter(&actor("ann"), "Ann");
    roster.leave(&user("ann"));
    pass(1_000).await;
    assert!(ear.all().is_empty());
    roster.leave(&user("ann"));
    pass(1_000).await;
    assert_eq!(ear.words(), ["ann went", "everyone: "]);
    roster.leave(&user("ann"));
    assert_eq!(roster.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn changes_are_merged_and_the_list_is_in_order_of_names() {
    let (roster, mut ear) = roster();
    roster.enter(&actor("x"), "zoe");
    pass(1).await;
    ear.all();
    for (id, name) in [("a", "mia"), ("b", "Ben"), ("c", "cid")] {
        roster.enter(&actor(id), name);
    }
    roster.leave(&user("c"));
    pass(1_000).await;
    assert_eq!(ear.words(), ["a came", "b came", "everyone: Ben online, mia online, zoe online"]);
}

#[tokio::test(start_paused = true)]
async fn a_word_changes_how_one_is_shown_and_invisible_whether() {
    let (roster, mut ear) = roster();
    assert!(!roster.set_status(&user("ann"), "away"), "she is not there");
    roster.enter(&actor("ann"), "Ann");
    pass(1_000).await;
    ear.all();
    assert!(!roster.set_status(&user("ann"), "asleep"));
    assert!(roster.set_status(&user("ann"), "busy"));
    pass(1_000).await;
    assert_eq!(ear.words(), ["everyone: Ann busy"]);
    assert!(roster.set_status(&user("ann"), "invisible"));
    pass(1_000).await;
    assert_eq!(ear.words(), ["ann went", "everyone: "]);
    assert_eq!((roster.count(), roster.list().len()), (0, 0));
    roster.leave(&user("ann"));
    roster.enter(&actor("ann"), "Ann");
    pass(1_000).await;
    assert!(ear.all().is_empty(), "a reload does not show her");
    roster.set_status(&user("ann"), "online");
    pass(1_000).await;
    assert_eq!(ear.words(), ["ann came", "everyone: Ann online"]);
}

#[tokio::test(start_paused = true)]
async fn whatever_one_sends_says_that_one_is_there() {
    let (roster, _ear) = roster();
    roster.enter(&actor("ann"), "Ann");
    let before = roster.list()[0].last_activity;
    pass(5_000).await;
    assert_eq!(roster.list()[0].last_activity, before);
    roster.active(&user("ann"));
    assert_eq!(roster.list()[0].last_activity, before.plus(Duration::from_secs(5)));
}

#[tokio::test(start_paused = true)]
async fn guests_are_on_no_list() {
    let (roster, mut ear) = roster();
    let guest = actor("guest");
    roster.enter(&guest, "Guest");
    roster.active(&guest.user);
    roster.leave(&guest.user);
    pass(1_000).await;
    assert!(ear.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_told_by_lists() {
    let (roster, mut ear) = roster();
    for number in 0..1_500 {
        roster.enter(&actor(&format!("u{number:04}")), &format!("n{number:04}"));
    }
    pass(30_000).await;
    let heard = ear.all();
    assert_eq!(heard.len(), 1, "no gust of it");
    assert!(matches!(&heard[0].2, QuizEvent::Everyone(all) if all.len() == MOST_LISTED));
    assert_eq!(roster.count(), 1_500);
}

#[tokio::test(start_paused = true)]
async fn the_list_follows_names_words_and_those_who_go() {
    let (roster, _ear) = roster();
    let names = || -> Vec<_> { roster.list().iter().map(|one| one.name.clone()).collect() };
    for (id, name) in [("a", "mia"), ("b", "Ben"), ("c", "ben")] {
        roster.enter(&actor(id), name);
    }
    assert_eq!(names(), ["Ben", "ben", "mia"], "of one name by id");
    roster.enter(&actor("a"), "Abe");
    assert_eq!(names(), ["Abe", "Ben", "ben"], "under the name of the last socket");
    roster.set_status(&user("b"), "invisible");
    assert_eq!((names(), roster.count()), (vec!["Abe".to_owned(), "ben".to_owned()], 2));
    roster.enter(&actor("b"), "Zoe");
    assert_eq!(roster.count(), 2, "she still hides");
    roster.set_status(&user("b"), "busy");
    assert_eq!(names(), ["Abe", "ben", "Zoe"]);
    roster.leave(&user("a"));
    assert_eq!(roster.count(), 3, "one socket is left");
    roster.leave(&user("a"));
    roster.leave(&user("b"));
    roster.leave(&user("b"));
    assert_eq!((names(), roster.count()), (vec!["ben".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_who_come_within_a_second_cost_each_client_a_few_lists() {
    let (roster, mut ear) = roster();
    for number in 0..10_000 {
        roster.enter(&actor(&format!("u{number:05}")), &format!("n{number:05}"));
        if number % 10 == 9 {
            pass(1).await;
        }
    }
    pass(120_000).await;
    let heard = ear.all();
    let lists: Vec<_> = heard
        .iter()
        .filter_map(|(_, _, event)| match event {
            QuizEvent::Everyone(all) => Some(all.len()),
            _ => None,
        })
        .collect();
    assert!(lists.len() <= 6, "{} lists", lists.len());
    assert!(heard.len() - lists.len() <= 64, "{} told one by one", heard.len() - lists.len());
    assert_eq!(lists.last(), Some(&MOST_LISTED));
    assert_eq!(roster.count(), 10_000);
}
