//! Answers, and what they bring to whoever gave them.

use tokio::time::Instant;

use super::{
    answer::{Answer, AnswerRefused, ParticipantError, Submitted},
    desk::Desk,
    event::QuizEvent,
    held::{Held, State},
    leading::GRACE,
    session::{Participant, Quiz},
};
use crate::{
    events::Audience,
    ids::{QuizId, QuizSessionId, UserId},
    ports::StoreError,
    time::Timestamp,
};

/// An answer as JSON, in bytes (`contracts/quiz.md` section 2).
const MOST_BYTES: usize = 4 << 10;

/// Answers of one participant of a quiz that nobody registered.
const MOST_UNREGISTERED: usize = 500;

impl State {
    /// What an answer brings, and how its participant's row is with it.
    fn judge(&self, mut answer: Answer) -> Result<(Answer, Participant), AnswerRefused> {
        let row = self.participant(&answer.user).ok_or(AnswerRefused::NotJoined)?;
        let seat = self.seat_of(&answer.user).ok_or(AnswerRefused::NotJoined)?;
        if self.is_over() || row.finished {
            return Err(AnswerRefused::Over);
        }
        let again = seat.answers.contains_key(&answer.question);
        answer.points = match &self.quiz {
            Some(quiz) => self.points_in(quiz, &answer)?,
            None if !again && seat.answers.len() >= MOST_UNREGISTERED => {
                return Err(AnswerRefused::TooMany);
            }
            None => 0,
        };
        if !again && !self.has_room_for_answers() {
            return Err(AnswerRefused::TooMany);
        }
        let answered = row.answered + u32::from(!again);
        Ok((answer, Participant { answered, ..row.clone() }))
    }

    fn points_in(&self, quiz: &Quiz, answer: &Answer) -> Result<i64, AnswerRefused> {
        let mut questions = quiz.told.questions.iter().enumerate();
        let found = questions.find(|(_, question)| question.id == answer.question);
        let (index, question) = found.ok_or(AnswerRefused::NoSuchQuestion)?;
        if self.is_led() {
            let asked = self.session.asked.as_ref().filter(|asked| index <= asked.index);
            let asked = asked.ok_or(AnswerRefused::NoSuchQuestion)?;
            let in_time = asked.closes_at.is_none_or(|at| answer.at <= at.plus(GRACE));
            if index < asked.index || asked.closed || !in_time {
                return Err(AnswerRefused::Closed);
            }
        }
        Ok(question.points_for(&answer.answer))
    }

    /// A participant's row when all answers of theirs count, each at the time when it was given.
    pub(super) fn with_all_points(&self, row: &Participant) -> Participant {
        let mut row = row.clone();
        if let Some(seat) = self.seat_of(&row.user)
            && !row.score_set
        {
            row.score = seat.answers.values().map(|one| one.points).sum();
            let raising = seat.answers.values().filter(|one| one.points > 0);
            row.scored_at = raising.map(|one| one.at).max();
        }
        row
    }
}

/// A participant's row as the app wants the score.
fn with_score(row: &Participant, score: i64, at: Timestamp) -> Participant {
    let scored_at = if score > row.score { Some(at) } else { row.scored_at };
    Participant { score, score_set: true, scored_at, ..row.clone() }
}

/// A new row, and who is to hear of it.
type Change = Option<(Participant, Option<(Audience, QuizEvent)>)>;

impl Desk {
    pub(super) async fn submit(
        &self,
        quiz: &QuizId,
        answer: Answer,
    ) -> Result<Submitted, AnswerRefused> {
        if answer.answer.to_string().len() > MOST_BYTES {
            return Err(AnswerRefused::TooLong);
        }
        loop {
            let held = self.find(quiz).await?.ok_or(AnswerRefused::NotJoined)?;
            let _gate = held.gate.read().await;
            let turn = {
                let state = held.state();
                if state.retired {
                    continue;
                }
                state.seat_of(&answer.user).ok_or(AnswerRefused::NotJoined)?.turn.clone()
            };
            // Two answers of one participant are committed in the order in which they came.
            let _turn = turn.lock().await;
            let (session, (answer, row)) = {
                let state = held.state();
                (state.session.id.clone(), state.judge(answer)?)
            };
            self.parts.store.save_answer(&session, &answer, &row).await?;
            let answered = row.answered;
            {
                let mut state = held.state();
                state.dues.touched = Instant::now();
                state.telling.progress(&answer.user);
                state.answered(answer, row);
            }
            self.remind(&held);
            return Ok(Submitted { answered });
        }
    }

    pub(super) async fn finish(
        &self,
        quiz: &QuizId,
        user: &UserId,
    ) -> Result<(), ParticipantError> {
        let done = |state: &State, row: &Participant| -> Change {
            if row.finished || state.is_over() {
                return None;
            }
            let row = if state.is_led() { row.clone() } else { state.with_all_points(row) };
            let row = Participant { finished: true, ..row };
            let (quiz, name, answered) =
                (state.session.quiz.clone(), row.name.clone(), row.answered);
            let audience = Audience::Quiz(quiz.clone());
            let event = QuizEvent::Finished { quiz, user: row.user.clone(), name, answered };
            Some((row, Some((audience, event))))
        };
        self.change_row(quiz, user, done).await
    }

    pub(super) async fn set_score(
        &self,
        quiz: &QuizId,
        user: &UserId,
        score: i64,
    ) -> Result<(), ParticipantError> {
        let now = self.parts.clock.now();
        let set = |_: &State, row: &Participant| Some((with_score(row, score, now), None));
        self.change_row(quiz, user, set).await
    }

    /// Changes the row of someone who takes part.
    async fn change_row(
        &self,
        quiz: &QuizId,
        user: &UserId,
        change: impl Fn(&State, &Participant) -> Change,
    ) -> Result<(), ParticipantError> {
        loop {
            let held = self.find(quiz).await?.ok_or(ParticipantError::NotJoined)?;
            let _gate = held.gate.read().await;
            let turn = {
                let state = held.state();
                if state.retired {
                    continue;
                }
                state.seat_of(user).ok_or(ParticipantError::NotJoined)?.turn.clone()
            };
            let _turn = turn.lock().await;
            let (session, change) = {
                let state = held.state();
                let row = state.participant(user).ok_or(ParticipantError::NotJoined)?;
                (state.session.id.clone(), change(&state, row))
            };
            let Some((row, news)) = change else { return Ok(()) };
            self.save_row(&held, &session, row).await?;
            if let Some((audience, event)) = news {
                self.publish(audience, event).await;
            }
            self.remind(&held);
            return Ok(());
        }
    }

    async fn save_row(
        &self,
        held: &Held,
        session: &QuizSessionId,
        row: Participant,
    ) -> Result<(), StoreError> {
        self.parts.store.save_participants(session, std::slice::from_ref(&row)).await?;
        let mut state = held.state();
        if row.finished {
            state.stay(&row.user);
        }
        if !state.is_over() {
            state.dues.touched = Instant::now();
        }
        state.put(row);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
