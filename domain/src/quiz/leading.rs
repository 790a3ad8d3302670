//! Hosts: starting a quiz, asking its questions, ending it (`contracts/quiz.md` section 2, `startQuiz` and the like).

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    desk::Desk,
    event::QuizEvent,
    held::{Held, KEPT, State},
    leader::{LeadError, Leader, Next, Started},
    session::{Asked, LeaderboardRow, Participant, Quiz, QuizSession, SessionStatus},
};
use crate::{
    ids::QuizId,
    ports::{StoreResult, WholeSession},
    time::Timestamp,
};

/// An answer that was sent in time may be so long on its way.
pub(super) const GRACE: Duration = Duration::from_millis(500);

/// How a session and some of its participants are to be from now on.
struct Change {
    session: QuizSession,
    rows: Vec<Participant>,
}

impl State {
    /// A host leads from now on: scores count by questions, and whoever was done may answer again.
    fn starting(&self, at: Timestamp) -> Change {
        let anew = |(row, _): (&Participant, _)| {
            let mut new = Participant { finished: false, ..row.clone() };
            if !new.score_set {
                (new.score, new.scored_at) = (0, None);
            }
            (new != *row).then_some(new)
        };
        let status = SessionStatus::Active;
        let session = QuizSession { status, started_at: Some(at), ..self.session.clone() };
        Change { session, rows: self.seats().filter_map(anew).collect() }
    }

    /// The question that stands can be answered no more: what was said to it counts, each at the time when it was given.
    fn closing(&self) -> Change {
        let mut session = self.session.clone();
        let Some(asked) = session.asked.as_mut().filter(|asked| !asked.closed) else {
            return Change { session, rows: Vec::new() };
        };
        asked.closed = true;
        let raised = self.seats().filter(|(row, _)| !row.score_set).filter_map(|(row, seat)| {
            let brought = seat.answers.get(&asked.question).filter(|one| one.points != 0)?;
            let score = row.score + brought.points;
            let scored_at = row.scored_at.max(Some(brought.at));
            Some(Participant { score, scored_at, ..row.clone() })
        });
        let rows = raised.collect();
        Change { session, rows }
    }

    /// All is over: what does not count yet does now.
    fn ending(&self, at: Timestamp) -> Change {
        let Change { session, rows } = if self.is_led() {
            self.closing()
        } else {
            let unfinished = self.seats().filter(|(row, _)| !row.finished);
            let changed = unfinished.filter_map(|(row, _)| {
                let new = self.with_all_points(row);
                (new != *row).then_some(new)
            });
            Change { session: self.session.clone(), rows: changed.collect() }
        };
        let status = SessionStatus::Completed;
        Change { session: QuizSession { status, completed_at: Some(at), ..session }, rows }
    }
}

impl Desk {
    /// Commits a change, and makes it. Call it alone in the gate.
    async fn make_change(&self, held: &Held, change: Change) -> StoreResult<()> {
        self.parts.store.save_session(&change.session, &change.rows).await?;
        let mut state = held.state();
        state.session = change.session;
        state.dues.touched = Instant::now();
        state.telling.board();
        for row in change.rows {
            state.put(row);
        }
        Ok(())
    }

    pub(super) async fn start(&self, quiz: &QuizId, by: &Leader) -> Result<Started, LeadError> {
        let _turn = self.turn(quiz).await;
        loop {
            let held = match self.find_in_turn(quiz).await? {
                Some(held) => held,
                None => {
                    by.may_lead(self.parts.store.quiz(quiz).await?.as_ref())?;
                    self.make(quiz).await?
                }
            };
            let _gate = held.gate.write().await;
            let at = self.parts.clock.now();
            let change = {
                let state = held.state();
                if state.retired {
                    continue;
                }
                by.may_lead(state.quiz.as_deref())?;
                match state.session.status {
                    SessionStatus::Waiting => Some(state.starting(at)),
                    SessionStatus::Active => {
                        let (at, status) =
                            (state.session.started_at.unwrap_or(at), state.session.status);
                        return Ok(Started { at, status });
                    }
                    SessionStatus::Completed => None,
                }
            };
            match change {
                Some(change) => self.make_started(&held, change).await?,
                None => self.start_again(&held, at).await?,
            }
            return Ok(Started { at, status: SessionStatus::Active });
        }
    }

    async fn make_started(&self, held: &Held, change: Change) -> StoreResult<()> {
        self.make_change(held, change).await?;
        let (quiz, at, status) = {
            let mut state = held.state();
            // Whoever was done is expected again.
            self.expect_back(&mut state, Instant::now());
            let session = &state.session;
            (session.quiz.clone(), session.started_at.unwrap_or(session.created_at), session.status)
        };
        self.publish_to_all(&quiz.clone(), QuizEvent::Started { quiz, at, status }).await;
        self.remind(held);
        Ok(())
    }

