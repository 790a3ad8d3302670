//! Quizzes, and each time that one was held.

use futures_util::future::join_all;
use outrigger_domain::{
    ports::{Horizon, QuizStore},
    quiz::{Asked, NewQuiz, Participant, Question, QuizSession, SessionStatus},
};
use serde_json::json;

use crate::{
    at,
    feed_pages::horizon,
    quiz_words::{
        answer, over, participant, question_id, quiz, quiz_id, quiz_session, quiz_session_id,
    },
    user,
    world::World,
};

const DAY: i64 = 24 * 3_600_000;

pub(crate) async fn what_was_told_last_of_a_quiz_counts(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    assert_eq!(store.quiz(&quiz_id("q")).await.unwrap(), None);
    let mut first = quiz("q", &["one", "two"]);
    let any = json!([1, "x\u{0}y", { "ż": [null, true, 0.5] }]);
    first.questions.push(Question {
        id: question_id("three"),
        correct: any,
        any_of: true,
        points: u32::MAX,
        time_limit: Some(20),
    });
    store.save_quiz(&first, at(1)).await.unwrap();
    store.save_quiz(&quiz("Q", &["one"]), at(2)).await.unwrap();
    let known = store.quiz(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!((known.told, known.updated_at), (first, at(1)));

    let second = NewQuiz { title: None, host: None, ..quiz("q", &["two"]) };
    store.save_quiz(&second, at(3)).await.unwrap();
    let known = store.quiz(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!((known.told, known.updated_at), (second, at(3)));
    assert_eq!(world.heard.lines(), [""; 0]);
}

pub(crate) async fn a_session_is_as_it_was_saved_last(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let latest = async || store.latest_session(&quiz_id("q")).await.unwrap();
    assert_eq!(latest().await, None);
    let mut session = quiz_session("s1", "q", 1);
    store.save_session(&session, &[]).await.unwrap();
    let whole = latest().await.unwrap();
    assert_eq!((&whole.session, whole.participants, whole.given), (&session, vec![], vec![]));

    session.status = SessionStatus::Active;
    session.started_at = Some(at(2));
    let asked = |index, closes_at, closed| Asked {
        index,
        question: question_id("one"),
        at: at(3),
        closes_at,
        closed,
    };
    let (ann, ben) = (participant("ann", 5), participant("ben", 4));
    for asked in [
        Some(asked(0, None, false)),
        Some(asked(1, Some(at(9)), false)),
        Some(asked(499, Some(at(9)), true)),
        None,
    ] {
        session.asked = asked;
        store.save_session(&session, &[ann.clone(), ben.clone()]).await.unwrap();
        let whole = latest().await.unwrap();
        assert_eq!(whole.session, session);
        assert_eq!(whole.participants, [ben.clone(), ann.clone()], "who joined first is first");
    }
    session = over(session, 10);
    store.save_session(&session, &[]).await.unwrap();
    let whole = latest().await.unwrap();
    assert_eq!((whole.session, whole.participants.len()), (session, 2), "the others stay");
}

pub(crate) async fn participants_are_replaced_and_forgotten(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let id = quiz_session_id("s1");
    let others = [participant("ann", 1), participant("eve", 1)];
    store.save_session(&quiz_session("s2", "other", 1), &others).await.unwrap();
    store.save_session(&quiz_session("s1", "q", 1), &[]).await.unwrap();
    let rows = ["zoe", "ann", "eve"].map(|name| participant(name, 7));
    store.save_participants(&id, &rows).await.unwrap();
    let changed = Participant {
        name: "Anna \"ż\" \\ {}".into(),
        score: i64::MIN,
        score_set: true,
        answered: u32::MAX,
        scored_at: Some(at(8)),
        finished: true,
        left: true,
        ..participant("ann", 7)
    };
    let best = Participant { score: i64::MAX, ..participant("zoe", 6) };
    store.save_participants(&id, &[best.clone(), changed.clone()]).await.unwrap();
    let eve = participant("eve", 7);
    let of = async |quiz: &str| {
        store.latest_session(&quiz_id(quiz)).await.unwrap().unwrap().participants
    };
    assert_eq!(of("q").await, [best.clone(), changed, eve.clone()], "of one moment by their ids");

    store
        .save_answer(&id, &answer("ann", "one", json!(1), 9), &participant("ann", 7))
        .await
        .unwrap();
    store.save_answer(&id, &answer("eve", "one", json!(1), 9), &eve).await.unwrap();
    store.remove_participants(&id, &[user("ann"), user("nobody")]).await.unwrap();
    store.remove_participants(&id, &[]).await.unwrap();
    store.save_participants(&id, &[]).await.unwrap();
    assert_eq!(of("q").await, [best, eve]);
    let whole = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    let given: Vec<_> = whole.given.iter().map(|given| given.user.as_str()).collect();
    assert_eq!(given, ["eve"], "without those whom it forgot");
    assert_eq!(store.answers(&id, None, 9).await.unwrap().len(), 2, "what they answered stays");
    assert_eq!(of("other").await, others);

    // Of a session that is not there nothing is kept.
    let unknown = quiz_session_id("unknown");
    assert!(store.save_participants(&unknown, &[participant("ann", 1)]).await.is_err());
    let said = answer("ann", "one", json!(1), 1);
    assert!(store.save_answer(&unknown, &said, &participant("ann", 1)).await.is_err());
    store.remove_participants(&unknown, &[user("ann")]).await.unwrap();
}

pub(crate) async fn the_latest_session_and_those_that_are_not_over(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let mut sessions: Vec<QuizSession> = Vec::new();
    for (id, quiz, ms) in [("s1", "q", 30), ("s2", "r", 10), ("s3", "q", 30), ("s4", "p", 20)] {
        let session = quiz_session(id, quiz, ms);
        store.save_session(&session, &[participant(id, 1)]).await.unwrap();
        sessions.push(session);
    }
    let open = async |limit| {
        let open = store.open_sessions(limit).await.unwrap();
        open.into_iter().map(|session| session.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(open(9).await, ["s2", "s4", "s1", "s3"]);
    assert_eq!(open(2).await, ["s2", "s4"], "the oldest ones");
    assert_eq!(store.open_sessions(1).await.unwrap(), [sessions[1].clone()]);
    let latest = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!(latest.session, sessions[2]);
    assert_eq!(latest.participants, [participant("s3", 1)]);

    store.save_session(&over(sessions[0].clone(), 50), &[]).await.unwrap();
    let latest = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!(latest.session, sessions[2], "which began last, not which was changed last");
    store.save_session(&over(sessions[2].clone(), 51), &[]).await.unwrap();
    assert_eq!(open(9).await, ["s2", "s4"]);
}

pub(crate) async fn sessions_are_forgotten_thirty_days_after_their_end(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let prune = async |now| {
        world.store.prune(&Horizon { now, ..horizon(at(0)) }).await.unwrap();
    };
    let people: Vec<_> = (0..1_100).map(|n| participant(&format!("user{n}"), n)).collect();
    let (old, young) = (quiz_session("s1", "q", 0), quiz_session("s2", "q", 0));
    store.save_session(&over(old, 10), &people).await.unwrap();
    store.save_session(&over(young, 20), &people[..1]).await.unwrap();
    store.save_session(&quiz_session("s3", "r", 0), &people[..1]).await.unwrap();
    join_all((0..1_100).map(async |n| {
        let id = quiz_session_id(if n % 100 == 0 { "s2" } else { "s1" });
        let said = answer("user0", &format!("q{n}"), json!(n), 1);
        store.save_answer(&id, &said, &people[0]).await.unwrap();
    }))
    .await;
    let answers = async |session: &str| {
        store.answers(&quiz_session_id(session), None, 9_999).await.unwrap().len()
    };
    prune(at(30 * DAY + 10)).await;
    assert_eq!((answers("s1").await, answers("s2").await), (1_089, 11), "it is not older");
    prune(at(30 * DAY + 20)).await;
    assert_eq!((answers("s1").await, answers("s2").await), (0, 11));
    assert!(store.save_participants(&quiz_session_id("s1"), &people[..1]).await.is_err());
    let kept = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!((kept.session.id.as_str(), kept.given.len()), ("s2", 11));

    prune(at(400 * DAY)).await;
    assert_eq!(store.latest_session(&quiz_id("q")).await.unwrap(), None);
    assert!(store.latest_session(&quiz_id("r")).await.unwrap().is_some(), "it is not over");
}
