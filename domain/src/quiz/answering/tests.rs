use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::quiz::{
    Leader, LeaderboardRow, Next, QuizEvent,
    testing::{World, actor, pass, question, quiz, user, world},
};

#[tokio::test(start_paused = true)]
async fn at_ones_own_pace_the_score_counts_when_one_is_done() {
    let mut world = world();
    world.register(&[None, None]).await;
    world.join("ann").await;
    world.join("bob").await;
    assert_eq!(world.submit("ann", "q1", "no").await.unwrap(), 1);
    assert_eq!(world.submit("ann", "q0", "yes").await.unwrap(), 2);
    assert_eq!(world.submit("ann", "q1", " YES ").await.unwrap(), 2, "the last one counts");
    assert_eq!(world.scores().await, [("ann".into(), 0), ("bob".into(), 0)]);
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 2), ("bob".into(), 0)]);
    assert!(matches!(world.submit("ann", "q1", "yes").await, Err(AnswerRefused::Over)));
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    world.assert_stored().await;
    world.submit("bob", "q1", "yes").await.unwrap();
    let rows = world.quizzes.end(&quiz(), Leader::App).await.unwrap();
    assert_eq!(rows[1].score, 1, "at the end all counts");
    assert!(matches!(world.submit("bob", "q0", "yes").await, Err(AnswerRefused::Over)));
    pass(5_000).await;
    let words = world.ear.words();
    assert_eq!(words.iter().filter(|word| *word == "ann finished: 2").count(), 1);
    assert_eq!(words.last().unwrap(), "completed: [(\"ann\", 2), (\"bob\", 1)]");
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn what_does_not_count_says_why() {
    let world = world();
    let none = world.submit("ann", "q0", "x").await;
    assert!(matches!(none, Err(AnswerRefused::NotJoined)));
    world.register(&[None]).await;
    world.join("ann").await;
    assert!(matches!(world.submit("bob", "q0", "x").await, Err(AnswerRefused::NotJoined)));
    assert!(matches!(world.submit("ann", "q9", "x").await, Err(AnswerRefused::NoSuchQuestion)));
    let long = "x".repeat(MOST_BYTES - 2);
    world.submit("ann", "q0", long.clone()).await.unwrap();
    assert!(matches!(world.submit("ann", "q0", long + "x").await, Err(AnswerRefused::TooLong)));
    let none = world.quizzes.finish(&quiz(), &user("bob")).await;
    assert!(matches!(none, Err(ParticipantError::NotJoined)));
}

#[tokio::test(start_paused = true)]
async fn a_quiz_that_nobody_registered_takes_five_hundred_answers_and_has_no_score_but_the_apps() {
    let world = world();
    world.join("ann").await;
    for number in 0..MOST_UNREGISTERED {
        world.submit("ann", &format!("any{number}"), "x").await.unwrap();
    }
    assert!(matches!(world.submit("ann", "more", "x").await, Err(AnswerRefused::TooMany)));
    assert_eq!(world.submit("ann", "any0", "y").await.unwrap(), 500, "one of them again");
    world.quizzes.set_score(&quiz(), &user("ann"), 70).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 70)]);
    world.quizzes.finish(&quiz(), &user("ann")).await.unwrap();
    world.quizzes.end(&quiz(), Leader::App).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 70)]);
    world.quizzes.set_score(&quiz(), &user("ann"), 60).await.unwrap();
    assert_eq!(world.scores().await, [("ann".into(), 60)], "also when it is over");
    let answers = world.quizzes.answers(&quiz(), None, 10).await.unwrap();
    assert_eq!(answers.len(), 10);
    let last = answers.last().map(|answer| (&answer.user, &answer.question));
    let more = world.quizzes.answers(&quiz(), last, 1_000).await.unwrap();
    assert_eq!(more.len(), 490);
    world.assert_stored().await;
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_leaves_no_answer() {
    let mut world = world();
    world.register(&[None]).await;
    world.join("ann").await;
    pass(1_000).await;
    world.ear.all();
    world.memory.failing.store(true, Ordering::Relaxed);
    assert!(matches!(world.submit("ann", "q0", "yes").await, Err(AnswerRefused::Store(_))));
    assert!(world.quizzes.finish(&quiz(), &user("ann")).await.is_err());
    assert!(world.quizzes.set_score(&quiz(), &user("ann"), 9).await.is_err());
    pass(5_000).await;
    assert!(world.ear.all().is_empty());
    world.memory.failing.store(false, Ordering::Relaxed);
    world.assert_stored().await;
    assert_eq!(world.submit("ann", "q0", "yes").await.unwrap(), 1, "she may answer again");
}

