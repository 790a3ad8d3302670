//! A quiz session under whatever order of calls, forgetting and restarts, beside a model.

use std::collections::BTreeMap;

use outrigger_domain::{
    ids::{QuestionId, UserId},
    ports::{QuizStore, Store as _},
    quiz::{Answer, Given, Participant},
};
use outrigger_sqlite::SqliteStore;
use outrigger_store_story::{answer, participant, quiz_id, quiz_session, quiz_session_id, user};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::json;

use crate::cases::{config, open, run};

const USERS: [&str; 4] = ["ann", "ben", "Ann", "ż"];
const SESSIONS: [&str; 2] = ["s0", "s1"];

#[derive(Debug, Clone)]
enum Step {
    /// Session, users, score, whether they left: all at once.
    Rows(usize, Vec<usize>, i64, bool),
    /// Session, and users who answer at the same time: which question, what, what it brings.
    Answers(usize, Vec<(usize, usize, u8, i64)>),
    /// Session, users.
    Forget(usize, Vec<usize>),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let users = || prop::collection::vec(0..USERS.len(), 0..4);
    let said = (0..USERS.len(), 0..3_usize, any::<u8>(), any::<i64>());
    prop_oneof![
        2 => (0..2_usize, users(), any::<i64>(), any::<bool>())
            .prop_map(|(s, u, score, left)| Step::Rows(s, u, score, left)),
        6 => (0..2_usize, prop::collection::vec(said, 0..6)).prop_map(|(s, a)| Step::Answers(s, a)),
        2 => (0..2_usize, users()).prop_map(|(s, u)| Step::Forget(s, u)),
        1 => Just(Step::Restart),
    ]
}

#[derive(Default)]
struct Model {
    rows: BTreeMap<UserId, Participant>,
    answers: BTreeMap<(UserId, QuestionId), Answer>,
}

impl Model {
    /// In the order of joining: all of them have joined at one moment.
    fn participants(&self) -> Vec<Participant> {
        self.rows.values().cloned().collect()
    }

    fn given(&self) -> Vec<Given> {
        let kept = self.answers.values().filter(|answer| self.rows.contains_key(&answer.user));
        let given = |answer: &Answer| Given {
            user: answer.user.clone(),
            question: answer.question.clone(),
            points: answer.points,
            at: answer.at,
        };
        kept.map(given).collect()
    }
}

async fn check(store: &SqliteStore, models: &[Model]) -> Result<(), TestCaseError> {
    for (name, model) in SESSIONS.iter().zip(models) {
        let whole = store.latest_session(&quiz_id(name)).await.unwrap().unwrap();
        prop_assert_eq!(whole.session, quiz_session(name, name, 0));
        prop_assert_eq!(whole.participants, model.participants());
        prop_assert_eq!(whole.given, model.given());
        let (mut found, mut last): (Vec<Answer>, _) = (Vec::new(), None);
        loop {
            let after = last.as_ref().map(|(user, question)| (user, question));
            let page = store.answers(&quiz_session_id(name), after, 2).await.unwrap();
            let Some(end) = page.last() else { break };
            last = Some((end.user.clone(), end.question.clone()));
            found.extend(page);
        }
        prop_assert_eq!(found, model.answers.values().cloned().collect::<Vec<_>>());
    }
    Ok(())
}

async fn whatever_happens(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    for name in SESSIONS {
        QuizStore::save_session(&*store, &quiz_session(name, name, 0), &[]).await.unwrap();
    }
    let mut models = [Model::default(), Model::default()];
    for (ms, step) in (0..).zip(steps) {
        match step {
            Step::Restart => {
                store.close().await;
                store = open(folder.path()).await;
            }
            Step::Rows(s, users, score, left) => {
                let row = |n: &usize| Participant { score, left, ..participant(USERS[*n], 0) };
                let rows: Vec<_> = users.iter().map(row).collect();
                store.save_participants(&quiz_session_id(SESSIONS[s]), &rows).await.unwrap();
                models[s].rows.extend(rows.into_iter().map(|row| (row.user.clone(), row)));
            }
            Step::Answers(s, all) => {
                let id = quiz_session_id(SESSIONS[s]);
                let said = |(u, q, what, points): (usize, usize, u8, i64)| {
                    let said = answer(USERS[u], &format!("q{q}"), json!({ "is": what }), ms);
                    let row = Participant { score: points, ..participant(USERS[u], 0) };
                    (Answer { points, time_spent: Some(f64::from(what) / 8.0), ..said }, row)
                };
                let all: Vec<_> = all.into_iter().map(said).collect();
                // Begun in this order, they are committed in this order.
                let saves = all.iter().map(|(said, row)| store.save_answer(&id, said, row));
                let saved = futures_util::future::join_all(saves).await;
                prop_assert!(saved.iter().all(Result::is_ok));
                for (said, row) in all {
                    models[s].rows.insert(row.user.clone(), row);
                    let key = (said.user.clone(), said.question.clone());
                    models[s].answers.insert(key, said);
                }
            }
            Step::Forget(s, users) => {
                let users: Vec<_> = users.into_iter().map(|n| user(USERS[n])).collect();
                store.remove_participants(&quiz_session_id(SESSIONS[s]), &users).await.unwrap();
                models[s].rows.retain(|user, _| !users.contains(user));
            }
        }
        check(&store, &models).await?;
    }
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_said_last_is_what_is_kept(steps in prop::collection::vec(step(), 0..30)) {
        run(whatever_happens(steps))?;
    }
}
