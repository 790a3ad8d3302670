//! What the app tells of a quiz: `registerQuiz`.

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::{QuestionId, QuizId, UserId},
    quiz::{MOST_QUESTIONS, NewQuiz, Question, RegisterError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::Refusal,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id, optional_text},
    },
    state::QuizState,
};

/// Longest title, in bytes.
const MAX_TITLE_BYTES: usize = 1024;

/// Longest time to answer, in seconds: a day.
const MAX_TIME_LIMIT: u32 = 24 * 3600;

/// Most points of a question: the sum over a quiz stays a whole number that JavaScript counts without gaps.
const MAX_POINTS: u32 = 1_000_000_000;

/// Words that stand where other routes have the id of a quiz.
const TAKEN: [&str; 3] = ["online", "quizzes", "stats"];

/// A question. What is correct is told to no client.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewQuestion {
    /// The app's id.
    #[schema(value_type = Id)]
    id: QuestionId,
    /// The right answer: texts are compared without regard to case, numbers by value, all else as JSON.
    #[schema(value_type = Value)]
    correct: Value,
    /// Whether `correct` is an array of which any one is right; false if absent.
    any_of: Option<bool>,
    /// What a right answer brings; 1 if absent.
    points: Option<u32>,
    /// Seconds to answer once it was asked; without it until the next one.
    time_limit: Option<u32>,
}

/// A quiz as it is from now on.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct QuizRegistration {
    /// The app's id.
    #[schema(value_type = Id)]
    quiz_id: QuizId,
    /// What it is called.
    title: Option<String>,
    /// Who leads it, beside creators and admins.
    #[schema(value_type = Option<Id>)]
    host_id: Option<UserId>,
    /// In their order, each id once; 512 kB of JSON in all.
    #[schema(inline, max_items = 500)]
    questions: Vec<NewQuestion>,
}

/// A quiz that the sidecar knows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct RegisteredQuiz {
    /// Always true.
    success: bool,
    /// The app's id.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// How many questions it has.
    questions: usize,
}

impl NewQuestion {
    fn check(self, index: usize) -> Result<Question, Refusal> {
        let refuse = |field: &str, text: String| {
            let field = format!("questions[{index}].{field}");
            Err(Refusal::field(&field, format!("{field} must be {text}")))
        };
        let any_of = self.any_of.unwrap_or_default();
        if any_of && !self.correct.is_array() {
            return refuse("correct", "an array where anyOf is true".to_owned());
        }
        let points = self.points.unwrap_or(1);
        if points > MAX_POINTS {
            return refuse("points", format!("a whole number from 0 to {MAX_POINTS}"));
        }
        if self.time_limit.is_some_and(|secs| !(1..=MAX_TIME_LIMIT).contains(&secs)) {
            return refuse("timeLimit", format!("a whole number from 1 to {MAX_TIME_LIMIT}"));
        }
        let Self { id, correct, time_limit, .. } = self;
        Ok(Question { id, correct, any_of, points, time_limit })
    }
}

impl QuizRegistration {
    fn check(self) -> Result<NewQuiz, Refusal> {
        if TAKEN.contains(&self.quiz_id.as_str()) {
            let text = format!("quizId must not be {}", TAKEN.join(", "));
            return Err(Refusal::field("quizId", text));
        }
        if self.questions.len() > MOST_QUESTIONS {
            return Err(refuse(RegisterError::TooMany));
        }
        let questions = self.questions.into_iter().enumerate();
        let questions = questions.map(|(index, question)| question.check(index));
        Ok(NewQuiz {
            id: self.quiz_id,
            title: optional_text("title", self.title, MAX_TITLE_BYTES)?,
            host: self.host_id,
            questions: questions.collect::<Result<_, _>>()?,
        })
    }
}

fn refuse(error: RegisterError) -> Refusal {
    match error {
        RegisterError::Empty | RegisterError::TwiceTheSameQuestion | RegisterError::TooMany => {
            Refusal::field("questions", error.to_string())
        }
        RegisterError::TooLarge => Refusal::field("questions", error.to_string())
            .with_status(StatusCode::PAYLOAD_TOO_LARGE),
        RegisterError::Underway => Refusal::error(StatusCode::CONFLICT, error.to_string()),
        RegisterError::Store(error) => error.into(),
    }
}

/// Tells what a quiz consists of, in place of what was told before: answers count from now on (`registerQuiz`). While a host
/// leads it, its questions stay as they are.
#[utoipa::path(post, path = "/internal/quiz/quizzes", tag = "quiz", operation_id = "register_quiz",
    request_body = QuizRegistration,
    responses((status = 200, body = RegisteredQuiz), (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn register(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Payload(told): Payload<QuizRegistration>,
) -> Result<Json<RegisteredQuiz>, Refusal> {
    let quiz = told.check()?;
    let (quiz_id, questions) = (quiz.id.clone(), quiz.questions.len());
    quizzes.register(quiz).await.map_err(refuse)?;
    Ok(Json(RegisteredQuiz { success: true, quiz_id, questions }))
}