/// A crowd named `u000`, `u001` ...
async fn crowd(world: &World, size: usize) -> Vec<String> {
    let names: Vec<_> = (0..size).map(|number| format!("u{number:03}")).collect();
    for (number, name) in names.iter().enumerate() {
        world.quizzes.join(&quiz(), &actor(name), name, number as u64).await.unwrap();
    }
    names
}

#[tokio::test(start_paused = true)]
async fn three_hundred_answer_at_once_without_waiting_for_each_other() {
    let mut world = world();
    world.register(&[None]).await;
    let names = crowd(&world, 300).await;
    world.next().await;
    pass(2_000).await;
    world.ear.all();
    *world.memory.slowness.lock().unwrap() = vec![40];
    let began = Instant::now();
    let submit = |name: &String| {
        let (quizzes, user) = (Arc::clone(&world.quizzes), user(name));
        let answer = async move {
            quizzes.submit(&quiz(), &question("q0"), &user, json!("yes"), Some(0.1)).await
        };
        tokio::spawn(answer)
    };
    let waiting: Vec<_> = names.iter().map(submit).collect();
    for one in waiting {
        assert_eq!(one.await.unwrap().unwrap().answered, 1);
    }
    assert!(began.elapsed() < Duration::from_millis(80), "{:?}", began.elapsed());
    pass(1_000).await;
    let heard = world.ear.all();
    let progress = heard.iter().filter(|(.., event)| matches!(event, QuizEvent::Progress { .. }));
    assert!((15..=25).contains(&progress.count()), "20 a second");
    let boards = heard.iter().filter(|(.., event)| matches!(event, QuizEvent::Leaderboard { .. }));
    assert!(boards.count() <= 3);
    pass(15_000).await;
    let later = world.ear.all().into_iter().chain(heard);
    let told = later.filter_map(|(.., event)| match event {
        QuizEvent::Progress { user, .. } => Some(user),
        _ => None,
    });
    let told: std::collections::BTreeSet<_> = told.collect();
    assert_eq!(told.len(), 300, "each is told of in the end");
    *world.memory.slowness.lock().unwrap() = Vec::new();
    assert!(matches!(world.next().await, Next::Completed { .. }));
    world.assert_stored().await;
    assert!(world.scores().await.iter().all(|(_, score)| *score == 1));
}

#[tokio::test(start_paused = true)]
async fn of_two_with_one_score_whoever_answered_first_leads() {
    let world = world();
    world.register(&[None, None]).await;
    for name in ["ann", "bob", "cid"] {
        world.join(name).await;
        pass(10).await;
    }
    world.next().await;
    for name in ["cid", "ann"] {
        world.submit(name, "q0", "yes").await.unwrap();
        pass(10).await;
    }
    world.next().await;
    let scores = world.scores().await;
    let expected = [("cid", 1), ("ann", 1), ("bob", 0)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!(scores, expected);
}

#[tokio::test(start_paused = true)]
async fn leaderboards_are_told_at_once_and_then_every_half_second_the_last_one() {
    let mut world = world();
    world.join("ann").await;
    pass(2_000).await;
    world.ear.all();
    for score in 1..=20 {
        world.quizzes.set_score(&quiz(), &user("ann"), score).await.unwrap();
        pass(100).await;
    }
    pass(2_000).await;
    let boards = world.ear.boards();
    assert!((4..=6).contains(&boards.len()), "{boards:?}");
    assert!(boards[0].0 <= 2_001, "{boards:?}");
    assert!(boards.windows(2).all(|two| two[1].0 - two[0].0 >= 500), "{boards:?}");
    assert_eq!(boards.last().unwrap().1, [("ann".into(), 20)]);
}

#[derive(Debug, Clone)]
enum Step {
    Submit(usize, usize, bool),
    Finish(usize),
    Score(usize, i64),
    Leave(usize),
    Join(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..6_usize, 0..4_usize, any::<bool>()).prop_map(|(a, b, c)| Step::Submit(a, b, c)),
        1 => (0..6_usize).prop_map(Step::Finish),
        1 => (0..6_usize, -3..9_i64).prop_map(|(a, b)| Step::Score(a, b)),
        1 => (0..6_usize).prop_map(Step::Leave),
        1 => (0..6_usize).prop_map(Step::Join),
    ]
}

/// What a participant has, worked out without any of the code that is tested.
#[derive(Debug, Default, Clone)]
struct Plain {
    right: HashMap<usize, bool>,
    set: Option<i64>,
    finished: bool,
    left: bool,
}

