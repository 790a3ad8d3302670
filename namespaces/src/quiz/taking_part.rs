//! Those who take part in a quiz (`contracts/quiz.md` section 2).

use outrigger_domain::{
    ids::QuizId,
    quiz::{AnswerRefused, JoinRefused, Joined, ParticipantError},
    time::Timestamp,
};
use outrigger_transport::{JoinRefused as RoomRefused, Reply};

use super::{
    answers::{QuizAnswered, QuizTakesPart, done},
    arguments::Said,
    desk::{QuizDesk, broken, shown},
    texts::{self, Fault},
    wire::{QuizJoined, QuizLeaderboard, QuizStandingQuestion, name},
};
use crate::{audience::quiz_room, contract::Call, rooms::desk::send};

/// What whoever joins is told.
pub(super) fn joined(quiz: &QuizId, joined: &Joined, at: Timestamp) -> QuizJoined {
    QuizJoined {
        quiz_id: quiz.to_string(),
        participant_count: joined.count,
        status: joined.status,
        question: joined.question.as_ref().map(|asked| QuizStandingQuestion::new(asked, at)),
        answered: joined.answered,
    }
}

fn not_joined(refused: JoinRefused) -> Fault {
    match refused {
        JoinRefused::Full => texts::QUIZ_FULL,
        JoinRefused::TooManyQuizzes => texts::TOO_MANY_QUIZZES,
        JoinRefused::TooManySessions => texts::TOO_MANY_SESSIONS,
        JoinRefused::Store(error) => broken(name::JOIN_QUIZ)(error),
    }
}

fn not_counted(refused: AnswerRefused) -> Fault {
    match refused {
        AnswerRefused::NotJoined => texts::NOT_IN_QUIZ,
        AnswerRefused::Over => texts::QUIZ_OVER,
        AnswerRefused::NoSuchQuestion => texts::NO_SUCH_QUESTION,
        AnswerRefused::Closed => texts::QUESTION_CLOSED,
        AnswerRefused::TooLong => texts::ANSWER_TOO_LONG,
        AnswerRefused::TooMany => texts::TOO_MANY_ANSWERS,
        AnswerRefused::Store(error) => broken(name::SUBMIT_ANSWER)(error),
    }
}

impl QuizDesk {
    /// The socket hears what those in a quiz hear, from now on; whether that is new.
    pub(super) fn hear(&self, call: &Call<'_>, quiz: &QuizId) -> Result<bool, Fault> {
        let hub = &self.shared().parts().hub;
        hub.join(call.conn.key(), quiz_room(quiz)).map_err(|refused| match refused {
            RoomRefused::TooMany => texts::TOO_MANY_QUIZZES,
            RoomRefused::BadName => texts::NO_QUIZ_ID,
            // Nobody is told any more.
            RoomRefused::Gone => texts::INTERNAL,
        })?;
        Ok(call.standing.quiz_stay().hear(quiz))
    }

    /// The socket hears of it no longer.
    pub(super) fn unhear(&self, call: &Call<'_>, quiz: &QuizId) {
        self.shared().parts().hub.leave(call.conn.key(), &quiz_room(quiz));
        call.standing.quiz_stay().unhear(quiz);
    }

    /// `joinQuiz`. The socket hears of the quiz first, so that it misses nothing that happens meanwhile.
    pub(super) async fn join_quiz(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let new = self.hear(&call, &quiz)?;
        let (actor, key) = (&call.actor, call.conn.key());
        let found = self.services().quizzes.join(&quiz, actor, &shown(actor), key).await;
        let found = found.map_err(|refused| {
            if new {
                self.unhear(&call, &quiz);
            }
            not_joined(refused)
        })?;
        Ok(Reply::json(&QuizTakesPart {
            success: true,
            joined: self.show(&call, &quiz, found).await,
        }))
    }

    /// Shows a quiz to whoever joined it as `found`, so that the last word about it is the newest: what was told of it before
    /// comes first, and what is told meanwhile, and may have come before, is said again.
    async fn show(&self, call: &Call<'_>, quiz: &QuizId, mut found: Joined) -> QuizJoined {
        let quizzes = &self.services().quizzes;
        let newest = || quizzes.found(quiz, &call.actor.user);
        quizzes.all_told().await;
        found = newest().unwrap_or(found);
        loop {
            let shown = joined(quiz, &found, self.now());
            send(call.conn, &shown);
            match newest() {
                Some(newer) if newer != found => found = newer,
                _ => return shown,
            }
        }
    }

    /// `submitAnswer`. `null` is an answer; none is not.
    pub(super) async fn submit_answer(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let (quiz, question) = (said.quiz()?, said.question()?);
        let answer = said.any("answer").cloned().ok_or(texts::NO_ANSWER)?;
        let time_spent = said.number("timeSpent");
        let (quizzes, user) = (&self.services().quizzes, &call.actor.user);
        let kept = quizzes.submit(&quiz, &question, user, answer, time_spent).await;
        let questions_answered = kept.map_err(not_counted)?.answered;
        Ok(Reply::json(&QuizAnswered { success: true, questions_answered }))
    }

    /// `requestLeaderboard`.
    pub(super) async fn leaderboard(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let rows = self.services().quizzes.leaderboard(&quiz).await;
        let rows = rows.map_err(broken(name::REQUEST_LEADERBOARD))?;
        let rows = rows.ok_or(texts::NO_SUCH_QUIZ)?;
        send(call.conn, &QuizLeaderboard::new(&quiz, &rows));
        Ok(done())
    }

    /// `leaveQuiz`. Whoever takes no part has left.
    pub(super) async fn leave_quiz(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        self.unhear(&call, &quiz);
        let left = self.services().quizzes.leave(&quiz, &call.actor.user, call.conn.key()).await;
        left.map_err(broken(name::LEAVE_QUIZ))?;
        Ok(done())
    }

    /// `finishQuiz`.
    pub(super) async fn finish_quiz(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let finished = self.services().quizzes.finish(&quiz, &call.actor.user).await;
        finished.map_err(|error| match error {
            ParticipantError::NotJoined => texts::NOT_IN_QUIZ,
            ParticipantError::Store(error) => broken(name::FINISH_QUIZ)(error),
        })?;
        Ok(done())
    }
}
