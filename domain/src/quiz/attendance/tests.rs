use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::timeout;

use super::*;
use crate::quiz::{
    ParticipantError,
    testing::{actor, pass, question, quiz, socket, user, world},
};

#[tokio::test(start_paused = true)]
async fn whoever_joins_is_told_of_to_the_others_once_however_often_and_from_however_many_sockets() {
    let mut world = world();
    let joined = world.join("ann").await;
    let expected = Joined { count: 1, status: SessionStatus::Waiting, question: None, answered: 0 };
    assert_eq!(joined, expected);
    assert_eq!(world.join("bob").await.count, 2);
    world.join("ann").await;
    world.quizzes.join(&quiz(), &actor("ann"), "ann", 7).await.unwrap();
    assert_eq!(world.ear.words(), ["ann joined: 1", "bob joined: 2"]);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_back_within_a_minute_never_left_and_has_all_answers() {
    let mut world = world();
    world.join("ann").await;
    world.join("bob").await;
    world.submit("ann", "q", "x").await.unwrap();
    world.quizzes.disconnected(&user("ann"), socket("ann"));
    pass(59_000).await;
    assert_eq!(world.join("ann").await.answered, 1);
    pass(120_000).await;
    let words = world.ear.words();
    assert_eq!(words, ["ann joined: 1", "bob joined: 2", "ann answered: 1"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_gone_for_a_minute_has_left_and_finds_the_answers_when_back() {
    let mut world = world();
    world.join("ann").await;
    world.join("bob").await;
    world.submit("ann", "q", "x").await.unwrap();
    world.quizzes.join(&quiz(), &actor("ann"), "ann", 7).await.unwrap();
    world.quizzes.disconnected(&user("ann"), socket("ann"));
    pass(61_000).await;
    world.ear.all();
    assert_eq!(world.scores().await.len(), 2, "she has another socket");
    world.quizzes.disconnected(&user("ann"), 7);
    pass(60_100).await;
    assert_eq!(world.ear.words(), ["ann left: 1"]);
    assert_eq!(world.scores().await, [("bob".into(), 0)]);
    assert!(matches!(
        world.submit("ann", "q", "y").await,
        Err(crate::quiz::AnswerRefused::NotJoined)
    ));
    world.assert_stored().await;
    let back = world.join("ann").await;
    assert_eq!((back.count, back.answered), (2, 1));
    assert_eq!(world.ear.words(), ["ann joined: 2"]);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_says_so_leaves_at_once_with_the_last_socket() {
    let mut world = world();
    world.join("ann").await;
    world.join("bob").await;
    world.quizzes.join(&quiz(), &actor("ann"), "ann", 7).await.unwrap();
    world.quizzes.leave(&quiz(), &user("ann"), 7).await.unwrap();
    world.quizzes.leave(&quiz(), &user("ann"), socket("ann")).await.unwrap();
    world.quizzes.leave(&quiz(), &user("ann"), socket("ann")).await.unwrap();
    assert_eq!(world.ear.words(), ["ann joined: 1", "bob joined: 2", "ann left: 1"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_done_stays_on_the_leaderboard() {
    let mut world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    world.join("bob").await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    world.quizzes.leave(&quiz(), &user("ann"), socket("ann")).await.unwrap();
    pass(120_000).await;
    assert_eq!(world.scores().await, [("ann".into(), 1), ("bob".into(), 0)]);
    assert!(!world.ear.words().contains(&"ann left: 1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_guest_who_leaves_is_forgotten() {
    let world = world();
    let guest = actor("guest");
    world.join("ann").await;
    world.quizzes.join(&quiz(), &guest, "Guest", 9).await.unwrap();
    world.quizzes.submit(&quiz(), &question("q"), &guest.user, "x".into(), None).await.unwrap();
    world.quizzes.disconnected(&guest.user, 9);
    pass(60_100).await;
    let stored = world.memory.latest(&quiz()).unwrap();
    assert_eq!(stored.participants.len(), 1);
    assert_eq!(stored.answers.len(), 1, "what was answered stays");
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_goes_while_it_joins_is_not_waited_for_for_ever() {
    let mut world = world();
    world.join("bob").await;
    *world.memory.slowness.lock().unwrap() = vec![1_000];
    let quizzes = std::sync::Arc::clone(&world.quizzes);
    let joining =
        tokio::spawn(async move { quizzes.join(&quiz(), &actor("ann"), "ann", 5).await.unwrap() });
    pass(500).await;
    world.quizzes.disconnected(&user("ann"), 5);
    joining.await.unwrap();
    pass(62_000).await;
    assert_eq!(world.ear.words(), ["bob joined: 1", "ann joined: 2", "ann left: 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_leaves_nobody_behind() {
    let mut world = world();
    world.memory.failing.store(true, Ordering::Relaxed);
    let refused = world.quizzes.join(&quiz(), &actor("ann"), "ann", 1).await;
    assert!(matches!(refused, Err(JoinRefused::Store(_))));
    assert_eq!((world.quizzes.count(), world.memory.sessions()), (0, 0));
    world.memory.failing.store(false, Ordering::Relaxed);
    world.join("bob").await;
    world.memory.failing.store(true, Ordering::Relaxed);
    assert!(world.quizzes.join(&quiz(), &actor("ann"), "ann", 1).await.is_err());
    assert!(world.quizzes.leave(&quiz(), &user("bob"), socket("bob")).await.is_err());
    assert_eq!(world.scores().await, [("bob".into(), 0)]);
    assert_eq!(world.ear.words(), ["bob joined: 1"]);
    world.memory.failing.store(false, Ordering::Relaxed);
    world.assert_stored().await;
    pass(61_000).await;
    assert_eq!(world.ear.words(), ["bob left: 0"], "he said so");
}

#[tokio::test(start_paused = true)]
async fn leaving_is_tried_again_while_the_store_fails() {
    let mut world = world();
    world.join("ann").await;
    world.join("bob").await;
    world.quizzes.disconnected(&user("ann"), socket("ann"));
    world.memory.failing.store(true, Ordering::Relaxed);
    pass(90_000).await;
    assert_eq!(world.scores().await.len(), 2);
    world.memory.failing.store(false, Ordering::Relaxed);
    pass(11_000).await;
    assert_eq!(world.ear.words().last().unwrap(), "ann left: 1");
}

#[tokio::test(start_paused = true)]
async fn one_user_is_in_twenty_quizzes_at_most() {
    let world = world();
    for number in 0..20 {
        let id = QuizId::new(format!("quiz{number}")).unwrap();
        world.quizzes.join(&id, &actor("ann"), "ann", 1).await.unwrap();
    }
    let refused = world.quizzes.join(&quiz(), &actor("ann"), "ann", 1).await;
    assert!(matches!(refused, Err(JoinRefused::TooManyQuizzes)));
}

#[tokio::test(start_paused = true)]
async fn three_hundred_join_at_once() {
    let mut world = world();
    world.join("x").await;
    *world.memory.slowness.lock().unwrap() = vec![50];
    let began = Instant::now();
    let join = |number: u64| {
        let quizzes = std::sync::Arc::clone(&world.quizzes);
        let name = format!("u{number}");
        tokio::spawn(async move { quizzes.join(&quiz(), &actor(&name), &name, number).await })
    };
    let joining: Vec<_> = (0..300).map(join).collect();
    for one in joining {
        one.await.unwrap().unwrap();
    }
    assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    *world.memory.slowness.lock().unwrap() = Vec::new();
    world.assert_stored().await;
    pass(1_000).await;
    let counts = world.ear.all().into_iter().filter_map(|(_, _, event)| match event {
        crate::quiz::QuizEvent::Joined { count, .. } => Some(count),
        _ => None,
    });
    let counts: Vec<_> = counts.collect();
    assert!(counts.is_sorted() && counts.last() == Some(&301), "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_looked_at_as_it_is_for_ten_minutes_and_then_begins_anew() {
    let world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.quizzes.end(&quiz(), crate::quiz::Leader::App).await.unwrap();
    pass(599_000).await;
    let seen = world.join("bob").await;
    assert_eq!((seen.status, seen.count), (SessionStatus::Completed, 1));
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
    let gone = world.quizzes.finish(&quiz(), &user("bob")).await;
    assert!(matches!(gone, Err(ParticipantError::NotJoined)));
    pass(2_000).await;
    assert_eq!(world.quizzes.leaderboard(&quiz()).await.unwrap(), None);
    let anew = world.join("bob").await;
    assert_eq!((anew.status, anew.count), (SessionStatus::Waiting, 1));
    assert!(timeout(Duration::from_secs(1), world.join("ann")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn of_very_many_who_come_some_are_told_and_the_count_is_right_in_the_end() {
    let mut world = world();
    for number in 0..500_u64 {
        let name = format!("u{number}");
        world.quizzes.join(&quiz(), &actor(&name), &name, number).await.unwrap();
    }
    pass(1_000).await;
    let joined: Vec<_> =
        world.ear.words().into_iter().filter(|word| word.contains("joined")).collect();
    assert!((301..=330).contains(&joined.len()), "{}", joined.len());
    assert_eq!(joined.last().unwrap(), "u499 joined: 500");
}
