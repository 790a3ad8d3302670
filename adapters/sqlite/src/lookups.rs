//! Looking users up: in memory, and in the file many at once.
//!
//! Whoever speaks is looked up each time, and so is kept from the second time on: most of those who connect only listen,
//! and keeping them would cost more than it saves. Of those it is remembered that they are as their token says, if they are.
//!
//! When a process comes back, thousands of clients connect in one second, and each of them is looked up. A query for one
//! costs its way to another thread and back; so what waits together is asked for together, and while nothing else waits one
//! is asked for alone.

use std::{collections::HashMap, sync::Arc};

use outrigger_domain::{
    accounts::{TokenUser, User},
    ids::UserId,
    lately::{Lately, News},
    ports::{Beside, StoreResult},
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    failure::lookup,
    kept::{Change, Kept},
    readers::Readers,
    users,
};

/// Users that are asked for in one query at most.
const AT_ONCE: usize = 256;

/// Questions that wait beside those, before more of them have to wait to be asked.
const WAITING: usize = 1024;

/// Bytes of users that are kept, as far as they are counted.
const KEPT: u64 = 4 * 1024 * 1024;

/// What a user takes beside the texts.
const RECORD: usize = 512;

fn weight(id: &UserId, user: &User) -> u32 {
    let texts = [&user.first_name, &user.last_name, &user.name, &user.profile_image, &user.bio];
    let texts = texts.into_iter().flatten().chain([&user.email]).map(String::len);
    let designations = user.designations.iter().map(|word| word.len() + 24);
    let bytes = RECORD + id.as_str().len() + texts.chain(designations).sum::<usize>();
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

struct Question {
    user: UserId,
    answer: oneshot::Sender<StoreResult<Option<User>>>,
}

/// Where users are looked up.
pub(crate) struct Lookups {
    ask: mpsc::Sender<Question>,
    /// Who was found once.
    found: Lately,
    kept: Arc<Kept<UserId, Arc<User>>>,
    /// Who is as a token says.
    said: Arc<Lately>,
}

/// A user who is being changed: nothing of that one is kept until it is dropped, which must be behind the change's commit.
pub(crate) struct Changing {
    said: Arc<Lately>,
    id: UserId,
    /// Nobody of that name was there when it was begun, so the user is going to be as a token says.
    expected: Option<News>,
    forgets: bool,
    _kept: Change<UserId, Arc<User>>,
}

impl Changing {
    /// What a token says is committed.
    pub(crate) fn learnt(mut self) {
        self.forgets = !self.expected.take().is_some_and(|news| self.said.note(news));
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        if self.forgets {
            self.said.forget(&self.id);
        }
    }
}

impl Lookups {
    /// Answers until it is dropped. Must be called within the runtime.
    pub(crate) fn start(readers: Arc<Readers>) -> Self {
        let (ask, asked) = mpsc::channel(WAITING);
        tokio::spawn(answer(readers, asked));
        Self {
            ask,
            found: Lately::default(),
            kept: Kept::new(KEPT, |id, user| weight(id, user)),
            said: Arc::default(),
        }
    }

    /// A user is going to be changed.
    pub(crate) fn change(&self, id: &UserId) -> Changing {
        self.said.forget(id);
        self.changing(id, None)
    }

    /// A token teaches this of a user.
    pub(crate) fn learn(&self, said: TokenUser<'_>) -> Changing {
        let expected = self.said.expected(said.id, &said);
        if expected.is_none() {
            self.said.forget(said.id);
        }
        self.changing(said.id, expected)
    }

    fn changing(&self, id: &UserId, expected: Option<News>) -> Changing {
        let (said, _kept) = (Arc::clone(&self.said), self.kept.change(id));
        Changing { said, id: id.clone(), expected, forgets: true, _kept }
    }

    /// A user, if kept.
    pub(crate) fn kept(&self, id: &UserId) -> Option<Arc<User>> {
        self.kept.get(id).ok()
    }

    /// One user, as of now or a moment later.
    pub(crate) async fn user(&self, readers: &Readers, id: &UserId) -> StoreResult<Option<User>> {
        let missing = match self.kept.get(id) {
            Ok(user) => return Ok(Some(User::clone(&user))),
            Err(missing) => missing,
        };
        let found = self.ask(readers, id).await?;
        if let Some(user) = &found
            && self.was_found(id)
        {
            self.kept.keep(id, missing, Arc::new(user.clone()));
        }
        Ok(found)
    }

    /// Whether this one was found before.
    fn was_found(&self, id: &UserId) -> bool {
        let Some(news) = self.found.news(id, &()) else { return true };
        // Unless somebody else asks at the same moment: then it is that one who finds it first.
        let _noted = self.found.note(news);
        false
    }

    /// The same beside what a token says.
    pub(crate) async fn user_beside(
        &self,
        readers: &Readers,
        said: TokenUser<'_>,
    ) -> StoreResult<Beside> {
        let Some(news) = self.said.news(said.id, &said) else {
            return Ok(Beside::AsSaid);
        };
        let Some(user) = self.user(readers, said.id).await? else {
            self.said.expect(news);
            return Ok(Beside::Nobody);
        };
        if !user.is_as_said(said) {
            return Ok(Beside::Known(Box::new(user)));
        }
        // Unless it is being changed.
        let _noted = self.said.note(news);
        Ok(Beside::AsSaid)
    }

    async fn ask(&self, readers: &Readers, id: &UserId) -> StoreResult<Option<User>> {
        let (answer, answered) = oneshot::channel();
        let question = Question { user: id.clone(), answer };
        if self.ask.send(question).await.is_ok()
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
