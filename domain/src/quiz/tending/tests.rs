use std::sync::atomic::Ordering;

use crate::{
    ids::QuizId,
    quiz::{
        AnswerRefused, Leader, SessionStatus,
        testing::{actor, pass, quiz, socket, user, world},
    },
};

#[tokio::test(start_paused = true)]
async fn after_a_restart_all_is_as_it_was_and_the_timers_go_on() {
    let mut world = world();
    world.register(&[Some(20), None]).await;
    world.join("ann").await;
    world.join("bob").await;
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    pass(5_000).await;
    world.restart().await;
    pass(100).await;
    assert_eq!(world.quizzes.count(), 1, "nobody had to ask");
    world.assert_stored().await;
    world.ear.all();
    assert_eq!(world.join("bob").await.question.unwrap().asked.index, 0);
    world.submit("bob", "q0", "yes").await.unwrap();
    pass(15_500).await;
    assert!(matches!(world.submit("bob", "q0", "no").await, Err(AnswerRefused::Closed)));
    assert_eq!(world.scores().await, [("ann".into(), 1), ("bob".into(), 1)]);
    pass(60_000).await;
    let words = world.ear.words();
    assert_eq!(words, ["bob answered: 1", "ann left: 1"], "she did not come back");
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_passed_while_nothing_ran_is_past() {
    let mut world = world();
    world.register(&[Some(1)]).await;
    world.join("ann").await;
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.memory.failing.store(true, Ordering::Relaxed);
    world.restart().await;
    pass(30_000).await;
    assert_eq!(world.quizzes.count(), 0);
    world.memory.failing.store(false, Ordering::Relaxed);
    pass(11_000).await;
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_over_before_a_restart_is_still_seen() {
    let mut world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.quizzes.end(&quiz(), Leader::App).await.unwrap();
    pass(300_000).await;
    world.restart().await;
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
    assert_eq!(world.join("ann").await.status, SessionStatus::Completed);
    pass(301_000).await;
    assert!(world.scores().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_quiz_in_which_nothing_happens_and_nobody_is_ends() {
    let world = world();
    world.join("ann").await;
    world.submit("ann", "q", "x").await.unwrap();
    pass(3_600_000).await;
    assert_eq!(world.quizzes.count(), 1, "she is still there");
    world.quizzes.disconnected(&user("ann"), socket("ann"));
    pass(1_850_000).await;
    assert_eq!(world.quizzes.count(), 1);
    pass(20_000).await;
    assert_eq!(world.quizzes.count(), 0);
    assert_eq!(world.memory.latest(&quiz()).unwrap().session.status, SessionStatus::Completed);
    let anew = world.join("ann").await;
    assert_eq!((anew.status, anew.answered), (SessionStatus::Waiting, 0));
}

#[tokio::test(start_paused = true)]
async fn a_quiz_that_was_only_looked_at_ends_soon() {
    let world = world();
    for number in 0..15 {
        let id = QuizId::new(format!("quiz{number}")).unwrap();
        world.quizzes.join(&id, &actor("ann"), "ann", 1).await.unwrap();
    }
    world.quizzes.disconnected(&user("ann"), 1);
    pass(125_000).await;
    assert_eq!(world.quizzes.count(), 0);
    let id = QuizId::new("quiz3").unwrap();
    let anew = world.quizzes.join(&id, &actor("bob"), "bob", 2).await.unwrap();
    assert_eq!((anew.status, anew.count), (SessionStatus::Waiting, 1), "another one");
}

#[tokio::test(start_paused = true)]
async fn hundreds_who_are_gone_leave_together() {
    let mut world = world();
    world.join("x").await;
    for number in 0..300_u64 {
        let name = format!("u{number}");
        world.quizzes.join(&quiz(), &actor(&name), &name, number + 1_000).await.unwrap();
    }
    for number in 0..300_u64 {
        world.quizzes.disconnected(&user(&format!("u{number}")), number + 1_000);
    }
    let before = world.memory.writes.load(Ordering::Relaxed);
    pass(62_000).await;
    assert!(world.memory.writes.load(Ordering::Relaxed) - before < 5);
    assert_eq!(world.scores().await.len(), 1);
    let words = world.ear.words();
    assert_eq!(words.last().unwrap(), "u99 left: 1");
    world.assert_stored().await;
}
