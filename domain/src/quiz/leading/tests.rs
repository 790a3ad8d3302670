use std::sync::atomic::Ordering;

use super::*;
use crate::{
    actor::Role,
    ids::QuizId,
    quiz::{
        AnswerRefused, RegisterError,
        testing::{actor, pass, questions, quiz, socket, user, world},
    },
};

fn by(name: &str, role: Role) -> Leader {
    Leader::User { user: user(name), role }
}

#[tokio::test(start_paused = true)]
async fn the_host_creators_and_admins_lead_and_nobody_else() {
    let world = world();
    world.register(&[None]).await;
    let stranger = by("ann", Role::User);
    assert!(matches!(
        world.quizzes.start(&quiz(), stranger.clone()).await,
        Err(LeadError::NotYours)
    ));
    assert_eq!(world.quizzes.count(), 0, "and nothing was made");
    world.quizzes.start(&quiz(), by("host", Role::User)).await.unwrap();
    assert!(matches!(
        world.quizzes.next(&quiz(), stranger.clone()).await,
        Err(LeadError::NotYours)
    ));
    world.quizzes.next(&quiz(), by("cleo", Role::Staff)).await.unwrap();
    assert!(matches!(world.quizzes.end(&quiz(), stranger).await, Err(LeadError::NotYours)));
    world.quizzes.end(&quiz(), Leader::from(&actor("ann"))).await.unwrap_err();
    world.quizzes.end(&quiz(), by("root", Role::Admin)).await.unwrap();
    assert!(matches!(world.quizzes.end(&quiz(), Leader::App).await, Err(LeadError::Over)));
}

#[tokio::test(start_paused = true)]
async fn questions_are_asked_one_after_the_other_and_count_when_they_are_closed() {
    let mut world = world();
    world.register(&[None, None]).await;
    world.join("ann").await;
    world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    assert!(matches!(world.submit("ann", "q0", "yes").await, Err(AnswerRefused::NoSuchQuestion)));
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    assert!(matches!(world.submit("ann", "q1", "yes").await, Err(AnswerRefused::NoSuchQuestion)));
    assert_eq!(world.scores().await, [("ann".into(), 0)], "it could be changed");
    let standing = world.join("bob").await.question.unwrap();
    assert_eq!((standing.asked.index, standing.total, standing.time_limit), (0, 2, None));
    world.next().await;
    assert!(matches!(world.submit("ann", "q0", "no").await, Err(AnswerRefused::Closed)));
    assert_eq!(world.scores().await, [("ann".into(), 1), ("bob".into(), 0)]);
    world.submit("bob", "q1", "yes").await.unwrap();
    world.assert_stored().await;
    let Next::Completed { rows } = world.next().await else { panic!("there are two") };
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].score + rows[1].score, 2);
    pass(2_000).await;
    let expected = [
        "ann joined: 1",
        "started: active",
        "asked: q0, 0 of 2",
        "bob joined: 2",
        "asked: q1, 1 of 2",
        "completed: [(\"ann\", 1), (\"bob\", 1)]",
    ];
    let words = world.ear.words();
    let words: Vec<_> = words.iter().filter(|word| !word.contains("answered")).collect();
    assert_eq!(words, expected.iter().collect::<Vec<_>>());
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn being_done_early_tells_nobody_what_is_right() {
    let world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 0)]);
    world.next().await;
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_question_closes_by_its_limit_though_nobody_asks() {
    let mut world = world();
    world.register(&[Some(10), None]).await;
    world.join("ann").await;
    world.join("bob").await;
    let Next::Asked { asked, .. } = world.next().await else { panic!("it is asked") };
    assert_eq!(asked.closes_at, Some(world.now().plus(Duration::from_secs(10))));
    pass(10_400).await;
    world.submit("ann", "q0", "yes").await.unwrap();
    pass(90).await;
    assert_eq!(world.scores().await[0], ("ann".into(), 0));
    pass(20).await;
    assert!(matches!(world.submit("bob", "q0", "yes").await, Err(AnswerRefused::Closed)));
    pass(600).await;
    assert_eq!(world.ear.boards().last().unwrap().1[0], ("ann".into(), 1), "all are told");
    assert!(world.quizzes.session(&quiz()).await.unwrap().unwrap().session.asked.unwrap().closed);
    world.assert_stored().await;
    world.next().await;
    world.submit("bob", "q1", "yes").await.unwrap();
    world.next().await;
    world.assert_stored().await;
    assert_eq!(world.scores().await, [("ann".into(), 1), ("bob".into(), 1)], "each counts once");
}

