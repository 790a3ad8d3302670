//! Where sessions are held while they are open: found, made, and forgotten.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, MutexGuard as TurnGuard},
    time::Instant,
};

use super::{
    agenda::Agenda,
    attendance::JoinRefused,
    held::{Held, KEPT},
    leading::GRACE,
    quizzes::QuizzesParts,
    session::{Quiz, QuizSession, SessionStatus},
    sockets::Sockets,
};
use crate::{
    ids::{QuizId, QuizSessionId},
    ports::{StoreResult, WholeSession},
    time::Timestamp,
};

/// Sessions that are not over at most.
pub(super) const MOST_SESSIONS: usize = 10_000;

/// Quizzes that are looked for or made at the same time at most.
const STRIPES: usize = 64;

/// All that [`super::Quizzes`] is made of. Each file beside this one adds what it is about.
pub(super) struct Desk {
    pub(super) parts: QuizzesParts,
    pub(super) agenda: Agenda,
    pub(super) sockets: Sockets,
    held: Mutex<HashMap<QuizId, Arc<Held>>>,
    turns: [Turn<()>; STRIPES],
    /// Answers remembered of all sessions.
    tally: Arc<AtomicUsize>,
}

/// When that is, by a timer; what is past is due now.
fn instant(at: Timestamp, clock: Timestamp, now: Instant) -> Instant {
    let ms = u64::try_from(at.ms() - clock.ms()).unwrap_or_default();
    now + Duration::from_millis(ms)
}

impl Desk {
    pub(super) fn new(parts: QuizzesParts) -> Self {
        Self {
            parts,
            agenda: Agenda::default(),
            sockets: Sockets::default(),
            held: Mutex::default(),
            turns: std::array::from_fn(|_| Turn::default()),
            tally: Arc::default(),
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<QuizId, Arc<Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything in memory.
    pub(super) fn all(&self) -> Vec<Arc<Held>> {
        self.sessions().values().cloned().collect()
    }

    /// Waits until nobody else looks for this quiz or makes a session of it. Some quizzes share a turn: whoever has one
    /// must not wait for another, and whoever is in a gate must not wait for one.
    pub(super) async fn turn(&self, quiz: &QuizId) -> TurnGuard<'_, ()> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(quiz);
        self.turns[hash as usize % STRIPES].lock().await
    }

    /// The session in memory.
    pub(super) fn held(&self, quiz: &QuizId) -> Option<Arc<Held>> {
        self.sessions().get(quiz).cloned()
    }

    /// The session, in memory or in the store.
    pub(super) async fn find(&self, quiz: &QuizId) -> StoreResult<Option<Arc<Held>>> {
        if let Some(held) = self.held(quiz) {
            return Ok(Some(held));
        }
        let _turn = self.turn(quiz).await;
        self.find_in_turn(quiz).await
    }

    /// The same for whoever has the turn.
    pub(super) async fn find_in_turn(&self, quiz: &QuizId) -> StoreResult<Option<Arc<Held>>> {
        if let Some(held) = self.held(quiz) {
            return Ok(Some(held));
        }
        let Some(whole) = self.parts.store.latest_session(quiz).await? else { return Ok(None) };
        let now = self.parts.clock.now();
        let over = whole.session.status == SessionStatus::Completed;
        // Nor is there anything to look at where nobody stayed.
        let nothing_left = || whole.participants.iter().all(|one| one.left);
        if over
            && (whole.session.completed_at.is_none_or(|at| at.plus(KEPT) <= now) || nothing_left())
        {
            return Ok(None);
        }
        let told = self.parts.store.quiz(quiz).await?.map(Arc::new);
        let held = self.build(whole, told);
        self.keep(&held);
        Ok(Some(held))
    }

    /// A session for memory, whose timers go on.
    pub(super) fn build(&self, whole: WholeSession, told: Option<Arc<Quiz>>) -> Arc<Held> {
        let (now, clock) = (Instant::now(), self.parts.clock.now());
        let held = Arc::new(Held::new(whole, told, Arc::clone(&self.tally), now));
        let mut state = held.state();
        if let Some(at) = state.session.completed_at {
            state.ended(instant(at.plus(KEPT), clock, now));
        } else {
            let asked = state.session.asked.as_ref().filter(|asked| !asked.closed);
            let closes = asked.and_then(|asked| asked.closes_at);
            state.dues.closes = closes.map(|at| instant(at.plus(GRACE), clock, now));
            self.expect_back(&mut state, now);
        }
        drop(state);
        held
    }

    /// Keeps a session in memory, in the place of another.
    pub(super) fn keep(&self, held: &Arc<Held>) {
        let quiz = held.state().session.quiz.clone();
        self.sessions().insert(quiz, Arc::clone(held));
        self.remind(held);
    }

    /// Forgets a session, which nobody uses any more. Call it alone in the gate.
    pub(super) fn forget(&self, held: &Arc<Held>) {
        let quiz = {
            let mut state = held.state();
            state.retired = true;
            state.session.quiz.clone()
        };
        let mut sessions = self.sessions();
        if sessions.get(&quiz).is_some_and(|other| Arc::ptr_eq(other, held)) {
            sessions.remove(&quiz);
        }
    }

    /// Something is due in it, maybe sooner than before.
    pub(super) fn remind(&self, held: &Held) {
        let state = held.state();
        self.agenda.put(&state.session.quiz, state.next());
    }

    /// Makes a session, for whoever has the turn.
    pub(super) async fn make(&self, quiz: &QuizId) -> Result<Arc<Held>, JoinRefused> {
        if self.open_sessions() >= MOST_SESSIONS {
            return Err(JoinRefused::TooManySessions);
        }
        let told = self.parts.store.quiz(quiz).await?.map(Arc::new);
        let session = self.new_session(quiz);
        self.parts.store.save_session(&session, &[]).await?;
        let whole = WholeSession { session, participants: Vec::new(), given: Vec::new() };
        let held = self.build(whole, told);
        self.keep(&held);
        Ok(held)
    }

    pub(super) fn new_session(&self, quiz: &QuizId) -> QuizSession {
        let created_at = self.parts.clock.now();
        let id = self.parts.ids.message(created_at);
        QuizSession {
            id: QuizSessionId::new(id.as_str())
                .unwrap_or_else(|_| unreachable!("one valid id is as good as another")),
            quiz: quiz.clone(),
            status: SessionStatus::Waiting,
            created_at,
            started_at: None,
            asked: None,
            completed_at: None,
        }
    }

    /// Sessions that are not over.
    pub(super) fn open_sessions(&self) -> usize {
        self.all().iter().filter(|held| !held.state().is_over()).count()
    }

    /// The session, made if there is none.
    pub(super) async fn open(&self, quiz: &QuizId) -> Result<Arc<Held>, JoinRefused> {
        if let Some(held) = self.held(quiz) {
            return Ok(held);
        }
        let _turn = self.turn(quiz).await;
        match self.find_in_turn(quiz).await? {
            Some(held) => Ok(held),
            None => self.make(quiz).await,
        }
    }
}