    /// Another session takes the place of one that is over. Call it alone in its gate, and with the turn of the quiz.
    async fn start_again(&self, held: &Arc<Held>, at: Timestamp) -> StoreResult<()> {
        let (session, participants, told) = {
            let state = held.state();
            let quiz = &state.session.quiz;
            let there = state.seats().filter(|(row, _)| self.sockets.is_in(&row.user, quiz));
            let anew = |(row, _): (&Participant, _)| Participant {
                score: 0,
                score_set: false,
                answered: 0,
                scored_at: None,
                finished: false,
                left: false,
                ..row.clone()
            };
            let participants: Vec<_> = there.map(anew).collect();
            let session = QuizSession {
                status: SessionStatus::Active,
                started_at: Some(at),
                ..self.new_session(quiz)
            };
            (session, participants, state.quiz.clone())
        };
        self.parts.store.save_session(&session, &participants).await?;
        let (quiz, status) = (session.quiz.clone(), session.status);
        let new = self.build(WholeSession { session, participants, given: Vec::new() }, told);
        // Nobody has it yet, and nobody gets in before it is told.
        let _gate = new.gate.write().await;
        self.forget(held);
        self.keep(&new);
        self.publish_to_all(&quiz.clone(), QuizEvent::Started { quiz, at, status }).await;
        Ok(())
    }

    pub(super) async fn next_question(
        &self,
        quiz: &QuizId,
        by: &Leader,
    ) -> Result<Next, LeadError> {
        loop {
            let held = self.find(quiz).await?.ok_or(LeadError::NoSession)?;
            let _gate = held.gate.write().await;
            if held.state().retired {
                continue;
            }
            let (at, now) = (self.parts.clock.now(), Instant::now());
            let told = leadable(&held.state(), by)?.ok_or(LeadError::NoQuestions)?;
            if !held.state().is_led() {
                let change = held.state().starting(at);
                self.make_started(&held, change).await?;
            }
            let mut change = held.state().closing();
            let index = change.session.asked.as_ref().map_or(0, |asked| asked.index + 1);
            let Some(question) = told.told.questions.get(index) else {
                let rows = self.complete(&held, at).await?;
                return Ok(Next::Completed { rows });
            };
            let limit = question.time_limit.map(|secs| Duration::from_secs(secs.into()));
            let closes_at = limit.map(|limit| at.plus(limit));
            let asked =
                Asked { index, question: question.id.clone(), at, closes_at, closed: false };
            change.session.asked = Some(asked.clone());
            self.make_change(&held, change).await?;
            held.state().dues.closes = limit.map(|limit| now + limit + GRACE);
            let total = told.told.questions.len();
            let event = QuizEvent::Question {
                quiz: quiz.clone(),
                question: question.id.clone(),
                index,
                total,
                time_limit: question.time_limit,
                closes_at,
            };
            self.publish_to_all(quiz, event).await;
            self.remind(&held);
            return Ok(Next::Asked { asked, total });
        }
    }

    pub(super) async fn end(
        &self,
        quiz: &QuizId,
        by: &Leader,
    ) -> Result<Arc<[LeaderboardRow]>, LeadError> {
        loop {
            let held = self.find(quiz).await?.ok_or(LeadError::NoSession)?;
            let _gate = held.gate.write().await;
            if held.state().retired {
                continue;
            }
            leadable(&held.state(), by)?;
            let at = self.parts.clock.now();
            return Ok(self.complete(&held, at).await?);
        }
    }

    /// Ends a session, which is over since then. Call it alone in the gate.
    pub(super) async fn complete(
        &self,
        held: &Held,
        at: Timestamp,
    ) -> StoreResult<Arc<[LeaderboardRow]>> {
        let change = held.state().ending(at);
        let quiz = change.session.quiz.clone();
        self.make_change(held, change).await?;
        let rows = {
            let mut state = held.state();
            state.ended(Instant::now() + KEPT);
            state.telling.nothing_more();
            state.leaderboard()
        };
        let event = QuizEvent::Completed { quiz: quiz.clone(), rows: Arc::clone(&rows) };
        self.publish_to_all(&quiz, event).await;
        self.remind(held);
        Ok(rows)
    }

    /// Closes the question whose time is over.
    pub(super) async fn close(&self, held: &Held) -> StoreResult<()> {
        let _gate = held.gate.write().await;
        let due = |state: &State| state.dues.closes.is_some_and(|at| at <= Instant::now());
        let change = {
            let state = held.state();
            due(&state).then(|| state.closing())
        };
        let Some(change) = change else { return Ok(()) };
        self.make_change(held, change).await?;
        held.state().dues.closes = None;
        Ok(())
    }
}

/// What the app told of a quiz that this one may lead.
fn leadable(state: &State, by: &Leader) -> Result<Option<Arc<Quiz>>, LeadError> {
    by.may_lead(state.quiz.as_deref())?;
    if state.is_over() { Err(LeadError::Over) } else { Ok(state.quiz.clone()) }
}

#[cfg(test)]
mod tests;
