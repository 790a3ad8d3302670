//! What becomes of participants: `finishQuiz`, `setQuizScore`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use outrigger_domain::{ids::UserId, quiz::ParticipantError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    fields::quiz_in_path,
    leading::{EndedQuiz, ended},
};
use crate::{
    error::Refusal,
    input::Segment,
    internal::{
        payload::Payload,
        shapes::{Done, ErrorBody, Id, missing},
    },
    state::QuizState,
};

fn refuse(error: ParticipantError) -> Refusal {
    match error {
        ParticipantError::NotJoined => missing("Not in this quiz"),
        ParticipantError::Store(error) => error.into(),
    }
}

/// Who is done.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Finishing {
    /// This participant; all of the quiz if nobody is named.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
}

/// Ends a quiz (`finishQuiz`). With `userId` only that participant has nothing more to say, and the answer is
/// `{success: true}`.
#[utoipa::path(post, path = "/internal/quiz/{id}/finish", tag = "quiz", operation_id = "finish_quiz",
    params(("id" = String, Path, description = "The quiz's id")), request_body = Finishing,
    responses((status = 200, body = EndedQuiz), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn finish(
    State(quiz): State<QuizState>,
    Segment(id): Segment,
    Payload(Finishing { user_id }): Payload<Finishing>,
) -> Result<Response, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    match user_id {
        None => Ok(ended(&quiz, quiz_id).await?.into_response()),
        Some(user) => {
            quiz.quizzes.finish(&quiz_id, &user).await.map_err(refuse)?;
            Ok(Json(Done::new()).into_response())
        }
    }
}

/// A participant's score.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewScore {
    /// Whose.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Points.
    score: i64,
}

/// The largest whole number that JavaScript counts without gaps.
const MAX_SCORE: u64 = 9_007_199_254_740_991;

/// Says what a participant's score is; answers change it no more (`setQuizScore`).
#[utoipa::path(post, path = "/internal/quiz/{id}/score", tag = "quiz", operation_id = "set_quiz_score",
    params(("id" = String, Path, description = "The quiz's id")), request_body = NewScore,
    responses((status = 200, body = Done), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn set_score(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
    Payload(NewScore { user_id, score }): Payload<NewScore>,
) -> Result<Json<Done>, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    if score.unsigned_abs() > MAX_SCORE {
        let text = format!("score must be a whole number from -{MAX_SCORE} to {MAX_SCORE}");
        return Err(Refusal::field("score", text));
    }
    quizzes.set_score(&quiz_id, &user_id, score).await.map_err(refuse)?;
    Ok(Json(Done::new()))
}
