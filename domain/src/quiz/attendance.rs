//! Who takes part: coming, going, and being gone for a while.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    desk::Desk,
    held::{Held, State},
    session::{Asked, Participant, SessionStatus},
    sockets::Entered,
    telling::Visit,
};
use crate::{
    actor::is_guest,
    events::SocketKey,
    ids::{QuizId, UserId},
    ports::{StoreError, StoreResult},
};

/// Whoever is gone for so long has left (`contracts/quiz.md` section 6, "reconnection").
const AWAY: Duration = Duration::from_secs(60);

/// Of a name so many characters are kept.
const MOST_NAME: usize = 100;

/// What whoever joins finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Participants by now.
    pub count: usize,
    /// How far it is.
    pub status: SessionStatus,
    /// The question that stands, if a host asked one.
    pub question: Option<Standing>,
    /// Questions that the participant has answered already.
    pub answered: u32,
}

/// A question that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which, since when, and whether it may still be answered.
    pub asked: Asked,
    /// How many there are.
    pub total: usize,
    /// Seconds to answer from when it was asked, if there is a limit.
    pub time_limit: Option<u32>,
}

/// Why somebody cannot take part.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JoinRefused {
    /// 10,000 take part already.
    #[error("the quiz is full")]
    Full,
    /// The user is in 20 quizzes already.
    #[error("in too many quizzes")]
    TooManyQuizzes,
    /// There is no session, and 10,000 others are open.
    #[error("too many quizzes are held")]
    TooManySessions,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl State {
    pub(super) fn joined(&self, user: &UserId) -> Joined {
        let standing = |asked: &Asked| {
            let questions = self.quiz.as_ref().map(|quiz| &quiz.told.questions);
            let question = questions.and_then(|all| all.get(asked.index));
            Standing {
                asked: asked.clone(),
                total: questions.map_or(0, Vec::len),
                time_limit: question.and_then(|question| question.time_limit),
            }
        };
        Joined {
            count: self.present(),
            status: self.session.status,
            question: self.session.asked.as_ref().map(standing),
            answered: self.participant(user).map_or(0, |one| one.answered),
        }
    }

    /// Whoever leaves is no participant any more, unless done, and unless all of it is over.
    fn leaves(&self, user: &UserId) -> Option<Participant> {
        let row = self.participant(user).filter(|row| !row.finished && !self.is_over())?;
        Some(Participant { left: true, ..row.clone() })
    }
}

impl Desk {
    pub(super) async fn join(
        &self,
        quiz: &QuizId,
        user: &UserId,
        name: &str,
        socket: SocketKey,
        entered: Entered,
    ) -> Result<Joined, JoinRefused> {
        if entered == Entered::Refused {
            return Err(JoinRefused::TooManyQuizzes);
        }
        let joined = self.take_part(quiz, user, name).await;
        if joined.is_err() && entered == Entered::Now && self.sockets.exit(user, quiz, socket) {
            self.leave_later(quiz, user);
        }
        joined
    }

    async fn take_part(
        &self,
        quiz: &QuizId,
        user: &UserId,
        name: &str,
    ) -> Result<Joined, JoinRefused> {
        loop {
            let held = self.open(quiz).await?;
            // It may be forgotten meanwhile.
            if let Some(joined) = self.take_seat(&held, user, name).await? {
                return Ok(joined);
            }
        }
    }

    async fn take_seat(
        &self,
        held: &Held,
        user: &UserId,
        name: &str,
    ) -> Result<Option<Joined>, JoinRefused> {
        let _gate = held.gate.read().await;
        let (turn, session, quiz) = {
            let mut state = held.state();
            if state.retired {
                return Ok(None);
            }
            if state.is_over() {
                return Ok(Some(state.joined(user)));
            }
            let turn = state.seat(user).ok_or(JoinRefused::Full)?.turn.clone();
            (turn, state.session.id.clone(), state.session.quiz.clone())
        };
        let _turn = turn.lock().await;
        let name: String = name.chars().take(MOST_NAME).collect();
        let before = {
            let mut state = held.state();
            state.stay(user);
            state.dues.touched = Instant::now();
            state.seat_of(user).and_then(|seat| seat.row.clone())
        };
        let came = before.as_ref().is_none_or(|row| row.left);
        let renamed = before.as_ref().is_some_and(|row| row.name != name);
        if came || renamed {
            let row = match before {
                Some(row) => Participant { left: false, name: name.clone(), ..row },
                None => self.new_participant(user, &name),
            };
            let saved =
                self.parts.store.save_participants(&session, std::slice::from_ref(&row)).await;
            let mut state = held.state();
            match saved {
                Ok(()) => state.put(row),
                Err(error) => {
                    if state.seat_of(user).is_some_and(|seat| seat.row.is_none()) {
                        state.vacate(user);
                    }
                    return Err(error.into());
                }
            }
        }
        if !self.sockets.is_in(user, &quiz) {
            // Gone already.
            self.leave_later_from(held, user);
        }
        if came {
            self.tell_visit(held, Visit::Joined { user: user.clone(), name }).await;
        }
        self.remind(held);
        Ok(Some(held.state().joined(user)))
    }

