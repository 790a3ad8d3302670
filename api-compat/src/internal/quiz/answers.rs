//! What was answered in a quiz.

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::{QuestionId, QuizId, UserId},
    quiz::Answer,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::{no_session, quiz_in_path};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
    internal::shapes::ErrorBody,
    state::QuizState,
};

/// Answers of a page, if nothing is said, and at most. Each has up to 4 kB.
const PAGE: u32 = 500;
/// See [`PAGE`].
const MOST_LISTED: u32 = 1000;

/// Which answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Which {
    limit: Option<String>,
    after_user: Option<String>,
    after_question: Option<String>,
}

impl Which {
    fn limit(&self) -> Result<u32, Refusal> {
        let Some(limit) = &self.limit else { return Ok(PAGE) };
        limit.parse().ok().filter(|limit| (1..=MOST_LISTED).contains(limit)).ok_or_else(|| {
            Refusal::field("limit", format!("limit must be a number from 1 to {MOST_LISTED}"))
        })
    }

    fn after(&self) -> Result<Option<(UserId, QuestionId)>, Refusal> {
        match (&self.after_user, &self.after_question) {
            (None, None) => Ok(None),
            (Some(user), Some(question)) => {
                let user = UserId::new(user);
                let user =
                    user.map_err(|_| Refusal::field("afterUser", "afterUser must be an id"))?;
                let question = QuestionId::new(question)
                    .map_err(|_| Refusal::field("afterQuestion", "afterQuestion must be an id"))?;
                Ok(Some((user, question)))
            }
            _ => {
                let text = "afterUser and afterQuestion go together";
                Err(Refusal::field("afterUser", text))
            }
        }
    }
}

/// An answer.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct AnswerDocument {
    /// Whose.
    user_id: String,
    /// To what.
    question_id: String,
    /// What.
    answer: Value,
    /// How long the client says it took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_spent: Option<f64>,
    /// When the sidecar had it.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Timestamp,
    /// What it brings.
    points: i64,
}

impl From<Answer> for AnswerDocument {
    fn from(answer: Answer) -> Self {
        Self {
            user_id: answer.user.to_string(),
            question_id: answer.question.to_string(),
            answer: answer.answer,
            time_spent: answer.time_spent,
            submitted_at: answer.at,
            points: answer.points,
        }
    }
}

/// Where the next page begins.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NextPage {
    /// Behind an answer of this user.
    after_user: String,
    /// To this question.
    after_question: String,
}

/// What was answered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct AnswerList {
    /// In which quiz.
    #[schema(value_type = String)]
    quiz_id: QuizId,
    /// In the order of users and questions.
    answers: Vec<AnswerDocument>,
    /// Where it goes on, unless these are the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    next: Option<NextPage>,
}

/// What was answered in a quiz that is held, or was over less than 10 minutes ago. Once somebody left, a guest's answers are
/// listed all the same.
#[utoipa::path(get, path = "/internal/quiz/{id}/answers", tag = "quiz", operation_id = "quiz_answers",
    params(("id" = String, Path, description = "The quiz's id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "500 if absent"),
        ("afterUser" = Option<String>, Query, description = "As `next` of the page before says"),
        ("afterQuestion" = Option<String>, Query, description = "As `next` of the page before says")),
    responses((status = 200, body = AnswerList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn list(
    State(QuizState { quizzes, .. }): State<QuizState>,
    Segment(id): Segment,
    SoundQuery(which): SoundQuery<Which>,
) -> Result<Json<AnswerList>, Refusal> {
    let quiz_id = quiz_in_path(&id)?;
    let (limit, after) = (which.limit()?, which.after()?);
    // Whoever leads is known of a quiz that is held, and costs little.
    quizzes.leaderboard(&quiz_id).await?.ok_or_else(no_session)?;
    let after = after.as_ref().map(|(user, question)| (user, question));
    let answers = quizzes.answers(&quiz_id, after, limit).await?;
    let last = answers.last().filter(|_| answers.len() == limit as usize);
    let next = last.map(|last| NextPage {
        after_user: last.user.to_string(),
        after_question: last.question.to_string(),
    });
    let answers = answers.into_iter().map(AnswerDocument::from).collect();
    Ok(Json(AnswerList { quiz_id, answers, next }))
}
