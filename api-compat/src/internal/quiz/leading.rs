//! The app as host: `startQuiz`, `nextQuestion`, and the end of it.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::QuizId,
    quiz::{LeadError, Leader, Next, SessionStatus, Standing, Started},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{AskedQuestion, no_session, quiz_in_path};
use crate::{
    error::Refusal,
    input::Segment,
    internal::{payload::Payload, shapes::ErrorBody},
    quiz::{RowDocument, rows},
    state::QuizState,
};

/// Sessions end by themselves; then there is room for another.
const ROOM_RETRY: Duration = Duration::from_secs(60);

/// Nothing needs to be said.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Led {}

/// A quiz that a host leads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct StartedQuiz {
    /// Always true.
    success: bool,
    /// Which.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// `active`.
    #[schema(value_type = String)]
    status: SessionStatus,
    /// When it was started.
    #[schema(value_type = String, format = DateTime)]
    start_time: Timestamp,
}

/// What came of asking for the next question.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct WentOn {
    /// Always true.
    success: bool,
    /// Which quiz.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// `active`, or `completed` after the last question.
    #[schema(value_type = String)]
    status: SessionStatus,
    /// The question that stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    question: Option<AskedQuestion>,
    /// Who led, after the last question.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaderboard: Option<Vec<RowDocument>>,
}

/// A quiz that is over.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct EndedQuiz {
    /// Always true.
    success: bool,
    /// Which.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// `completed`.
    #[schema(value_type = String)]
    status: SessionStatus,
    /// Who led, at most the first hundred.
    leaderboard: Vec<RowDocument>,
}

fn refuse(error: LeadError) -> Refusal {
    let conflict = |text| Refusal::error(StatusCode::CONFLICT, text);
    match error {
        LeadError::NotYours => Refusal::forbidden(),
        LeadError::NoSession => no_session(),
        LeadError::NoQuestions => conflict("The quiz has no questions"),
        LeadError::Over => conflict("The quiz is over"),
        LeadError::TooManySessions => {
            let text = "Too many quizzes are held";
            Refusal::error(StatusCode::SERVICE_UNAVAILABLE, text).after(ROOM_RETRY)
        }
        LeadError::Store(error) => error.into(),
    }
}

/// Starts a quiz, for those who gathered or will (`startQuiz`). One that is started goes on as it is; after one that is over
/// another begins.
#[utoipa::path(post, path = "/internal/quiz/{id}/start", tag = "quiz", operation_id = "start_quiz",
    params(("id" = String, Path, description = "The quiz's id")), request_body = Led,
    responses((status = 200, body = StartedQuiz), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn start(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
    Payload(Led {}): Payload<Led>,
) -> Result<Json<StartedQuiz>, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    let Started { at, status } = quizzes.start(&quiz_id, Leader::App).await.map_err(refuse)?;
    Ok(Json(StartedQuiz { success: true, quiz_id, status, start_time: at }))
}

/// Closes the question that stands and asks the next one; after the last one the quiz is over (`nextQuestion`).
#[utoipa::path(post, path = "/internal/quiz/{id}/next", tag = "quiz", operation_id = "next_question",
    params(("id" = String, Path, description = "The quiz's id")), request_body = Led,
    responses((status = 200, body = WentOn), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn next(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
    Payload(Led {}): Payload<Led>,
) -> Result<Json<WentOn>, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    let (status, question, leaderboard) =
        match quizzes.next(&quiz_id, Leader::App).await.map_err(refuse)? {
            Next::Asked { asked, total } => {
                let secs = |closes: Timestamp| (closes.ms() - asked.at.ms()) / 1000;
                let time_limit = asked.closes_at.and_then(|at| u32::try_from(secs(at)).ok());
                let standing = Standing { asked, total, time_limit };
                (SessionStatus::Active, Some(standing.into()), None)
            }
            Next::Completed { rows: led } => (SessionStatus::Completed, None, Some(rows(&led))),
        };
    Ok(Json(WentOn { success: true, quiz_id, status, question, leaderboard }))
}

/// Ends a quiz; what was answered counts.
pub(super) async fn ended(
    QuizState { quizzes, .. }: &QuizState,
    quiz_id: QuizId,
) -> Result<Json<EndedQuiz>, Refusal> {
    let led = quizzes.end(&quiz_id, Leader::App).await.map_err(refuse)?;
    let status = SessionStatus::Completed;
    Ok(Json(EndedQuiz { success: true, quiz_id, status, leaderboard: rows(&led) }))
}

/// Ends a quiz; what was answered counts.
#[utoipa::path(post, path = "/internal/quiz/{id}/end", tag = "quiz", operation_id = "end_quiz",
    params(("id" = String, Path, description = "The quiz's id")), request_body = Led,
    responses((status = 200, body = EndedQuiz), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn end(
    State(quiz): State<QuizState>,
    Segment(id): Segment,
    Payload(Led {}): Payload<Led>,
) -> Result<Json<EndedQuiz>, Refusal> {
    ended(&quiz, quiz_in_path(&id)?).await
}
