//! A session in memory. It is what the store has: a row is replaced here when its commit is done, and not before.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, RwLock},
    time::Instant,
};

use super::{
    answer::{Answer, Given},
    leaderboard::leaderboard,
    session::{LeaderboardRow, Participant, Quiz, QuizSession, SessionStatus},
    telling::Telling,
};
use crate::{
    ids::{QuestionId, UserId},
    ports::WholeSession,
    time::Timestamp,
};

/// Participants of a session at most, with those who left and may be back.
pub(super) const MOST_PARTICIPANTS: usize = 10_000;

/// Answers remembered of all sessions at most; about 100 bytes each.
pub(super) const MOST_ANSWERS: usize = 2_000_000;

/// Nothing happens and nobody is there for so long: then a session is over (`contracts/quiz.md` section 6).
const IDLE: Duration = Duration::from_secs(30 * 60);

/// In the same case, if there is nothing to keep of a session.
const EMPTY: Duration = Duration::from_secs(60);

/// So long a session that is over is remembered (`contracts/quiz.md` section 6).
pub(super) const KEPT: Duration = Duration::from_secs(600);

/// A session, and who may do what to it now.
pub(super) struct Held {
    /// What concerns one participant goes through together, what concerns all of them alone. It is fair: whoever answers
    /// after the next question was asked for comes after it.
    pub(super) gate: RwLock<()>,
    /// Whoever tells how many take part, so that counts are told in the order in which they were.
    pub(super) voice: Turn<()>,
    /// Whoever looks after what is due.
    pub(super) tending: Turn<()>,
    state: Mutex<State>,
}

/// What an answer brings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brought {
    pub(super) points: i64,
    pub(super) at: Timestamp,
}

/// A participant's place. Without a row while the first commit is under way.
#[derive(Default)]
pub(super) struct Seat {
    /// Changes of this one row are made one after the other.
    pub(super) turn: Arc<Turn<()>>,
    pub(super) row: Option<Participant>,
    pub(super) answers: HashMap<QuestionId, Brought>,
    leaves_at: Option<Instant>,
}

/// Instants at which something is to be done.
pub(super) struct Dues {
    /// The question that stands is closed.
    pub(super) closes: Option<Instant>,
    /// Somebody has been gone for a minute.
    pub(super) leaving: BTreeSet<(Instant, UserId)>,
    /// Something last happened.
    pub(super) touched: Instant,
    /// It is over, and forgotten then.
    pub(super) forget: Option<Instant>,
    /// The store failed: nothing of it before that.
    pub(super) retry: Option<Instant>,
    pub(super) failures: u32,
}

/// The session, those who take part, and what waits.
pub(super) struct State {
    pub(super) session: QuizSession,
    pub(super) quiz: Option<Arc<Quiz>>,
    pub(super) telling: Telling,
    pub(super) dues: Dues,
    /// It is forgotten, or another took its place: whoever still has it looks for the quiz again.
    pub(super) retired: bool,
    seats: HashMap<UserId, Seat>,
    present: usize,
    /// Answers remembered of all sessions.
    tally: Arc<AtomicUsize>,
}

