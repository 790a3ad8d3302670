//! How a quiz stands: `getQuizSession`.

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::QuizId,
    quiz::{Participant, Quiz, SessionStatus, SessionView, Standing},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::fields::{AskedQuestion, no_session, quiz_in_path};
use crate::{
    error::Refusal,
    input::Segment,
    internal::shapes::ErrorBody,
    quiz::{RowDocument, rows},
    state::QuizState,
};

/// Someone who takes part, or did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ParticipantDocument {
    /// Who; a guest has an id of the sidecar's own.
    user_id: String,
    /// The name to show.
    user_name: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// Points for what can no longer be changed, or what the app set.
    score: i64,
    /// Questions with an answer.
    questions_answered: u32,
    /// Whether there is nothing more to say.
    finished: bool,
    /// Whether the participant left without having finished.
    left: bool,
}

impl From<Participant> for ParticipantDocument {
    fn from(one: Participant) -> Self {
        Self {
            user_id: one.user.to_string(),
            user_name: one.name,
            joined_at: one.joined_at,
            score: one.score,
            questions_answered: one.answered,
            finished: one.finished,
            left: one.left,
        }
    }
}

/// A quiz that is held, or was over less than 10 minutes ago.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct SessionDocument {
    /// Which.
    quiz_id: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Who leads it, beside creators and admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    host_id: Option<String>,
    /// Whether the app told of it.
    registered: bool,
    /// `waiting`, `active` or `completed`.
    #[schema(value_type = String)]
    status: SessionStatus,
    /// When somebody first joined.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When a host started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// The question that stands, if a host asked one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    question: Option<AskedQuestion>,
    /// Participants who did not leave.
    participant_count: usize,
    /// All participants, in the order of joining.
    participants: Vec<ParticipantDocument>,
}

impl From<SessionView> for SessionDocument {
    fn from(SessionView { session, quiz, participants }: SessionView) -> Self {
        let told = quiz.as_deref().map(|Quiz { told, .. }| told);
        let question = session.asked.map(|asked| {
            let questions = told.map(|told| told.questions.as_slice()).unwrap_or_default();
            let time_limit = questions.get(asked.index).and_then(|question| question.time_limit);
            Standing { asked, total: questions.len(), time_limit }.into()
        });
        Self {
            quiz_id: session.quiz.to_string(),
            title: told.and_then(|told| told.title.clone()),
            host_id: told.and_then(|told| told.host.as_ref()).map(ToString::to_string),
            registered: told.is_some(),
            status: session.status,
            created_at: session.created_at,
            started_at: session.started_at,
            completed_at: session.completed_at,
            question,
            participant_count: participants.iter().filter(|one| !one.left).count(),
            participants: participants.into_iter().map(Into::into).collect(),
        }
    }
}

/// How a quiz stands, and who takes part (`getQuizSession`). What was answered is listed under `answers`.
#[utoipa::path(get, path = "/internal/quiz/{id}", tag = "quiz", operation_id = "quiz_session",
    params(("id" = String, Path, description = "The quiz's id")),
    responses((status = 200, body = SessionDocument), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn show(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
) -> Result<Json<SessionDocument>, Refusal> {
    let view = quizzes.session(&quiz_in_path(&id)?).await?.ok_or_else(no_session)?;
    Ok(Json(view.into()))
}

/// Who leads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Leaderboard {
    /// In which quiz.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// At most the first hundred, in order.
    leaderboard: Vec<RowDocument>,
}

/// Who leads in a quiz.
#[utoipa::path(get, path = "/internal/quiz/{id}/leaderboard", tag = "quiz", operation_id = "quiz_leaderboard",
    params(("id" = String, Path, description = "The quiz's id")),
    responses((status = 200, body = Leaderboard), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn leaderboard(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
) -> Result<Json<Leaderboard>, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    let led = quizzes.leaderboard(&quiz_id).await?.ok_or_else(no_session)?;
    Ok(Json(Leaderboard { quiz_id, leaderboard: rows(&led) }))
}
