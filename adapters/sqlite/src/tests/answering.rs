//! Participants' rows as they are handed over, and what it costs when a whole room answers at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use outrigger_domain::{
    ports::{QuizStore, Store as _},
    quiz::Participant,
};
use outrigger_store_story::{answer, hello, participant, quiz_id, quiz_session, quiz_session_id};
use serde_json::json;

use super::open;

const PEOPLE: i64 = 300;
const ROUNDS: u32 = 20;

#[tokio::test]
async fn a_name_is_kept_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let quizzes: &dyn QuizStore = &*store;
    // Rows are handed over as JSON, which SQLite did not always read beyond this character.
    let ann = Participant { name: "A\0nn".into(), ..participant("ann", 0) };
    quizzes.save_session(&quiz_session("s1", "q", 0), std::slice::from_ref(&ann)).await.unwrap();
    let whole = quizzes.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!(whole.participants, [ann]);
    store.close().await;
}

/// Run it with `--ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a promise"]
async fn what_a_room_of_answers_costs() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let quizzes: &dyn QuizStore = &*store;
    let id = quiz_session_id("s1");
    let people: Vec<_> = (0..PEOPLE).map(|n| participant(&format!("user{n}"), n)).collect();
    quizzes.save_session(&quiz_session("s1", "q", 0), &people).await.unwrap();
    let (mut alone, mut messages) = (Duration::ZERO, Duration::ZERO);
    let (mut sum, mut longest) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        let question = format!("q{round}");
        let save = async |one: &Participant| {
            let said = answer(one.user.as_str(), &question, json!("a"), 1);
            let row = Participant { answered: round + 1, ..one.clone() };
            quizzes.save_answer(&id, &said, &row).await.unwrap();
        };
        let begin = Instant::now();
        join_all(people.iter().map(save)).await;
        let took = begin.elapsed();
        (sum, longest) = (sum + took, longest.max(took));

        let begin = Instant::now();
        save(&people[0]).await;
        alone += begin.elapsed();
        let begin = Instant::now();
        join_all((0..PEOPLE).map(async |n| {
            let hi = hello(&format!("m{round}-{n}"), "eve", "zoe", 0);
            store.insert_message(hi).await.unwrap();
        }))
        .await;
        messages += begin.elapsed();
    }
    let (all, one, messages) = (sum / ROUNDS, alone / ROUNDS, messages / ROUNDS);
    println!(
        "{PEOPLE} answers at once: {all:?}, longest {longest:?}; one alone {one:?}, so {:.1} times as long; {PEOPLE} \
         messages at once {messages:?}, so {:.2} times as long",
        all.as_secs_f64() / one.as_secs_f64(),
        all.as_secs_f64() / messages.as_secs_f64(),
    );
    let begin = Instant::now();
    let whole = quizzes.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    println!(
        "{} participants with {} answers are read in {:?}",
        whole.participants.len(),
        whole.given.len(),
        begin.elapsed()
    );
    let crowd: Vec<_> = (0..10_000).map(|n| participant(&format!("guest{n}"), n)).collect();
    let begin = Instant::now();
    quizzes.save_participants(&id, &crowd).await.unwrap();
    println!("{} participants are saved in {:?}", crowd.len(), begin.elapsed());
    store.close().await;
}