    fn new_participant(&self, user: &UserId, name: &str) -> Participant {
        Participant {
            user: user.clone(),
            name: name.to_owned(),
            joined_at: self.parts.clock.now(),
            score: 0,
            score_set: false,
            answered: 0,
            scored_at: None,
            finished: false,
            left: false,
        }
    }

    /// A user has no socket in a quiz any more.
    pub(super) fn leave_later(&self, quiz: &QuizId, user: &UserId) {
        if let Some(held) = self.held(quiz) {
            self.leave_later_from(&held, user);
            self.remind(&held);
        }
    }

    fn leave_later_from(&self, held: &Held, user: &UserId) {
        let mut state = held.state();
        let now = Instant::now();
        state.dues.touched = now;
        if state.leaves(user).is_some() {
            state.leave_at(user, now + AWAY);
        }
    }

    /// Those who take part and have no socket, after a restart as a rule, have as long to come back.
    pub(super) fn expect_back(&self, state: &mut State, now: Instant) {
        let quiz = &state.session.quiz;
        let rows = state.seats().map(|(row, _)| &row.user);
        let gone =
            rows.filter(|user| state.leaves(user).is_some() && !self.sockets.is_in(user, quiz));
        for user in gone.cloned().collect::<Vec<_>>() {
            state.leave_at(&user, now + AWAY);
        }
    }

    pub(super) async fn leave(&self, quiz: &QuizId, user: &UserId) -> StoreResult<()> {
        let Some(held) = self.find(quiz).await? else { return Ok(()) };
        let left = {
            let _gate = held.gate.read().await;
            let turn = match held.state().seat_of(user) {
                Some(seat) => seat.turn.clone(),
                None => return Ok(()),
            };
            let _turn = turn.lock().await;
            self.depart(&held, std::slice::from_ref(user)).await
        };
        if left.is_err() {
            self.leave_later_from(&held, user);
        }
        self.remind(&held);
        left
    }

    /// Those of whom the last was heard a minute ago have left.
    pub(super) async fn see_off(&self, held: &Held) -> StoreResult<()> {
        let _gate = held.gate.write().await;
        let now = Instant::now();
        let gone: Vec<_> = {
            let state = held.state();
            let gone = state.dues.leaving.iter().take_while(|(at, _)| *at <= now);
            gone.map(|(_, user)| user.clone()).collect()
        };
        self.depart(held, &gone).await
    }

    /// Users leave, unless they are back. Call it in the gate, alone or with their turns.
    async fn depart(&self, held: &Held, users: &[UserId]) -> StoreResult<()> {
        let (session, rows) = {
            let mut state = held.state();
            let quiz = state.session.quiz.clone();
            let mut rows = Vec::new();
            for user in users {
                match state.leaves(user).filter(|_| !self.sockets.is_in(user, &quiz)) {
                    Some(row) => rows.push(row),
                    None => state.stay(user),
                }
            }
            state.dues.touched = Instant::now();
            (state.session.id.clone(), rows)
        };
        // A guest comes back as another one, if ever.
        let (guests, rows): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| is_guest(&row.user));
        if !rows.is_empty() {
            self.parts.store.save_participants(&session, &rows).await?;
            let mut state = held.state();
            for row in &rows {
                state.stay(&row.user);
                state.put(row.clone());
            }
        }
        self.tell_left(held, rows).await;
        if !guests.is_empty() {
            let users: Vec<_> = guests.iter().map(|row| row.user.clone()).collect();
            self.parts.store.remove_participants(&session, &users).await?;
            let mut state = held.state();
            users.iter().for_each(|user| state.vacate(user));
        }
        self.tell_left(held, guests).await;
        Ok(())
    }

    async fn tell_left(&self, held: &Held, rows: Vec<Participant>) {
        for Participant { user, name, .. } in rows {
            self.tell_visit(held, Visit::Left { user, name }).await;
        }
    }
}

#[cfg(test)]
mod tests;