impl Held {
    /// What the store has of it. Who takes part has no socket here yet.
    pub(super) fn new(
        whole: WholeSession,
        quiz: Option<Arc<Quiz>>,
        tally: Arc<AtomicUsize>,
        now: Instant,
    ) -> Self {
        let WholeSession { session, participants, given } = whole;
        let dues = Dues {
            closes: None,
            leaving: BTreeSet::new(),
            touched: now,
            forget: None,
            retry: None,
            failures: 0,
        };
        let telling = Telling::new(now);
        let seats = HashMap::new();
        let mut state =
            State { session, quiz, telling, dues, retired: false, seats, present: 0, tally };
        for participant in participants {
            state.put(participant);
        }
        for Given { user, question, points, at } in given {
            if state.seats.contains_key(&user) {
                state.note(&user, question, Brought { points, at });
            }
        }
        let (gate, voice, tending) = (RwLock::default(), Turn::default(), Turn::default());
        Self { gate, voice, tending, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a host leads; otherwise everyone answers at their own pace.
    pub(super) fn is_led(&self) -> bool {
        self.session.started_at.is_some()
    }

    pub(super) fn is_over(&self) -> bool {
        self.session.status == SessionStatus::Completed
    }

    /// Those who take part now.
    pub(super) fn present(&self) -> usize {
        self.present
    }

    /// A seat for this user, made if there is room.
    pub(super) fn seat(&mut self, user: &UserId) -> Option<&mut Seat> {
        if !self.seats.contains_key(user) && self.seats.len() >= MOST_PARTICIPANTS {
            return None;
        }
        Some(self.seats.entry(user.clone()).or_default())
    }

    /// The seat of someone who takes part or did.
    pub(super) fn seat_of(&self, user: &UserId) -> Option<&Seat> {
        self.seats.get(user)
    }

    /// Everyone who takes part or did.
    pub(super) fn seats(&self) -> impl Iterator<Item = (&Participant, &Seat)> {
        self.seats.values().filter_map(|seat| Some((seat.row.as_ref()?, seat)))
    }

    /// Someone who takes part now.
    pub(super) fn participant(&self, user: &UserId) -> Option<&Participant> {
        self.seats.get(user)?.row.as_ref().filter(|one| !one.left)
    }

    /// This is how a participant's row is now.
    pub(super) fn put(&mut self, row: Participant) {
        let seat = self.seats.entry(row.user.clone()).or_default();
        let was = seat.row.as_ref().is_some_and(|before| !before.left);
        self.present = self.present + usize::from(!row.left) - usize::from(was);
        seat.row = Some(row);
        self.telling.board();
    }

    /// Nobody sits there any more, as far as the store knows. The seat stays for one who waits to sit down again.
    pub(super) fn vacate(&mut self, user: &UserId) {
        self.stay(user);
        let Some(seat) = self.seats.get_mut(user) else { return };
        let was = seat.row.take().is_some_and(|row| !row.left);
        self.present -= usize::from(was);
        self.tally.fetch_sub(std::mem::take(&mut seat.answers).len(), Ordering::Relaxed);
        // One turn is the seat's own, one of whoever asks.
        if Arc::strong_count(&seat.turn) <= 2 {
            self.seats.remove(user);
        }
        self.telling.board();
    }

    fn note(&mut self, user: &UserId, question: QuestionId, brought: Brought) {
        if let Some(seat) = self.seats.get_mut(user)
            && seat.answers.insert(question, brought).is_none()
        {
            self.tally.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// An answer is stored, and this row with it.
    pub(super) fn answered(&mut self, answer: Answer, row: Participant) {
        let Answer { user, question, points, at, .. } = answer;
        self.put(row);
        self.note(&user, question, Brought { points, at });
    }

    /// Whether more answers can be remembered.
    pub(super) fn has_room_for_answers(&self) -> bool {
        self.tally.load(Ordering::Relaxed) < MOST_ANSWERS
    }

    /// Someone is gone, and leaves then unless back before.
    pub(super) fn leave_at(&mut self, user: &UserId, at: Instant) {
        self.stay(user);
        if let Some(seat) = self.seats.get_mut(user) {
            seat.leaves_at = Some(at);
            self.dues.leaving.insert((at, user.clone()));
        }
    }

    /// Someone is there.
    pub(super) fn stay(&mut self, user: &UserId) {
        let Some(seat) = self.seats.get_mut(user) else { return };
        if let Some(at) = seat.leaves_at.take() {
            self.dues.leaving.remove(&(at, user.clone()));
        }
    }

    /// Who leads.
    pub(super) fn leaderboard(&self) -> Arc<[LeaderboardRow]> {
        leaderboard(self.seats().map(|(row, _)| row))
    }

    /// It is over, and forgotten then.
    pub(super) fn ended(&mut self, forget: Instant) {
        self.dues.forget = Some(forget);
        self.dues.closes = None;
        for (_, user) in std::mem::take(&mut self.dues.leaving) {
            self.stay(&user);
        }
    }

    /// When it is to be forgotten, or given up if nothing happens and nobody is there.
    pub(super) fn ends(&self) -> Instant {
        let worth_keeping = || self.is_led() || self.seats().any(|(row, _)| row.answered > 0);
        let idle = if self.present > 0 || worth_keeping() { IDLE } else { EMPTY };
        self.dues.forget.unwrap_or(self.dues.touched + idle)
    }

    /// When there is something to be done.
    pub(super) fn next(&self) -> Instant {
        let leaving = self.dues.leaving.first().map(|(at, _)| *at);
        let due = [self.dues.closes, leaving].into_iter().flatten().fold(self.ends(), Instant::min);
        let due = self.dues.retry.map_or(due, |retry| due.max(retry));
        self.telling.next().map_or(due, |telling| telling.min(due))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let answers = self.seats.values().map(|seat| seat.answers.len()).sum();
        self.tally.fetch_sub(answers, Ordering::Relaxed);
    }
}
