//! What participants of a quiz answered.

use futures_util::future::join_all;
use outrigger_domain::{
    ids::{QuestionId, UserId},
    ports::QuizStore,
    quiz::{Answer, Given, Participant},
};
use serde_json::json;

use crate::{
    at,
    quiz_words::{answer, participant, question_id, quiz_id, quiz_session, quiz_session_id},
    user,
    world::World,
};

pub(crate) async fn the_last_answer_to_a_question_counts(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let id = quiz_session_id("s1");
    let row = Participant { answered: 1, ..participant("ann", 1) };
    store.save_session(&quiz_session("s2", "other", 0), &[]).await.unwrap();
    store.save_session(&quiz_session("s1", "q", 0), &[participant("ann", 1)]).await.unwrap();
    let mut last = answer("ann", "one", json!("b"), 2);
    store.save_answer(&id, &last, &row).await.unwrap();
    for (said, time_spent, points) in [
        (json!({ "ż": ["a", 1, -0.25, null, { "b": true }] }), Some(1.5), 0),
        (json!("\"; DROP TABLE \u{0}'"), Some(0.0), i64::MAX),
        (json!(null), None, i64::MIN),
        (json!(u64::MAX), Some(1e300), 3),
    ] {
        last = Answer { answer: said, time_spent, points, at: at(3), ..last };
        store.save_answer(&id, &last, &row).await.unwrap();
        assert_eq!(store.answers(&id, None, 9).await.unwrap(), [last.clone()]);
    }
    let whole = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    let given = Given { user: user("ann"), question: question_id("one"), points: 3, at: at(3) };
    assert_eq!((whole.participants, whole.given), (vec![row], vec![given]));
    assert_eq!(store.answers(&quiz_session_id("s2"), None, 9).await.unwrap(), []);
    assert_eq!(store.answers(&quiz_session_id("unknown"), None, 9).await.unwrap(), []);
}

pub(crate) async fn an_answer_brings_its_participants_row(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    store.save_session(&quiz_session("s1", "q", 0), &[]).await.unwrap();
    // One whose row was not there before, too.
    let row =
        Participant { answered: 1, score: 5, scored_at: Some(at(2)), ..participant("ann", 1) };
    let said = answer("ann", "one", json!("a"), 2);
    store.save_answer(&quiz_session_id("s1"), &said, &row).await.unwrap();
    let whole = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert_eq!((whole.participants, whole.given.len()), (vec![row], 1));
}

pub(crate) async fn answers_are_paged_by_user_and_question(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let id = quiz_session_id("s1");
    store.save_session(&quiz_session("s1", "q", 0), &[]).await.unwrap();
    let mut expected = Vec::new();
    for (n, (who, what)) in
        [("b", "1"), ("a", "2"), ("B", "9"), ("a", "10"), ("ab", "0")].into_iter().enumerate()
    {
        let said = answer(who, what, json!(n), 1);
        store.save_answer(&id, &said, &participant(who, 1)).await.unwrap();
        expected.push((who.to_owned(), what.to_owned()));
    }
    expected.sort_unstable();
    let (mut found, mut after): (Vec<_>, Option<(UserId, QuestionId)>) = (Vec::new(), None);
    loop {
        let last = after.as_ref().map(|(user, question)| (user, question));
        let page = store.answers(&id, last, 2).await.unwrap();
        let Some(end) = page.last() else { break };
        after = Some((end.user.clone(), end.question.clone()));
        found.extend(page.iter().map(|one| (one.user.to_string(), one.question.to_string())));
    }
    assert_eq!(found, expected);
    let (absent, question) = (user("aa"), question_id("5"));
    let behind = store.answers(&id, Some((&absent, &question)), 1).await.unwrap();
    assert_eq!(behind[0].user, user("ab"), "one that is not there is a place all the same");
}

pub(crate) async fn three_hundred_answer_at_once(world: &World) {
    let store: &dyn QuizStore = world.store.as_ref();
    let id = quiz_session_id("s1");
    let people: Vec<_> = (0..300).map(|n| participant(&format!("user{n}"), n)).collect();
    store.save_session(&quiz_session("s1", "q", 0), &people).await.unwrap();
    let all = join_all(people.iter().map(async |one| {
        let said = answer(one.user.as_str(), "one", json!("a"), 1);
        let row = Participant { answered: 1, ..one.clone() };
        store.save_answer(&id, &said, &row).await
    }));
    assert!(all.await.iter().all(Result::is_ok));
    let whole = store.latest_session(&quiz_id("q")).await.unwrap().unwrap();
    assert!(whole.participants.iter().all(|one| one.answered == 1));
    let users: Vec<_> = whole.participants.into_iter().map(|one| one.user).collect();
    let joined: Vec<_> = people.into_iter().map(|one| one.user).collect();
    assert_eq!((users, whole.given.len()), (joined, 300));
}
