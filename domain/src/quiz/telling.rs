//! Telling those in a quiz how the others do, at a pace that clients bear.
//!
//! It is state, not history: what is told is how it is when its turn comes, and what changed again meanwhile is told once.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;

use super::{
    desk::Desk,
    event::QuizEvent,
    held::{Held, State},
    session::LeaderboardRow,
};
use crate::{
    events::{Audience, DomainEvent, Published},
    ids::{QuizId, UserId},
};

/// From one leaderboard to the next, at least.
const BOARD: Duration = Duration::from_millis(500);

/// However many take part, nobody waits longer for it.
const LONGEST_BOARD: Duration = Duration::from_secs(10);

/// What the leaderboards of a quiz may cost, in bytes a second.
const BUDGET: u64 = 32 << 20;

/// About what a row of it costs each of those who see it, in bytes.
const ROW_BYTES: u64 = 110;

/// From one participant's progress to the next one's: 20 a second.
const PROGRESS: Duration = Duration::from_millis(50);

/// While so many take part at most, each of those who come and go is told at once.
const TOLD_SINGLY: usize = 300;

/// Of more, 20 a second are told: each time the latest one, who brings the count.
const VISIT: Duration = Duration::from_millis(50);

/// Someone came or went.
#[derive(Debug, Clone)]
pub(super) enum Visit {
    Joined { user: UserId, name: String },
    Left { user: UserId, name: String },
}

/// What waits to be told. Bounded by those who take part.
pub(super) struct Telling {
    board: bool,
    board_at: Instant,
    /// As it was told last.
    told: Option<Arc<[LeaderboardRow]>>,
    /// Those of whose answers is to be told, the longest waiting first.
    progress: VecDeque<UserId>,
    waiting: HashSet<UserId>,
    progress_at: Instant,
    visit: Option<Visit>,
    visit_at: Instant,
}

/// With `rows` shown to `present`: half a second up to a thousand who see a hundred, more beyond that.
fn board_pause(rows: usize, present: usize) -> Duration {
    let bytes = (rows as u64).saturating_mul(present as u64).saturating_mul(ROW_BYTES);
    Duration::from_millis(bytes.saturating_mul(1000) / BUDGET).clamp(BOARD, LONGEST_BOARD)
}

impl Telling {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            board: false,
            board_at: now,
            told: None,
            progress: VecDeque::new(),
            waiting: HashSet::new(),
            progress_at: now,
            visit: None,
            visit_at: now,
        }
    }

    /// Somebody's row changed.
    pub(super) fn board(&mut self) {
        self.board = true;
    }

    /// Somebody answered.
    pub(super) fn progress(&mut self, user: &UserId) {
        if self.waiting.insert(user.clone()) {
            self.progress.push_back(user.clone());
        }
    }

    /// Everybody was told the last of it.
    pub(super) fn nothing_more(&mut self) {
        self.board = false;
        self.progress.clear();
        self.waiting.clear();
        self.visit = None;
    }

    /// When something is to be told.
    pub(super) fn next(&self) -> Option<Instant> {
        let board = self.board.then_some(self.board_at);
        let progress = (!self.progress.is_empty()).then_some(self.progress_at);
        let visit = self.visit.is_some().then_some(self.visit_at);
        [board, progress, visit].into_iter().flatten().min()
    }
}

impl State {
    fn said(&self, visit: Visit) -> (Audience, QuizEvent) {
        let (quiz, count) = (self.session.quiz.clone(), self.present());
        let event = match visit.clone() {
            Visit::Joined { user, name } => QuizEvent::Joined { quiz, user, name, count },
            Visit::Left { user, name } => QuizEvent::Left { quiz, user, name, count },
        };
        let (Visit::Joined { user, .. } | Visit::Left { user, .. }) = visit;
        (others(&self.session.quiz, user), event)
    }

    /// The next thing whose time has come.
    fn take_news(&mut self, now: Instant) -> Option<(Audience, QuizEvent)> {
        let telling = &mut self.telling;
        if telling.visit_at <= now
            && let Some(visit) = telling.visit.take()
        {
            telling.visit_at = now + VISIT;
            return Some(self.said(visit));
        }
        while self.telling.progress_at <= now
            && let Some(user) = self.telling.progress.pop_front()
        {
            self.telling.waiting.remove(&user);
            // Whoever left meanwhile is no news.
            let Some(one) = self.participant(&user) else { continue };
            let (quiz, name, answered) =
                (self.session.quiz.clone(), one.name.clone(), one.answered);
            let audience = others(&quiz, user.clone());
            self.telling.progress_at = now + PROGRESS;
            return Some((audience, QuizEvent::Progress { quiz, user, name, answered }));
        }
        if self.telling.board && self.telling.board_at <= now {
            self.telling.board = false;
            let rows = self.leaderboard();
            if self.telling.told.as_ref() != Some(&rows) {
                self.telling.told = Some(Arc::clone(&rows));
                self.telling.board_at = now + board_pause(rows.len(), self.present());
                let quiz = self.session.quiz.clone();
                return Some((Audience::Quiz(quiz.clone()), QuizEvent::Leaderboard { quiz, rows }));
            }
        }
        None
    }
}

fn others(quiz: &QuizId, user: UserId) -> Audience {
    Audience::Except { of: Box::new(Audience::Quiz(quiz.clone())), users: vec![user] }
}

impl Desk {
    pub(super) async fn publish(&self, audience: Audience, event: QuizEvent) {
        let at = self.parts.clock.now();
        self.parts.bus.publish(Published::new(at, audience, DomainEvent::Quiz(event))).await;
    }

    /// To all who take part.
    pub(super) async fn publish_to_all(&self, quiz: &QuizId, event: QuizEvent) {
        self.publish(Audience::Quiz(quiz.clone()), event).await;
    }

    /// Someone came or went. Call it under the gate.
    pub(super) async fn tell_visit(&self, held: &Held, visit: Visit) {
        let _voice = held.voice.lock().await;
        let now = {
            let mut state = held.state();
            let singly = state.present() <= TOLD_SINGLY && state.telling.visit.is_none();
            if singly {
                Some(state.said(visit))
            } else {
                state.telling.visit = Some(visit);
                self.agenda.put(&state.session.quiz, state.telling.visit_at);
                None
            }
        };
        if let Some((audience, event)) = now {
            self.publish(audience, event).await;
        }
    }

    /// Tells what it is time to tell. Nothing that concerns all of the quiz happens meanwhile, so that no leaderboard is
    /// told behind the end.
    pub(super) async fn tell_news(&self, held: &Held) {
        let _gate = held.gate.read().await;
        let _voice = held.voice.lock().await;
        loop {
            let news = held.state().take_news(Instant::now());
            let Some((audience, event)) = news else { return };
            self.publish(audience, event).await;
        }
    }
}
