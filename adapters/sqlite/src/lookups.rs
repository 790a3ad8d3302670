//! Looking users up, many at once.
//!
//! When a process comes back, thousands of clients connect in one second, and each of them is looked up. A query for one
//! costs its way to another thread and back; so what waits together is asked for together, and while nothing else waits
//! one is asked for alone.

use std::{collections::HashMap, sync::Arc};

use outrigger_domain::{accounts::User, ids::UserId, ports::StoreResult};
use tokio::sync::{mpsc, oneshot};

use crate::{failure::lookup, readers::Readers, users};

/// Users that are asked for in one query at most.
const AT_ONCE: usize = 256;

/// Questions that wait beside those, before more of them have to wait to be asked.
const WAITING: usize = 1024;

struct Question {
    user: UserId,
    answer: oneshot::Sender<StoreResult<Option<User>>>,
}

/// Where users are looked up.
pub(crate) struct Lookups(mpsc::Sender<Question>);

impl Lookups {
    /// Answers until it is dropped. Must be called within the runtime.
    pub(crate) fn start(readers: Arc<Readers>) -> Self {
        let (ask, asked) = mpsc::channel(WAITING);
        tokio::spawn(answer(readers, asked));
        Self(ask)
    }

    /// One user, as of now or a moment later.
    pub(crate) async fn user(&self, readers: &Readers, id: &UserId) -> StoreResult<Option<User>> {
        let (answer, answered) = oneshot::channel();
        let question = Question { user: id.clone(), answer };
        if self.0.send(question).await.is_ok()
            && let Ok(answer) = answered.await
        {
            return answer;
        }
        // Whoever asks while the runtime ends.
        lookup(users::find(&readers.pool(), id).await)
    }
}

async fn answer(readers: Arc<Readers>, mut asked: mpsc::Receiver<Question>) {
    let mut questions = Vec::new();
    while asked.recv_many(&mut questions, AT_ONCE).await > 0 {
        if let [only] = questions.as_slice() {
            let found = lookup(users::find(&readers.pool(), &only.user).await);
            questions.drain(..).for_each(|question| reply(question, found.clone()));
            continue;
        }
        let mut ids: Vec<_> = questions.iter().map(|question| question.user.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        match lookup(users::find_all(&readers.pool(), &ids).await) {
            Ok(found) => {
                let found: HashMap<_, _> =
                    found.into_iter().map(|user| (user.id.clone(), user)).collect();
                for question in questions.drain(..) {
                    let user = found.get(&question.user).cloned();
                    reply(question, Ok(user));
                }
            }
            Err(error) => {
                questions.drain(..).for_each(|question| reply(question, Err(error.clone())));
            }
        }
    }
}

fn reply(question: Question, answer: StoreResult<Option<User>>) {
    // Whoever asked may have gone meanwhile.
    let _gone = question.answer.send(answer);
}