#[tokio::test(start_paused = true)]
async fn an_answer_too_late_is_refused_though_the_store_keeps_the_question_open() {
    let world = world();
    world.register(&[Some(1)]).await;
    world.join("ann").await;
    world.next().await;
    pass(1_000).await;
    world.memory.failing.store(true, Ordering::Relaxed);
    pass(2_000).await;
    assert!(matches!(world.submit("ann", "q0", "yes").await, Err(AnswerRefused::Closed)));
    assert!(!world.quizzes.session(&quiz()).await.unwrap().unwrap().session.asked.unwrap().closed);
    world.memory.failing.store(false, Ordering::Relaxed);
    pass(11_000).await;
    assert!(world.quizzes.session(&quiz()).await.unwrap().unwrap().session.asked.unwrap().closed);
}

#[tokio::test(start_paused = true)]
async fn an_answer_on_its_way_to_the_store_counts_when_the_next_question_is_asked() {
    let world = world();
    world.register(&[None, None]).await;
    world.join("ann").await;
    world.next().await;
    *world.memory.slowness.lock().unwrap() = vec![300];
    let quizzes = Arc::clone(&world.quizzes);
    let answer = tokio::spawn(async move {
        let question = crate::quiz::testing::question("q0");
        quizzes.submit(&quiz(), &question, &user("ann"), "yes".into(), None).await
    });
    pass(10).await;
    world.next().await;
    assert!(answer.is_finished());
    assert!(answer.await.unwrap().is_ok());
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_leaves_a_quiz_as_it_was() {
    let mut world = world();
    world.register(&[None, None]).await;
    world.join("ann").await;
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    pass(1_000).await;
    world.ear.all();
    world.memory.failing.store(true, Ordering::Relaxed);
    assert!(matches!(world.quizzes.next(&quiz(), Leader::App).await, Err(LeadError::Store(_))));
    assert!(matches!(world.quizzes.end(&quiz(), Leader::App).await, Err(LeadError::Store(_))));
    assert!(world.ear.all().is_empty());
    world.memory.failing.store(false, Ordering::Relaxed);
    world.assert_stored().await;
    world.submit("ann", "q0", "no").await.unwrap();
    world.next().await;
    assert_eq!(world.scores().await, [("ann".into(), 0)], "it could still be changed");
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_before_the_start_counts_when_it_was_asked_and_closed() {
    let world = world();
    world.register(&[None, None]).await;
    world.join("ann").await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.submit("ann", "q1", "yes").await.unwrap();
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 2)]);
    world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 0)]);
    world.next().await;
    world.submit("ann", "q0", "no").await.unwrap();
    world.next().await;
    world.next().await;
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn without_questions_there_is_nothing_to_ask() {
    let world = world();
    assert!(matches!(world.quizzes.next(&quiz(), Leader::App).await, Err(LeadError::NoSession)));
    world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    assert!(matches!(world.quizzes.next(&quiz(), Leader::App).await, Err(LeadError::NoQuestions)));
    world.join("ann").await;
    world.submit("ann", "any", "x").await.unwrap();
    let other = QuizId::new("other").unwrap();
    assert!(matches!(world.quizzes.end(&other, Leader::App).await, Err(LeadError::NoSession)));
}

#[tokio::test(start_paused = true)]
async fn the_questions_of_a_quiz_that_is_led_stay_as_they_are() {
    let world = world();
    world.join("ann").await;
    world.register(&[None]).await;
    world.next().await;
    let other = world.quizzes.register(questions(&[None, None])).await;
    assert!(matches!(other, Err(RegisterError::Underway)));
    world.register(&[None]).await;
    world.quizzes.end(&quiz(), Leader::App).await.unwrap();
    world.register(&[None, None]).await;
}

#[tokio::test(start_paused = true)]
async fn after_the_end_another_one_begins_with_those_who_are_there() {
    let world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    world.join("bob").await;
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.next().await;
    world.quizzes.disconnected(&user("bob"), socket("bob"));
    let before = world.memory.latest(&quiz()).unwrap();
    world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 0)]);
    assert_ne!(world.memory.latest(&quiz()).unwrap().session.id, before.session.id);
    assert_eq!(world.memory.sessions(), 2);
    world.next().await;
    world.submit("ann", "q0", "yes").await.unwrap();
    world.next().await;
    world.assert_stored().await;
    assert_eq!(world.scores().await, [("ann".into(), 1)]);
}