async fn play(led: bool, rounds: Vec<Vec<Step>>, slowness: Vec<u64>, fails_each: usize) {
    let world = world();
    world.register(&[None; 4]).await;
    let names = crowd(&world, 6).await;
    if led {
        world.quizzes.start(&quiz(), Leader::App).await.unwrap();
    }
    let mut plain = vec![Plain::default(); names.len()];
    let mut asked = None;
    for round in rounds {
        if led && asked < Some(3) {
            world.next().await;
            asked = Some(asked.map_or(0, |index: usize| index + 1));
        }
        *world.memory.slowness.lock().unwrap() = slowness.clone();
        world.memory.fails_each.store(fails_each, Ordering::Relaxed);
        let each = round.into_iter().map(|step| {
            let (quizzes, names) = (Arc::clone(&world.quizzes), names.clone());
            tokio::spawn(async move {
                let done = take(&quizzes, &names, &step).await;
                (step, done)
            })
        });
        // Begun in this order, ended in any.
        for running in each.collect::<Vec<_>>() {
            let (step, done) = running.await.unwrap();
            if done {
                note(&mut plain, step);
            }
        }
        world.memory.slowness.lock().unwrap().clear();
        world.memory.fails_each.store(0, Ordering::Relaxed);
        world.assert_stored().await;
        let counted = |question: usize| asked.is_some_and(|index| question < index);
        compare(
            &world,
            &names,
            &plain,
            |one, question| {
                if led { counted(question) } else { one.finished }
            },
        )
        .await;
    }
    world.quizzes.end(&quiz(), Leader::App).await.unwrap();
    world.assert_stored().await;
    compare(&world, &names, &plain, |_, question| !led || asked.is_some_and(|at| question <= at))
        .await;
}

async fn take(quizzes: &crate::quiz::Quizzes, names: &[String], step: &Step) -> bool {
    let id = quiz();
    match step {
        Step::Submit(who, which, right) => {
            let answer = json!(if *right { "yes" } else { "no" });
            let (which, who) = (question(&format!("q{which}")), user(&names[*who]));
            quizzes.submit(&id, &which, &who, answer, None).await.is_ok()
        }
        Step::Finish(who) => quizzes.finish(&id, &user(&names[*who])).await.is_ok(),
        Step::Score(who, score) => {
            quizzes.set_score(&id, &user(&names[*who]), *score).await.is_ok()
        }
        Step::Leave(who) => {
            let left = quizzes.leave(&id, &user(&names[*who]), *who as u64).await;
            left.is_ok()
        }
        Step::Join(who) => {
            let name = &names[*who];
            quizzes.join(&id, &actor(name), name, *who as u64).await.is_ok()
        }
    }
}

fn note(plain: &mut [Plain], step: Step) {
    match step {
        Step::Submit(who, which, right) => {
            plain[who].right.insert(which, right);
        }
        Step::Finish(who) => plain[who].finished = true,
        Step::Score(who, score) => plain[who].set = Some(score),
        Step::Leave(who) => plain[who].left |= !plain[who].finished,
        Step::Join(who) => plain[who].left = false,
    }
}

async fn compare(
    world: &World,
    names: &[String],
    plain: &[Plain],
    counts: impl Fn(&Plain, usize) -> bool,
) {
    let rows = world.quizzes.leaderboard(&quiz()).await.unwrap().unwrap();
    assert!(rows.iter().zip(1..).all(|(row, rank)| row.rank == rank));
    assert!(rows.windows(2).all(|two| two[0].score >= two[1].score));
    let shown: BTreeMap<_, _> = rows.iter().map(|row| (row.user.to_string(), row)).collect();
    for (name, one) in names.iter().zip(plain) {
        // Whoever left, or could not, is looked at by way of the store only.
        let Some(LeaderboardRow { score, answered, finished, .. }) = shown.get(name) else {
            assert!(one.left, "{name}: {one:?}");
            continue;
        };
        let right = one.right.iter().filter(|(which, right)| **right && counts(one, **which));
        let points = i64::try_from(right.count()).unwrap();
        assert_eq!(*score, one.set.unwrap_or(points), "{name}: {one:?}");
        assert_eq!(*answered as usize, one.right.len(), "{name}");
        assert_eq!(*finished, one.finished, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_leaderboard_is_what_a_plain_model_says_however_it_comes(
        led in any::<bool>(),
        rounds in proptest::collection::vec(proptest::collection::vec(step(), 0..30), 1..6),
        slowness in proptest::collection::vec(0..20_u64, 1..9),
        fails_each in prop_oneof![Just(0_usize), 3..9_usize],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let mut runtime = runtime;
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(play(led, rounds, slowness, fails_each));
    }
}
