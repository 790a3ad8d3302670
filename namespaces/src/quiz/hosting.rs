//! Those who lead a quiz (`contracts/quiz.md` section 2, `startQuiz` and the like). From then on they hear what those in
//! it hear, without taking part.

use outrigger_domain::{
    ids::QuizId,
    quiz::{LeadError, Leader, Next, Standing},
};
use outrigger_transport::Reply;

use super::{
    answers::{QuizAsked, QuizEnded, QuizUnderway},
    arguments::Said,
    desk::{QuizDesk, broken},
    texts::{self, Fault},
    wire::{QuizLeader, QuizStandingQuestion, leaders, name},
};
use crate::contract::Call;

fn not_led(event: &'static str) -> impl Fn(LeadError) -> Fault {
    move |error| match error {
        LeadError::NotYours => texts::NOT_THE_HOST,
        LeadError::NoSession => texts::NO_SESSION,
        LeadError::NoQuestions => texts::NO_QUESTIONS,
        LeadError::Over => texts::QUIZ_OVER,
        LeadError::TooManySessions => texts::TOO_MANY_SESSIONS,
        LeadError::Store(error) => broken(event)(error),
    }
}

fn ended(quiz: &QuizId, leaderboard: Vec<QuizLeader>) -> Reply {
    let quiz_id = quiz.to_string();
    Reply::json(&QuizEnded { success: true, quiz_id, completed: true, leaderboard })
}

impl QuizDesk {
    /// Leads as far as that is allowed; whoever may not hears no more of the quiz than before.
    async fn lead<T>(
        &self,
        call: &Call<'_>,
        quiz: &QuizId,
        event: &'static str,
        leading: impl Future<Output = Result<T, LeadError>>,
    ) -> Result<T, Fault> {
        // First, so that the host hears of what it does.
        let new = self.hear(call, quiz)?;
        let led = leading.await;
        if new && led.is_err() {
            self.unhear(call, quiz);
        }
        led.map_err(not_led(event))
    }

    /// `startQuiz`.
    pub(super) async fn start_quiz(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let leading = self.services().quizzes.start(&quiz, Leader::from(&*call.actor));
        let started = self.lead(&call, &quiz, name::START_QUIZ, leading).await?;
        Ok(Reply::json(&QuizUnderway {
            success: true,
            quiz_id: quiz.to_string(),
            start_time: started.at,
            status: started.status,
        }))
    }

    /// `nextQuestion`.
    pub(super) async fn next_question(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let leading = self.services().quizzes.next(&quiz, Leader::from(&*call.actor));
        let (asked, total) = match self.lead(&call, &quiz, name::NEXT_QUESTION, leading).await? {
            Next::Completed { rows } => return Ok(ended(&quiz, leaders(&rows))),
            Next::Asked { asked, total } => (asked, total),
        };
        // A limit is whole seconds.
        let millis = asked.closes_at.map(|closes_at| closes_at.ms() - asked.at.ms());
        let time_limit = millis.and_then(|millis| u32::try_from(millis / 1000).ok());
        let standing = Standing { asked, total, time_limit };
        Ok(Reply::json(&QuizAsked {
            success: true,
            quiz_id: quiz.to_string(),
            completed: false,
            question: QuizStandingQuestion::new(&standing, self.now()),
        }))
    }

    /// `endQuiz`.
    pub(super) async fn end_quiz(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let quiz = Said::read(&call.args).quiz()?;
        let leading = self.services().quizzes.end(&quiz, Leader::from(&*call.actor));
        let rows = self.lead(&call, &quiz, name::END_QUIZ, leading).await?;
        Ok(ended(&quiz, leaders(&rows)))
    }
}
